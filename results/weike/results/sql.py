"""Inserts that may meet a row that is there already, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, Insert, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert
from sqlalchemy.types import TypeDecorator

Row = Mapping[str, Any]
Bind = Callable[[Any], Any]
_BULK = 100


def insert_new(connection: Connection, table: Table, *rows: Row) -> int:
    """Add the rows that are not there yet; how many there were."""
    if not rows:
        return 0
    statement = _insert_new(connection.dialect.name, table)
    return sum(connection.execute(statement, row).rowcount for row in rows)


def insert_many_new(connection: Connection, table: Table, rows: Sequence[Row]) -> set[str]:
    """`insert_new` in one statement for all rows; the ids of those that were not there yet."""
    statement = _insert_returning(connection.dialect.name, table)
    return set(connection.execute(statement, [dict(row) for row in rows]).scalars())


def put(connection: Connection, table: Table, rows: Sequence[Row] | Row) -> None:
    """Add the rows, or replace what stands under the same primary key."""
    rows = [rows] if isinstance(rows, Mapping) else rows
    if not rows:
        return
    statement = _insert(connection.dialect.name, table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=changed), [dict(r) for r in rows]
    )


def add_many(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Add rows as quickly as the database can; what it fills in by itself is left out.

    Every row has the keys of the first. Past a few rows the driver gets them as they are, but for
    values of our own types: to bind each one takes longer than to store it.
    """
    if not rows:
        return
    if len(rows) < _BULK:
        connection.execute(table.insert(), [dict(row) for row in rows])
        return
    names = list(rows[0])
    if binders := _binders(connection.dialect, table, names):
        rows = [
            {**row, **{name: bind(row[name]) for name, bind in binders.items()}} for row in rows
        ]
    values = map(itemgetter(*names), rows)
    quoted = connection.dialect.identifier_preparer.quote
    into = f"{quoted(table.name)} ({', '.join(map(quoted, names))})"
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" * len(names))
        statement = f"INSERT INTO {into} VALUES ({places})"  # noqa: S608  # our own names
        connection.exec_driver_sql(statement, list(values))
        return
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in values:
            copy.write_row(row)


def _binders(dialect: Dialect, table: Table, names: Sequence[str]) -> dict[str, Bind]:
    """For columns of our own types, what makes of a value that which the driver takes."""
    own = {name: kind for name in names if isinstance(kind := table.c[name].type, TypeDecorator)}
    found = {name: kind.dialect_impl(dialect).bind_processor(dialect) for name, kind in own.items()}
    return {name: bind for name, bind in found.items() if bind is not None}


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    # The driver of PostgreSQL forgets the count with the cursor, which an insert closes at once.
    statement = _insert(dialect, table).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)


@cache
def _insert_returning(dialect: str, table: Table) -> ReturningInsert[Any]:
    return _insert(dialect, table).on_conflict_do_nothing().returning(table.c.id)


def _insert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    if dialect == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def analyze(connection: Connection) -> None:
    """After a bulk of rows: PostgreSQL plans by statistics that it gathers a while later."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")


def commit_soon(engine: Engine) -> None:
    """What its connections commit reaches the disk with the next commit there that waits for it."""

    def relax(connection: Any, _record: object) -> None:
        if engine.dialect.name == "sqlite":
            connection.execute("PRAGMA synchronous = NORMAL")
        else:
            connection.execute("SET SESSION synchronous_commit = off")
            connection.commit()

    event.listen(engine, "connect", relax)

"""Inserts that may meet a row that is there already, on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

Row = Mapping[str, Any]


def insert_new(connection: Connection, table: Table, *rows: Row) -> int:
    """Add the rows that are not there yet; how many there were."""
    if not rows:
        return 0
    statement = _insert_new(connection.dialect.name, table)
    return sum(connection.execute(statement, row).rowcount for row in rows)


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


@cache
def _insert_new(dialect: str, table: Table) -> Insert:
    # The driver of PostgreSQL forgets the count with the cursor, which an insert closes at once.
    statement = _insert(dialect, table).on_conflict_do_nothing()
    return statement.execution_options(preserve_rowcount=True)


def _insert(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    if dialect == "sqlite":
        return sqlite.insert(table)
    return postgresql.insert(table)


def analyze(connection: Connection) -> None:
    """After a bulk of rows: PostgreSQL plans by statistics that it gathers a while later."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE")

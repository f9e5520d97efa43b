"""A table as lines of JSON, the same from either database, and back again.

Tables are reflected, not taken from the code: a backup of an older schema is loaded as it was and
upgraded afterwards.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    func,
    select,
    text,
)

# Who is signed in at the moment, and who has to wait, ends with a restore.
LEFT_OUT = frozenset({"alembic_version", "session", "throttle"})
_BATCH = 500


def tables_of(connection: Connection) -> list[Table]:
    """The tables to be kept, those that are referred to first."""
    found = MetaData()
    found.reflect(connection)
    return [table for table in found.sorted_tables if table.name not in LEFT_OUT]


def lines(connection: Connection, table: Table) -> Iterator[str]:
    """Every row as one line of JSON, in an order that can be inserted again."""
    columns = list(table.columns)
    query = select(*columns).order_by(*table.primary_key.columns)
    rows = connection.execution_options(yield_per=_BATCH).execute(query)
    packed = (
        {column.name: _pack(value) for column, value in zip(columns, row, strict=True)}
        for row in rows
    )
    for row in _parents_first(packed) if table.name == "branch" else packed:
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n"


def load(connection: Connection, table: Table, source: Iterable[str]) -> int:
    """Insert lines of JSON; how many there were."""
    rows = (_unpack(table, json.loads(line), connection.dialect.name) for line in source)
    count = 0
    while batch := list(islice(rows, _BATCH)):
        connection.execute(table.insert(), batch)
        count += len(batch)
    return count


def set_counters(connection: Connection, table: Table) -> None:
    """On PostgreSQL, numbers given by the database go on after the highest that was loaded."""
    keys = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(keys) != 1:
        return
    if isinstance(keys[0].type, Integer):
        highest = connection.execute(select(func.max(keys[0]))).scalar()
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:name, :key), :next, false)"),
            {"name": table.name, "key": keys[0].name, "next": (highest or 0) + 1},
        )


def _parents_first(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    children: dict[str | None, list[dict[str, Any]]] = {}
    for row in rows:
        children.setdefault(row["parent_id"], []).append(row)
    waiting = children.pop(None, [])
    while waiting:
        row = waiting.pop(0)
        yield row
        waiting += children.pop(row["id"], [])


def _pack(value: object) -> object:
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


def _unpack(table: Table, row: dict[str, Any], dialect: str) -> dict[str, Any]:
    return {name: _value(table.columns[name], value, dialect) for name, value in row.items()}


def _value(column: Column[Any], value: Any, dialect: str) -> Any:
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=None) if dialect == "sqlite" else moment
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(value, validate=True)
    return value

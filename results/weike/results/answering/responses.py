"""Adding responses to the log: many at once, each at most once, none after the submission.

All rows go to the database as one JSON text and one statement. That is one call for hundreds of
answers, in which the thread lets go of the interpreter once instead of once per row.

Whether an attempt has been submitted is decided by the statement itself, so it holds across
processes. On SQLite there is one writing transaction at a time. On PostgreSQL a submission locks
its attempt's row against `FOR KEY SHARE`, which is taken here before the insert looks.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from weike.results.tables import attempt, response

Outcome = Literal["saved", "known", "submitted", "conflict"]

_INTO = (
    "INSERT INTO response"
    " (event, attempt_id, item, item_version, seq, raw, answered_at, received_at, late) SELECT "
)
# A late response is kept, not counted; so it may come after the submission.
_UNLESS_SUBMITTED = (
    " WHERE {late} OR NOT EXISTS (SELECT 1 FROM submission WHERE submission.attempt_id = {attempt})"
    " ON CONFLICT DO NOTHING"
)
_SQLITE = (
    _INTO
    + ", ".join(f"json_extract(value, '$[{n}]')" for n in range(9))
    + " FROM json_each(?)"
    + _UNLESS_SUBMITTED.format(
        late="json_extract(value, '$[8]')", attempt="json_extract(value, '$[1]')"
    )
)
_CASTS = ("", "", "", "", "::int", "", "::timestamptz", "::timestamptz", "::boolean")
_POSTGRESQL = (
    _INTO
    + ", ".join(f"(value ->> {n}){cast}" for n, cast in enumerate(_CASTS))
    + " FROM json_array_elements(%s::json)"
    + _UNLESS_SUBMITTED.format(late="(value ->> 8)::boolean", attempt="value ->> 1")
)


@dataclass(frozen=True, slots=True)
class Row:
    """One response on its way into the log. `raw` is the canonical JSON of what was sent."""

    event: str
    attempt_id: str
    item: str
    item_version: str
    seq: int
    raw: str
    answered_at: datetime
    received_at: datetime
    late: bool


def insert_responses(connection: Connection, rows: Sequence[Row]) -> list[Outcome]:
    """Add what is not there yet, and say for each row what became of it.

    "known" is an event that was there before, for the same item of the same attempt; "conflict" one
    that belongs to another. Raises for a row whose attempt does not exist.
    """
    sqlite = connection.dialect.name == "sqlite"
    zone = "" if sqlite else "Z"
    packed = json.dumps([_values(row, zone) for row in rows], ensure_ascii=False)
    if sqlite:
        added = connection.exec_driver_sql(_SQLITE, (packed,)).rowcount
    else:
        connection.execute(
            select(attempt.c.id)
            .where(attempt.c.id.in_({row.attempt_id for row in rows}))
            .order_by(attempt.c.id)
            .with_for_update(read=True, key_share=True)
        )
        added = connection.exec_driver_sql(_POSTGRESQL, (packed,)).rowcount
    if added == len(rows):
        return ["saved"] * added
    events = response.c.event.in_([row.event for row in rows])
    kept = {one.event: one for one in connection.execute(select(response).where(events))}
    return [_outcome(row, kept.get(row.event)) for row in rows]


def _outcome(row: Row, kept: Any | None) -> Outcome:
    if kept is None:
        return "submitted"
    if (kept.attempt_id, kept.item) != (row.attempt_id, row.item):
        return "conflict"
    return "saved" if kept.received_at == row.received_at else "known"


def _values(row: Row, zone: str) -> tuple[object, ...]:
    return (
        row.event,
        row.attempt_id,
        row.item,
        row.item_version,
        row.seq,
        row.raw,
        _moment(row.answered_at) + zone,
        _moment(row.received_at) + zone,
        row.late,
    )


def _moment(value: datetime) -> str:
    """UTC without its zone, as SQLAlchemy keeps a moment in SQLite."""
    assert value.tzinfo is not None
    return value.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")

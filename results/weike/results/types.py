"""Column types that mean the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator

T = TypeVar("T")
Read = Callable[[Any], T | None]


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, kept in UTC and given back aware. A naive value is refused, never guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Read[datetime]:
        # Straight from what the driver gives: SQLite text in UTC, PostgreSQL a moment in the zone
        # of the session, which may be another way to write UTC.
        return _from_text if dialect.name == "sqlite" else _in_utc


class Json(TypeDecorator[object]):
    """A JSON value as canonical text: the same characters, hence the same hash, everywhere."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str | None:
        return None if value is None else canonical(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Read[object]:
        return _decoded


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _decoded(value: str | None) -> object:
    return None if value is None else _decode(value)[0]


_decode = json.JSONDecoder().raw_decode  # `loads` also looks for white space; we write none


def iso(moment: datetime) -> str:
    """A moment as the API writes it: ISO 8601 in UTC with Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def canonical(value: object) -> str:
    """JSON without white space, keys sorted, Chinese readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

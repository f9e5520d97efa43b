"""Many rows at once come back as they were given, however they went in."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import Boolean, Column, Connection, Float, MetaData, Table, Text, select, text

from weike.results.sql import add_many, commit_soon
from weike.results.store import Store, open_store
from weike.results.types import UtcDateTime

KINDS = Table(
    "kinds",
    MetaData(),
    Column("name", Text, primary_key=True),
    Column("right", Boolean),
    Column("max", Float, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)


@pytest.mark.parametrize("count", [1, 500], ids=["few", "many"])
def test_text_numbers_moments_and_unknown_values_survive(store: Store, count: int) -> None:
    begin = datetime(2026, 10, 12, 8, tzinfo=timezone(timedelta(hours=8)))
    rows = [
        {
            "name": f"第{n}\t题\\N\n",
            "right": (True, False, None)[n % 3],
            "max": n / 3,
            "at": begin + timedelta(microseconds=n),
        }
        for n in range(count)
    ]

    def there_and_back(connection: Connection) -> list[dict[str, object]]:
        KINDS.create(connection)
        add_many(connection, KINDS, rows)
        found = connection.execute(select(KINDS).order_by(KINDS.c.max)).mappings().all()
        KINDS.drop(connection)
        return [dict(row) for row in found]

    assert store.writer.run(there_and_back) == rows


def test_only_where_it_was_asked_for_a_commit_does_not_wait_for_the_disk(
    store: Store, url: str
) -> None:
    asked = "PRAGMA synchronous" if store.sqlite else "SHOW synchronous_commit"
    with open_store(url) as other:
        commit_soon(other.engine)
        other.engine.dispose()  # what was connected before
        told = [one.writer.run(lambda c: c.execute(text(asked)).scalar()) for one in (store, other)]
    assert told == ([2, 1] if store.sqlite else ["on", "off"])

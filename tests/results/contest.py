"""A contest of three branches on its way to a ranking that stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from weike.results.awarding.rankings import Ranking, approve, draft, find_ranking, post
from weike.results.people import Member
from weike.results.store import Store

SINCE = date(2026, 9, 1)
DRAFTED = datetime(2027, 1, 4, 2, tzinfo=UTC)
POSTED = DRAFTED + timedelta(days=1)
AFTER = datetime(2027, 1, 12, 2, tzinfo=UTC)
PERIOD = "2026-Q4"
People = dict[str, Member]


def get(store: Store, id: str) -> Ranking:
    found = find_ranking(store, id)
    assert found is not None
    return found


def drafted(store: Store) -> str:
    return draft(store, period=PERIOD, by="command", now=DRAFTED)


def posted(store: Store) -> str:
    id = drafted(store)
    post(store, id, by="command", now=POSTED)
    return id


def approved(store: Store, **how: Any) -> str:
    id = posted(store)
    approve(store, id, by="command", now=AFTER, **how)
    return id


def rows(ranking: Ranking) -> dict[str, Any]:
    return {row["name"]: row for row in ranking.rows}

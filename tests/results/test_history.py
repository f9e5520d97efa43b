from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from weike.results.people import Member
from weike.results.periods import Period
from weike.results.scores import branch_scores
from weike.results.scoring.history import completion_history, told_days
from weike.results.store import Store

from .facts import Facts

SEPTEMBER = date(2026, 9, 1)
NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 10, 9, 4, tzinfo=UTC)

AddMember = Callable[..., Member]


@pytest.fixture
def people(add_member: AddMember) -> list[Member]:
    branches = ["公司/甲", "公司/甲", "公司/乙", "公司"]
    return [add_member(f"M{i}", branch=b, since=SEPTEMBER) for i, b in enumerate(branches)]


def line(frame: pd.DataFrame, name: str) -> dict[date, float]:
    rows = frame[frame["name"] == name]
    return dict(zip(rows["day"], rows["completion"], strict=True))


def test_a_lesson_counts_from_the_day_on_which_its_last_quiz_was_submitted(
    store: Store, facts: Facts, people: list[Member]
) -> None:
    facts.lesson("fire", "one", "two")
    facts.grade(people[0], "fire/one", 5, at=NOON)
    facts.grade(people[0], "fire/two", 5, at=NOON + timedelta(days=7))
    found = line(completion_history(store, period="2026-Q4", now=NOW), "甲")
    assert found[date(2026, 10, 15)] == 0
    assert found[date(2026, 10, 22)] == 0.5


def test_a_day_ends_at_midnight_where_the_organisation_is(
    store: Store, facts: Facts, people: list[Member]
) -> None:
    facts.lesson("fire", "one")
    facts.grade(people[2], "fire/one", 5, at=datetime(2026, 10, 9, 15, 59, tzinfo=UTC))
    facts.grade(people[3], "fire/one", 5, at=datetime(2026, 10, 9, 16, 0, tzinfo=UTC))
    found = completion_history(store, period="2026-10", now=NOW)
    assert line(found, "乙")[date(2026, 10, 9)] == 1
    assert line(found, "公司")[date(2026, 10, 9)] == 0.25
    assert line(found, "公司")[date(2026, 10, 10)] == 0.5


def test_every_line_ends_at_the_completion_of_the_branch_scores(
    store: Store, facts: Facts, people: list[Member]
) -> None:
    facts.lesson("fire", "one")
    facts.lesson("story")
    facts.lesson("first", "pre")
    facts.assign("fire", branch="公司/甲")
    facts.excuse(people[1])
    facts.grade(people[0], "fire/one", 3, at=NOON)
    facts.grade(people[1], "fire/one", 3, at=NOON)
    facts.grade(people[2], "fire/one", 3, number=2, at=NOON)
    facts.finish(people[2], "story", at=NOON + timedelta(days=3))
    facts.finish(people[3], "first", at=NOON + timedelta(days=9))
    scores = branch_scores(store, period="2026-Q4", now=NOW)
    last = completion_history(store, period="2026-Q4", now=NOW).groupby("branch").last()
    assert scores["completed"].sum() > 0
    for name in ("assigned", "completed", "completion"):
        pd.testing.assert_series_equal(
            last[name].sort_index(), scores[name].sort_index(), check_dtype=False
        )


def test_where_nothing_is_assigned_there_is_no_share(
    store: Store, facts: Facts, people: list[Member]
) -> None:
    found = completion_history(store, period="2026-Q4", branch="公司/乙", now=NOW)
    assert set(found["name"]) == {"乙"}
    assert all(math.isnan(one) for one in found["completion"])


def test_a_quarter_is_told_by_weeks_and_a_month_by_days() -> None:
    weeks = told_days(Period.parse("2026-Q4"), date(2026, 10, 20))
    assert weeks == [date(2026, 10, 1), date(2026, 10, 8), date(2026, 10, 15), date(2026, 10, 20)]
    days = told_days(Period.parse("2026-10"), date(2026, 12, 1))
    assert (days[0], days[-1], len(days)) == (date(2026, 10, 1), date(2026, 10, 31), 31)
    assert told_days(Period.parse("2026-Q4"), date(2026, 9, 30)) == []

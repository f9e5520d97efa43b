"""A lesson can be for some only, and between two moments: on the page and in the figures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from weike.quizzes.errors import WeikeError
from weike.results.answering.attempts import Attempts
from weike.results.answering.progress import member_lessons
from weike.results.assigning.assignments import assignments
from weike.results.assigning.headway import headway
from weike.results.authoring.releases import decide_release, history
from weike.results.people import Member, branches
from weike.results.periods import Period
from weike.results.scores import member_scores
from weike.results.store import Store

SEPTEMBER = date(2026, 9, 1)
NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
QUIZ = "## 第一步？\n- [x] 提\n- [ ] 拔\n"


@pytest.fixture
def people(add_member: Callable[..., Member]) -> dict[str, Member]:
    places = {"A1": "公司/甲", "B1": "公司/乙", "B3": "公司/乙/乙一"}
    return {code: add_member(code, branch=at, since=SEPTEMBER) for code, at in places.items()}


def limit(store: Store, slug: str, *names: str, now: datetime = NOW, **bounds: Any) -> None:
    ids = {one.name: one.id for one in branches(store)}
    known = {"opens": None, "closes": None} | bounds
    decide_release(store, slug, branches=[ids[n] for n in names], by="r1", now=now, **known)


def seen(store: Store, member: Member, now: datetime = NOW) -> set[str]:
    return {one["slug"] for one in member_lessons(store, member, now)}


def assigned(store: Store, *, now: datetime = NOW, period: str = "2026-Q4") -> dict[str, int]:
    frame = member_scores(store, period=period, now=now).set_index("code")
    return {str(code): int(n) for code, n in frame["assigned"].items()}


def test_a_lesson_for_a_subtree_is_seen_and_counted_there_only(
    store: Store, facts: Any, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.lesson("dust", "one")
    assert assigned(store) == {"A1": 2, "B1": 2, "B3": 2}
    limit(store, "fire", "乙")
    assert [seen(store, people[code]) for code in people] == [
        {"dust"},
        {"fire", "dust"},
        {"fire", "dust"},
    ]
    assert assigned(store, now=NOW + DAY) == {"A1": 1, "B1": 2, "B3": 2}


def test_an_assignment_of_a_lesson_reaches_only_those_whom_it_is_for(
    store: Store, facts: Any, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.lesson("dust", "one")
    facts.assign("fire")
    limit(store, "fire", "乙一")
    assert assigned(store, now=NOW + DAY) == {"A1": 0, "B1": 0, "B3": 1}


def test_the_headway_of_an_assignment_counts_those_whom_the_lesson_is_for(
    store: Store, facts: Any, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.assign("fire")
    facts.grade(people["A1"], "fire/one", 9)
    facts.grade(people["B3"], "fire/one", 9)
    limit(store, "fire", "乙")
    later = NOW + DAY
    span = Period.parse("2026-Q4")
    everywhere = {one.id for one in branches(store)}
    [one] = assignments(store, period=span)
    found = headway(store, [one], period=span, branches=everywhere, now=later)[one.id]
    assert (found.members, found.completed, found.assigned) == (2, 1, 2)


def test_figures_of_a_day_before_the_decision_stay_as_they_were(
    store: Store, facts: Any, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    limit(store, "fire", "乙", now=NOW + DAY)
    assert assigned(store, now=NOW) == {"A1": 1, "B1": 1, "B3": 1}
    assert assigned(store, now=NOW + 2 * DAY) == {"A1": 0, "B1": 1, "B3": 1}


def test_a_lesson_is_there_between_its_moments(
    store: Store, facts: Any, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    limit(store, "fire", opens=NOW + DAY, closes=NOW + 3 * DAY)
    who = people["A1"]
    assert seen(store, who, NOW) == set()
    assert seen(store, who, NOW + DAY) == {"fire"}
    assert seen(store, who, NOW + 3 * DAY - timedelta(seconds=1)) == {"fire"}
    assert seen(store, who, NOW + 3 * DAY) == set()
    assert assigned(store, now=NOW)["A1"] == 0
    assert assigned(store, now=NOW + 2 * DAY)["A1"] == 1
    assert assigned(store, now=NOW + 9 * DAY)["A1"] == 1, "it was there in this quarter"
    next_year = datetime(2027, 1, 9, tzinfo=UTC)
    assert assigned(store, now=next_year, period="2027-Q1")["A1"] == 0


def test_the_last_instant_of_a_period_is_counted_where_the_organisation_is(
    store: Store, facts: Any, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    new_year = datetime(2026, 12, 31, 16, tzinfo=UTC)  # midnight in Shanghai
    limit(store, "fire", closes=new_year)
    later = datetime(2027, 1, 9, tzinfo=UTC)
    assert assigned(store, now=later, period="2027-Q1")["A1"] == 0
    assert assigned(store, now=later, period="2026-Q4")["A1"] == 1


def test_nobody_outside_starts_an_attempt(
    store: Store, publish_lesson: Any, people: dict[str, Member]
) -> None:
    publish_lesson("fire", one=QUIZ)
    attempts = Attempts(store)
    limit(store, "fire", "乙")
    inside = asyncio.run(attempts.open(people["B1"], "fire/one", now=NOW))
    assert inside["attempt"]
    with pytest.raises(WeikeError):
        asyncio.run(attempts.open(people["A1"], "fire/one", now=NOW))
    with pytest.raises(WeikeError):
        asyncio.run(attempts.finished(people["A1"], "fire", now=NOW))


def test_an_attempt_that_runs_is_finished_after_the_lesson_was_closed(
    store: Store, publish_lesson: Any, people: dict[str, Member]
) -> None:
    publish_lesson("fire", one=QUIZ)
    attempts = Attempts(store)
    limit(store, "fire", closes=NOW + DAY)
    opened = asyncio.run(attempts.open(people["A1"], "fire/one", now=NOW))
    done = asyncio.run(attempts.submit(people["A1"], opened["attempt"], now=NOW + 2 * DAY))
    assert done["max"] == 1
    with pytest.raises(WeikeError):
        asyncio.run(attempts.open(people["B1"], "fire/one", now=NOW + 2 * DAY))


def test_every_decision_stays_and_senseless_ones_are_refused(
    store: Store, facts: Any, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    with pytest.raises(WeikeError):
        limit(store, "fire", opens=NOW, closes=NOW)
    with pytest.raises(WeikeError):
        limit(store, "none")
    with pytest.raises(WeikeError):
        decide_release(store, "fire", opens=None, closes=None, branches=["0"], by="r1", now=NOW)
    limit(store, "fire", "乙")
    limit(store, "fire")
    assert [one.branches == () for one in history(store, "fire")] == [True, False]
    assert seen(store, people["A1"]) == {"fire"}

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from weike.results import tables
from weike.results.people import Member
from weike.results.scores import branch_scores, member_scores
from weike.results.store import Store

from .facts import Facts

SEPTEMBER = date(2026, 9, 1)
LEARNED = datetime(2026, 10, 20, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)

AddMember = Callable[..., Member]


@pytest.fixture
def people(add_member: AddMember) -> dict[str, Member]:
    """公司 with 甲 (three members), 乙 (two), beneath it 乙一 (one), and 丙 without anybody."""
    branches = {"A1": "公司/甲", "A2": "公司/甲", "A3": "公司/甲"}
    branches |= {"B1": "公司/乙", "B2": "公司/乙", "B3": "公司/乙/乙一"}
    found = {
        code: add_member(code, branch=branch, since=SEPTEMBER) for code, branch in branches.items()
    }
    add_member("GONE", branch="公司/丙", since=SEPTEMBER)
    return found


def members(store: Store, *, period: str = "2026-Q4", now: datetime = NOW) -> pd.DataFrame:
    return member_scores(store, period=period, now=now).set_index("code")


def branch(store: Store, name: str, *, period: str = "2026-Q4") -> dict[str, Any]:
    frame = branch_scores(store, period=period, now=NOW)
    [found] = frame[frame["name"] == name].to_dict("records")
    return {str(key): value for key, value in found.items()}


def test_a_member_has_exactly_the_lessons_of_the_assignments_that_reach_the_member(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    for slug in ("fire", "dust", "gas"):
        facts.lesson(slug, "one")
    facts.assign("fire", branch="公司/乙")
    facts.assign("dust", branch="公司/乙")
    facts.assign("gas", branch="公司/乙/乙一")
    for code in ("A1", "B1", "B3"):
        facts.grade(people[code], "fire/one", 8)
        facts.grade(people[code], "gas/one", 2, passed=False)
    found = members(store)
    # Nothing is assigned to 甲, so its members have all three lessons to do.
    assert dict(found["assigned"]) == {
        "A1": 3,
        "A2": 3,
        "A3": 3,
        "B1": 2,
        "B2": 2,
        "B3": 3,
        "GONE": 3,
    }
    assert list(found.loc["A1", ["lessons", "completed", "submitted", "passed"]]) == [2, 2, 2, 1]
    assert list(found.loc["B1", ["lessons", "completed", "submitted", "passed"]]) == [1, 1, 1, 1]
    assert found.loc["A1", "mark"] == pytest.approx(0.5)
    assert found.loc["B1", "mark"] == pytest.approx(0.8)  # gas is no task of 乙
    assert found.loc["B3", "mark"] == pytest.approx(0.5)
    # 甲 2/9; 乙 with what is beneath it (1 + 0 + 2)/(2 + 2 + 3).
    assert branch(store, "甲")["completion"] == pytest.approx(2 / 9)
    assert branch(store, "乙")["completion"] == pytest.approx(3 / 7)
    assert branch(store, "乙")["coverage"] == pytest.approx(2 / 3)
    assert branch(store, "公司")["completion"] == pytest.approx(5 / 19)


def test_two_assignments_of_the_same_lesson_make_one_task(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.lesson("dust", "one")
    facts.assign("fire")
    facts.assign("fire", branch="公司/甲", first=date(2026, 11, 1), after=date(2026, 12, 1))
    facts.grade(people["A1"], "fire/one", 8)
    assert set(members(store)["assigned"]) == {1}
    assert branch(store, "甲")["completion"] == pytest.approx(1 / 3)


def test_an_assignment_of_every_lesson_is_worth_each_published_one(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.lesson("dust", "one")
    facts.lesson("later", "one", at=datetime(2026, 11, 5, tzinfo=UTC))
    facts.assign("fire", branch="公司/乙")
    facts.assign(None, branch="公司/乙/乙一")
    found = members(store)
    assert (found.loc["B1", "assigned"], found.loc["B3", "assigned"]) == (1, 2)


def test_an_assignment_by_post_reaches_that_post_however_it_is_spelt(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.lesson("weld", "one")
    facts.post(people["A1"], "电焊工 ")
    facts.post(people["A2"], "钳工")
    facts.assign("weld", posts=["电 焊工", "起重工"])
    assert list(members(store).loc[["A1", "A2", "A3"], "assigned"]) == [1, 2, 2]


def test_a_lesson_that_is_not_published_is_nobodys_task(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.lesson("dust", "one")
    facts.withdraw("dust", LEARNED)
    facts.assign("dust", branch="公司/甲")
    found = members(store)
    assert (found.loc["A1", "assigned"], found.loc["B1", "assigned"]) == (0, 1)
    idle = branch(store, "甲")
    assert idle["members"] == 3
    assert all(pd.isna(idle[name]) for name in ("completion", "coverage", "mean"))


def test_assignments_count_in_the_periods_that_they_overlap_until_they_are_withdrawn(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one", at=datetime(2026, 9, 1, tzinfo=UTC))
    facts.lesson("dust", "one", at=datetime(2026, 9, 1, tzinfo=UTC))
    id = facts.assign("fire", first=date(2026, 10, 1), after=date(2026, 11, 1))
    assert set(members(store, period="2026-10")["assigned"]) == {1}
    assert set(members(store, period="2026-Q4")["assigned"]) == {1}
    assert set(members(store, period="2026-11")["assigned"]) == {2}
    assert set(members(store, period="2026-09")["assigned"]) == {2}
    assert branch(store, "甲")["completion"] == 0
    facts.grade(people["A1"], "fire/one", 8)
    assert branch(store, "甲")["completion"] == pytest.approx(1 / 3)
    facts.undo(tables.assignment, id)
    assert set(members(store)["assigned"]) == {2}
    assert branch(store, "甲")["completion"] == pytest.approx(1 / 6)


def test_an_assignment_finds_its_members_in_the_frozen_roster(
    store: Store, facts: Facts, people: dict[str, Member], add_member: AddMember
) -> None:
    facts.lesson("fire", "one")
    facts.lesson("dust", "one")
    facts.assign("fire", branch="公司/甲")
    facts.move(people["B1"], "公司/甲", date(2026, 10, 15))
    facts.move(people["A1"], "公司/乙", date(2026, 10, 15))
    add_member("NEW", branch="公司/甲", since=date(2026, 10, 15))
    facts.grade(people["A1"], "fire/one", 10)
    found = members(store)
    assert (found.loc["A1", "assigned"], found.loc["B1", "assigned"]) == (1, 2)
    assert "NEW" not in found.index
    assert branch(store, "甲")["completion"] == pytest.approx(1 / 3)
    assert branch(store, "乙")["members"] == 3


def test_who_is_excused_is_in_no_figure(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.grade(people["A1"], "fire/one", 10)
    facts.grade(people["A2"], "fire/one", 4, passed=False)
    assert branch(store, "甲")["mean"] == pytest.approx(0.7)
    id = facts.excuse(people["A2"], first=date(2026, 12, 1), after=date(2027, 1, 1))
    found = branch(store, "甲")
    assert (found["members"], found["attempted"]) == (2, 1)
    assert (found["mean"], found["completion"], found["coverage"]) == (1, 0.5, 0.5)
    assert found["pass_rate"] == 1
    assert branch(store, "甲", period="2026-11")["members"] == 3
    frame = member_scores(store, period="2026-Q4", now=NOW)
    assert "A2" not in set(frame["code"])
    assert dict(frame.attrs["excused"]) == {people["A2"].id: facts.branch("公司/甲")}
    facts.undo(tables.excusal, id)
    assert branch(store, "甲")["members"] == 3


def test_a_branch_whose_members_are_all_excused_has_no_figures(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    for code in ("A1", "A2", "A3"):
        facts.excuse(people[code])
    found = branch(store, "甲")
    assert found["members"] == 0
    assert all(pd.isna(found[name]) for name in ("completion", "coverage", "mean", "pass_rate"))


def test_a_pre_test_is_not_counted_and_a_post_test_is(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "pre", "post")
    facts.lesson("read", "pre")
    facts.grade(people["A1"], "fire/pre", 2, passed=False)
    found = members(store).loc["A1"]
    assert pd.isna(found["mark"])
    assert list(found[["lessons", "completed", "submitted", "passed"]]) == [0, 0, 0, 0]
    facts.grade(people["A1"], "fire/post", 9)
    facts.grade(people["A1"], "read/pre", 2, passed=False)
    found = members(store).loc["A1"]
    assert found["mark"] == pytest.approx(0.9)
    assert list(found[["lessons", "completed", "submitted", "passed"]]) == [1, 1, 1, 1]
    facts.finish(people["A1"], "read")  # nothing else completes it
    assert members(store).loc["A1", "completed"] == 2


def test_a_make_up_test_passes_in_the_end_and_leaves_the_first_mark_as_it_was(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.grade(people["A1"], "fire/one", 4, passed=False)
    later = LEARNED + timedelta(days=3)
    facts.grade(people["A1"], "fire/one", 9, number=2, mode="makeup", at=later)
    # Absent before: the make-up test is the first attempt, and its mark counts.
    facts.grade(people["A2"], "fire/one", 7, mode="makeup", at=later)
    facts.grade(people["A3"], "fire/one", 3, passed=False)
    facts.grade(people["A3"], "fire/one", 6, number=2, at=later)
    found = members(store)
    assert list(found.loc[["A1", "A2", "A3"], "mark"]) == pytest.approx([0.4, 0.7, 0.3])
    assert list(found.loc[["A1", "A2", "A3"], "passed"]) == [1, 1, 1]
    assert list(found.loc[["A1", "A2", "A3"], "passed_first"]) == [0, 0, 1]
    before = members(store, now=later - timedelta(seconds=1))
    assert list(before.loc[["A1", "A2", "A3"], "passed"]) == [0, 0, 0]
    assert list(before.loc[["A1", "A2", "A3"], "submitted"]) == [1, 0, 1]
    with store.read() as connection:
        kept = connection.execute(tables.grade.select()).all()
    assert len(kept) == 5


def test_a_member_has_started_with_the_first_look_at_an_assigned_quiz_or_the_end_of_a_lesson(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.lesson("story")
    facts.lesson("dust", "one")
    facts.assign("fire", branch="公司/甲")
    facts.assign("story", branch="公司/甲")
    facts.begin(people["A1"], "fire/one", at=LEARNED)
    facts.finish(people["A2"], "story", at=LEARNED)
    facts.begin(people["A3"], "dust/one", at=LEARNED)  # none of the tasks
    facts.begin(people["B1"], "dust/one", at=LEARNED)
    found = members(store)
    assert found["started"].dtype == bool
    codes = ["A1", "A2", "A3", "B1", "B2"]
    assert list(found.loc[codes, "started"]) == [True, True, False, True, False]
    before = members(store, now=LEARNED - timedelta(seconds=1))
    assert not before["started"].any()


def test_figures_of_a_past_period_stand_as_of_its_end(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    facts.begin(people["A2"], "fire/one", at=LEARNED)
    facts.grade(people["A1"], "fire/one", 4, passed=False)
    after = datetime(2026, 11, 2, tzinfo=UTC)
    facts.grade(people["A1"], "fire/one", 9, number=2, at=after)
    facts.grade(people["A3"], "fire/one", 9, started=LEARNED, at=after)
    found = members(store, period="2026-10", now=after + timedelta(days=1))
    assert list(found.loc[["A1", "A2", "A3"], "started"]) == [True, True, True]
    assert list(found.loc[["A1", "A2", "A3"], "completed"]) == [1, 0, 0]
    assert found.loc["A1", "passed"] == 0
    now = members(store, period="2026-11", now=after + timedelta(days=1))
    assert list(now.loc[["A1", "A2", "A3"], "completed"]) == [1, 0, 1]
    assert now.loc["A1", "passed"] == 1

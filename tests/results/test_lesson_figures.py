"""How far people have come with each lesson: by hand, and in step with the branches' figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from weike.results.analysis.lessonfigures import LessonFigures, lesson_figures
from weike.results.analysis.lessonsheets import lesson_branch_sheet, lesson_sheet, topic_sheet
from weike.results.analysis.remembered import remembered
from weike.results.people import Branch, Member, branches
from weike.results.scores import branch_scores
from weike.results.store import Store

from .facts import Facts

NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)
SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def people(add_member: Callable[..., Member]) -> dict[str, Member]:
    """公司 with 甲 (three members), 乙 (two) and one of its own."""
    where = {"A1": "公司/甲", "A2": "公司/甲", "A3": "公司/甲", "B1": "公司/乙", "B2": "公司/乙"}
    return {
        code: add_member(code, branch=branch, since=SEPTEMBER)
        for code, branch in {**where, "TOP": "公司"}.items()
    }


@pytest.fixture
def learned(facts: Facts, people: dict[str, Member]) -> None:
    """甲: one has passed all of fire, one failed half of it, one has only begun; 乙 has read."""
    facts.lesson("fire", "one", "two")
    facts.lesson("story")
    facts.grade(people["A1"], "fire/one", 8)
    facts.grade(people["A1"], "fire/two", 6)
    facts.grade(people["A2"], "fire/one", 3, passed=False)
    facts.grade(people["A2"], "fire/two", 5, passed=False)
    facts.grade(people["A2"], "fire/two", 9, number=2)
    facts.begin(people["A3"], "fire/one", at=NOW)
    facts.grade(people["TOP"], "fire/one", 10)
    facts.finish(people["B1"], "story")


def named(store: Store, name: str) -> Branch:
    return next(one for one in branches(store) if one.name == name)


def figures(store: Store, name: str) -> LessonFigures:
    return lesson_figures(store, branch=named(store, name).id, period="2026-Q4", now=NOW)


@pytest.mark.usefixtures("learned")
def test_a_lesson_is_started_completed_and_passed_by_those_who_did(store: Store) -> None:
    fire = figures(store, "甲").by_lesson()["fire"]
    assert fire == {
        "assigned": 3,
        "started": 1.0,
        "completed": pytest.approx(2 / 3),
        "passed": pytest.approx(1 / 3),  # A2 has passed one quiz of two
        "attempted": 2,
        "mean": pytest.approx(((0.8 + 0.6) / 2 + (0.3 + 0.5) / 2) / 2),
    }


@pytest.mark.usefixtures("learned")
def test_what_has_no_quiz_is_completed_by_reading_and_passed_by_nobody(store: Store) -> None:
    story = figures(store, "乙").by_lesson()["story"]
    assert (story["started"], story["completed"], story["passed"]) == (0.5, 0.5, None)
    assert (story["attempted"], story["mean"]) == (0, None)


@pytest.mark.usefixtures("learned")
def test_a_branch_holds_its_own_members_and_those_beneath_it(store: Store) -> None:
    top = named(store, "公司")
    sheet = lesson_branch_sheet(figures(store, "公司"), "fire", top.id)
    rows = {row["name"]: row for row in sheet.rows}
    assert {name: row["assigned"] for name, row in rows.items()} == {"公司": 6, "甲": 3, "乙": 2}
    assert rows["公司"]["mean"] == pytest.approx(100 * (0.7 + 0.4 + 1.0) / 3)
    assert rows["乙"]["mean"] is None


@pytest.mark.usefixtures("learned")
@pytest.mark.parametrize("name", ["公司", "甲", "乙"])
def test_the_lessons_add_up_to_the_completion_of_the_branch(store: Store, name: str) -> None:
    rows = figures(store, name).by_lesson().values()
    done = sum(row["assigned"] * row["completed"] for row in rows)
    frame = branch_scores(store, period="2026-Q4", now=NOW)
    [completion] = frame[frame["name"] == name]["completion"]
    assert done / sum(row["assigned"] for row in rows) == pytest.approx(completion)


@pytest.mark.usefixtures("learned")
def test_a_topic_is_its_lessons_together(store: Store) -> None:
    found = figures(store, "公司")
    [topic] = topic_sheet(found).rows
    assert (topic["topic"], topic["lessons"]) == ("", 2)
    assert topic["completed"] == pytest.approx((3 * 2 / 3 + 0 + 1) / 12)
    assert [row["lesson"] for row in lesson_sheet(found, topic="").rows] == ["fire", "story"]
    assert lesson_sheet(found, topic="another").rows == []


def test_before_anything_is_published_there_is_nothing(
    store: Store, people: dict[str, Member]
) -> None:
    found = figures(store, "公司")
    assert found.by_lesson() == {}
    assert lesson_sheet(found).rows == topic_sheet(found).rows == []


def test_an_analysis_is_kept_until_a_fact_comes(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    made = []
    for _view in range(2):
        remembered(store, "key", lambda: made.append(1))
    assert len(made) == 1
    facts.grade(people["A1"], "fire/one", 8)
    remembered(store, "key", lambda: made.append(1))
    assert len(made) == 2


def test_an_analysis_that_takes_long_may_be_as_old_as_its_length_allows(
    store: Store, facts: Facts, people: dict[str, Member]
) -> None:
    facts.lesson("fire", "one")
    seconds = 0.0
    made = []

    def clock() -> float:
        return seconds

    def make() -> None:
        nonlocal seconds
        seconds += 5
        made.append(1)

    remembered(store, "key", make, clock=clock)
    facts.grade(people["A1"], "fire/one", 8)
    seconds += 5 * 60 - 1
    remembered(store, "key", make, clock=clock)
    assert len(made) == 1
    seconds += 2
    remembered(store, "key", make, clock=clock)
    assert len(made) == 2

"""`weike review` and what members see of it: a lesson goes from the folder through its review."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.results.catalogue import lesson
from weike.results.enrolling.enrolment import plan_import
from weike.results.enrolling.importing import apply_import
from weike.results.enrolling.roster import read_roster
from weike.results.periods import local_date
from weike.results.store import open_store

PEOPLE = "工号,姓名,支部,角色\nL1,甲,公司/一,讲师\nR1,乙,公司/一,审核人\nR2,丙,公司/一,审核人\n"
SETTINGS = 'language = "en"\nlevels = ["公司", "支部"]\nreview = true\n'


@pytest.fixture
def typed(folder: Any, typed: Any) -> Any:
    folder.write("weike.toml", SETTINGS + 'review_steps = ["first", "last"]\n')
    roster = folder.write("members.csv", PEOPLE)
    course, now = load_course(folder.root), datetime.now(UTC)
    day = local_date(now, course.zone)
    with open_store(course=course) as store:
        read = read_roster(roster, levels=course.levels)
        apply_import(store, plan_import(store, read, since=day, today=day), now=now)
    return typed


def shown(root: Path) -> str | None:
    with open_store(course=load_course(root)) as store:
        found = lesson(store, "one")
        return found and found.body_html


def test_a_lesson_goes_through_its_steps_and_a_later_change_waits(folder: Any, typed: Any) -> None:
    folder.lesson("# One\n\nThe first text.")
    assert "step 1 of 2" in typed("review", "submit", "one", "--by", "L1").output
    assert "step 2 of 2" in typed("review", "approve", "one", "--by", "R1").output
    folder.lesson("# One\n\nA text that nobody has reviewed.")
    assert shown(folder.root) is None
    assert "approved" in typed("review", "approve", "one", "--by", "R2").output
    assert "The first text." in str(shown(folder.root))
    assert "waiting for approval" in typed("publish").output
    assert "The first text." in str(shown(folder.root)), "what was approved stays served"


def test_what_was_approved_needs_no_approval_as_long_as_the_file_is_the_same(
    folder: Any, typed: Any
) -> None:
    folder.lesson("# One\n\nText.")
    typed("review", "submit", "one", "--by", "L1")
    for code in ("R1", "R2"):
        typed("review", "approve", "one", "--by", code)
    assert "waiting" not in typed("publish").output


def test_a_returned_lesson_says_why_and_the_list_names_who_waits(folder: Any, typed: Any) -> None:
    folder.lesson("# One\n\nText.")
    typed("review", "submit", "one", "--by", "L1", "--remark", "please")
    assert typed("review", "list").output.startswith("one  ")
    typed("review", "return", "one", "--by", "R1", "--remark", "too short")
    assert typed("review", "list").output == "nothing waits for a review\n"
    [found] = json.loads(typed("review", "show", "one", "--json").output)
    assert (found["by"], found["remark"], found["status"]) == ("L1", "please", "returned")
    assert [(e["by"], e["act"], e["remark"]) for e in found["events"]] == [
        ("R1", "returned", "too short")
    ]
    with pytest.raises(WeikeError, match="waits for a review"):
        typed("review", "approve", "one", "--by", "R2")


def test_a_broken_lesson_is_not_submitted_and_a_stranger_submits_nothing(
    folder: Any, typed: Any
) -> None:
    folder.lesson("# One\n\n![x](gone.png)")
    result = typed("review", "submit", "one", "--by", "L1")
    assert result.exit_code == 1
    assert "there is no file gone.png" in result.output
    folder.lesson("# One\n\nText.")
    for code in ("R1", "nobody"):
        with pytest.raises(WeikeError):
            typed("review", "submit", "one", "--by", code)
    assert typed("review", "list").output == "nothing waits for a review\n"

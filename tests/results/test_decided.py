"""What stands after a rescoring, for the page about it and for members."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from weike.results.answering.attempts import Attempts
from weike.results.correcting.decided import corrected_lessons, decisions, kept_report, standings
from weike.results.people import Member
from weike.results.store import Store

from .school import School
from .wrongkey import LATER, MENDED, WHY, WRONG, but, mend

Publish = Callable[..., object]
AddMember = Callable[..., Member]


def test_what_is_published_otherwise_is_told_until_it_is_decided(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    assert [one.state for one in standings(store, "fire/quiz")] == ["same"] * 3
    publish_lesson("fire", version="2", quiz=MENDED.replace("] 打火机", "] 火柴"))
    first, take, gauge = standings(store, "fire/quiz")
    assert (first.state, first.right, first.published) == ("wrong", "拔掉", "提起")
    assert (take.state, gauge.state) == ("changed", "same")
    mend(store)
    mend(store, item="take", action="drop")
    first, take, _gauge = standings(store, "fire/quiz")
    assert (first.state, first.right, first.published) == ("same", "提起", None)
    assert take.state == "drop"
    publish_lesson("fire", version="3", quiz=WRONG.partition("## 指针")[0])
    assert standings(store, "fire/quiz")[2].state == "gone"


def test_decisions_are_listed_with_the_report_that_was_kept(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    publish_lesson("fire", version="2", quiz=MENDED.replace("[[绿色|绿]]", "[[绿色|绿|翠绿]]"))
    report = mend(store, by=pupils[0].id)
    mend(store, item="take", action="full", because="图不清楚", now=LATER + timedelta(days=1))
    given, gauge, first = decisions(store, "fire/quiz")
    assert (given.item, given.action, given.by, given.reason) == ("take", "full", "", "图不清楚")
    assert (gauge.item, first.item) == ("gauge", "first")
    assert gauge.by == "学员甲"
    assert gauge.number == first.number == report.number
    kept = kept_report(store, "fire/quiz", first.number)
    assert kept is not None
    assert (kept.branches, kept.people) == (report.branches, report.people)
    assert [(one.member, one.before, one.after, one.branch) for one in kept.results] == [
        (one.member, one.before, one.after, one.branch) for one in report.results
    ]
    assert [one.becomes for one in kept.changes] == ["提起", "绿色 / 绿 / 翠绿"]
    assert kept_report(store, "fire/quiz", 99) is None


def test_members_are_told_where_a_question_they_answered_was_corrected(
    store: Store, pupils: list[Member], school: School, add_member: AddMember,
    publish_lesson: Publish,
) -> None:  # fmt: skip
    publish_lesson("fire", version="2", quiz=MENDED)
    mend(store)
    later = add_member("B1")
    school.takes(later, but(first="提起"), at=LATER + timedelta(days=1))
    assert dict(corrected_lessons(store, pupils[0].id)) == {"fire": WHY}
    assert dict(corrected_lessons(store, later.id)) == {}


def test_the_review_says_that_a_question_was_corrected(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    def said(member: Member) -> dict[str, Any]:
        opened = asyncio.run(Attempts(store).open(member, "fire/quiz", now=LATER))
        return {one["item"]: one["feedback"] for one in opened["result"]["items"]}

    assert all("corrected" not in feedback for feedback in said(pupils[0]).values())
    publish_lesson("fire", version="2", quiz=MENDED)
    mend(store)
    mend(store, item="take", action="full")
    mend(store, item="gauge", action="drop")
    told = said(pupils[2])
    assert (told["first"]["corrected"], told["first"]["correct"]) == ("key", True)
    assert [one["right"] for one in told["first"]["options"]].count(True) == 1
    assert (told["take"]["corrected"], told["take"]["score"]) == ("full", 2)
    assert (told["gauge"]["corrected"], told["gauge"]["max"]) == ("drop", 0)

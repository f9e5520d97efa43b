"""The report of a rescoring, and whom it may name to whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from weike.results.correcting.rescoring import RescoringReport
from weike.results.correcting.rescoringsheet import report_sheets
from weike.results.people import Member
from weike.results.store import Store

from .school import School
from .wrongkey import MENDED, WRONG, but, mend

Publish = Callable[..., object]
AddMember = Callable[..., Member]


def test_a_report_names_members_to_those_who_answer_for_them(
    store: Store, pupils: list[Member], add_member: AddMember, publish_lesson: Publish
) -> None:
    publish_lesson("fire", version="2", quiz=MENDED)
    report = mend(store, item="first", action="full", dry_run=True)
    questions, results, by_branch = report_sheets(store, report)
    assert [row["becomes"] for row in questions.rows] == ["全员得分"]
    assert [row["code"] for row in results.rows] == ["A3", "A2"]
    assert [row["path"] for row in by_branch.rows] == ["全体", "公司", "公司/乙", "公司/甲"]
    boss = add_member("Z1", branch=None, roles={"organizer": "公司/甲"})
    _questions, results, by_branch = report_sheets(store, report, viewer=boss)
    assert [row["code"] for row in results.rows] == ["A2"]
    assert "另有 1 个" in results.note
    assert [row["before"] for row in by_branch.rows if row["path"] == "公司/乙"] == [None]
    lecturer = add_member("L1", branch=None, roles={"lecturer": None})
    _questions, results, by_branch = report_sheets(store, report, viewer=lecturer)
    assert results.rows == []
    assert all(row["before"] is None for row in by_branch.rows), "four people are too few"
    assert all(row["n"] is None for row in by_branch.rows), "nor how many they are"


def test_a_report_hides_from_a_lecturer_what_would_tell_of_a_small_group_beside(
    store: Store, add_member: AddMember, school: School, publish_lesson: Publish
) -> None:
    """The mean of 中班 is what is left of its 车间 without 早班, also where it does not change."""
    publish_lesson("fire", quiz=WRONG)
    people = {"公司/一/甲班": 6, "公司/二/早班": 8, "公司/二/中班": 3}
    for path, n in people.items():
        for i in range(n):
            right = path.endswith("中班")
            member = add_member(f"{path[-2:]}{i}", branch=path)
            school.takes(member, but() if right else but(first="提起"))
    boss = add_member("Z1", branch=None, roles={"organizer": "公司/二"})
    lecturer = add_member("L1", branch=None, roles={"lecturer": None})
    report = mend(store, item="first", action="full", dry_run=True)

    def means(report: RescoringReport, viewer: Member | None) -> dict[str, bool]:
        sheet = report_sheets(store, report, viewer=viewer)[2]
        for row in sheet.rows:
            assert (row["before"] is None) == (row["after"] is None) == (row["n"] is None)
        return {row["path"]: row["after"] is not None for row in sheet.rows}

    shown = {"全体": True, "公司": True, "公司/一": True, "公司/一/甲班": True, "公司/二": True}
    assert means(report, None) == shown | {"公司/二/早班": True}, "in 中班 nothing changes"
    assert means(report, lecturer) == shown | {"公司/二/早班": False}
    assert means(report, boss) == shown | {"公司/二/早班": True}
    # A report that was kept before these numbers were shows a lecturer no mean at all.
    old = replace(report, people={})
    assert not any(means(old, lecturer).values())
    assert {path for path, told in means(old, boss).items() if told} == {"公司/二", "公司/二/早班"}

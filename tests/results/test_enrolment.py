from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from weike.quizzes.errors import WeikeError
from weike.results.enrolling.enrolment import ImportPlan, plan_import
from weike.results.enrolling.importing import apply_import, counts
from weike.results.enrolling.roster import read_roster
from weike.results.people import branches, find_member
from weike.results.store import Store
from weike.results.tables import audit, membership

NOW = datetime(2026, 10, 9, 3, tzinfo=UTC)
TODAY = NOW.date()
LATER = datetime(2026, 11, 2, 3, tzinfo=UTC)
HEADER = "工号,姓名,支部,岗位,角色,管理范围\n"
FIRST = HEADER + (
    "001,甲一,公司党委/生产党总支/储运党支部,司机,,\n"
    "002,乙二,公司党委/生产党总支/洗选党支部,,讲师,\n"
    "003,丙三,公司党委/机关党总支/财务党支部,,培训管理员,公司党委/生产党总支\n"
    "004,丁四,公司党委,,系统管理员,\n"
)


def plan(
    store: Store,
    text: str,
    *,
    since: date | None = None,
    today: date = TODAY,
    leave_missing: bool = False,
) -> ImportPlan:
    path = Path(str(store.media)).parent / "roster.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    roster = read_roster(path, levels=store.levels)
    return plan_import(
        store, roster, since=since or today, today=today, leave_missing=leave_missing
    )


def enrol(store: Store, text: str, *, now: datetime = NOW, leave_missing: bool = False) -> None:
    planned = plan(store, text, today=now.date(), leave_missing=leave_missing)
    assert not planned.problems
    apply_import(store, planned, now=now)


def history(store: Store, code: str) -> list[tuple[date, str | None]]:
    member = find_member(store, now=NOW, code=code)
    assert member is not None
    names = {branch.id: branch.name for branch in branches(store)}
    with store.read() as connection:
        rows = connection.execute(
            select(membership.c.since, membership.c.branch_id)
            .where(membership.c.member_id == member.id)
            .order_by(membership.c.since)
        ).all()
    return [(row.since, names.get(row.branch_id)) for row in rows]


def test_a_plan_writes_nothing_and_says_what_it_would_do(store: Store) -> None:
    planned = plan(store, FIRST)
    assert counts(planned) == {
        "new": 4,
        "moved": 0,
        "renamed": 0,
        "posts": 0,
        "roles": 0,
        "left": 0,
        "unchanged": 0,
        "missing": 0,
        "branches": 6,
    }
    assert list(branches(store)) == []


def test_an_import_makes_the_tree_the_members_and_their_roles(store: Store) -> None:
    enrol(store, FIRST)
    assert [(branch.level, branch.path) for branch in branches(store)] == [
        (0, "公司党委"),
        (1, "公司党委/生产党总支"),
        (2, "公司党委/生产党总支/储运党支部"),
        (2, "公司党委/生产党总支/洗选党支部"),
        (1, "公司党委/机关党总支"),
        (2, "公司党委/机关党总支/财务党支部"),
    ]
    driver = find_member(store, now=NOW, code="001")
    organizer = find_member(store, now=NOW, code="003")
    assert driver is not None
    assert organizer is not None
    assert (driver.name, driver.post, driver.roles) == ("甲一", "司机", {"member"})
    assert organizer.can_see_branch(driver.branch_id)
    assert not organizer.can_see_branch(organizer.branch_id)


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    enrol(store, FIRST)
    planned = plan(store, FIRST)
    assert planned.unchanged == 4
    assert (planned.new, planned.changes, planned.branches) == ((), (), ())


def test_a_move_keeps_where_the_member_was(store: Store) -> None:
    enrol(store, FIRST)
    moved = FIRST.replace("储运党支部", "洗选党支部").replace("甲一", "甲壹")
    planned = plan(store, moved, today=LATER.date())
    assert [change.person.code for change in planned.moved] == ["001"]
    assert [change.name for change in planned.renamed] == ["甲壹"]
    apply_import(store, planned, now=LATER)
    assert history(store, "001") == [
        (date(2026, 10, 9), "储运党支部"),
        (date(2026, 11, 2), "洗选党支部"),
    ]


def test_a_second_import_of_one_day_corrects_the_first(store: Store) -> None:
    enrol(store, FIRST)
    enrol(store, FIRST.replace("储运党支部", "洗选党支部"))
    assert history(store, "001") == [(date(2026, 10, 9), "洗选党支部")]


def test_a_move_before_the_last_entry_is_refused(store: Store) -> None:
    enrol(store, FIRST)
    planned = plan(store, FIRST.replace("储运", "洗选"), since=date(2026, 10, 1))
    assert [problem.line for problem in planned.problems] == [2]


def test_a_day_that_has_not_come_is_refused(store: Store) -> None:
    with pytest.raises(WeikeError, match="2062"):
        plan(store, FIRST, since=date(2062, 1, 1))


def test_who_is_not_in_the_file_is_reported_and_leaves_only_when_asked(store: Store) -> None:
    enrol(store, FIRST)
    shorter = "\n".join(FIRST.splitlines()[:-1])
    planned = plan(store, shorter)
    assert [person.code for person in planned.missing] == ["004"]
    assert planned.leaving == ()
    enrol(store, shorter, now=LATER, leave_missing=True)
    assert history(store, "004") == [(date(2026, 10, 9), "公司党委"), (date(2026, 11, 2), None)]
    left = find_member(store, now=LATER, code="004")
    assert left is not None
    assert left.left


def test_leaving_by_omission_needs_a_file_without_problems(store: Store) -> None:
    with pytest.raises(WeikeError):
        plan(store, FIRST + "005,,公司党委,,,\n", leave_missing=True)


def test_a_leaving_date_ends_a_membership_and_a_later_row_brings_the_member_back(
    store: Store,
) -> None:
    enrol(store, FIRST)
    leaving = "工号,姓名,支部,离开日期\n001,甲一,,2026-10-20\n009,从未来过,,2026-10-20\n"
    planned = plan(store, leaving, today=LATER.date())
    assert [row.code for row in planned.gone] == ["009"]
    apply_import(store, planned, now=LATER)
    assert plan(store, leaving, today=LATER.date()).unchanged == 1
    enrol(store, FIRST, now=LATER)
    assert history(store, "001") == [
        (date(2026, 10, 9), "储运党支部"),
        (date(2026, 10, 20), None),
        (date(2026, 11, 2), "储运党支部"),
    ]


def test_a_column_that_the_file_lacks_changes_nothing(store: Store) -> None:
    enrol(store, FIRST)
    planned = plan(store, "工号,姓名,支部\n002,乙二,公司党委/生产党总支/洗选党支部\n")
    assert planned.unchanged == 1


def test_roles_are_taken_back_and_given_as_the_file_says(store: Store) -> None:
    enrol(store, FIRST)
    enrol(store, FIRST.replace("讲师", "审核人").replace(",培训管理员,公司党委/生产党总支", ",,"))
    lecturer = find_member(store, now=NOW, code="002")
    organizer = find_member(store, now=NOW, code="003")
    assert lecturer is not None
    assert organizer is not None
    assert lecturer.roles == {"member", "reviewer"}
    assert organizer.roles == {"member"}


def test_the_spelling_of_a_branch_makes_no_second_one(store: Store) -> None:
    enrol(store, HEADER + "1,甲,公司党委/党支部（一）,,,\n")
    planned = plan(store, HEADER + "1,甲,公司 党委＞党支部(一),,,\n2,乙,公司党委/党支部(一),,,\n")
    assert planned.branches == ()
    assert planned.unchanged == 1


def test_an_organizer_of_an_unknown_branch_is_refused(store: Store) -> None:
    planned = plan(store, HEADER + "1,甲,公司党委,,培训管理员,公司党委/生铲\n")
    assert [problem.line for problem in planned.problems] == [2]
    assert len(planned.branches) == 1


def test_a_code_that_lost_its_zeros_makes_no_second_person(store: Store) -> None:
    enrol(store, FIRST)
    planned = plan(store, "工号,姓名,支部\n1.0,甲一,公司党委\n")
    assert [problem.line for problem in planned.problems] == [2]
    assert planned.new == ()


def test_nothing_is_half_imported(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = plan(store, FIRST)

    def fails(_done: int) -> None:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        apply_import(store, planned, now=NOW, progress=fails)
    assert find_member(store, now=NOW, code="001") is None
    assert list(branches(store)) == []


def test_an_empty_roster_is_no_success(store: Store) -> None:
    planned = plan(store, HEADER)
    with pytest.raises(WeikeError):
        apply_import(store, planned, now=NOW)


def test_an_import_stands_in_the_audit_log_with_its_numbers(store: Store) -> None:
    enrol(store, FIRST)
    with store.read() as connection:
        [entry] = connection.execute(select(audit)).all()
    assert (entry.actor, entry.subject) == ("command", "roster.csv")
    assert entry.detail["new"] == 4

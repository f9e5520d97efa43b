from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import delete, select, update

from weike.quizzes.i18n import use_language
from weike.results import tables
from weike.results.people import Branch, Branches, Member, branches
from weike.results.periods import Period
from weike.results.reporting.printing import pdf
from weike.results.reporting.sheet import workbook
from weike.results.reporting.training import branch_records, branch_sessions, training_record
from weike.results.reporting.trainingentries import Entry, credited
from weike.results.reporting.trainingforms import records_form, sessions_form
from weike.results.reporting.trainingsheets import record_sheet, training_sheets
from weike.results.store import Store

from .facts import Facts

SHANGHAI = ZoneInfo("Asia/Shanghai")
QUARTER = Period.parse("2026-Q4")
SEPTEMBER = date(2026, 9, 1)
NOW = datetime(2027, 2, 1, 1, tzinfo=UTC)
LESSON_MINUTES = 9

AddMember = Callable[..., Member]


def on(month: int, day: int, hour: int = 1, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


@pytest.fixture
def learned(store: Store, facts: Facts, add_member: AddMember) -> dict[str, Member]:
    """甲 has A1 to A3, 乙 has B1. 消防 has two quizzes and a pre-test, 粉尘 one, 故事 none."""
    facts.lesson("fire", "pre", "one", "two")
    facts.lesson("dust", "one")
    facts.lesson("story")
    people = {
        code: add_member(code, name=f"学员{code}", branch=branch, since=SEPTEMBER)
        for code, branch in {
            "A1": "公司/甲",
            "A2": "公司/甲",
            "A3": "公司/甲",
            "B1": "公司/乙",
        }.items()
    }
    a1, a2, b1 = people["A1"], people["A2"], people["B1"]
    facts.grade(a1, "fire/pre", 1, passed=False, at=on(10, 1))
    facts.grade(a1, "fire/one", 6, score=9, at=on(10, 2))
    facts.grade(a1, "fire/two", 2, passed=False, at=on(10, 3))
    facts.grade(a1, "fire/two", 9, number=2, mode="makeup", at=on(11, 3))
    facts.grade(a2, "fire/one", 5, passed=False, at=on(10, 2))
    facts.grade(b1, "dust/one", 10, at=on(10, 31, 17))  # the first of November there
    facts.finish(a1, "story", at=on(12, 31, 17))  # New Year there
    settle(store)
    return people


def settle(store: Store) -> None:
    """Give every attempt and every end the version of its lesson, as the server does."""

    def settle(connection: Any) -> None:
        connection.execute(
            update(tables.lesson_version).values(minutes=LESSON_MINUTES, topic="安全")
        )
        for row in connection.execute(select(tables.lesson_version)).all():
            connection.execute(
                update(tables.attempt)
                .where(tables.attempt.c.quiz.startswith(f"{row.slug}/"))
                .values(lesson_version=row.version)
            )
            homes = select(tables.membership.c.branch_id).where(
                tables.membership.c.member_id == tables.finished.c.member_id,
                tables.membership.c.branch_id.is_not(None),
            )
            connection.execute(
                update(tables.finished)
                .where(tables.finished.c.slug == row.slug)
                .values(version=row.version, branch_id=homes.limit(1).scalar_subquery())
            )

    store.writer.run(settle)


def tree_of(store: Store) -> Branches:
    return branches(store)


def the_branch(store: Store, name: str) -> Branch:
    return next(one for one in tree_of(store) if one.name == name)


def test_a_record_has_every_counted_attempt_with_time_result_and_number(
    store: Store, learned: dict[str, Member]
) -> None:
    record = training_record(store, learned["A1"].id, now=NOW)
    with use_language("zh-CN"):
        rows = record_sheet(record, 45).rows
    assert [(row["content"], row["number"], row["share"], row["result"]) for row in rows] == [
        ("fire · one", 1, 0.9, "合格"),
        ("fire · two", 1, 0.2, "未合格"),
        ("fire · two", 2, 0.9, "补考合格"),
        ("story", None, None, "已学完"),
    ]
    assert [row["hours"] for row in rows] == [None, 0.2, None, 0.2]
    assert rows[0]["at"] == on(10, 2)
    assert record.minutes == 2 * LESSON_MINUTES


def test_a_period_cuts_a_record_by_the_days_of_the_organisation(
    store: Store, learned: dict[str, Member]
) -> None:
    def count(code: str, period: str) -> int:
        span = Period.parse(period)
        return len(training_record(store, learned[code].id, now=NOW, period=span).entries)

    assert (count("A1", "2026-Q4"), count("A1", "2027-Q1")) == (3, 1)
    assert (count("B1", "2026-10"), count("B1", "2026-11")) == (0, 1)


def entry(at: datetime, quiz: str | None = "fire/one", **changes: Any) -> Entry:
    values: dict[str, Any] = {
        "member": "m",
        "branch": "b",
        "slug": "fire",
        "lesson": "消防",
        "language": "zh-CN",
        "part": "",
        "topic": "",
        "lesson_minutes": 9,
        "quiz": quiz,
        "needed": frozenset({"fire/one"}),
        "number": 1,
        "at": at,
        "share": 1.0,
        "passed": True,
        "makeup": False,
    }
    return Entry(**(values | changes))


def test_a_lesson_counts_once_a_year_however_often_it_is_taken() -> None:
    taken = [entry(on(12, day)) for day in (1, 2, 31)] + [entry(on(1, 1, year=2027))]
    assert [one.minutes for one in credited(taken, SHANGHAI)] == [9, 0, 0, 9]
    # 17 o'clock UTC on New Year's Eve is the new year in Shanghai.
    late = [entry(on(12, 1)), entry(on(12, 31, 17))]
    assert [one.minutes for one in credited(late, SHANGHAI)] == [9, 9]


def test_a_lesson_of_two_quizzes_counts_when_the_second_is_taken() -> None:
    both = frozenset({"fire/one", "fire/two"})
    taken = [
        entry(on(12, 30), needed=both),
        entry(on(12, 30, 2), needed=both),
        entry(on(1, 3, year=2027), quiz="fire/two", needed=both),
    ]
    assert [one.minutes for one in credited(reversed(taken), SHANGHAI)] == [0, 0, 9]


def test_a_lesson_without_a_quiz_counts_at_its_end() -> None:
    end = entry(on(10, 1), quiz=None, needed=frozenset())
    assert [one.minutes for one in credited([end], SHANGHAI)] == [9]


def test_a_session_says_who_took_part_with_both_results(
    store: Store, learned: dict[str, Member]
) -> None:
    (fire,) = branch_sessions(store, branch=the_branch(store, "甲").id, period=QUARTER, now=NOW)
    assert (fire.slug, fire.first, fire.last) == ("fire", on(10, 2), on(11, 3))
    a1, a2 = fire.participants
    assert (a1.trainee.code, a1.first, a1.makeup) == ("A1", pytest.approx(0.55), 0.9)
    assert (a1.complete, a1.passed, a1.made_up, a1.attempts, a1.minutes) == (True, True, True, 2, 9)
    assert (a2.trainee.code, a2.complete, a2.passed, a2.minutes) == ("A2", False, False, 0)


def test_a_session_holds_only_what_fell_into_the_period_and_the_subtree(
    store: Store, learned: dict[str, Member]
) -> None:
    def found(branch: str, period: str) -> list[tuple[str, int]]:
        sessions = branch_sessions(
            store, branch=the_branch(store, branch).id, period=Period.parse(period), now=NOW
        )
        return [(one.slug, len(one.participants)) for one in sessions]

    assert found("公司", "2026-Q4") == [("fire", 2), ("dust", 1)]
    assert found("乙", "2026-Q4") == [("dust", 1)]
    assert found("公司", "2026-11") == [("dust", 1), ("fire", 1)]
    assert found("公司", "2027-Q1") == [("story", 1)]
    assert found("公司", "2025-Q4") == []


def test_the_record_of_a_person_who_left_is_kept_where_the_person_was(
    store: Store, facts: Facts, learned: dict[str, Member]
) -> None:
    facts.move(learned["A1"], None, date(2026, 11, 20))
    home = the_branch(store, "甲")
    records = branch_records(store, branch=home.id, now=NOW)
    assert [(one.trainee.code, one.trainee.left) for one in records] == [
        ("A1", True),
        ("A2", False),
        ("A3", False),
    ]
    assert len(records[0].entries) == 4
    (fire,) = branch_sessions(store, branch=home.id, period=QUARTER, now=NOW)
    assert [one.trainee.name for one in fire.participants] == ["学员A1", "学员A2"]


def test_a_record_moves_with_the_person_and_the_session_stays(
    store: Store, facts: Facts, learned: dict[str, Member]
) -> None:
    facts.move(learned["A1"], "公司/乙", date(2026, 11, 20))
    old, new = the_branch(store, "甲").id, the_branch(store, "乙").id
    assert [one.trainee.code for one in branch_records(store, branch=new, now=NOW)] == ["A1", "B1"]
    assert [one.trainee.code for one in branch_records(store, branch=old, now=NOW)] == ["A2", "A3"]
    (fire,) = branch_sessions(store, branch=old, period=QUARTER, now=NOW)
    assert [one.trainee.code for one in fire.participants] == ["A1", "A2"]


def test_after_a_person_is_erased_the_facts_stay_without_a_name(
    store: Store, learned: dict[str, Member]
) -> None:
    gone = learned["A1"].id
    before = training_record(store, gone, now=NOW)
    store.writer.run(
        lambda c: c.execute(delete(tables.identity).where(tables.identity.c.member_id == gone))
    )
    home = the_branch(store, "甲")
    records = branch_records(store, branch=home.id, now=NOW)
    erased = records[-1]
    assert (erased.trainee.id, erased.trainee.name, erased.trainee.code) == (gone, None, None)
    assert erased.entries == before.entries
    sessions = branch_sessions(store, branch=home.id, period=QUARTER, now=NOW)
    with use_language("zh-CN"):
        sheets = training_sheets(sessions, records, tree_of(store), 45)
    names = [row["name"] for row in sheets[1].rows]
    assert names == ["学员A2", f"已注销（{gone[:6]}）"]
    assert sheets[1].rows[1]["hours"] == 0.2


def test_who_did_nothing_has_a_record_too(store: Store, learned: dict[str, Member]) -> None:
    records = branch_records(store, branch=the_branch(store, "甲").id, now=NOW)
    idle = records[-1]
    assert (idle.trainee.code, idle.entries, idle.minutes) == ("A3", [], 0)


def test_nothing_after_the_moment_of_asking_is_on_record(
    store: Store, learned: dict[str, Member]
) -> None:
    assert len(training_record(store, learned["A1"].id, now=on(10, 2)).entries) == 1


def test_the_workbook_has_sessions_participants_people_and_records(
    store: Store, learned: dict[str, Member]
) -> None:
    top = the_branch(store, "公司").id
    with use_language("zh-CN"):
        sheets = training_sheets(
            branch_sessions(store, branch=top, period=QUARTER, now=NOW),
            branch_records(store, branch=top, period=QUARTER, now=NOW),
            tree_of(store),
            45,
        )
        book = openpyxl.load_workbook(io.BytesIO(workbook(sheets, zone=SHANGHAI)))
    assert book.sheetnames == ["培训场次", "各场次参加人员", "人员汇总", "个人明细"]
    assert [cell.value for cell in book["培训场次"][2]] == [
        "fire",
        "安全",
        datetime(2026, 10, 2, 9),
        datetime(2026, 11, 3, 9),
        0.2,
        2,
        1,
        1,
    ]
    people = [
        [cell.value for cell in row] for row in book["人员汇总"].iter_rows(min_row=2, max_row=5)
    ]
    assert sorted((row[0], row[3], row[5], row[7]) for row in people) == [
        ("学员A1", "公司/甲", 1, 0.2),
        ("学员A2", "公司/甲", 1, 0),
        ("学员A3", "公司/甲", 0, 0),
        ("学员B1", "公司/乙", 1, 0.2),
    ]


def test_the_forms_have_a_page_for_each_session_and_each_person_and_a_column_to_sign(
    store: Store, learned: dict[str, Member]
) -> None:
    home, tree = the_branch(store, "甲"), tree_of(store)
    sessions = branch_sessions(store, branch=home.id, period=QUARTER, now=NOW)
    other = replace(sessions[0], slug="dust", title="粉尘")
    known = {"tree": tree, "period": QUARTER, "organisation": "某某公司", "per_hour": 45}
    records = branch_records(store, branch=home.id, period=QUARTER, now=NOW)
    title = "储运车间三号皮带机头部清扫器检修前的停电挂牌"
    entry = replace(
        records[0].entries[0], lesson=title, topic="储运车间与洗选车间联合安全教育培训专题"
    )
    long = replace(records[0], entries=[entry] * 10)
    with use_language("zh-CN"):
        sessions_pdf = pdf(sessions_form([*sessions, other], branch=home, zone=SHANGHAI, **known))
        records_pdf = pdf(
            records_form(
                [*records, long],
                zone=SHANGHAI,
                **known,
            )
        )
    pages = texts(sessions_pdf)
    assert len(pages) == 2
    for word in ("培训场次记录", "fire", "本人签名", "学员A1", "55%", "90%", "补考合格", "0.2"):
        assert word in pages[0]
    assert "学完 1 人" in pages[0]
    pages = texts(records_pdf)
    assert len(pages) == 4, "a long topic leaves the lesson's title its room"
    for word in ("培训档案", "学员A1", "本人签名", "补考合格", "2026-11-03 09:00"):
        assert word in pages[0]
    assert "这段时间没有记录" in pages[2]


def texts(made: bytes) -> list[str]:
    """What stands on each page; the fonts give some letters as their twins among the radicals."""
    reader = PdfReader(io.BytesIO(made))
    return [unicodedata.normalize("NFKC", page.extract_text()) for page in reader.pages]

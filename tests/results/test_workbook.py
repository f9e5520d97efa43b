from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import openpyxl
import pytest

from weike.quizzes.i18n import use_language
from weike.results.awarding.rankings import approve, draft, find_ranking, post
from weike.results.people import Member, branches
from weike.results.periods import Period
from weike.results.reporting.workbook import quarter_workbook
from weike.results.scores import branch_scores
from weike.results.store import Store

QUARTER = Period.parse("2026-Q4")
NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)  # when lessons are published
LATER = NOW + timedelta(days=10)
QUIZ = """---
title: 灭火器
behaviour: test
---

## =第一步？ {#first topic="操作"}
- [x] 提起
- [ ] 拔掉

## 先断电。 {#power topic="用电"}
- [x] 正确
- [ ] 错误
"""
RIGHT = {"first": "提起", "power": True}
HALF = {"first": "拔掉", "power": True}

Publish = Callable[..., object]
AddMember = Callable[..., Member]


@pytest.fixture
def people(
    store: Store, add_member: AddMember, publish_lesson: Publish, school: Any
) -> dict[str, Member]:
    """甲 has A0 to A5 of whom A0 to A4 have done one lesson of two, 乙 has B0, who did nothing."""
    publish_lesson("fire", quiz=QUIZ)
    publish_lesson("dust")
    names = {**{f"A{n}": "公司/甲" for n in range(6)}, "B0": "公司/乙"}
    found = {
        code: add_member(code, name=f"学员{code}", branch=branch, since=date(2026, 9, 1))
        for code, branch in names.items()
    }
    for code, answers in zip(found, (RIGHT, RIGHT, HALF, HALF, HALF), strict=False):
        school.takes(found[code], answers, at=NOW + timedelta(hours=1))
    return found


def the_id(store: Store, name: str) -> str:
    return next(one.id for one in branches(store) if one.name == name)


def opened(store: Store, branch: str = "公司", *, names: bool = True) -> openpyxl.Workbook:
    with use_language("zh-CN"):
        data = quarter_workbook(
            store, period=QUARTER, branch=the_id(store, branch), now=LATER, names=names
        )
    return openpyxl.load_workbook(io.BytesIO(data))


def rows(page: Any) -> list[dict[str, Any]]:
    """The rows of a sheet by the words of its header, without the note."""
    header = [cell.value for cell in page[1]]
    found = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    table = found[: next((i for i, row in enumerate(found) if not any(row)), len(found))]
    return [dict(zip(header, row, strict=True)) for row in table]


def test_the_workbook_has_a_sheet_for_each_question_that_managers_ask(
    store: Store, people: dict[str, Member]
) -> None:
    assert opened(store).sheetnames == [
        "支部",
        "微课",
        "未完成人员",
        "题目",
        "薄弱知识点",
        "方法",
    ]


def test_the_numbers_are_those_of_the_screen_and_of_the_figures(
    store: Store, people: dict[str, Member]
) -> None:
    book = opened(store)
    frame = branch_scores(store, period=QUARTER, now=LATER).set_index("path")
    found = {row["支部"]: row for row in rows(book["支部"])}
    assert found.keys() == {"公司", "公司/甲", "公司/乙"}
    for path, row in found.items():
        assert row["人数"] == frame.at[path, "members"]
        assert row["完成率"] == pytest.approx(frame.at[path, "completion"], abs=1e-6)
        mean = frame.at[path, "mean"]
        assert row["平均分"] == (pytest.approx(100 * mean, abs=1e-6) if mean == mean else None)
    assert found["公司/甲"]["完成率"] == pytest.approx(5 / 12, abs=1e-6)
    assert found["公司/甲"]["平均分"] == pytest.approx(70)


def test_lessons_questions_and_topics_agree_with_a_calculation_by_hand(
    store: Store, people: dict[str, Member]
) -> None:
    book = opened(store, "甲")
    lessons = {row["微课"]: row for row in rows(book["微课"])}
    assert lessons["微课 fire"]["应学人数"] == 6
    assert lessons["微课 fire"]["已完成"] == pytest.approx(5 / 6, abs=1e-6)
    assert lessons["微课 dust"]["已完成"] == 0
    questions = rows(book["题目"])
    assert [(row["微课"], row["题号"], row["题目"], row["作答次数"]) for row in questions] == [
        ("微课 fire", 1, "'=第一步？", 5),
        ("微课 fire", 2, "先断电。", 5),
    ]
    assert [row["首答正确率"] for row in questions] == [0.4, 1]
    assert [row["区分度"] for row in questions] == [None, None]  # of fewer than ten attempts
    assert [(row["主题"], row["首答正确率"]) for row in rows(book["薄弱知识点"])] == [
        ("操作", 0.4),
        ("用电", 1),
    ]


def test_the_unfinished_stand_in_it_by_name_only_where_names_are_wanted(
    store: Store, people: dict[str, Member]
) -> None:
    named = rows(opened(store, "甲")["未完成人员"])
    assert [row["姓名"] for row in named] == [f"学员A{n}" for n in range(6)]
    book = opened(store, names=False)
    assert "未完成人员" not in book.sheetnames
    every = [str(cell.value) for page in book for row in page.iter_rows() for cell in row]
    assert [text for text in every if "学员A" in text] == []


def test_nobody_of_another_subtree_is_in_it(store: Store, people: dict[str, Member]) -> None:
    book = opened(store, "乙")
    assert [row["支部"] for row in rows(book["支部"])] == ["公司/乙"]
    assert [row["姓名"] for row in rows(book["未完成人员"])] == ["学员B0"]
    assert rows(book["题目"]) == []


def test_shares_are_percentages_with_bars_and_the_head_stays(
    store: Store, people: dict[str, Member]
) -> None:
    page = opened(store)["支部"]
    column = next(cell.column_letter for cell in page[1] if cell.value == "完成率")
    assert page[f"{column}2"].number_format == "0.0%"
    (ranges,) = page.conditional_formatting
    assert str(ranges.sqref) == f"{column}2:{column}4"
    assert page.freeze_panes == "B2"
    assert page.page_setup.orientation == "landscape"


def test_the_sheet_on_method_says_of_what_as_of_when_and_by_which_ranking(
    store: Store, people: dict[str, Member]
) -> None:
    def method() -> dict[str, str]:
        page = opened(store, "甲")["方法"]
        return {row["指标"]: row["含义"] for row in rows(page)}

    words = method()
    assert "公司/甲" in words.values()
    assert "2026 年第 4 季度（2026-10-01 – 2026-12-31）" in words.values()
    assert "2026-10-22 09:30（Asia/Shanghai）" in words.values()
    assert "50%" in words["支部学习分"]
    assert "评比的校验值（SHA-256）" not in words
    with use_language("zh-CN"):
        ranking = draft(store, period=QUARTER, by="command", now=LATER)
        until = post(store, ranking, by="command", now=LATER)
        found = find_ranking(store, ranking)
        assert found is not None
        assert found.hash not in method().values()  # it is not approved
        approve(store, ranking, by="command", now=until + timedelta(days=1))
    assert method()["评比的校验值（SHA-256）"] == found.hash

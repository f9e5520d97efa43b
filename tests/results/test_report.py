from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from weike.quizzes.i18n import use_language
from weike.results.people import Member, branches
from weike.results.periods import Period
from weike.results.reporting.printing import pdf
from weike.results.reporting.report import branch_report
from weike.results.reporting.reportcharts import Line, Range, line_chart, range_chart
from weike.results.store import Store

QUARTER = Period.parse("2026-Q4")
NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)  # when lessons are published
LATER = NOW + timedelta(days=10)
QUIZ = """---
title: 灭火器
behaviour: test
---

## 第一步？ {#first topic="操作"}
- [x] 提起
- [ ] 拔掉

## 先断电。 {#power topic="用电"}
- [x] 正确
- [ ] 错误
"""
RIGHT, HALF = {"first": "提起", "power": True}, {"first": "拔掉", "power": True}

Publish = Callable[..., object]
AddMember = Callable[..., Member]

_BRANCHES = (("A", "公司/甲", 6), ("B", "公司/乙", 6), ("C", "公司/丙", 2), ("D", "公司/丁", 7))


@pytest.fixture
def people(
    store: Store, add_member: AddMember, publish_lesson: Publish, school: Any
) -> dict[str, Member]:
    """Five of six in 甲 and 乙 took the lesson; so did all two of 丙 and all seven of 丁."""
    publish_lesson("fire", quiz=QUIZ)
    found = {
        f"{letter}{n}": add_member(
            f"{letter}{n}", name=f"学员{letter}{n}", branch=branch, since=date(2026, 9, 1)
        )
        for letter, branch, count in _BRANCHES
        for n in range(count)
    }
    for i, (code, member) in enumerate(found.items()):
        if code not in ("A5", "B5"):
            answers = HALF if code.startswith("A") and i % 2 else RIGHT
            school.takes(member, answers, at=NOW + timedelta(days=i % 3, hours=1))
    return found


def report(store: Store, name: str = "甲", **options: Any) -> str:
    branch = next(one.id for one in branches(store) if one.name == name)
    with use_language("zh-CN"):
        return branch_report(
            store,
            period=QUARTER,
            branch=branch,
            organisation="某某公司 & 兄弟",
            now=options.pop("now", LATER),
            **options,
        )


def texts(html: str) -> list[str]:
    """What stands on each page; the fonts give some letters as their twins among the radicals."""
    reader = PdfReader(io.BytesIO(pdf(html, footer="数据截至 2026-10-22 09:30")))
    return [unicodedata.normalize("NFKC", page.extract_text()) for page in reader.pages]


def test_the_report_is_a_pdf_with_title_figures_and_numbered_pages(
    store: Store, people: dict[str, Member]
) -> None:
    pages = texts(report(store))
    for words in ("支部学习报告", "公司 / 甲", "2026 年第 4 季度", "83%", "某某公司 & 兄弟"):
        assert words in pages[0]
    assert f"1 / {len(pages)}" in pages[0]
    every = "\n".join(pages)
    for words in (
        "所处位置",
        "完成率变化",
        "薄弱知识点",
        "操作",
        "计算方法",
        "2026-10-22 09:30",  # the foot of the page
    ):
        assert words in every


def test_the_same_data_give_the_same_page_so_that_a_kept_copy_can_be_found(
    store: Store, people: dict[str, Member]
) -> None:
    later = report(store, now=LATER + timedelta(minutes=5))
    assert later == report(store)


def test_it_names_nobody_but_where_names_are_wanted(
    store: Store, people: dict[str, Member]
) -> None:
    assert "学员A" not in report(store)
    named = report(store, names=True)
    assert "学员A5" in named
    assert "学员A0" not in named  # has finished
    assert "学员B5" not in named  # is of another branch


def test_a_group_of_under_five_elsewhere_is_not_in_the_chart_and_the_own_one_is(
    store: Store, people: dict[str, Member]
) -> None:
    chart = report(store, "甲").partition("<figure>")[2].partition("</figure>")[0]
    assert ">甲<" in chart
    assert ">丁<" in chart
    assert ">丙<" not in chart
    assert ">乙<" not in chart  # with it, 丙 could be worked out from the figures of 公司
    own = report(store, "丙").partition("<figure>")[2].partition("</figure>")[0]
    assert ">丙<" in own


def test_a_parent_shows_its_children_and_a_leaf_does_not(
    store: Store, people: dict[str, Member]
) -> None:
    assert "<td>丙</td>" in report(store, "公司")
    assert "<td>丙</td>" not in report(store, "甲")


def test_before_anybody_answered_the_report_says_so(
    store: Store, people: dict[str, Member]
) -> None:
    assert "本期还没有人答题" in report(store, now=NOW)


def test_of_very_many_branches_the_nearest_are_drawn(
    store: Store, people: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "只画出" not in report(store, "甲")
    monkeypatch.setattr("weike.results.reporting.report._MOST_BRANCHES", 1)
    html = report(store, "甲")
    assert "只画出相邻的 1 个（共 2 个）" in html
    assert html.count("<circle") == 1


def test_ranges_are_drawn_in_their_order_on_a_scale_of_whole_tens() -> None:
    chart = range_chart(
        [
            Range(name="<甲>", value=80, low=75, high=85, own=True),
            Range(name="乙", value=60, low=55, high=65),
        ]
    )
    assert chart.index("&lt;甲&gt;") < chart.index(">乙<")
    assert [tick for tick in ("50", "60", "70", "80", "90") if f">{tick}</text>" in chart] == [
        "50",
        "60",
        "70",
        "80",
        "90",
    ]
    # The dot of 80 on a scale from 50 to 90 that is 440 wide and begins at 190.
    assert 'cx="520.0"' in chart


def test_lines_end_at_their_last_share_and_labels_never_cover_each_other() -> None:
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    chart = line_chart(
        [
            Line(name="甲", points=[(first, 0.0), (last, 0.5)], own=True),
            Line(name="公司", points=[(first, 0.0), (last, 0.51)]),
        ],
        first=first,
        last=last,
    )
    assert "甲 50%" in chart
    assert "公司 51%" in chart
    labels = [float(part.split('y="')[1].split('"')[0]) for part in chart.split("<text ")[-2:]]
    assert labels[1] - labels[0] >= 16


def test_a_long_name_is_cut_where_the_room_ends_and_its_label_stays_on_the_paper() -> None:
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    name = "洗选" * 12
    ranges = [Range(name=one, value=50, low=40, high=60) for one in (name, "乙")]
    assert f"{name[:12]}…</text>" in range_chart(ranges)
    chart = line_chart(
        [Line(name=name, points=[(first, 0.0), (last, 1.0)], own=True)], first=first, last=last
    )
    label = chart.split("<text ")[-1]
    assert f"{name[:12]}… 100%" in label
    # Thirteen letters of 12 pixels, a blank, and "100%", of 690 pixels that there are.
    assert float(label.split('x="')[1].split('"')[0]) + 13 * 12 + 5 * 7 <= 690

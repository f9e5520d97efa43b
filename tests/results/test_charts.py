"""Charts say what the figures say, in numbers, shapes and words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date
from math import nan, sqrt
from typing import Any

import pandas as pd
import pytest

from weike.quizzes.i18n import use_language
from weike.results.analysis import items as analysis
from weike.results.reporting import charts
from weike.results.reporting.charts import Look, svg
from weike.results.reporting.charts import items as item_map
from weike.results.reporting.charts.labels import Box, place, text_width

NARROW = Look(width=358)


def rows(chart: Any, **wanted: object) -> list[dict[str, Any]]:
    """All rows of the chart's data that have these values."""
    sets = chart.to_dict()["datasets"].values()
    return [row for data in sets for row in data if all(row.get(k) == v for k, v in wanted.items())]


def texts(chart: Any) -> list[str]:
    """What a reader sees written in the picture."""
    root = ET.fromstring(svg(chart))
    return [one.text for one in root.iter("{http://www.w3.org/2000/svg}text") if one.text]


@pytest.fixture
def scores() -> pd.DataFrame:
    """μ = .8 and s² = .04: at n = 25, 95 % of all branches lie within .8 ± .0784."""
    frame = pd.DataFrame(
        {
            "path": ["公司", "公司/甲班", "公司/乙班", "公司/丙班", "公司/丁班"],
            "name": ["公司", "甲班", "乙班", "丙班", "丁班"],
            "level": [0, 1, 1, 1, 1],
            "level_name": ["公司", "班组", "班组", "班组", "班组"],
            "attempted": [79, 25, 25, 4, 0],
            "mean": [0.8, 0.88, 0.72, 0.95, nan],
        },
        index=pd.Index(["t", "a", "b", "c", "d"], name="branch"),
    )
    frame.attrs = {"mu": {0: 0.8, 1: 0.8}, "s2": {0: 0.04, 1: 0.04}}
    return frame


def test_the_funnel_tells_chance_from_difference_by_size(scores: pd.DataFrame) -> None:
    with use_language("en"):
        chart = charts.funnel(scores)
    side = {row["name"]: row["side"] for row in rows(chart) if "name" in row and "side" in row}
    assert side == {
        "甲班": "above the range",
        "乙班": "below the range",
        "丙班": "within the range",
    }


def test_the_curves_of_the_funnel_are_the_limits_of_chance(scores: pd.DataFrame) -> None:
    with use_language("en"):
        curve = rows(charts.funnel(scores), limit="99.8 % of chance", n=1.0)
    found = sorted(row["mean"] for row in curve)
    assert found == pytest.approx([0.8 - 3.0902 * sqrt(0.04), 0.8 + 3.0902 * sqrt(0.04)], abs=1e-4)


def test_the_sentence_for_those_who_do_not_see_it_names_who_stands_out(
    scores: pd.DataFrame,
) -> None:
    with use_language("zh-CN"):
        said = charts.funnel(scores).to_dict()["description"]
    assert said == "按人数看平均分，班组（3 个）。高于偶然范围的：甲班。低于的：乙班。"


def test_without_a_spread_the_funnel_claims_no_limits(scores: pd.DataFrame) -> None:
    scores.attrs["s2"] = {1: None}
    chart = charts.funnel(scores)
    assert rows(chart, limit="95 % of chance") == rows(chart, limit="95 % 偶然范围") == []
    assert "甲班" in texts(chart)


def test_the_funnel_of_another_level_is_drawn_when_asked(scores: pd.DataFrame) -> None:
    assert {
        r["name"] for r in rows(charts.funnel(scores, level=0)) if "side" in r and "name" in r
    } == {"公司"}


@pytest.fixture
def history() -> pd.DataFrame:
    names = ["公司", *(f"{letter}班" for letter in "甲乙丙丁戊己庚辛")]
    return pd.DataFrame(
        [
            {
                "branch": f"b{i}", "path": name if i == 0 else f"公司/{name}", "name": name,
                "level": int(i > 0), "day": date(2026, 10, 1 + 7 * week),
                "completion": 0.1 * i * week / 2,
            }
            for i, name in enumerate(names)
            for week in range(3)
        ]
    )  # fmt: skip


def test_lines_are_named_at_their_end_with_the_share_and_differ_in_their_dashes(
    history: pd.DataFrame,
) -> None:
    chart = charts.completion_over_time(history[history["branch"].isin(["b0", "b5", "b3"])])
    assert {"戊班 50%", "丙班 30%"} <= set(texts(chart))
    dashes = [
        layer["encoding"]["strokeDash"]["scale"]["range"]
        for layer in chart.to_dict()["layer"]
        if "strokeDash" in layer["encoding"]
    ]
    assert len({tuple(dash) for dash in dashes[0][1:]}) == len(dashes[0]) - 1


def test_of_many_branches_the_highest_and_the_lowest_are_named(history: pd.DataFrame) -> None:
    said = " ".join(texts(charts.completion_over_time(history)))
    assert all(name in said for name in ("辛班", "庚班", "己班", "甲班", "乙班", "丙班"))
    assert "丁班" not in said


def test_long_names_that_begin_alike_keep_their_own_share(history: pd.DataFrame) -> None:
    long = history[history["branch"].isin(["b0", "b3", "b5"])].copy()
    long["name"] = long["name"].replace(
        {"丙班": "洗选车间生产技术一班东区", "戊班": "洗选车间生产技术一班西区"}
    )
    seen = texts(charts.completion_over_time(long, look=NARROW))
    cut = sorted(one for one in seen if "…" in one)
    assert [one.split("… ")[1] for one in cut] == ["30%", "50%"]
    assert all(text_width(one, NARROW.font_size - 1) <= 0.4 * NARROW.width for one in cut)


@pytest.fixture
def topics() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": ["甲班", "甲班", "乙班", "乙班"],
            "path": ["公司/甲班", "公司/甲班", "公司/乙班", "公司/乙班"],
            "topic": ["消防", "急救", "消防", "急救"],
            "facility": [0.9, 0.4, 0.7, nan],
            "answers": [40, 5, 30, 0],
        }
    )


def test_every_cell_of_the_heat_map_says_its_number_and_few_answers_stand_in_brackets(
    topics: pd.DataFrame,
) -> None:
    seen = texts(charts.topic_heatmap(topics))
    assert {"90%", "(40%)", "70%"} <= set(seen)
    assert "0%" not in seen, "no answers are no zero"


@pytest.mark.parametrize("dark", [False, True])
def test_numbers_in_the_heat_map_can_be_read_on_every_shade(dark: bool) -> None:
    shares = [i / 100 for i in range(0, 101)]
    frame = pd.DataFrame(
        {
            "name": "甲班", "path": "公司/甲班", "answers": 50,
            "topic": [f"t{i:03}" for i in range(101)], "facility": shares,
        }
    )  # fmt: skip
    for part in range(0, 101, 10):
        for cell in rows(charts.topic_heatmap(frame[part : part + 10], look=Look(dark=dark))):
            assert contrast(cell["color"], cell["ink"]) >= 4.5


def contrast(one: str, other: str) -> float:
    def luminance(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted([luminance(one), luminance(other)], reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_marks_stand_out_from_the_ground(dark: bool) -> None:
    look = Look(dark=dark)
    for color in (look.good, look.bad, look.muted, *look.series):
        assert contrast(color, look.ground) >= 3


@pytest.fixture
def items() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "n": [60, 20, 9, 60],
            "facility": [0.6, 0.7, 0.5, 0.97],
            "discrimination": [40.0, 30.0, 50.0, 2.0],
            "flags": [(), (), (), ("weak", "easy")],
        },
        index=pd.Index(["q1", "q2", "q3", "q4"], name="item"),
    )


def test_the_item_map_leaves_out_what_too_few_were_asked(items: pd.DataFrame) -> None:
    chart = charts.item_map(items)
    drawn = {row["number"]: row for row in rows(chart) if "state" in row}
    assert set(drawn) == {"1", "2", "4"}
    assert [drawn[n]["hollow"] for n in ("1", "2", "4")] == [False, True, False]


def test_the_item_map_trusts_as_many_attempts_as_the_analysis_does() -> None:
    drawn = (item_map.SHOWN, item_map.SURE, item_map.HARD, item_map.EASY)
    assert drawn == (analysis.SHOWN, analysis.SURE, analysis.HARD, analysis.EASY)


def test_flagged_items_differ_in_shape_and_are_named(items: pd.DataFrame) -> None:
    with use_language("en"):
        chart = charts.item_map(items)
    assert [row["number"] for row in rows(chart, state="look at it")] == ["4"]
    shapes = [
        layer["encoding"]["shape"]["scale"]["range"]
        for layer in chart.to_dict()["layer"]
        if "shape" in layer.get("encoding", {})
    ]
    assert shapes[0] == ["circle", "triangle-down"]
    assert chart.to_dict()["description"].endswith("To look at: no. 4.")


def test_the_lesson_chart_puts_the_lowest_completion_on_top() -> None:
    frame = pd.DataFrame(
        {
            "name": ["甲班", "乙班"], "path": ["公司/甲班", "公司/乙班"],
            "completed": [0.9, 0.2], "mean": [0.8, nan], "passed": [0.7, 0.1],
        }
    )  # fmt: skip
    chart = charts.lesson_detail(frame)
    assert chart.to_dict()["encoding"]["y"]["sort"] == ["乙班", "甲班"]
    assert len(rows(chart, row="乙班")) == 2


def test_nothing_to_show_is_drawn_without_complaint(
    scores: pd.DataFrame, history: pd.DataFrame, topics: pd.DataFrame, items: pd.DataFrame
) -> None:
    lesson = pd.DataFrame(columns=["name", "path", "completed", "mean", "passed"])
    for chart in (
        charts.funnel(scores[:0]),
        charts.completion_over_time(history[:0]),
        charts.topic_heatmap(topics[:0]),
        charts.item_map(items[:0]),
        charts.lesson_detail(lesson),
    ):
        assert svg(chart).startswith("<svg")


def test_a_picture_is_about_as_wide_as_asked(
    scores: pd.DataFrame, history: pd.DataFrame, topics: pd.DataFrame, items: pd.DataFrame
) -> None:
    with use_language("zh-CN"):
        for chart in (
            charts.funnel(scores, look=NARROW),
            charts.completion_over_time(history, look=NARROW),
            charts.item_map(items, look=NARROW),
        ):
            width = re.search(r'viewBox="0 0 (\d+)', svg(chart))
            assert width
            assert 300 <= int(width[1]) <= 400


def test_a_picture_asks_no_other_host(scores: pd.DataFrame) -> None:
    addresses = re.findall(r"https?://[^\"' )]+", svg(charts.funnel(scores)))
    assert {a for a in addresses if not a.startswith("http://www.w3.org/")} == set()


def test_names_never_lie_over_each_other() -> None:
    points = [(100.0, 50.0 + i) for i in range(12)]
    names = [f"洗选{i}车间" for i in range(12)]
    placed = place(points, names, range(12), width=300, height=200, size=12)
    boxes = [
        Box(one.x, one.y - 7, one.x + text_width(names[one.point], 12), one.y + 7) for one in placed
    ]
    assert 2 <= len(boxes) < 12
    assert not any(a.meets(b) for i, a in enumerate(boxes) for b in boxes[:i])

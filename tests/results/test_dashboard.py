"""A dashboard in a notebook: chart, table and files say the same, and change together."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.results.dashboards import dashboard
from weike.results.dashboards.dashboard import Chosen, View, short_paths, table_html
from weike.results.dashboards.dashboardsheets import (
    history_sheet,
    lowest,
    question_sheet,
    sheet_frame,
)
from weike.results.dashboards.demostore import small_demo
from weike.results.dashboards.scope import Scope
from weike.results.reporting import charts
from weike.results.reporting.sheet import Column, Sheet

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


def course(root: Path) -> Course:
    return Course(root=root, demo=True)


@pytest.fixture(scope="module")
def scope(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scope]:
    with small_demo(course(tmp_path_factory.mktemp("demo")), seed=1, now=NOW) as store:
        yield Scope(store=store, now=lambda: NOW)


def by_size(figures: Any, chosen: Chosen) -> View:
    frame = figures.branch_scores(period=chosen.period, branch=chosen.branch)
    sheet = figures.branch_sheet(period=chosen.period, branch=chosen.branch)
    return View(partial(charts.funnel, frame), sheet, ("path", "mean"))


def parts(box: Any) -> dict[str, Any]:
    """The widgets of a dashboard by what they are for."""
    _style, selectors, status, picture, table, files = box.children
    found = dict(zip(("period", "branch", "lesson"), selectors.children, strict=False))
    return found | {"status": status, "picture": picture, "table": table, "files": files}


def alt(picture: Any) -> str:
    found = re.search(r'alt="([^"]*)"', picture.value)
    assert found
    return found[1]


def file(files: Any, suffix: str) -> bytes:
    found = re.search(rf'\.{suffix}" href="data:[^,]*,([^"]*)"', files.value)
    assert found
    return base64.b64decode(found[1])


def test_chart_table_and_files_change_with_the_branch(scope: Scope) -> None:
    found = parts(dashboard.dashboard(by_size, figures=scope))
    before = {name: found[name].value for name in ("picture", "table", "files")}
    found["branch"].value = next(
        id for words, id in found["branch"].options if words.strip() == "机电党总支"
    )
    assert all(found[name].value != value for name, value in before.items())
    assert "机修党支部" in found["table"].value
    assert "储运党支部" not in found["table"].value
    assert "党支部（3 个）" in alt(found["picture"]) or "支部（3 个）" in alt(found["picture"])
    rows = list(openpyxl.load_workbook(io.BytesIO(file(found["files"], "xlsx"))).active.values)
    names = {str(cell) for row in rows for cell in row}
    assert any(name.endswith("机修党支部") for name in names)
    assert not any("储运党支部" in name for name in names)
    assert "机修党支部" in file(found["files"], "csv").decode("utf-8-sig")


def test_chart_table_and_files_change_with_the_period(scope: Scope) -> None:
    found = parts(dashboard.dashboard(by_size, figures=scope))
    before = found["table"].value
    found["period"].value = "2026-10"
    assert found["table"].value != before
    assert "2026-10" in found["files"].value


def test_a_phone_gets_a_drawing_of_its_own_and_nothing_is_fetched(scope: Scope) -> None:
    found = parts(dashboard.dashboard(by_size, figures=scope))
    html = found["picture"].value
    assert html.count("data:image/svg+xml;base64,") == 2
    assert 'media="(max-width: 600px)"' in html
    for name in ("picture", "table", "files"):
        assert not re.search(r'(?:src|href|srcset)="(?!data:)', found[name].value)


def test_a_lesson_is_chosen_among_those_to_be_done_there(scope: Scope) -> None:
    def one(figures: Any, chosen: Chosen) -> View:
        sheet = figures.lesson_branch_sheet(
            period=chosen.period, branch=chosen.branch, lesson=chosen.lesson
        )
        return View(partial(charts.lesson_detail, sheet_frame(sheet)), sheet)

    found = parts(dashboard.dashboard(one, lessons="one", figures=scope))
    assert [words for words, _slug in found["lesson"].options] == ["灭火器", "心肺复苏", "停电挂牌"]
    before = found["table"].value
    found["lesson"].value = "locks"
    assert found["table"].value != before
    found["period"].value = "2026-10"
    assert found["lesson"].value == "locks", "what was chosen stays"


def test_all_lessons_together_are_offered_where_these_are_not_too_many(
    scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    def questions(figures: Any, chosen: Chosen) -> View:
        frame = figures.lesson_items(
            period=chosen.period, branch=chosen.branch, lesson=chosen.lesson
        )
        return View(partial(charts.item_map, frame), question_sheet(frame))

    found = parts(dashboard.dashboard(questions, lessons="all", figures=scope))
    assert found["lesson"].value == ""
    assert {"灭火器", "停电挂牌"} <= set(re.findall("<td[^>]*>([^<]*)</td>", found["table"].value))
    monkeypatch.setattr(dashboard, "MANY", 10)
    found = parts(dashboard.dashboard(questions, lessons="all", figures=scope))
    assert found["lesson"].value == "fire"


def test_a_mistake_is_said_where_the_chart_would_be(scope: Scope) -> None:
    def fails(figures: Any, chosen: Chosen) -> View:
        raise WeikeError("这里<b>没有</b>数据")

    found = parts(dashboard.dashboard(fails, figures=scope))
    assert "这里&lt;b&gt;没有&lt;/b&gt;数据" in found["status"].value
    assert found["picture"].value == found["table"].value == ""


def test_made_up_figures_say_so(scope: Scope) -> None:
    made_up = Scope(store=scope.store, now=scope.now, made_up=True)
    assert "编造" in dashboard.dashboard(by_size, figures=made_up).children[0].value
    assert "编造" not in dashboard.dashboard(by_size, figures=scope).children[0].value


def test_cells_are_written_as_people_read_them_and_hold_no_html() -> None:
    sheet = Sheet(
        name="x",
        title="表",
        columns=[
            Column(key="a", title="<b>名</b>"),
            Column(key="b", title="率", kind="share"),
            Column(key="c", title="分", kind="points"),
            Column(key="d", title="是", kind="flag"),
        ],
        rows=[{"a": "<script>", "b": 0.456, "c": 81.26, "d": True}, dict.fromkeys("abcd")],
    )
    html = table_html(sheet, (), zone=ZONE)
    assert "<script>" not in html
    assert "<b>" not in html
    assert re.findall(r"<td[^>]*>([^<]*)</td>", html) == [
        "&lt;script&gt;", "46%", "81.3", "是", "–", "–", "–", "–",
    ]  # fmt: skip


def test_a_branch_is_named_without_what_all_rows_have_in_common() -> None:
    assert short_paths(["甲/乙", "甲/乙/丙", "甲/乙/丁/戊"]) == {
        "甲/乙": "乙",
        "甲/乙/丙": "丙",
        "甲/乙/丁/戊": "丁/戊",
    }
    assert short_paths(["甲/丙", "乙/丙"]) == {"甲/丙": "甲/丙", "乙/丙": "乙/丙"}
    assert short_paths([]) == {}


def test_questions_have_the_same_number_in_the_chart_and_in_the_table(scope: Scope) -> None:
    choices = scope.choices()
    items = scope.lesson_items(period=choices.period, branch=choices.branch, lesson="")
    table = {row["number"]: row["stem"] for row in question_sheet(items).rows}
    assert list(table) == list(range(1, 11))
    with_flags = {str(n) for n, flags in zip(items["number"], items["flags"], strict=True) if flags}
    drawn = charts.item_map(items).to_dict()["datasets"].values()
    triangles = {
        row["number"] for rows in drawn for row in rows if row.get("state") == "需要看一看"
    }
    assert triangles == with_flags != set()
    assert [table[n] for n in items["number"]] == list(items["stem"])


def test_tables_have_a_row_for_what_the_chart_draws(scope: Scope) -> None:
    choices = scope.choices()
    place = {"period": choices.period, "branch": choices.branch}
    history = scope.completion_history(**place)
    assert len(history_sheet(history).rows) == history["branch"].nunique()
    items = scope.lesson_items(**place, lesson="fire")
    numbers = [row["number"] for row in question_sheet(items).rows]
    assert numbers == [1, 2, 3, 4]
    leaves = lowest(scope.topic_scores(**place))
    assert set(leaves["level"]) == {2}

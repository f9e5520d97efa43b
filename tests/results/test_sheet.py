from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import openpyxl
import pandas as pd
import pytest

from weike.quizzes.i18n import use_language
from weike.results.reporting.sheet import Column, Sheet, sheet_csv, sheet_json, workbook

SHANGHAI = ZoneInfo("Asia/Shanghai")

COLUMNS = (
    Column(key="name", title="支部"),
    Column(key="members", title="人数", kind="count"),
    Column(key="completion", title="完成率", kind="share"),
    Column(key="score", title="学习分", kind="points"),
    Column(key="efficiency", title="=区分度", kind="number"),
    Column(key="at", title="时间", kind="time"),
    Column(key="due", title="截止", kind="day"),
    Column(key="leading", title="第一梯队", kind="flag"),
)
FULL = {
    "name": "=储运党支部",
    "members": np.int64(1240),
    "completion": np.float64(0.8666666666),
    "score": 81.25,
    "efficiency": -1.5,
    "at": datetime(2026, 10, 31, 17, 5, tzinfo=UTC),  # the first of November there
    "due": date(2026, 12, 1),
    "leading": np.True_,
}
EMPTY = {
    "name": None,
    "members": pd.NA,
    "completion": float("nan"),
    "score": None,
    "efficiency": np.nan,
    "at": pd.NaT,
    "due": None,
    "leading": None,
}


def the_sheet(**changes: object) -> Sheet:
    values: dict[str, object] = {
        "name": "branches",
        "title": "支部",
        "columns": COLUMNS,
        "rows": [FULL, EMPTY],
        "note": "五人以下不显示。",
    }
    return Sheet(**(values | changes))  # type: ignore[arg-type]


def opened(*sheets: Sheet, bars: tuple[str, ...] = ()) -> openpyxl.Workbook:
    with use_language("zh-CN"):
        return openpyxl.load_workbook(io.BytesIO(workbook(sheets, zone=SHANGHAI, bars=bars)))


def test_csv_has_numbers_as_numbers_times_of_the_zone_and_no_formula() -> None:
    with use_language("zh-CN"):
        data = sheet_csv(the_sheet(), zone=SHANGHAI)
    assert data.startswith(b"\xef\xbb\xbf")
    header, full, empty = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    assert header[4] == "'=区分度"
    assert full == [
        "'=储运党支部",
        "1240",
        "0.866667",
        "81.25",
        "-1.5",
        "2026-11-01 01:05:00",
        "2026-12-01",
        "是",
    ]
    assert empty == [""] * 8


def test_json_has_none_for_what_is_undefined_and_instants_with_z() -> None:
    found = json.loads(json.dumps(sheet_json(the_sheet())))
    assert found["title"] == "支部"
    assert found["note"] == "五人以下不显示。"
    assert found["columns"][2] == {"key": "completion", "title": "完成率", "kind": "share"}
    assert found["rows"][0] == {
        "name": "=储运党支部",
        "members": 1240,
        "completion": 0.866667,
        "score": 81.25,
        "efficiency": -1.5,
        "at": "2026-10-31T17:05:00.000Z",
        "due": "2026-12-01",
        "leading": True,
    }
    assert set(found["rows"][1].values()) == {None}


def test_a_workbook_has_cells_of_the_right_type_and_format() -> None:
    page = opened(the_sheet())["支部"]
    values = [cell.value for cell in page[2]]
    assert values == [
        "'=储运党支部",
        1240,
        0.866667,
        81.25,
        -1.5,
        datetime(2026, 11, 1, 1, 5),
        datetime(2026, 12, 1),
        "是",
    ]
    assert [cell.data_type for cell in page[2]] == ["s", "n", "n", "n", "n", "d", "d", "s"]
    assert page["C2"].number_format == "0.0%"
    assert page["F2"].number_format == "yyyy-mm-dd hh:mm"
    assert page["B2"].alignment.horizontal == "right"
    assert [cell.value for cell in page[3]] == [None] * 8
    assert page["A5"].value == "五人以下不显示。"


def test_a_workbook_keeps_its_header_in_sight_and_on_every_printed_page() -> None:
    page = opened(the_sheet())["支部"]
    assert page.freeze_panes == "B2"
    assert page["A1"].font.b
    assert page.print_title_rows == "$1:$1"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (1, 0)
    assert page.auto_filter.ref == "A1:H3"
    assert page.column_dimensions["A"].width >= 12


def test_bars_stand_behind_the_shares_that_ask_for_them() -> None:
    page = opened(the_sheet(), bars=("completion",))["支部"]
    (ranges,) = page.conditional_formatting
    assert str(ranges.sqref) == "C2:C3"
    assert ranges.rules[0].dataBar.cfvo[1].val == 1


def test_tabs_have_names_that_excel_takes() -> None:
    long = "一" * 40
    book = opened(
        *(the_sheet(title=title) for title in ("题目/答案", long, long, "甲", "'=", "[]")),
        the_sheet(),
    )
    assert book.sheetnames == ["题目／答案", "一" * 31, "一" * 29 + " 2", "甲", "=", "（）", "支部"]


def test_a_table_without_rows_is_still_a_table() -> None:
    empty = the_sheet(rows=[], note="")
    assert opened(empty, bars=("completion",))["支部"].max_row == 1
    assert len(sheet_csv(empty, zone=SHANGHAI).splitlines()) == 1
    assert sheet_json(empty)["rows"] == []


@pytest.mark.parametrize(
    ("kind", "value"), [("time", datetime(2026, 10, 1)), ("time", "soon"), ("day", "soon")]
)
def test_a_cell_of_another_kind_is_our_mistake(kind: str, value: object) -> None:
    sheet = the_sheet(columns=[Column(key="x", title="x", kind=kind)], rows=[{"x": value}])  # type: ignore[arg-type]
    with pytest.raises(AssertionError, match="x is"):
        sheet_json(sheet)

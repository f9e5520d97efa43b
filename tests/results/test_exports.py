from __future__ import annotations

import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from weike.quizzes.errors import Problem
from weike.quizzes.spreadsheet import Number, read_sheet
from weike.results.enrolling.rejects import write_rejects
from weike.results.enrolling.roster import read_roster
from weike.results.reporting.exports import aligned, csv_text, display_width, safe, xlsx_bytes

LEVELS = ("党委", "党总支", "支部")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\0"])
def test_no_text_becomes_a_formula(start: str) -> None:
    assert safe(f"{start}1+1") == f"'{start}1+1"
    assert f"'{start}1+1" in csv_text(["a"], [[f"{start}1+1"]])


def test_numbers_and_plain_texts_stay_what_they_are() -> None:
    assert [safe(cell) for cell in (-1.5, 0, None, "甲", "a=b")] == [-1.5, 0, None, "甲", "a=b"]


def test_what_was_guarded_is_read_back_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(csv_text(["a", "b"], [["=x", "'y"]]), encoding="utf-8")
    assert read_sheet(tmp_path / "a.csv").rows[1] == (2, ("=x", "'y"))


def test_a_workbook_has_typed_cells_and_a_header_that_stays_in_sight() -> None:
    rows: list[list[str | float | datetime | None]] = [
        ["=SUM(A1)", 0.25, datetime(2026, 10, 1), None],
        ["甲\x07", 3, None, "-"],
    ]
    data = xlsx_bytes(["名称", "率", "日", "空"], rows, formats=[None, "0.0%"])
    sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.b
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("'=SUM(A1)", "s")
    assert (sheet["B2"].value, sheet["B2"].number_format) == (0.25, "0.0%")
    assert sheet["C2"].value == datetime(2026, 10, 1)
    assert sheet["A3"].value == "甲"


def test_a_workbook_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(
        xlsx_bytes(["a", "b", "c"], [["0007", 12.0, datetime(2026, 10, 1)], [None, True, "x"]])
    )
    assert read_sheet(tmp_path / "a.xlsx").rows[1:] == (
        (2, ("0007", Number(value=12, shown="12"), date(2026, 10, 1))),
        (3, ("", "TRUE", "x")),
    )


def test_chinese_takes_two_columns_and_tables_stay_aligned() -> None:
    assert display_width("支部a") == 5
    lines = aligned(["支部", "n"], [["甲", "1"], ["abcdef", "100"]])
    assert lines == [
        "支部      n",
        "───────────",
        "甲        1",
        "abcdef  100",
    ]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_rejected_rows_come_back_in_the_same_form_with_the_reason(
    tmp_path: Path, suffix: str
) -> None:
    source = tmp_path / f"花名册{suffix}"
    header = ["工号", "姓名", "支部", "备注"]
    rows = [["001", "甲", "党委", "=1"], ["", "乙", "党委", "x"], ["003", "", "a/b/c/d", "-"]]
    if suffix == ".csv":
        source.write_text(csv_text(header, rows), encoding="utf-8-sig")
    else:
        source.write_bytes(xlsx_bytes(header, rows))
    roster = read_roster(source, levels=LEVELS)
    target = write_rejects(source, roster, roster.problems)
    assert target.name == f"花名册-rejected{suffix}"
    again = read_sheet(target).rows
    assert again[0][1][:4] == tuple(header)
    assert [cells[:4] for _line, cells in again[1:]] == [tuple(row) for row in rows[1:]]
    assert all(cells[4] for _line, cells in again[1:])
    mended = read_roster(target, levels=LEVELS)
    assert [(problem.line, problem.column) for problem in mended.problems] == [
        (2, "工号"),
        (3, "姓名"),
        (3, "支部"),
    ]


def test_a_problem_without_a_row_is_our_mistake(tmp_path: Path) -> None:
    source = tmp_path / "a.csv"
    source.write_text("工号,姓名,支部\n1,甲,x\n", encoding="utf-8")
    roster = read_roster(source, levels=LEVELS)
    with pytest.raises(AssertionError):
        write_rejects(source, roster, [Problem(message="nowhere")])

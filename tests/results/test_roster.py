from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from weike.quizzes import spreadsheet as sheets
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import use_language
from weike.results.enrolling.roster import Roster, RosterError, read_roster

LEVELS = ("党委", "党总支", "支部")
HEADER = "工号,姓名,支部,岗位,角色,管理范围\n"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str, *, encoding: str = "utf-8", name: str = "花名册.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[[list[list[object]]], Path]:
    def workbook(rows: list[list[object]]) -> Path:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        path = tmp_path / "花名册.xlsx"
        book.save(path)
        return path

    return workbook


def read(path: Path) -> Roster:
    return read_roster(path, levels=LEVELS)


def messages(roster: Roster) -> list[tuple[int | None, str | None]]:
    return [(problem.line, problem.column) for problem in roster.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_a_csv_is_read_in_any_usual_encoding_and_with_any_usual_separator(
    write: Write, encoding: str, separator: str
) -> None:
    text = (HEADER + "0007,张示例,公司党委/生产党总支/储运党支部,司机,讲师,\n").replace(
        ",", separator
    )
    [row] = read(write(text, encoding=encoding)).checked().rows
    assert (row.code, row.name, row.post) == ("0007", "张示例", "司机")
    assert row.branch == ("公司党委", "生产党总支", "储运党支部")
    assert row.grants == {("lecturer", None)}


def test_columns_may_stand_in_any_order_under_their_english_names(write: Write) -> None:
    roster = read(write("Branch,Name,Employee No.,Remark\nA / B,Ann Example,x1,hi\n")).checked()
    [row] = roster.rows
    assert (row.code, row.name, row.branch) == ("X1", "Ann Example", ("A", "B"))
    assert row.post is None
    assert row.grants is None
    assert ["Remark" in note.message for note in roster.notes] == [True]


def test_a_title_above_the_header_and_decorated_headings_do_no_harm(write: Write) -> None:
    text = "2026年花名册,,\n\n工号（必填）*,姓 名,所在党支部\n1,甲,党委\n"
    roster = read(write(text)).checked()
    assert [(row.line, row.code) for row in roster.rows] == [(4, "1")]


@pytest.mark.parametrize(
    "path", ["甲/乙/丙", "甲＞乙＞丙", "甲 > 乙 > 丙", "甲\\乙\\丙", "/甲／乙→丙/"]
)
def test_any_separator_of_a_path_is_understood(write: Write, path: str) -> None:
    [row] = read(write(f"工号,姓名,支部\n1,某,{path}\n")).checked().rows
    assert row.branch == ("甲", "乙", "丙")


def test_a_column_for_each_level_makes_the_path_together(write: Write) -> None:
    text = "工号,姓名,党委,党总支,支部\n1,某,公司,生产,储运\n2,另,公司,,机关\n"
    roster = read(write(text)).checked()
    assert [row.branch for row in roster.rows] == [("公司", "生产", "储运"), ("公司", "机关")]


def test_codes_keep_their_zeros_and_lose_full_width_and_white_space(write: Write) -> None:
    roster = read(write("工号,姓名,支部\n007,甲,党委\nＡ１２ ,乙,党委\n　b 3,丙,党委\n")).checked()
    assert [row.code for row in roster.rows] == ["007", "A12", "B3"]


def test_numbers_of_a_workbook_become_codes_and_are_mentioned_once(
    workbook: Callable[[list[list[object]]], Path],
) -> None:
    path = workbook(
        [["工号", "姓名", "支部"], [1001.0, "甲", "党委"], [7, "乙", "党委"], ["007", "丙", "党委"]]
    )
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["A3"].number_format = "0000"
    book.save(path)
    roster = read(path).checked()
    assert [row.code for row in roster.rows] == ["1001", "0007", "007"]
    assert [(note.line, note.column) for note in roster.notes] == [(2, "工号")]


def test_only_the_first_sheet_of_a_workbook_is_a_roster(
    workbook: Callable[[list[list[object]]], Path],
) -> None:
    path = workbook([["工号", "姓名", "支部"], ["A1", "甲", "党委"]])
    book = openpyxl.load_workbook(path)
    for row in (["工号", "姓名", "支部"], ["A2", "乙", "党委"]):
        (book["去年"] if "去年" in book else book.create_sheet("去年")).append(row)
    book.save(path)
    assert [row.code for row in read(path).checked().rows] == ["A1"]


def test_a_code_that_excel_has_spoiled_is_refused(
    write: Write, workbook: Callable[[list[list[object]]], Path]
) -> None:
    csv = read(write("工号,姓名,支部\n1.23E+11,甲,党委\n"))
    assert messages(csv) == [(2, "工号")]
    book = read(
        workbook(
            [["工号", "姓名", "支部"], [320102199001011234, "甲", "党委"], [1.5, "乙", "党委"]]
        )
    )
    assert messages(book) == [(2, "工号"), (3, "工号")]


def test_what_a_spreadsheet_shows_for_a_mistake_is_nobodys_code_name_or_branch(
    workbook: Callable[[list[list[object]]], Path],
) -> None:
    head = ["工号", "姓名", "支部"]
    rows = [["#N/A", "甲", "党委"], ["2", "#REF!", "党委"], ["3", "丙", "#N/A"]]
    found = read(workbook([head, *rows, [date(2026, 3, 4), "丁", "党委"]]))
    assert messages(found) == [(2, "工号"), (3, "姓名"), (4, "支部"), (5, "工号")]


def test_every_problem_is_named_at_once_with_its_row_column_and_repair(write: Write) -> None:
    text = HEADER + (
        ",甲,党委,,,\n"
        "2,,党委,,,\n"
        "3,丙,,,,\n"
        "4,丁,a/b/c/d,,,\n"
        "5,戊,党委,,国王,\n"
        "6,己,党委,,培训管理员,\n"
        "7,庚,党委,,,党委\n"
        "2,辛,党委//支部,,,\n"
    )
    roster = read(write(text))
    assert messages(roster) == [
        (2, "工号"),
        (3, "姓名"),
        (4, "支部"),
        (5, "支部"),
        (6, "角色"),
        (7, "管理范围"),
        (8, "管理范围"),
        (9, "支部"),
        (9, "工号"),
    ]
    assert all(problem.repair for problem in roster.problems)
    assert roster.rows == ()
    with pytest.raises(RosterError, match="9"):
        roster.checked()


def test_an_organizer_may_have_several_roles_and_branches(write: Write) -> None:
    text = HEADER + "1,甲,党委,,讲师、培训管理员,党委/生产；党委/机关\n"
    [row] = read(write(text)).checked().rows
    assert row.grants == {
        ("lecturer", None),
        ("organizer", ("党委", "生产")),
        ("organizer", ("党委", "机关")),
    }


@pytest.mark.parametrize("text", ["2026-10-31", "2026/10/31", "2026年10月31日", "20261031"])
def test_a_leaving_date_is_read_in_any_usual_form(write: Write, text: str) -> None:
    [row] = read(write(f"工号,姓名,支部,离开日期\n1,甲,,{text}\n")).checked().rows
    assert row.left == date(2026, 10, 31)


def test_a_date_of_a_workbook_is_a_date(workbook: Callable[[list[list[object]]], Path]) -> None:
    rows: list[list[object]] = [
        ["工号", "姓名", "支部", "离开日期"],
        ["a", "甲", "x", datetime(2026, 10, 31)],
    ]
    [row] = read(workbook(rows)).checked().rows
    assert row.left == date(2026, 10, 31)


def test_no_date_is_refused(write: Write) -> None:
    assert messages(read(write("工号,姓名,支部,离开日期\n1,甲,x,2026-13-01\n"))) == [
        (2, "离开日期")
    ]


def test_a_missing_or_doubled_column_is_named_with_what_it_may_be_called(write: Write) -> None:
    with pytest.raises(RosterError, match="支部"):
        read(write("工号,姓名\n1,甲\n"))
    with pytest.raises(RosterError, match="员工编号"):
        read(write("工号,员工编号,姓名,支部\n1,1,甲,x\n"))
    with pytest.raises(WeikeError, match="工号"):
        read(write("1,甲,x\n"))
    with pytest.raises(WeikeError, match="工号"):
        read(write(""))


def test_a_quoted_cell_with_a_line_break_does_not_shift_the_lines(write: Write) -> None:
    roster = read(write('工号,姓名,支部\n1,"甲\n乙",x\n,丙,x\n'))
    assert roster.problems[-1].line == 4


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0"),
        ("a.csv", b"\xff\xff\xff\x80"),
        ("a.xlsx", b"no zip"),
        ("a.xlsx", b""),
    ],
)
def test_a_file_of_another_kind_is_refused_with_the_way_out(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeikeError, match=r"a\.(xls|csv|xlsx)"):
        read(tmp_path / name)
    with pytest.raises(WeikeError):
        read(tmp_path / "nothing.csv")


def test_a_workbook_that_was_damaged_on_its_way_is_refused_with_the_way_out(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>" * 500)
    data = bytearray(file.read_bytes())
    start = data.find(b"xl/workbook.xml") + len("xl/workbook.xml")
    data[start : start + 20] = b"\xff" * 20
    file.write_bytes(data)
    with pytest.raises(WeikeError, match=r"a\.xlsx"):
        read(file)


def test_files_beyond_the_bounds_are_refused_before_they_are_read(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", " " * 30_000_000)
    entities = tmp_path / "entities.xlsx"
    with zipfile.ZipFile(entities, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    for path in (bomb, entities):
        with pytest.raises(WeikeError, match=path.stem):
            read(path)
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    with pytest.raises(WeikeError, match="3"):
        read(write("工号,姓名,支部\n1,甲,x\n2,甲,x\n3,甲,x\n"))
    monkeypatch.setattr(sheets, "MAX_BYTES", 10)
    with pytest.raises(WeikeError, match="花名册"):
        read(write("工号,姓名,支部\n1,甲,x\n"))


def test_an_english_course_reads_of_english_columns_and_roles(write: Write) -> None:
    with use_language("en"):
        with pytest.raises(WeikeError, match="names the columns: code, name, branch"):
            read(write("a,b,c\n1,2,3\n"))
        found = read(write("code,name,branch,role\n1,A,Plant,king\n2,B,Plant,organizer\n"))
        said = " ".join(map(str, found.problems))
    assert "roles are member, lecturer, reviewer, organizer, administrator" in said
    assert "write it in the column scope" in said

"""Workbooks as Excel, WPS and LibreOffice write them, part by part."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from random import Random
from typing import Any

import pytest

from weike.quizzes.errors import WeikeError
from weike.quizzes.formats import excel
from weike.quizzes.spreadsheet import Number, read_sheets, read_workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


# With enough that cannot be compressed, a file is no zip bomb.
NOISE = {"docProps/x.bin": Random(1).randbytes(200_000)}


def relations(*targets: tuple[str, str]) -> str:
    found = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{found}</Relationships>'


def book(
    rows: str,
    *,
    strings: str = "",
    styles: str = "",
    sheets: str = '<sheet name="s" sheetId="1" r:id="r1"/>',
    settings: str = "",
    space: str = MAIN,
    more: dict[str, Any] | None = None,
) -> bytes:
    parts: dict[str, Any] = {
        "_rels/.rels": relations(("officeDocument", "/xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{OFFICE}">{settings}'
        f"<sheets>{sheets}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/one.xml"),
            ("worksheet", "worksheets/two.xml"),
            ("sharedStrings", "sharedStrings.xml"),
            ("styles", "styles.xml"),
        ),
        "xl/worksheets/one.xml": f'<worksheet xmlns="{space}"><dimension ref="A1"/>'
        f"<sheetData>{rows}</sheetData></worksheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{space}">{strings}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{space}">{styles}</styleSheet>',
    } | (more or {})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def read(rows: str, **more: Any) -> list[tuple[int, list[Any]]]:
    found = read_workbook(book(rows, **more), "a.xlsx").rows
    return [
        (line, [cell.shown if isinstance(cell, Number) else cell for cell in cells])
        for line, cells in found
    ]


def cells(rows: str, **more: Any) -> list[Any]:
    ((_line, found),) = read(f"<row>{rows}</row>", **more)
    return found


def test_texts_are_shared_rich_inline_or_of_a_formula() -> None:
    strings = (
        "<si><t>plain</t></si>"
        "<si><r><t>灭</t></r><r><rPr><b/></rPr><t xml:space='preserve'>火 器</t></r>"
        "<rPh sb='0' eb='1'><t>ミエ</t></rPh><phoneticPr fontId='1'/></si>"
        "<si><t>one_x000D_\ntwo _x005F_x0041_</t></si>"
        "<si/>"
    )
    rows = (
        "<c t='s'><v>0</v></c><c t='s'><v>1</v></c><c t='s'><v>2</v></c><c t='s'><v>3</v></c>"
        "<c t='inlineStr'><is><r><t>in</t></r><r><t>line</t></r><rPh><t>x</t></rPh></is></c>"
        "<c t='str'><f>A1&amp;1</f><v>made</v></c><c t='str'><f>A1</f></c><c t='e'><v>#N/A</v></c>"
    )
    found = cells(rows, strings=strings)
    assert found[:2] == ["plain", "灭火 器"]
    assert found[2].replace("\r", "") == "one\ntwo _x0041_"
    assert found[3:] == ["", "inline", "made", "", "#N/A"]


def test_a_text_of_many_runs_is_whole_and_half_a_sign_is_no_text() -> None:
    runs = "".join(f"<r><t>{n},</t></r>" for n in range(1000))
    halves = "<si><t>_xD83D__xDE00_ _xD83D_ _x0000_</t></si>"
    rows = "<c t='s'><v>0</v></c><c t='s'><v>1</v></c>"
    whole, signs = cells(rows, strings=f"<si>{runs}</si>{halves}")
    assert whole == "".join(f"{n}," for n in range(1000))
    assert signs == "\N{GRINNING FACE} \N{REPLACEMENT CHARACTER}"


def test_numbers_are_shown_as_a_spreadsheet_shows_them() -> None:
    styles = (
        '<numFmts><numFmt numFmtId="170" formatCode="0000"/>'
        '<numFmt numFmtId="171" formatCode="0.00&quot; mm&quot;"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="170"/><xf numFmtId="171"/>'
        "</cellXfs>"
    )
    rows = (
        "<c><v>1</v></c><c><v>1.0</v></c><c><v>0.30000000000000004</v></c><c><v>1.2E-5</v></c>"
        "<c><v>6.02E+23</v></c><c s='1'><v>0.28999999999999998</v></c><c s='1'><v>0.125</v></c>"
        "<c s='2'><v>7</v></c><c s='3'><v>2.5</v></c><c t='b'><v>1</v></c><c t='b'><v>0</v></c>"
        "<c t='s'><v>0</v></c><c><v></v></c><c s='99'><v>-3</v></c>"
    )
    assert cells(rows, styles=styles, strings="<si><t>007</t></si>") == [
        *("1", "1", "0.3", "1.2e-05", str(int(6.02e23)), "29%", "12.5%", "0007", "2.5"),
        *("TRUE", "FALSE", "007", "", "-3"),
    ]


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("14", "45292", date(2024, 1, 1)),
        ("31", "45292", date(2024, 1, 1)),
        ("57", "45292.75", date(2024, 1, 1)),
        ('yyyy"年"m"月"d"日"', "45292", date(2024, 1, 1)),
        ("[$-804]d mmmm;@", "59", date(1900, 2, 28)),
        ("yyyy-mm-dd hh:mm", "61", date(1900, 3, 1)),
        ("20", "0.354166666666667", "08:30:00"),
        ("[h]:mm", "0.5", "12:00:00"),
        ("[Red]0.0", "2", "2"),
        ('0"d"', "2", "2"),
        ("General", "2", "2"),
        ("14", "-1", "-1"),
        ("14", "99999999", "99999999"),
    ],
)
def test_dates_are_those_of_the_format(code: str, value: str, expected: object) -> None:
    own = "" if code.isdigit() else code.replace('"', "&quot;")
    styles = (
        f'<numFmts><numFmt numFmtId="170" formatCode="{own}"/></numFmts>'
        f'<cellXfs><xf numFmtId="{"170" if own else code}"/></cellXfs>'
    )
    assert cells(f"<c s='0'><v>{value}</v></c>", styles=styles) == [expected]


def test_dates_may_count_from_1904_or_be_written_out() -> None:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    rows = (
        "<c s='1'><v>43830</v></c><c t='d'><v>2024-01-01T08:00:00</v></c>"
        "<c s='1'><v>2957002</v></c><c s='1'><v>2957003</v></c>"
    )
    settings = '<workbookPr date1904="1"/>'
    found = cells(rows, styles=styles, settings=settings)
    assert found[:2] == [date(2024, 1, 1), date(2024, 1, 1)]
    assert found[2:] == [date(9999, 12, 30), "2957003"]


def test_cells_keep_their_places_and_rows_their_lines() -> None:
    rows = (
        '<row r="2"><c r="B2"><v>1</v></c><c r="D2"><v>2</v></c><c r="E2"/></row>'
        '<row><c><v>3</v></c></row><row r="9" hidden="1"><c r="A9"><v>4</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>5</v></c></row>'
    )
    assert read(rows) == [(2, ["", "1", "", "2"]), (3, ["3"]), (9, ["4"])]


@pytest.mark.parametrize(
    ("sheets", "expected"),
    [
        ('<sheet r:id="r1" state="hidden"/><sheet r:id="r2"/>', "two"),
        ('<sheet r:id="r1" state="veryHidden"/>', "one"),
        ('<sheet r:id="r2"/><sheet r:id="r1"/>', "two"),
    ],
)
def test_the_first_sheet_that_can_be_seen_is_read(sheets: str, expected: str) -> None:
    one, two = (
        f"<row><c t='inlineStr'><is><t>{name}</t></is></c></row>" for name in ("one", "two")
    )
    second = f'<worksheet xmlns="{MAIN}"><sheetData>{two}</sheetData></worksheet>'
    assert read(one, sheets=sheets, more={"xl/worksheets/two.xml": second}) == [(1, [expected])]


def test_strict_and_prefixed_files_are_read_the_same() -> None:
    assert read("<row><c><v>1</v></c></row>", space=STRICT) == [(1, ["1"])]
    own = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row><x:c><x:v>1</x:v></x:c></x:row>'
    part = {"xl/worksheets/one.xml": f"{own}</x:sheetData></x:worksheet>"}
    assert read("", more=part) == [(1, ["1"])]


@pytest.mark.parametrize(
    "rows",
    [
        "<row><c t='s'><v>7</v></c></row>",
        "<row><c><v>one</v></c></row>",
        '<row><c r="12"><v>1</v></c></row>',
        '<row><c r="ABCDE1"><v>1</v></c></row>',
        '<row r="1048577"><c><v>1</v></c></row>',
        f"<row><c><v>{'9' * 5000}</v></c></row>",
        "<row><c>",
    ],
)
def test_a_cell_that_cannot_be_is_a_clear_error(rows: str) -> None:
    with pytest.raises(WeikeError, match="cannot be read as an Excel workbook"):
        read(rows)


@pytest.mark.parametrize("part", ["worksheets/one.bin", "sharedStrings.bin"])
def test_entities_are_refused_in_a_part_of_any_name(part: str) -> None:
    own = relations(
        ("worksheet", "worksheets/one.bin" if "one" in part else "worksheets/one.xml"),
        ("sharedStrings", "sharedStrings.bin" if "shared" in part else "sharedStrings.xml"),
    )
    evil = '<!DOCTYPE a [<!ENTITY b "cccc">]><sst><si><t>&b;</t></si></sst>'
    with pytest.raises(WeikeError, match="XML entities"):
        read("", more={f"xl/{part}": evil, "xl/_rels/workbook.xml.rels": own})


def test_behind_a_great_many_empty_rows_nothing_is_looked_for() -> None:
    far = '<row ht="14"/>' * 250_000 + "<row><c><v>no number</v></c></row>"
    rows = f"<row><c><v>1</v></c></row>{far}"
    assert len(read_workbook(book(rows, more=NOISE), "a.xlsx").rows) == 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (f"<row><c t='str'><v>{'a' * 9_000_000}</v></c></row>", "larger than 20 MB"),
        (f"<row>{'<c/>' * 20_000}</row>", "cannot be read as an Excel workbook"),
        ("<row>" + "<c r='A1'/>" * 20_000 + "</row>", "cannot be read as an Excel workbook"),
    ],
    ids=["text", "cells", "one cell"],
)
def test_a_sheet_made_to_fill_the_memory_is_refused(rows: str, message: str) -> None:
    with pytest.raises(WeikeError, match=message):
        read(rows, more=NOISE)


def test_a_sheet_that_a_workbook_names_again_and_again_is_read_once() -> None:
    named = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r1"/>' for n in range(1, 100))
    data = book("<row><c><v>1</v></c></row>", sheets=named)
    assert [one.name for one in read_sheets(data, "a.xlsx", lambda _sheet: True)] == ["s1"]


def test_a_formula_that_failed_is_named_with_its_column() -> None:
    def row(*texts: str) -> str:
        inside = "".join(f"<c t='inlineStr'><is><t>{text}</t></is></c>" for text in texts)
        return f"<row>{inside}</row>"

    rows = row("题型", "题干", "答案") + row("判断", "对吗", "#N/A") + row("判断", "错吗", "错")
    reading = excel.read(book(rows))
    assert [(p.line, p.column, p.message) for p in reading.problems] == [
        (2, "Answer", "the cell holds #N/A, a formula that failed")
    ]
    assert len(reading.bank) == 1

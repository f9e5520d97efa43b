"""Excel workbooks of `Sheet`s: typed cells, a header that stays in sight, ready to print."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, get_args

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from weike.results.reporting.exports import display_width, safe
from weike.results.reporting.sheet import Column, Kind, Sheet, Value, cell_value, flag_word

_FORMATS: Mapping[Kind, str] = {
    "count": "#,##0",
    "share": "0.0%",
    "points": "0.0",
    "number": "0.00",
    "time": "yyyy-mm-dd hh:mm",
    "day": "yyyy-mm-dd",
}
# What a number takes in its format; a text takes as much as it has.
_WIDTHS: Mapping[Kind, int] = {
    "count": 6,
    "share": 7,
    "points": 6,
    "number": 7,
    "time": 16,
    "day": 10,
    "flag": 3,
}
_WIDEST = 48
_MEASURED = 1000  # rows that are looked at for a column's width
_TAB = 31  # letters of a sheet's name that Excel takes
_FORBIDDEN = str.maketrans("[]:*?/\\", "（）：＊？／＼")

_TEAL = "0B6464"
_HEADER = PatternFill("solid", fgColor=_TEAL)
_LINE = Border(bottom=Side(style="hair", color="B7C4C4"))


def workbook_bytes(sheets: Sequence[Sheet], *, zone: tzinfo, bars: Collection[str] = ()) -> bytes:
    """See `sheet.workbook`."""
    assert sheets, "a workbook has a sheet"
    book = openpyxl.Workbook(write_only=True)
    for style in _styles():
        book.add_named_style(style)
    for sheet, name in zip(sheets, _tabs(sheets), strict=True):
        _write(book.create_sheet(name), sheet, zone, bars)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _tabs(sheets: Sequence[Sheet]) -> Iterator[str]:
    """The titles as Excel takes them: short, without its signs, none twice."""
    seen: set[str] = set()
    for sheet in sheets:
        plain = ILLEGAL_CHARACTERS_RE.sub("", sheet.title).translate(_FORBIDDEN).strip("'")
        name, n = plain[:_TAB] or sheet.name[:_TAB], 1
        while name.casefold() in seen:
            n += 1
            name = f"{plain[: _TAB - len(str(n)) - 1]} {n}"
        seen.add(name.casefold())
        yield name


def _write(page: Any, sheet: Sheet, zone: tzinfo, bars: Collection[str]) -> None:
    rows = [[cell_value(row, column, zone) for column in sheet.columns] for row in sheet.rows]
    _lay_out(page, sheet, rows)
    page.append([_heading(page, column) for column in sheet.columns])
    for row in rows:
        page.append(
            [_cell(page, value, one.kind) for value, one in zip(row, sheet.columns, strict=True)]
        )
    if sheet.note:
        page.append([])
        for line in sheet.note.splitlines():
            note = WriteOnlyCell(page, value=_text(line))
            note.font = Font(italic=True, color="595959")
            note.data_type = "s"
            page.append([note])
    for i, column in enumerate(sheet.columns, start=1):
        if column.key in bars and rows:
            letter = get_column_letter(i)
            page.conditional_formatting.add(
                f"{letter}2:{letter}{len(rows) + 1}",
                DataBarRule(  # type: ignore[no-untyped-call]
                    start_type="num", start_value=0, end_type="num", end_value=1, color="FF7FC4BC"
                ),
            )


def _lay_out(page: Any, sheet: Sheet, rows: Sequence[Sequence[Value]]) -> None:
    """Widths, what stays in sight, and how it is printed: A4 across, as wide as the paper."""
    for i, column in enumerate(sheet.columns):
        widest = display_width(column.title)
        for row in rows[:_MEASURED]:
            value = row[i]
            if value is not None:
                shown = display_width(str(value)) if column.kind == "text" else 0
                widest = max(widest, shown, _WIDTHS.get(column.kind, 0))
        page.column_dimensions[get_column_letter(i + 1)].width = min(_WIDEST, widest + 3)
    # The first column says of whom a row speaks; a table of two columns is read without scrolling.
    page.freeze_panes = "B2" if len(sheet.columns) > 4 else "A2"
    last = get_column_letter(max(1, len(sheet.columns)))
    if rows:
        page.auto_filter.ref = f"A1:{last}{len(rows) + 1}"
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4
    page.page_setup.fitToWidth = 1
    page.page_setup.fitToHeight = 0  # as many pages as it takes
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.75, bottom=0.6)
    page.oddHeader.center.text = sheet.title.replace("&", "&&")
    page.oddFooter.center.text = "&P / &N"


def _heading(page: Any, column: Column) -> Cell:
    cell = WriteOnlyCell(page, value=_text(column.title))
    cell.data_type = "s"
    cell.style = "weike head" if column.kind == "text" else "weike head right"
    return cell


def _cell(page: Any, value: Value, kind: Kind) -> Cell:
    if isinstance(value, bool):
        value = flag_word(value)
    cell = WriteOnlyCell(page)
    if isinstance(value, str):
        cell.value = _text(value)
        cell.data_type = "s"
    else:
        cell.value = value
    cell.style = f"weike {kind}"
    return cell


def _styles() -> Iterator[NamedStyle]:
    """Named, because a style that is put together cell by cell takes most of the time."""
    for name, side in (("weike head", "left"), ("weike head right", "right")):
        yield NamedStyle(
            name=name,
            font=Font(bold=True, color="FFFFFF"),
            fill=_HEADER,
            alignment=Alignment(horizontal=side, vertical="center", wrap_text=True),
        )
    for kind in get_args(Kind):
        text = kind == "text"
        yield NamedStyle(
            name=f"weike {kind}",
            number_format=_FORMATS.get(kind, "General"),
            border=_LINE,
            alignment=Alignment(
                horizontal="left" if text else "right", vertical="top", wrap_text=text
            ),
        )


def _text(text: str) -> str:
    """The text so that it is no formula, without the letters that XML cannot hold."""
    guarded = safe(text)
    assert isinstance(guarded, str)
    return ILLEGAL_CHARACTERS_RE.sub("", guarded)

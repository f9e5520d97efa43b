"""Tables for people and their spreadsheets: csv and xlsx that hold no formula, aligned text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from re import Pattern
from typing import TypeAlias
from unicodedata import combining, east_asian_width

from weike.quizzes.spreadsheet import FORMULA

Cell: TypeAlias = str | float | datetime | None


def safe(cell: Cell) -> Cell:
    """The cell so that no spreadsheet takes a text for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The table as csv; write it as `utf-8-sig`, or Excel shows Chinese as noise."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe(name) for name in header])
    writer.writerows([["" if cell is None else safe(cell) for cell in row] for row in rows])
    return out.getvalue()


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    path.write_text(csv_text(header, rows), encoding="utf-8-sig", newline="")


def xlsx_bytes(
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str = "Sheet1",
    formats: Sequence[str | None] = (),
) -> bytes:
    """The table as a workbook: typed cells, a header row that stays in sight.

    `formats` are Excel number formats per column ("0.0%"). Characters that XML cannot hold go.
    """
    import openpyxl
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    table = [[_plain(cell, ILLEGAL_CHARACTERS_RE) for cell in row] for row in rows]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for i, name in enumerate(header):
        widest = max([display_width(name), *(display_width(str(row[i])) for row in table[:1000])])
        sheet.column_dimensions[get_column_letter(i + 1)].width = min(60, widest + 3)
    top = []
    for name in header:
        cell = WriteOnlyCell(sheet, value=safe(name))
        cell.font = Font(bold=True)
        top.append(cell)
    sheet.append(top)
    for row in table:
        cells = []
        for i, value in enumerate(row):
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            elif i < len(formats):
                cell.number_format = formats[i] or "General"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(cell: Cell, illegal: Pattern[str]) -> Cell:
    guarded = safe(cell)
    return illegal.sub("", guarded) if isinstance(guarded, str) else guarded


def display_width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(0 if combining(c) else 1 + (east_asian_width(c) in "WF") for c in text)


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table for a terminal: the first column to the left, figures to the right."""
    table = [header, *rows]
    widths = [max(display_width(row[i]) for row in table) for i in range(len(header))]
    lines = []
    for row in table:
        cells = []
        for i, (text, width) in enumerate(zip(row, widths, strict=True)):
            space = " " * (width - display_width(text))
            cells.append(space + text if i else text + space)
        lines.append("  ".join(cells).rstrip())
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    return [lines[0], rule, *lines[1:]]

"""A table that people take along: the same rows on the screen, as csv, as JSON, as a workbook."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Literal, TypeAlias

import pandas as pd

from weike.quizzes.i18n import _
from weike.results.reporting.exports import csv_text
from weike.results.types import iso

Kind: TypeAlias = Literal["text", "count", "share", "points", "number", "time", "day", "flag"]
Value: TypeAlias = str | float | bool | date | datetime | None

_DIGITS = 6  # of a fraction; what follows is the noise of floating point


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column; `key` finds its cell in every row, `title` is translated.

    Kinds: `text`; `count`, a whole number; `share`, 0-1; `points`, 0-100; `number`, any other;
    `time`, an aware instant; `day`, a date; `flag`, yes or no. None, NaN, NA and NaT are empty.
    """

    key: str
    title: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table. `name` is for files and programs (`branches`), `title` and `note` for people."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    note: str = ""


def sheet_csv(sheet: Sheet, *, zone: tzinfo) -> bytes:
    """The table as csv that Excel takes for UTF-8; shares as 0-1, times in `zone`."""
    rows = [
        [_written(cell_value(row, column, zone)) for column in sheet.columns] for row in sheet.rows
    ]
    return csv_text([column.title for column in sheet.columns], rows).encode("utf-8-sig")


def sheet_json(sheet: Sheet) -> dict[str, Any]:
    """The table for programs: `{"title", "columns", "rows", "note"}`, instants in UTC with Z."""
    return {
        "title": sheet.title,
        "columns": [
            {"key": column.key, "title": column.title, "kind": column.kind}
            for column in sheet.columns
        ],
        "rows": [
            {column.key: _for_json(cell_value(row, column, None)) for column in sheet.columns}
            for row in sheet.rows
        ],
        "note": sheet.note,
    }


def workbook(sheets: Sequence[Sheet], *, zone: tzinfo, bars: Collection[str] = ()) -> bytes:
    """The tables as one Excel workbook, ready to be forwarded and printed.

    `bars` are keys of share columns that show a bar behind the number. Times are in `zone`.
    """
    from weike.results.reporting.spreadsheet import workbook_bytes  # openpyxl is slow to import

    return workbook_bytes(sheets, zone=zone, bars=bars)


def cell_value(row: Mapping[str, Any], column: Column, zone: tzinfo | None) -> Value:
    """The cell as plain Python: no NumPy, no NaN. An instant is in `zone` without saying so;
    where there is no zone it stays aware."""
    value = row[column.key]
    if value is None or pd.isna(value):
        return None
    match column.kind:
        case "text":
            return str(value)
        case "flag":
            return bool(value)
        case "count":
            return int(value)
        case "share" | "points" | "number":
            return round(float(value), _DIGITS)
        case "day":
            assert isinstance(value, date), f"{column.key} is no day: {value!r}"
            return value
        case "time":
            assert isinstance(value, datetime), f"{column.key} is no instant: {value!r}"
            assert value.tzinfo is not None, f"{column.key} is not aware"
            return value if zone is None else value.astimezone(zone).replace(tzinfo=None)


def flag_word(value: bool) -> str:
    return _("yes") if value else _("no")


def _written(value: Value) -> str | float | datetime | None:
    if isinstance(value, bool):
        return flag_word(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else value


def _for_json(value: Value) -> str | float | bool | None:
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if isinstance(value, date) else value

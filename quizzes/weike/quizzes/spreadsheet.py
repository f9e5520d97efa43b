"""Tables that people keep: csv in any usual form and xlsx, read within bounds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import TypeAlias

from weike.quizzes.archive import open_archive
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _

MAX_BYTES = 20_000_000
MAX_ROWS = 100_000
MAX_COLUMNS = 100
HEAD = 10  # rows among which the titles of a table stand
_ABSURD = 1000
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx")

# A spreadsheet takes a cell that starts like this for a formula, or hides it.
FORMULA = ("=", "+", "-", "@", "\t", "\0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A cell that the spreadsheet holds as a number, and as it is written on the screen."""

    value: int | float
    shown: str


Read: TypeAlias = str | Number | date
Row: TypeAlias = tuple[int, tuple[Read, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The filled rows of a table, each with its line in the file, counted from 1.

    Cells are text as typed, `Number` or `date` where a workbook says so; empty cells are "".
    A csv has no name.
    """

    rows: tuple[Row, ...]
    name: str = ""


def read_sheet(path: Path) -> Sheet:
    """Read the first sheet of a workbook, or a csv in whatever encoding and separator it has.

    Raises `WeikeError` for what is missing, too large, damaged or of another kind.
    """
    if not path.is_file():
        raise WeikeError(_("{file}: there is no such file").format(file=path))
    if path.suffix.lower() not in SUFFIXES:
        raise WeikeError(
            _("{file} is neither csv nor xlsx; save it as an Excel workbook (.xlsx) or csv").format(
                file=path.name
            )
        )
    if path.stat().st_size > MAX_BYTES:
        raise _too_large(path.name)
    read = read_workbook if path.suffix.lower() == ".xlsx" else _read_csv
    return read(path.read_bytes(), path.name)


def read_workbook(data: bytes, name: str) -> Sheet:
    """Read the first sheet of a workbook; `name` is what messages call it."""
    with _opened(data, name) as sheets:
        title, rows = next(sheets)
        return Sheet(name=title, rows=tuple(rows))


def read_sheets(data: bytes, name: str, wanted: Callable[[Sheet], bool]) -> tuple[Sheet, ...]:
    """The visible sheets of a workbook that hold something.

    Of each the first `HEAD` rows are read; the others only where it is `wanted` for these.
    """
    found = []
    with _opened(data, name) as sheets:
        for title, rows in sheets:
            sheet = Sheet(name=title, rows=tuple(islice(rows, HEAD)))
            if sheet.rows and wanted(sheet):
                sheet = Sheet(name=title, rows=(*sheet.rows, *rows))
            if sheet.rows:
                found.append(sheet)
    return tuple(found)


def _read_csv(data: bytes, name: str) -> Sheet:
    return Sheet(rows=tuple(_bounded(name, _csv_rows(data, name), count(1))))


def _too_large(name: str) -> WeikeError:
    return WeikeError(
        _("{file} is larger than {size} MB; split it").format(
            file=name, size=MAX_BYTES // 1_000_000
        )
    )


def _bounded(name: str, rows: Iterable[Row], numbers: Iterator[int]) -> Iterator[Row]:
    """Filled rows, as long as `numbers`, which the sheets of a workbook share, stays in bounds."""
    for line, cells in rows:
        filled = max((i for i, cell in enumerate(cells, start=1) if cell != ""), default=0)
        if filled == 0:
            continue
        if next(numbers) > MAX_ROWS:
            raise WeikeError(
                _("{file} has more than {n} rows; split it").format(file=name, n=MAX_ROWS)
            )
        yield line, cells[: min(filled, MAX_COLUMNS)]


def _csv_rows(data: bytes, name: str) -> Iterator[Row]:
    text = _decoded(data, name).replace("\0", "")
    # Line by line, because a quoted cell may hold a line break and people count lines.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    line = 1
    try:
        for cells in reader:
            yield line, tuple(_unguarded(cell.strip()) for cell in cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise WeikeError(
            _("{file} line {line}: {reason}; save it again as csv").format(
                file=name, line=line, reason=error
            )
        ) from error


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):  # Excel's "Unicode text"
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WeikeError(
        _("{file} is neither UTF-8 nor GB18030 text; save it again as “CSV UTF-8”").format(
            file=name
        )
    )


def _separator(text: str) -> str:
    """The separator that the first filled lines hold most of; a comma where there is none."""
    head = [line for line in text.splitlines()[:20] if line.strip()][:5]
    counts = {mark: sum(line.count(mark) for line in head) for mark in ",\t;"}
    return max(counts, key=lambda mark: counts[mark])


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[Iterator[tuple[str, Iterator[Row]]]]:
    """The visible sheets of a workbook, one at least, to be read within the `with`."""
    from weike.quizzes.xlsx.cells import HostileXmlError, TooLargeError
    from weike.quizzes.xlsx.reading import sheets

    if len(data) > MAX_BYTES:
        raise _too_large(name)
    numbers, absurd = count(1), count(1)
    try:
        with open_archive(data, name, _damaged) as archive:
            yield (
                (title, _bounded(name, _workbook_rows(rows, name, absurd), numbers))
                for title, rows in sheets(archive, name)
            )
    except HostileXmlError as error:
        raise WeikeError(
            _("{file} holds XML entities; it is not read").format(file=name)
        ) from error
    except TooLargeError as error:
        raise _too_large(name) from error
    except LookupError as error:  # a part that is missing
        raise _damaged(name) from error


def _workbook_rows(
    rows: Iterable[tuple[int, list[tuple[int, Read]]]], name: str, absurd: Iterator[int]
) -> Iterator[Row]:
    for line, cells in rows:
        if cells[-1][0] >= _ABSURD and next(absurd) > 10:
            raise WeikeError(
                _("{file} has rows of more than {n} columns; delete the empty ones").format(
                    file=name, n=_ABSURD
                )
            )
        yield line, _together(cells)


def _together(cells: Sequence[tuple[int, Read]]) -> tuple[Read, ...]:
    """A row with its gaps; what stands beyond the last column that is read is left out."""
    known = [(column, value) for column, value in cells if column < MAX_COLUMNS]
    filled: list[Read] = [""] * (1 + max((column for column, _value in known), default=-1))
    for column, value in known:
        filled[column] = _unguarded(value) if isinstance(value, str) else value
    return tuple(filled)


def _damaged(name: str) -> WeikeError:
    return WeikeError(
        _("{file} cannot be read as an Excel workbook; open it and save it again as .xlsx").format(
            file=name
        )
    )


def _unguarded(text: str) -> str:
    """The text without the apostrophe that `safe` puts before what looks like a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text

"""The sheets of a workbook that can be seen, with numbers, dates and texts as they are."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from weike.quizzes.spreadsheet import Number, Read
from weike.quizzes.word.package import Package
from weike.quizzes.xlsx.cells import Raw, Taken, rows, shared_texts, unescaped
from weike.quizzes.xlsx.styles import GENERAL, Format, Kind, day_of, formats, time_of

_MAIN = "officeDocument"
_FALSE = ("0", "false")

Rows: TypeAlias = Iterator[tuple[int, list[tuple[int, Read]]]]


@dataclass(frozen=True, slots=True)
class Book:
    texts: Sequence[str]
    formats: Sequence[Format]
    since_1904: bool

    def value(self, raw: Raw) -> Read:
        """Errors are their own words, such as #N/A; a formula is its last result."""
        match raw.kind:
            case "s":
                return self.texts[int(raw.text)].strip()
            case "b":
                return "FALSE" if raw.text.strip() in _FALSE else "TRUE"
            case "n":
                return self._number(raw)
            case "d":
                return _iso(raw.text)
            case _:
                return unescaped(raw.text).strip()

    def _number(self, raw: Raw) -> Read:
        text = raw.text.strip()
        if not text:
            return ""
        whole = text.removeprefix("-").isdigit()
        value: int | float = int(text) if whole else float(text)
        form = self.formats[raw.style] if raw.style < len(self.formats) else GENERAL
        if form is GENERAL:
            return Number(value=value, shown=shown(value))
        if form.kind is Kind.TIME or (form.kind is Kind.DATE and 0 < value < 1):
            return time_of(value) if 0 <= value < 1 else self._day(value)
        if form.kind is Kind.DATE:
            return self._day(value)
        if form.kind is Kind.PERCENT:
            return Number(value=value, shown=f"{shown(value * 100)}%")
        return Number(value=value, shown=shown(value).zfill(form.width))

    def _day(self, value: float) -> Read:
        day = day_of(value, since_1904=self.since_1904)
        return Number(value=value, shown=shown(value)) if day is None else day


def shown(value: float) -> str:
    """As a spreadsheet writes it: 15 digits, and a whole number without the `.0` of 1001.0."""
    if isinstance(value, int):
        return str(value)
    rounded = float(f"{value:.15g}")
    return str(int(rounded)) if rounded.is_integer() else repr(rounded)


def sheets(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, Rows]]:
    """The name of each sheet that is not hidden, and its filled rows: line, and value by column
    from 0. Only rows that are asked for are read. Where all are hidden, the first counts.

    Raises what zipfile, expat and `int` raise where the file is damaged.
    """
    package = Package(archive, name)
    main = next(target for kind, target in package.relations("").values() if kind == _MAIN)
    book = package.xml(main)
    if book is None:
        raise KeyError(main)
    relations = package.relations(main)
    texts = next((target for kind, target in relations.values() if kind == "sharedStrings"), None)
    styles = next((target for kind, target in relations.values() if kind == "styles"), None)
    reader = Book(
        texts=_texts(package, texts),
        formats=formats(package.xml(styles) if styles else None),
        since_1904=any(
            node.get("date1904", "0") not in _FALSE
            for node in book.iter()
            if node.tag.endswith("}workbookPr")
        ),
    )
    every = [
        (node.get("state", "visible"), node.get("name", ""), target)
        for node in book.iter()
        if node.tag.endswith("}sheet")
        for key, id in node.items()
        if key.endswith("}id")
        for kind, target in [relations[id]]
        if kind == "worksheet"
    ]
    if not every:
        raise KeyError("a sheet")
    seen = [one for one in every if one[0] == "visible"] or every[:1]
    taken = Taken()
    parts: dict[str, str] = {}  # one that is named again and again would be read as often
    for _state, title, part in seen:
        parts.setdefault(part, title)
    for part, title in parts.items():
        yield title, _rows(archive, package.parts[part], reader, taken)


def _rows(archive: zipfile.ZipFile, part: zipfile.ZipInfo, reader: Book, taken: Taken) -> Rows:
    with archive.open(part) as sheet:
        for line, cells in rows(sheet, taken):
            yield line, [(cell.column, reader.value(cell)) for cell in cells]


def _texts(package: Package, part: str | None) -> Sequence[str]:
    if part is None or part not in package.parts:
        return ()
    with package.archive.open(package.parts[part]) as strings:
        return shared_texts(strings)


def _iso(text: str) -> Read:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return text.strip()

"""The filled cells of a sheet, row by row, as the file writes them.

expat calls us for each element, so nothing is kept but the row at hand: a sheet of a million rows
takes no more memory than one of ten. openpyxl builds a tree with a parser that is written in Python
where defusedxml is installed, which takes several times as long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, NamedTuple
from xml.parsers import expat

_CHUNK = 1 << 16
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
MOST_TEXT = 100_000_000  # characters of the texts that cells share
_MAX_ROW = 1_048_576
_MAX_COLUMN = 16_384
_MOST_PIECES = 100  # of one text before they are joined; each run of a rich text is one
_LONGEST = 800_000  # characters of one text; Excel allows 32,767
# Somebody has formatted the sheet to its end: nothing is looked for below so many empty rows.
_MOST_EMPTY = 200_000


class HostileXmlError(Exception):
    """A document type: only an attack on the reader declares one."""


class TooLargeError(Exception):
    pass


class Raw(NamedTuple):
    """A cell as the file has it: `kind` is its type (`s`, `str`, `inlineStr`, `b`, `e`, `d`, `n`),
    `style` the place of its format, `column` counts from 0."""

    column: int
    kind: str
    style: int
    text: str


@dataclass(slots=True)
class Taken:
    """How many characters the cells of a workbook have held so far, over all its sheets."""

    size: int = 0


def rows(sheet: IO[bytes], taken: Taken) -> Iterator[tuple[int, list[Raw]]]:
    """Rows that hold something, each with its number, down to a great many empty ones."""
    reader = _Sheet(taken)
    while not reader.done and (chunk := sheet.read(_CHUNK)):
        reader.parser.Parse(chunk)
        yield from reader.ready
        reader.ready.clear()
    if not reader.done:
        reader.parser.Parse(b"", True)
        yield from reader.ready


def shared_texts(strings: IO[bytes]) -> list[str]:
    """The texts that cells of the kind `s` name by number, without their phonetic spelling."""
    reader = _Strings()
    while chunk := strings.read(_CHUNK):
        reader.parser.Parse(chunk)
    reader.parser.Parse(b"", True)
    return reader.found


def unescaped(text: str) -> str:
    """`_x000D_` and the like, by which a file writes signs that XML cannot hold."""
    if "_x" not in text:
        return text
    found = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text).replace("\0", "")
    # A sign beyond U+FFFF comes as its two halves; half a sign is no text.
    return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _refuse(*_args: object) -> None:
    raise HostileXmlError


class _Reader:
    """Names come with their prefix, if any: some programs write `x:row`."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.EntityDeclHandler = _refuse
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.text: list[str] = []
        self.taking = False  # inside an element whose text counts
        self.aside = 0  # inside a phonetic spelling

    def start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, name: str) -> None:
        raise NotImplementedError

    def data(self, text: str) -> None:
        if self.taking:
            self.text.append(text)
            if len(self.text) > _MOST_PIECES:
                self.text[:] = ["".join(self.text)]
                if len(self.text[0]) > _LONGEST:
                    raise TooLargeError


class _Strings(_Reader):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.size = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "t":
            self.taking = not self.aside
        elif local == "si":
            self.text.clear()
        elif local == "rPh":
            self.aside += 1

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "t":
            self.taking = False
        elif local == "rPh":
            self.aside -= 1
        elif local == "si":
            text = unescaped("".join(self.text))
            self.size += len(text) + 1
            if self.size > MOST_TEXT:
                raise TooLargeError
            self.found.append(text)


class _Sheet(_Reader):
    def __init__(self, taken: Taken) -> None:
        super().__init__()
        self.taken = taken
        self.ready: list[tuple[int, list[Raw]]] = []
        self.row: list[Raw] = []
        self.number = 0
        self.column = -1
        self.kind = ""
        self.style = 0
        self.cells = 0  # elements of this row, whatever they hold
        self.empty = 0  # rows since the last filled one
        self.done = False
        self.columns: dict[str, int] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self.cells += 1
            if self.cells > _MAX_COLUMN:
                raise ValueError("a row of more cells than a sheet has columns")
            place = attributes.get("r")
            self.column = self.column + 1 if place is None else self.place(place)
            self.kind = attributes.get("t", "n")
            style = attributes.get("s")
            self.style = int(style) if style is not None and style.isdigit() else 0
            self.text.clear()
        elif name == "v" or name == "t":
            self.taking = not self.aside
        elif name == "row":
            number = attributes.get("r", "")
            self.number = int(number) if number.isdigit() else self.number + 1
            if self.number > _MAX_ROW:
                raise ValueError("a row beyond the last one")
            self.row = []
            self.column = -1
            self.cells = 0
        elif name == "rPh":
            self.aside += 1
        elif ":" in name:
            self.start(name.rpartition(":")[2], attributes)

    def end(self, name: str) -> None:
        if name == "v" or name == "t":
            self.taking = False
        elif name == "c":
            if self.text:
                text = "".join(self.text)
                self.taken.size += len(text)
                if self.taken.size > MOST_TEXT:
                    raise TooLargeError
                self.row.append(Raw(self.column, self.kind, self.style, text))
        elif name == "row":
            self.empty = 0 if self.row else self.empty + 1
            if self.row:
                self.ready.append((self.number, self.row))
            elif self.empty > _MOST_EMPTY:
                self.done = True
        elif name == "rPh":
            self.aside -= 1
        elif name == "sheetData":
            self.done = True
        elif ":" in name:
            self.end(name.rpartition(":")[2])

    def place(self, reference: str) -> int:
        """The column of `AB12`, counted from 0."""
        letters = reference.rstrip("0123456789")
        found = self.columns.get(letters)
        if found is None:
            found = 0
            for letter in letters[:4].upper():
                found = found * 26 + ord(letter) - 64
            if not letters or not 0 < found <= _MAX_COLUMN:
                raise ValueError("a cell beyond the last column")
            self.columns[letters] = found
        return found - 1

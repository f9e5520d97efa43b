"""A paper typed in Word: the document's lines, with Word's own numbers, read as Chinese papers are.

Tables are read row by row; one with the header 题型 题干 … 答案 as a sheet of Excel is. Pictures,
equations and raised letters go along as Markdown.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import PurePosixPath
from typing import Any

from weike.quizzes.bank import Bank
from weike.quizzes.errors import BankError, Problem, WeikeError
from weike.quizzes.formats import chinese, excel
from weike.quizzes.i18n import _
from weike.quizzes.plaintext import markdown_of
from weike.quizzes.reading import Reading, Rejected
from weike.quizzes.word.model import (
    Block,
    Document,
    Figure,
    Formula,
    Inline,
    Paragraph,
    Table,
    Text,
)
from weike.quizzes.word.reading import read_word
from weike.quizzes.word.writing import write_word

SUFFIXES = (".docx",)
BINARY = True

_KINDS = {".png": "png", ".jpg": "jpg", ".jpeg": "jpg", ".gif": "gif", ".webp": "webp"}
_FIRST = 0xF0000  # the private planes of Unicode, where no document's letters lie
_STANDS_FOR = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + 0xFFFD)}]")


def loads(data: bytes, *, source: str = "", zone: tzinfo | None = None) -> Bank:
    """Read a bank; raises `BankError` with every problem at once."""
    return read(data, source=source).whole(source or _("the bank"))


def read(data: bytes, *, source: str = "") -> Reading:
    """Read what can be read; lines count paragraphs and rows of tables."""
    name = source or _("the bank")
    try:
        document = read_word(data, name)
    except WeikeError as error:
        raise BankError(name, [Problem(message=str(error))]) from error
    return read_document(document, name)


def read_document(document: Document, name: str) -> Reading:
    """The questions of a document, or of a part of one."""
    lines = Lines(document, name)
    readings = [excel.read_rows(rows, name, lines.finish) for rows in lines.sheets]
    try:
        text = "\n".join(lines.written)
        readings.insert(0, chinese.read(text, source=name, finish=lines.finish))
    except BankError:
        if not readings:
            raise
    bank, twice = _together(readings)
    shown = {address: lines.media[address] for address in lines.media if address in lines.used}
    return Reading(
        bank=bank,
        rejected=tuple(one for reading in readings for one in map(_as_text, reading.rejected)),
        dropped=(
            *(what for reading in readings for what in reading.dropped),
            *lines.dropped,
            *twice,
            *dict.fromkeys(one.what for one in document.unread),
        ),
        media=shown,
    )


def _together(readings: list[Reading]) -> tuple[Bank, list[str]]:
    """One bank of the text's and the tables' questions, and what stood there twice."""
    first = readings[0].bank
    questions = {question.id: question for question in first.questions}
    lines, twice = dict(first.lines), []
    for reading in readings[1:]:
        for question in reading.bank.questions:
            line = reading.bank.lines.get(question.id, 0)
            if question.id in questions:
                said = _("the same question stands there twice")
                twice.append(_("line {n}: {text}").format(n=line, text=said))
                continue
            questions[question.id], lines[question.id] = question, line
    return replace(first, questions=tuple(questions.values()), lines=lines), twice


def _as_text(one: Rejected) -> Rejected:
    """A row of a table as a line; what was read from lines is text already."""
    if isinstance(one.source, str):
        return one
    return replace(one, source="\t".join(str(cell).replace("\n", " ") for cell in one.source))


def dumps(bank: Bank) -> bytes:
    """Write a bank as the Chinese plain text, in a document."""
    return write_word(chinese.dumps(bank).split("\n"))


def dump_rejected(data: bytes, reading: Reading, source: str = "") -> bytes:
    """The rejected questions as they came, above each the reasons."""
    lines: list[str] = []
    for one in reading.rejected:
        text = chinese.dump_rejected(one.source, [str(problem) for problem in one.problems])
        lines += _STANDS_FOR.sub("〔图〕", text).split("\n")
    return write_word(lines)


@dataclass
class Lines:
    """A document as lines of text, in which one sign stands for what text cannot hold."""

    document: Document
    name: str
    snippets: list[tuple[str, str]] = field(default_factory=list)  # as Markdown, as bare letters
    media: dict[str, bytes] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    dropped: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.written: list[str] = []
        self.sheets: list[list[tuple[int, tuple[str, ...]]]] = []
        for block in self.document.blocks:
            lines = self._lines(block)
            rows = [tuple(cell.replace("\v", "\n") for cell in one.split("\t")) for one in lines]
            if isinstance(block, Table) and rows and excel.is_header(rows[0]):
                first = len(self.written) + 1
                self.sheets.append(list(enumerate(rows, first)))
                lines = [""] * len(rows)
            self.written += lines

    def finish(self, body: dict[str, Any]) -> dict[str, Any]:
        """The question with what the signs stand for; texts to compare keep bare letters."""
        bare = ("blanks", "answers", "topic", "tags", "id")
        return {name: self._replaced(value, name in bare) for name, value in body.items()}

    def _replaced(self, value: Any, bare: bool) -> Any:
        if isinstance(value, str):
            return _STANDS_FOR.sub(lambda found: self._meant(found[0], bare), value)
        if isinstance(value, list):
            return [self._replaced(one, bare) for one in value]
        if isinstance(value, dict):
            return {name: self._replaced(one, bare) for name, one in value.items()}
        return value

    def _meant(self, sign: str, bare: bool) -> str:
        place = ord(sign) - _FIRST
        if place >= len(self.snippets):
            return ""
        markdown, letters = self.snippets[place]
        if not bare and (found := re.search(r"\((media/[^)]+)\)$", markdown)):
            self.used.add(found[1])
        return letters if bare else markdown

    def _lines(self, block: Block) -> list[str]:
        if isinstance(block, Paragraph):
            label = f"{block.mark.label} " if block.mark and block.mark.ordered else ""
            text = "".join(map(self._one, block.inlines)).replace("\n", "\v")
            return [label + text]
        rows = []
        for row in block.rows:
            cells = ("\v".join(s for b in c.blocks for s in self._lines(b)) for c in row)
            rows.append("\t".join(cells))
        return rows

    def _one(self, one: Inline) -> str:
        match one:
            case Text(raised="sub" | "sup" as raised):
                return self._sign(f"<{raised}>{markdown_of(one.text)}</{raised}>", one.text)
            case Text():
                return _STANDS_FOR.sub("", one.text)
            case Formula():
                return self._sign(f"${one.latex}$", one.latex)
            case Figure():
                return self._figure(one)

    def _figure(self, figure: Figure) -> str:
        data = self.document.pictures[figure.part]
        suffix = _KINDS.get(PurePosixPath(figure.part).suffix.lower())
        if suffix is None:
            kind = PurePosixPath(figure.part).suffix
            self.dropped.append(
                _("a picture of the kind {kind}, which browsers cannot show").format(kind=kind)
            )
            return ""
        stem = re.sub(r"[^\w-]+", "-", PurePosixPath(self.name).stem)[:40]
        address = f"media/{stem}-{hashlib.sha256(data).hexdigest()[:8]}.{suffix}"
        self.media[address] = data
        return self._sign(f"![{markdown_of(figure.description)}]({address})", "")

    def _sign(self, markdown: str, letters: str) -> str:
        if len(self.snippets) >= 0xFFFD:
            return letters
        self.snippets.append((markdown, letters))
        return chr(_FIRST + len(self.snippets) - 1)

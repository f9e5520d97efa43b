"""A paper typed in Word: the document's lines, with Word's own numbers, read as Chinese papers are.

Tables are read row by row. Pictures, equations and raised letters go along as Markdown.
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
from weike.quizzes.formats import chinese
from weike.quizzes.i18n import _
from weike.quizzes.plaintext import markdown_of
from weike.quizzes.reading import Reading
from weike.quizzes.word.model import Block, Document, Figure, Formula, Inline, Paragraph, Text
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
    reading = chinese.read("\n".join(lines.written), source=name, finish=lines.finish)
    shown = {address: lines.media[address] for address in lines.media if address in lines.used}
    return replace(
        reading, dropped=(*reading.dropped, *lines.dropped, *document.unread), media=shown
    )


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
        self.written = [line for block in self.document.blocks for line in self._lines(block)]

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

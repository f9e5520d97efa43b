"""A Word document as a lesson: its headings, text, lists, tables and pictures as Markdown cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from weike.lessons.bringing.brought import Brought, code_cell, text_cell
from weike.lessons.bringing.finishing import SETUP, finished
from weike.lessons.bringing.inline import inline_markdown
from weike.lessons.bringing.outline import outline
from weike.lessons.bringing.practice import find_practice, quiz_of
from weike.lessons.bringing.shrink import shrink
from weike.lessons.bringing.tables import table_markdown
from weike.lessons.finding import Finding, warning
from weike.lessons.picture import PictureError
from weike.quizzes.i18n import _
from weike.quizzes.plaintext import markdown_of
from weike.quizzes.word.model import Block, Document, Figure, Paragraph, Table
from weike.quizzes.word.reading import read_word

_NOT_SAID = re.compile(
    r"(?:图片|图像|图|picture|image|img|图形|图表|截图|微信图片)?[\s_\-\d]*"
    r"|.*\.(?:png|jpe?g|gif|bmp|tiff?|webp|emf|wmf)",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"图\s*[\d一二三四五六七八九十]+(?:[-－.]\d+)?[\s:：、.．]*(\S.*)")
_NEAR = 24
_MOST_PLACES = 3
_DIGITS = re.compile(r"(\d{1,9})[.、．)）]?")


def lesson_of_word(name: str, data: bytes, slug: str) -> Brought:
    """Raises `WeikeError` for a file that is no Word document or holds nothing."""
    document = read_word(data, name, notes=True)
    return _Writer(document, name, slug).lesson()


@dataclass
class _Writer:
    document: Document
    name: str
    slug: str
    media: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)  # part of the document → address
    caption: str = ""
    near: str = ""  # the last words that were written

    def lesson(self) -> Brought:
        plan = outline(self.document)
        title = plan.title or Path(self.name).stem
        before, quiz, after = self._practice(plan.blocks)
        sections = list(self._sections(before))
        head = f"# {markdown_of(title)}"
        if sections and not sections[0].startswith("## "):
            head, sections = f"{head}\n\n{sections[0]}", sections[1:]
        cells = [code_cell(SETUP), text_cell(head), *map(text_cell, sections)]
        cells += [text_cell(self._notes())] * bool(self.document.notes)
        cells += [code_cell(quiz)] * bool(quiz)
        cells += map(text_cell, self._sections(after))
        return finished(
            cells,
            slug=self.slug,
            name=self.name,
            title=title,
            topic=self.document.subject,
            media=self.media,
            findings=[*self.findings, *self._unread()],
        )

    def _practice(
        self, blocks: tuple[Block, ...]
    ) -> tuple[tuple[Block, ...], str, tuple[Block, ...]]:
        """The blocks before the questions, the quiz, and the blocks behind it."""
        found = find_practice(blocks)
        if found is None:
            return blocks, "", ()
        inside = blocks[found.start + found.heading : found.end]
        quiz, media, findings = quiz_of(self.document, inside, self.name, f"{self.slug}-quiz")
        self.findings += findings
        if not quiz:
            return blocks, "", ()
        self.media |= media
        return blocks[: found.start + found.heading], quiz, blocks[found.end :]

    def _sections(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        """The Markdown of each part that begins with a heading of the second level."""
        parts: list[str] = []
        for piece in self._pieces(blocks):
            if piece.startswith("## ") and parts:
                yield "\n\n".join(parts)
                parts = []
            parts.append(piece)
        if parts:
            yield "\n\n".join(parts)

    def _pieces(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        """One text for each block; the lines of a list are one."""
        waiting: list[Paragraph] = []
        for place, block in enumerate(blocks):
            following = blocks[place + 1] if place + 1 < len(blocks) else None
            self.caption = following.plain.strip() if isinstance(following, Paragraph) else ""
            if isinstance(block, Paragraph) and block.mark and not block.heading:
                waiting.append(block)
                continue
            if waiting:
                yield from self._list(waiting)
                waiting = []
            if isinstance(block, Table):
                yield table_markdown(block, self._inline)
            elif written := self._paragraph(block):
                yield written
        yield from self._list(waiting)

    def _paragraph(self, paragraph: Paragraph) -> str:
        written = self._inline(paragraph)
        if not paragraph.heading:
            return written
        label = paragraph.mark.label if paragraph.mark and paragraph.mark.ordered else ""
        text = markdown_of(label + " ".join(paragraph.plain.split()))
        pictures = "\n\n".join(filter(None, map(self._picture, paragraph.figures)))
        return "\n\n".join(filter(None, (f"{'#' * paragraph.heading} {text}", pictures)))

    def _notes(self) -> str:
        numbered = enumerate(self.document.notes, 1)
        return "\n\n".join(f"\\[{n}\\] {markdown_of(note)}" for n, note in numbered)

    def _inline(self, paragraph: Paragraph) -> str:
        self.near = " ".join(paragraph.plain.split())[:_NEAR] or self.near
        return inline_markdown(paragraph.inlines, self._picture)

    def _list(self, lines: list[Paragraph]) -> Iterator[str]:
        """Numbers such as （1） that Markdown cannot count stay as they are, as text."""
        written: list[str] = []
        widths: list[int] = []
        end, last = ".", 0
        for paragraph in lines:
            mark = paragraph.mark
            assert mark is not None, "only lines with a mark wait here"
            counted = _DIGITS.fullmatch(mark.label)
            if mark.ordered and counted is None and mark.level == 0:
                if written:
                    yield "\n".join(written)
                written, widths = [], []
                yield f"{markdown_of(mark.label)} {self._inline(paragraph)}"
                continue
            depth = min(mark.level, len(widths))
            number = int(counted[1]) if counted else 1
            if mark.ordered and not depth:
                # Another sign behind the number, or Markdown would count on from the list above.
                end, last = ("." if end == ")" else ")") if 0 < number <= last else end, number
            sign = f"{number}{end if not depth else '.'}" if mark.ordered else "-"
            indent = sum(widths[:depth])
            widths[depth:] = [len(sign) + 1]
            inside = self._inline(paragraph).replace("\n", "\n" + " " * (indent + widths[depth]))
            written.append(f"{' ' * indent}{sign} {inside}")
        if written:
            yield "\n".join(written)

    def _picture(self, figure: Figure) -> str:
        said = figure.description
        if _NOT_SAID.fullmatch(said):
            found = _CAPTION.fullmatch(self.caption)
            said = found[1] if found else ""
        if figure.part not in self.shown:
            self.shown[figure.part] = self._kept(figure.part)
        address = self.shown[figure.part]
        if not address:
            return ""
        if not said:
            self.findings.append(
                warning(
                    _("the picture {file} has no description").format(file=address),
                    _("say in one sentence what it shows, for those who cannot see it"),
                    file=self.name,
                )
            )
        return f"![{markdown_of(said)}]({address})"

    def _kept(self, part: str) -> str:
        try:
            data, suffix = shrink(self.document.pictures[part], part)
        except PictureError as flaw:
            self.findings.append(
                warning(
                    _("a picture near “{place}” was left out: {reason}").format(
                        place=self.near or self.caption[:_NEAR], reason=flaw
                    ),
                    _("in Word, copy it, paste it as a picture (PNG), and bring the file again"),
                    file=self.name,
                )
            )
            return ""
        address = f"media/{self.slug}-{len(self.media) + 1}.{suffix}"
        self.media[address] = data
        return address

    def _unread(self) -> list[Finding]:
        """One for each kind of thing, with the first places where it stood."""
        places: dict[str, list[str]] = {}
        for one in self.document.unread:
            places.setdefault(one.what, []).append(one.near)
        return [
            warning(
                _("not taken from the document: {what}").format(what=_placed(what, near)),
                _("add it by hand if the lesson needs it"),
                file=self.name,
            )
            for what, near in places.items()
        ]


def _placed(what: str, near: list[str]) -> str:
    named = [f"“{one}”" for one in dict.fromkeys(near) if one]
    if not named:
        return what
    more = " …" * (len(named) > _MOST_PLACES)
    return _("{what}, near {places}").format(
        what=what, places=" ".join(named[:_MOST_PLACES]) + more
    )

"""Texts of a GIFT question: escaped signs, and the formats that a text may name in front."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from weike.quizzes.blocks import find_inline, replace_spans
from weike.quizzes.html import GAP
from weike.quizzes.moodle.entry import without_tags
from weike.quizzes.moodle.files import Pictures
from weike.quizzes.moodle.markup import markdown_of_markup
from weike.quizzes.plaintext import markdown_of

# Escaped signs are kept apart as noncharacters of Unicode, which no text holds.
_SIGNS = ":#={}~\\n"
_KEPT = {sign: chr(0xFDD0 + place) for place, sign in enumerate(_SIGNS)}
_BACK = {ord(kept): "\n" if sign == "n" else sign for sign, kept in _KEPT.items()}
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"<(?:p|div|br|ul|ol|table|pre)\b", re.IGNORECASE)
ANSWERS = "\ufddf"  # where the answers stood in the sentence
_AROUND = re.compile(rf"(?:\\\n|\s)*{ANSWERS}(?:\\\n|\s)*")


def kept(text: str) -> str:
    """The text with its escaped signs put away, so that those that are left mean something."""
    return re.sub(r"\\([:#={}~\\n])", lambda found: _KEPT[found[1]], text)


def plain(text: str) -> str:
    """The text with its escaped signs back."""
    return text.translate(_BACK).strip()


def typed(text: str) -> str:
    """A text that people type, without the format that it names and the tags of an editor."""
    found = _FORMAT.match(text)
    return without_tags(plain(text[found.end() :] if found else text))


@dataclass(slots=True)
class Texts:
    """`kind` is the format of the stem; other texts are in it unless they name their own."""

    dropped: list[str]
    kind: str = "moodle"
    _pictures: Pictures = field(default_factory=lambda: Pictures(beside=None))

    def stem(self, text: str) -> str:
        """The stem as Markdown; a format that it names is that of the question."""
        self.kind = self._named(text.strip())[0]
        return self.show(text)

    def show(self, text: str) -> str:
        """A text as Markdown."""
        kind, text = self._named(text.strip())
        text = plain(text)
        if kind == "markdown":
            return text
        if kind == "plain":
            return markdown_of(text)
        if kind == "moodle" and "\n" in text and not _BLOCK_TAG.search(text):
            text = "<br>".join(map(str.strip, text.split("\n")))
        return markdown_of_markup(text, self._picture)

    def _named(self, text: str) -> tuple[str, str]:
        found = _FORMAT.match(text)
        return (found[1].lower(), text[found.end() :]) if found else (self.kind, text)

    def _picture(self, source: str) -> str | None:
        return self._pictures.address(source, {}, self.dropped)


def with_gap(stem: str, *, asked: bool) -> str:
    """The stem with a gap where the answers stood. `asked`: it asks for one text, so underscores
    that somebody drew beside it ask for nothing; without answers inside, the first of them does."""
    inside = ANSWERS in stem
    if asked:
        drawn = find_inline(stem, "gap")[0 if inside else 1 :]
        stem = replace_spans(stem, drawn, ["\\_\\_\\_"] * len(drawn))
    return _AROUND.sub(f" {GAP} ", stem).strip() if inside else stem

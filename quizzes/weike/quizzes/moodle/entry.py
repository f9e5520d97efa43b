"""One `<question>` of a Moodle file: its texts as Markdown, its answers, what is common to all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from typing import Any

from weike.quizzes.errors import Problem
from weike.quizzes.i18n import _
from weike.quizzes.moodle.files import Pictures, pictures_of
from weike.quizzes.moodle.markup import markdown_of_markup
from weike.quizzes.moodle.tree import Node
from weike.quizzes.pictures import map_pictures
from weike.quizzes.plaintext import markdown_of
from weike.quizzes.text import ID_PATTERN

_WRITTEN_TAGS = re.compile(
    r"</?(?:p|br|b|i|u|em|strong|span|div|font|sub|sup|h\d)\b[^<>]*/?>", re.IGNORECASE
)
_FORMULA = re.compile(r"\\\\\((.+?)\\\\\)")
_BLOCK_TAG = re.compile(r"<(?:p|div|br|ul|ol|table|pre)\b", re.IGNORECASE)


class UnfitError(Exception):
    """What is wrong with a question, or why a bank cannot hold it."""

    def __init__(self, message: str, repair: str = "") -> None:
        self.problem = Problem(message=message, repair=repair)


@dataclass(frozen=True, slots=True)
class Answer:
    """`weight` is a share of 1, as in Moodle's `fraction`."""

    node: Node
    weight: float


@dataclass
class Entry:
    """`dropped` gathers what a bank has no place for."""

    node: Node
    pictures: Pictures
    dropped: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.node.attributes.get("type", "").strip().casefold()

    @cached_property
    def stem(self) -> str:
        node = self.node.get("questiontext")
        return self.text(node) or markdown_of(unescape(self.node.value("name")))

    @cached_property
    def format(self) -> str:
        node = self.node.get("questiontext")
        return node.attributes.get("format", "html").strip() if node else "html"

    @cached_property
    def _files(self) -> Mapping[str, Node]:
        return pictures_of(filter(None, [self.node.get("questiontext"), self.node]))

    def answers(self) -> list[Answer]:
        return [Answer(one, fraction(one)) for one in self.node.all("answer")]

    def text(self, node: Node | None) -> str:
        """The text of an element as Markdown, "" where there is none."""
        if node is None:
            return ""
        return self.shown(_inside(node), node)

    def shown(self, text: str, node: Node) -> str:
        """A text in the format that its element names, as Markdown."""
        kind = node.attributes.get("format", "").strip() or self.format
        files = {**self._files, **pictures_of([node])}

        def picture(source: str) -> str | None:
            return self.pictures.address(source, files, self.dropped)

        text = text.strip()
        if kind == "markdown":
            text = _FORMULA.sub(r"$\1$", text)
            return map_pictures(text, lambda source: picture(source) or "")
        if kind == "plain_text":
            return "\n\n".join(markdown_of(part) for part in re.split(r"\n\s*\n", text))
        if kind == "moodle_auto_format" and not _BLOCK_TAG.search(text):
            text = text.replace("\n", "<br>")
        return markdown_of_markup(text, picture)

    def feedback(self, node: Node) -> str | None:
        return self.text(node.get("feedback")) or None

    def common(self) -> dict[str, Any]:
        """The fields that every question has, and a word on what goes."""
        body: dict[str, Any] = {}
        id = self.node.value("idnumber")
        if re.search(ID_PATTERN, id):
            body["id"] = id
        elif id:
            self.dropped.append(_("id numbers that cannot be ids"))
        points = number(self.node.value("defaultgrade"))
        if points is not None and 0 <= points <= 1000:
            body["points"] = round(points, 7)
        if tags := list(dict.fromkeys(filter(None, self._tags()))):
            body["tags"] = tags
        if said := self.text(self.node.get("generalfeedback")):
            body["explanation"] = said
        if any(_inside(hint).strip() for hint in self.node.all("hint")):
            self.dropped.append(_("hints"))
        together = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
        if any(self.node.value(name) for name in together):
            self.dropped.append(_("what is said to every right, partly right or wrong answer"))
        return body

    def _tags(self) -> Iterator[str]:
        for group in (*self.node.all("tags"), self.node):
            for tag in group.all("tag"):
                inner = tag.get("text")
                yield " ".join(unescape(inner.content if inner else tag.own).split())


def _inside(node: Node) -> str:
    inner = node.get("text")
    return inner.content if inner is not None else node.own


def plain(node: Node) -> str:
    """A text that people type, without the tags that an editor has put around it."""
    return without_tags(_inside(node))


def without_tags(text: str) -> str:
    """A text in one line, without the tags that an editor has put around it."""
    if _WRITTEN_TAGS.search(text):
        text = unescape(_WRITTEN_TAGS.sub("", text))
    return " ".join(text.replace("\xa0", " ").split())


def fraction(node: Node) -> float:
    found = number(node.attributes.get("fraction", ""))
    return 0.0 if found is None else max(-1.0, min(1.0, found / 100))


def number(text: str) -> float | None:
    """A number as a program or a person wrote it; None for anything else."""
    text = text.strip().replace("−", "-")
    if text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        value = float(re.sub(r"\s*[x×*]\s*10\^?\s*", "e", text))
    except ValueError:
        return None
    return value if abs(value) < 1e300 else None

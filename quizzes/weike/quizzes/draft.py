"""One question of a Markdown bank, cut into its parts and not yet of any type."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeVar

from weike.quizzes.attributes import Attributes, split_attributes
from weike.quizzes.blocks import Block, Item, blocks, find_inline, items, unquote
from weike.quizzes.errors import Problem
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.quizzes.text import FALSE_WORDS, ID_PATTERN, TRUE_WORDS

_KNOWN = ("id", "points", "difficulty", "topic", "tags", "type")

# Lines that were meant as an option: with full-width or round brackets, without a space behind the
# sign, with another sign. The second kind, with a sign of its own, is never text of an option.
_MEANT = re.compile(r"\s*(?:[-*+－–—•·]\s*)?[\[［【(（]\s*[xX√✓×✗]?\s*[\]］】)）](?![(\[])")
_MEANT_WITH_SIGN = re.compile(r"\s*[-*+－–—•·]\s*[\[［【]\s*[xX√✓×✗]?\s*[\]］】](?![(\[])")

Q = TypeVar("Q", bound=Question)


@dataclass(frozen=True, slots=True)
class Line:
    """A line such as `= 110 ± 10 次`, without its sign."""

    text: str
    line: int


@dataclass(slots=True)
class Draft:
    """What `Question.claims` and `from_markdown` read.

    The stem's text depends on which of the parts the type takes: `before_items`,
    `before_answers`, or `whole`.
    """

    line: int
    heading: str
    source: Sequence[str]  # the lines under the heading
    source_line: int  # where the first of them stands in the file
    problems: list[Problem]
    attributes: Attributes = field(init=False)
    parts: list[Block] = field(init=False)  # all of them, quotes and comments too
    body: list[Block] = field(init=False)
    items: list[Item] = field(init=False, default_factory=list)
    answers: list[Line] = field(init=False, default_factory=list)
    explanation: str | None = field(init=False, default=None)
    failed: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self.heading, self.attributes = self.attributes_at_end(
            self.heading, self.line, known=_KNOWN
        )
        self.parts = blocks("\n".join(self.source), self.source_line)
        body = [block for block in self.parts if not block.is_comment]
        while body and body[-1].kind == "hr":
            body.pop()
        quotes: list[Block] = []
        while body and body[-1].kind == "blockquote":
            quotes.insert(0, body.pop())
        self.explanation = unquote(quotes)
        self.body = body
        if body and body[-1].is_list:
            self.items = items(body[-1])
        elif body and body[-1].kind == "paragraph":
            self.answers = _answer_lines(body[-1])

    def problem(self, line: int, message: str, repair: str = "") -> None:
        self.failed = True
        self.problems.append(Problem(line=line, message=message, repair=repair))

    @property
    def is_task_list(self) -> bool:
        return any(item.is_task for item in self.items)

    @property
    def says_true_and_false(self) -> bool:
        if len(self.items) != 2:
            return False
        words = {item.text.strip().casefold() for item in self.items}
        return bool(words & TRUE_WORDS) and bool(words & FALSE_WORDS)

    @property
    def fills(self) -> list[tuple[int, int]]:
        """Where `[[answer]]` stands in the stem. In an option double brackets are text."""
        if "[[" not in self.heading and not any("[[" in line for line in self.source):
            return []
        return find_inline(self.before_items() if self.is_task_list else self.whole(), "fill")

    def whole(self) -> str:
        return self.before(self.body[-1].line + len(self.body[-1].lines) if self.body else 0)

    def before_items(self) -> str:
        return self.before(self.body[-1].line) if self.items else self.whole()

    def before_answers(self) -> str:
        return self.before(self.answers[0].line) if self.answers else self.whole()

    def before(self, line: int) -> str:
        """Heading and source up to a line of the file."""
        body = "\n".join(self.source[: max(0, line - self.source_line)]).strip("\n").rstrip()
        return f"{self.heading}\n\n{body}".strip("\n")

    def line_of(self, offset: int) -> int:
        """The file's line of a place in `whole()`."""
        number = self.whole()[:offset].count("\n")
        if self.heading and not number:
            return self.line
        blank = next((i for i, text in enumerate(self.source) if text.strip()), 0)
        return self.source_line + blank + number - (2 if self.heading else 0)

    def misplaced(self) -> bool:
        """Whether something stands behind the options; then that is noted."""
        for block, after in pairwise(self.body):
            if not block.is_list or not any(item.is_task for item in items(block)):
                continue
            if after.kind == "blockquote":
                message = _("a quote between the options")
                repair = _("indent it by two spaces to make it feedback of the option above")
            elif after.is_list:
                message = _("two lists of options")
                repair = _("begin every option with the same sign, -")
            else:
                message = _("text behind the options")
                repair = _("begin it with > to make it the explanation, or move it up")
            self.problem(after.line, message, repair)
            return True
        return False

    def without_answers(self) -> None:
        """Says why nothing here can be answered."""
        if self.misplaced():
            return
        for number, text in enumerate(self.source, start=self.source_line):
            if _MEANT.match(text):
                self.no_option(number, text)
                return
        for number, text in ((self.line, self.heading), *enumerate(self.source, self.source_line)):
            if "[[" in text or "【【" in text:
                self.problem(
                    number,
                    _("a blank without an end"),
                    _("write it as [[answer]] on one line"),
                )
                return
        self.problem(
            self.line,
            _("the question has no answers"),
            _("add options such as - [x] …, a blank [[…]], or a number = …"),
        )

    def no_option(self, line: int, text: str) -> None:
        self.problem(
            line,
            _("{text} is no option").format(text=text.strip()[:20]),
            _("write it as - [ ] at the beginning of its line, with half-width signs and spaces"),
        )

    def swallowed(self, item: Item) -> None:
        """Notes a line of an option's text that was meant as the next option."""
        lines = [] if "```" in item.text else item.text.split("\n")[1:]
        for number, text in enumerate(lines, start=item.line + 1):
            if _MEANT_WITH_SIGN.match(text):
                self.no_option(number, text)
                return

    def attributes_at_end(
        self, text: str, line: int, *, known: Sequence[str]
    ) -> tuple[str, Attributes]:
        text, values = split_attributes(text)

        def note(message: str, repair: str) -> None:
            self.problem(line, message, repair)

        for name in sorted(set(values or {}) - set(known)):
            note(
                _("unknown attribute {name}").format(name=name),
                _("known ones are: {names}; write \\{{ if the brace is text").format(
                    names=", ".join(known)
                ),
            )
        return text.strip(), Attributes(values or {}, note)

    def build(self, cls: type[Q], stem: str, **own: Any) -> Q | None:
        """The question, None if any of its parts had a problem."""
        if not stem.strip():
            self.problem(
                self.line,
                _("the question has no text"),
                _("write it behind ##"),
            )
        points = self.attributes.number("points", low=0, high=1000, default=cls.points)
        difficulty = self.attributes.number("difficulty", low=1, high=5)
        id = self.attributes.get("id") or ""
        if id and not re.search(ID_PATTERN, id):
            self.problem(
                self.line,
                _("{value} is no id").format(value=id),
                _("use letters A-Z, digits, - and _, 64 at most"),
            )
        tags = (self.attributes.get("tags") or "").replace("，", ",").split(",")
        if self.failed:
            return None
        question = cls(
            id=id,
            stem=stem,
            points=cls.points if points is None else points,
            difficulty=None if difficulty is None else round(difficulty),
            topic=self.attributes.get("topic"),
            tags=tuple(tag.strip() for tag in tags if tag.strip()),
            explanation=self.explanation,
            **own,
        )
        for text in question.problems():
            self.problem(self.line, text)
        return None if self.failed else question


def _answer_lines(block: Block) -> list[Line]:
    """The lines at a paragraph's end that begin with `=`."""
    found: list[Line] = []
    for offset in range(len(block.lines) - 1, -1, -1):
        text = block.lines[offset].strip()
        if text[:1] not in ("=", "＝"):
            break
        found.insert(0, Line(text=text[1:].strip(), line=block.line + offset))
    return found

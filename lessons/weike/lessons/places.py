"""What stands where in a lesson version: blocks of the page and the questions in it, one by one.

For people who look at a version before it is published; the keys are in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from weike.lessons.tree import Element, parse
from weike.quizzes.bank import Bank
from weike.quizzes.formats import markdown
from weike.quizzes.html import render
from weike.quizzes.question import Question
from weike.quizzes.quiz import QuizDefinition
from weike.results.versions import LessonVersion

QUOTE = 60
_MARKS = re.compile(r"^[-*] \[([xX ])\] (.*)$")
_BLANK = re.compile(r"\[\[(.{1,500}?)\]\]")
_WHITE = re.compile(r"\s+")
Kind = Literal["text", "quiz", "question"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line below a question's stem: a right or a wrong option, what is said of it, or else."""

    kind: Literal["right", "wrong", "said", "plain"]
    html: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A block, the head of a quiz, or a question. `key` names it within the version.

    `html` is clean; `lines` are what a comparison sees.
    """

    key: str
    kind: Kind
    html: str
    lines: tuple[str, ...]
    answers: tuple[Line, ...] = ()
    explanation: str = ""

    @property
    def live(self) -> bool:
        """Whether the interactive part of the lesson is opened here."""
        return self.kind == "text" and self.html.startswith('<section class="weike-live"')

    @property
    def quote(self) -> str:
        """How the text begins, so that a remark is understood without the page."""
        words = _WHITE.sub(" ", parse(self.html).text()).strip()
        return words if len(words) <= QUOTE else words[: QUOTE - 1] + "…"


def places(version: LessonVersion) -> list[Place]:
    """Everything on a page, from the top."""
    quizzes = {f"{version.slug}/{one.id}": one for one in version.quizzes}
    found: list[Place] = []
    for block in parse(version.body_html).children:
        if not isinstance(block, Element):
            continue
        quiz = quizzes.get(block.attributes.get("data-quiz", ""))
        if quiz is not None:
            found += _quiz(quiz)
        else:
            key = f"b{block.attributes.get('data-place', len(found) + 1)}"
            found.append(Place(key=key, kind="text", html=block.html(), lines=_text(block)))
    return found


def head_lines(version: LessonVersion) -> tuple[str, ...]:
    """What a lesson says of itself."""
    said = (version.title, version.topic, version.minutes, version.audience, version.kind)
    names = ("title", "topic", "minutes", "audience", "kind")
    return tuple(f"{name}: {value}" for name, value in zip(names, said, strict=True) if value)


def _quiz(quiz: QuizDefinition) -> Iterator[Place]:
    bank = Bank(title=quiz.title, rules=quiz.rules, questions=())
    rules = tuple(line for line in markdown.dumps(bank).splitlines() if line.strip("- "))
    title = render(f"**{quiz.title}**")
    yield Place(key=f"q:{quiz.id}", kind="quiz", html=title, lines=rules)
    for question in quiz.questions:
        yield _question(quiz.id, question)


def _question(quiz: str, question: Question) -> Place:
    stem, answers = question.to_markdown()
    html = render(stem)
    marked = _BLANK.sub(lambda match: f"<mark>{match[1].replace('|', ' / ')}</mark>", html)
    text = markdown.dump_question(question)
    return Place(
        key=f"q:{quiz}/{question.id}",
        kind="question",
        html=marked,
        lines=tuple(line for line in text.splitlines() if line.strip()),
        answers=tuple(_answer(line) for line in answers.splitlines() if line.strip()),
        explanation=render(question.explanation) if question.explanation else "",
    )


def _answer(line: str) -> Line:
    if match := _MARKS.match(line):
        return Line("wrong" if match[1] == " " else "right", render(match[2]))
    text = line.strip()
    if text.startswith(">"):
        return Line("said", render(text[1:]))
    return Line("plain", render(text.replace("->", "→")))


def _text(block: Element) -> tuple[str, ...]:
    """The text of a block, line by line; a picture, sound or film as its words and its file."""
    parts: list[str] = []

    def walk(element: Element) -> None:
        for child in element.children:
            if isinstance(child, str):
                parts.append(child)
            elif child.tag in ("img", "audio", "video", "source"):
                words = child.attributes.get("alt", "")
                file = child.attributes.get("src", "").rpartition("/")[2]
                parts.append(f" [{words} {file[:8]}] ")
                walk(child)
            else:
                breaks = child.tag in ("p", "li", "tr", "br", "h1", "h2", "h3", "h4", "pre")
                parts.append("\n" if breaks else "")
                walk(child)
                parts.append("\n" if breaks else " " if child.tag in ("td", "th") else "")

    walk(Element("", {}, [block]))
    lines = (_WHITE.sub(" ", line).strip() for line in "".join(parts).split("\n"))
    return tuple(line for line in lines if line)

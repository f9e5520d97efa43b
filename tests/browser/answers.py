"""What a test knows and a browser does not: the right answers, read from the notebooks."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weike.quizzes import load_bank
from weike.quizzes.formats import markdown
from weike.quizzes.html import render
from weike.quizzes.question import Question
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.numeric import Numeric
from weike.quizzes.types.single import Single

TAG = re.compile(r"<[^>]*>")
EMPTY = re.compile(r"[\s_]+")
TRUTH = {True: ("正确", "True"), False: ("错误", "False")}


def bare(text: str) -> str:
    """Text without white space and gaps, so that page and source can be compared."""
    return EMPTY.sub("", text)


def seen(source: str) -> str:
    """What a reader of this Markdown sees, bare."""
    return bare(html.unescape(TAG.sub("", render(source))))


@dataclass(frozen=True, slots=True)
class Answer:
    """`picks` are the texts of options to pick (true and false in each language), `texts` what is
    typed; the other one is empty."""

    picks: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


class Key:
    """The questions of one lesson, found by what they ask."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self._known = {seen(question.stem): question for question in questions}

    def question(self, stem: str) -> Question:
        """The question whose stem reads like this; `stem` is the text on the page."""
        return self._known[bare(stem)]

    def answer(self, stem: str, *, right: bool = True) -> Answer:
        return answer(self.question(stem), right=right)

    def response(self, item: Mapping[str, Any], *, right: bool = True) -> Any:
        """The response in the protocol's terms to an item of an opened paper."""
        wished = self.answer(html.unescape(TAG.sub("", item["html"])), right=right)
        if item["type"] == "boolean":
            return wished.picks == TRUTH[True]
        if item["type"] == "blank":
            return list(wished.texts)
        if item["type"] == "numeric":
            return wished.texts[0]
        ids = [
            option["id"]
            for option in item["options"]
            if bare(html.unescape(TAG.sub("", option["html"]))) in wished.picks
        ]
        return ids[0] if item["type"] == "single" else ids


def keys(course: Path) -> dict[str, Key]:
    """The key of every lesson by its slug."""
    lessons = course / "lessons"
    notebooks = [
        file for file in lessons.rglob("*.ipynb") if file.relative_to(lessons).parts[0] != "weike"
    ]
    return {notebook.stem: Key(questions(notebook, course)) for notebook in notebooks}


def questions(notebook: Path, course: Path) -> list[Question]:
    """Every question of a lesson's quizzes; where it draws from a bank, the whole bank."""
    found: list[Question] = []
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        head, _newline, body = "".join(cell["source"]).partition("\n")
        if cell["cell_type"] == "code" and head.startswith("%%quiz"):
            bank = markdown.loads(body)
            found += load_bank(course / "quizzes" / bank.bank) if bank.bank else bank
    return found


def answer(question: Question, *, right: bool) -> Answer:
    match question:
        case Single() | Multiple():
            picks = [seen(option.text) for option in question.options if option.right is right]
            return Answer(picks=tuple(picks if isinstance(question, Multiple) else picks[:1]))
        case Boolean():
            return Answer(picks=TRUTH[question.right is right])
        case Blank():
            words = [synonyms[0].text for synonyms in question.blanks]
            return Answer(texts=tuple(words if right else ["肯定不对"] * len(words)))
        case Numeric():
            return Answer(texts=(number(question) if right else "987654",))
    raise AssertionError(f"no answer to a question of type {question.type}")


def number(question: Numeric) -> str:
    first = question.answers[0]
    value = first.value if first.value is not None else first.min
    assert value is not None
    return f"{value:g}"

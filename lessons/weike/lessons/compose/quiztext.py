"""The text of a `%%quiz` cell as a form, and the form as a text.

Only what was changed is written anew: the lines of the other questions, their comments and their
spelling stay as somebody wrote them.

The form is `{"name", "title", "bank", "draw", "passing", "questions": […]}`; `bank` is "" where the
questions stand in the cell, `passing` a percentage. A question is the model's own JSON. One that
cannot be asked yet, such as one without a right answer, stands in the cell as a comment: it is
not lost, and members do not see it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from functools import cache
from typing import Any

from weike.lessons.quizcell import MAGIC, QUIZ_ID
from weike.quizzes.bank import Bank
from weike.quizzes.errors import BankError, Problem, WeikeError
from weike.quizzes.formats import markdown
from weike.quizzes.front import write_front_matter
from weike.quizzes.i18n import _
from weike.quizzes.number import plain
from weike.quizzes.question import Question
from weike.quizzes.schema import bank_schema, check
from weike.quizzes.text import ID_PATTERN
from weike.quizzes.types import known

Json = dict[str, Any]

MOST_QUESTIONS = 300
MOST_QUESTION = 50_000  # characters of one question's JSON
UNFINISHED = re.compile(r"^<!-- unfinished: (\{.*\}) -->[ \t]*$", re.MULTILINE)
_ANY = "## ?\n- [x] a\n- [ ] b\n"  # a question to read a head with that has none


@dataclass(frozen=True, slots=True)
class _Part:
    """One question and the lines it stands on."""

    question: Json
    text: str


@dataclass(frozen=True, slots=True)
class _Quiz:
    """A cell taken apart: its first line, what stands before the questions, the questions."""

    first: str
    head: str
    bank: Bank
    parts: tuple[_Part, ...]


def read_quiz(source: str, *, zone: tzinfo = UTC) -> Json:
    """The form of a cell. Raises `BankError` where the text is no quiz that can be read."""
    return _form(_apart(source, zone))


def write_quiz(form: Mapping[str, Any], old: str | None, *, zone: tzinfo = UTC) -> str:
    """The cell's text for a form; `old` is the text that the form was read from."""
    cell = _apart(old, zone) if old is not None else None
    if cell is not None and old is not None and _same(form, _form(cell)):
        return old
    first = f"%%quiz {form['name']}\n"
    if cell is not None and (match := MAGIC.match(cell.first)) and match[1] == form["name"]:
        first = cell.first
    end = "\n" if old is not None and old.endswith("\n") else ""
    head, marked = _head(form, cell), _apart_ids(form["questions"])
    for sure in (False, True):
        parts = [_text(question, twice or sure, cell, zone) for question, twice in marked]
        written = first + _joined([head, *parts]).rstrip("\n") + end
        if _reads(written, len(marked), zone):
            break
    return written


def problems(question: Mapping[str, Any], *, zone: tzinfo = UTC) -> list[str]:
    """Why members cannot be asked a question yet."""
    return _whole(question, zone)[1]


def sound_quiz(form: Mapping[str, Any]) -> bool:
    """Whether a browser's form has the right shape; its questions may be unfinished."""
    draw, passing, questions = form.get("draw"), form.get("passing"), form.get("questions")
    return (
        isinstance(form.get("name"), str)
        and QUIZ_ID.fullmatch(form["name"]) is not None
        and (draw is None or (_is_whole(draw) and 1 <= draw <= 1000))
        and (passing is None or (_is_number(passing) and 0 <= passing <= 100))
        and isinstance(questions, list)
        and len(questions) <= MOST_QUESTIONS
        and not (form.get("bank") and questions)
        and all(map(_sound, questions))
        and not any("\n" in str(form.get(name)) for name in ("title", "bank"))
    )


def _sound(question: object) -> bool:
    return (
        isinstance(question, dict)
        and question.get("type") in known()
        and isinstance(question.get("id"), str)
        and re.search(ID_PATTERN, question["id"]) is not None
        and isinstance(question.get("stem"), str)
        and len(json.dumps(question)) <= MOST_QUESTION
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


# Reading


def _apart(source: str, zone: tzinfo) -> _Quiz:
    match = MAGIC.match(source)
    assert match is not None, "not a quiz"
    name, body = match[1] or "", source[match.end() :]
    if not QUIZ_ID.fullmatch(name) or "\r" in body:
        raise BankError(_("the quiz"), [_no_name(name)])
    waiting = [
        (found.start(), question)
        for found in UNFINISHED.finditer(body)
        if (question := _unfinished(found[1])) is not None
    ]
    bank = _load(body, zone)
    lines = body.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    found = [(starts[bank.lines[q.id] - 1], q.to_json()) for q in bank.questions]
    marks = sorted([*found, *waiting], key=lambda mark: mark[0])
    ends = [at for at, _question in marks[1:]] + [len(body)] * bool(marks)
    parts = tuple(
        _Part(question, body[at:end]) for (at, question), end in zip(marks, ends, strict=True)
    )
    head = body[: marks[0][0]] if marks else body
    return _Quiz(source[: match.end()], head, bank, parts)


def _load(body: str, zone: tzinfo) -> Bank:
    """The bank in a text. One that holds nothing yet but its head is empty, not wrong."""
    try:
        return markdown.loads(body, source=_("the quiz"), zone=zone)
    except BankError:
        if re.search(r"^##(?!#)", body, re.MULTILINE):
            raise
        bank = markdown.loads(f"{body}\n\n{_ANY}", source=_("the quiz"), zone=zone)
        return replace(bank, questions=(), lines={})


def _unfinished(text: str) -> Json | None:
    try:
        question = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return question if _sound(question) else None


def _no_name(name: str) -> Problem:
    return Problem(message=_("“{name}” cannot be the name of a quiz").format(name=name))


def _form(cell: _Quiz) -> Json:
    match = MAGIC.match(cell.first)
    assert match is not None
    rules = cell.bank.rules
    passing = None if rules.passing == type(rules)().passing else plain(rules.passing * 100)
    return {
        "name": match[1],
        "title": cell.bank.title or "",
        "bank": cell.bank.bank or "",
        "draw": rules.draw,
        "passing": passing,
        "questions": [part.question for part in cell.parts],
    }


def _same(form: Mapping[str, Any], other: Json) -> bool:
    return all(form[name] == other[name] for name in other)


# Writing


def _head(form: Mapping[str, Any], cell: _Quiz | None) -> str:
    """What stands before the questions, as it was if nothing in it changes."""
    bank = cell.bank if cell is not None else Bank()
    if cell is not None:
        old = _form(cell)
        if all(form[name] == old[name] for name in ("title", "bank", "draw", "passing")):
            return cell.head
    rules = bank.rules
    if form["draw"] != rules.draw:
        rules = replace(rules, draw=form["draw"], strata=())
    share = type(rules)().passing if form["passing"] is None else form["passing"] / 100
    rules = replace(rules, passing=share)
    return write_front_matter(
        replace(bank, title=form["title"] or None, bank=form["bank"] or None, rules=rules)
    ).strip("\n")


def _apart_ids(questions: Sequence[Json]) -> list[tuple[Json, bool]]:
    """The questions, each with whether another one above it has its id."""
    seen: set[str] = set()
    found = []
    for question in questions:
        found.append((question, question["id"] in seen))
        seen.add(question["id"])
    return found


def _joined(pieces: Sequence[str]) -> str:
    """The pieces below each other; one that was there already keeps the space behind it."""
    text = ""
    for piece in filter(None, pieces):
        apart = "\n\n" if not text.endswith("\n") or piece.startswith("<!--") else "\n"
        if text.strip():
            text = text if text.endswith(apart) else text.rstrip("\n") + apart
        text += piece
    return text


def _reads(source: str, count: int, zone: tzinfo) -> bool:
    """Whether the questions, each fine by itself, can stand beside each other."""
    try:
        return len(_apart(source, zone).parts) == count
    except BankError:
        return False


def _text(question: Json, later: bool, cell: _Quiz | None, zone: tzinfo) -> str:
    """The lines of one question; `later` keeps it from being asked."""
    for part in cell.parts if cell is not None else ():
        if part.question == question:
            return part.text
    whole, _why = (None, []) if later else _whole(question, zone)
    if whole is not None:
        return markdown.dump_question(whole).strip("\n")
    # No ">" in it: nothing inside can end the comment.
    said = json.dumps(question, ensure_ascii=False).replace(">", "\\u003e")
    return f"<!-- unfinished: {said} -->"


def _whole(question: Mapping[str, Any], zone: tzinfo) -> tuple[Question | None, list[str]]:
    """The question that members can be asked, or what is still missing."""
    flaws = check(question, _schema())
    if flaws:
        return None, flaws
    try:
        made = Question.from_json(question)
    except (WeikeError, ValueError, TypeError, KeyError) as error:
        return None, [str(error)]
    if flaws := made.problems():
        return None, flaws
    try:
        (read,) = markdown.loads(markdown.dump_question(made), source="", zone=zone).questions
    except (BankError, ValueError) as error:
        said = [str(p) for p in error.problems] if isinstance(error, BankError) else []
        return None, said or [_("this question cannot be written down")]
    if read.to_json() != made.to_json():
        return None, [_("this question cannot be written down")]
    return made, []


@cache
def _schema() -> Mapping[str, Any]:
    whole = bank_schema()
    return {**whole["$defs"]["question"], "$defs": whole["$defs"]}

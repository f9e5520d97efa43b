"""A question as the fields of a form, and back: every type with the fields that it has.

A field that an author has left empty is not there. What the form cannot show (what an option
weighs, a synonym that is only partly right) stays with the text that it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from weike.quizzes.answers import folded
from weike.quizzes.choice import Choice
from weike.quizzes.errors import BankError, WeikeError
from weike.quizzes.formats import markdown
from weike.quizzes.html import GAP
from weike.quizzes.i18n import _, listed
from weike.quizzes.number import plain
from weike.quizzes.question import Question
from weike.quizzes.reading import question_schema
from weike.quizzes.schema import check
from weike.quizzes.text import normalise
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.numeric import Numeric, read_answer
from weike.quizzes.types.ordering import Ordering

# The types with fields of their own, in the order in which a new question offers them.
TYPES: Final = (
    "single", "multiple", "boolean", "blank", "numeric", "matching", "ordering", "essay", "poll",
    "note",
)  # fmt: skip
LONGEST: Final = 20_000  # letters of one field
MOST_ROWS: Final = 26
ANSWERS: Final = "answers"  # where what is wrong with the answers as a whole is said
_COMMON: Final = ("stem", "explanation", "points", "topic", "difficulty", "tags", "id")

Texts = Callable[[str], Sequence[str]]


@dataclass(slots=True)
class Form:
    """The fields as the page shows them. `rows` are options, blanks, numbers, pairs or items.

    `errors` are sentences by field; a row's field is its name and number, such as `text2`.
    """

    type: str
    values: dict[str, str] = field(default_factory=dict)
    rows: list[dict[str, str]] = field(default_factory=list)
    more: list[str] = field(default_factory=list)  # what belongs to nothing, in a matching question
    errors: dict[str, list[str]] = field(default_factory=dict)

    def wrong(self, name: str, message: str) -> None:
        self.errors.setdefault(name, []).append(message)


def fields_of(question: Question) -> Form:
    """The form of a question as it is."""
    form = Form(question.type if question.type in TYPES else "source")
    form.values = {
        "stem": question.stem,
        "explanation": question.explanation or "",
        "points": str(plain(question.points)),
        "topic": question.topic or "",
        "difficulty": str(question.difficulty or ""),
        "tags": listed(question.tags),
        "id": question.id,
    }
    match question:
        case Choice():
            form.rows = [
                {"text": o.text, "right": "1" if o.right else "", "feedback": o.feedback or ""}
                for o in question.options
            ]
        case Boolean():
            form.values |= {
                "right": "true" if question.right else "false",
                "if_right": question.if_right or "",
                "if_wrong": question.if_wrong or "",
            }
        case Blank():
            form.rows = [
                {"text": "\n".join(synonym.text for synonym in blank)} for blank in question.blanks
            ]
        case Numeric():
            form.rows = [
                {"text": str(one), "feedback": one.feedback or ""} for one in question.answers
            ]
        case Matching():
            form.rows = [{"left": left, "text": right} for left, right in question.pairs]
            form.more = list(question.distractors)
        case Ordering():
            form.rows = [{"text": text} for text in question.items]
    if form.type == "source":
        form.values["source"] = markdown.dump_question(question)
    return form


def empty(kind: str, *, topic: str = "") -> Form:
    """The form of a question that is still to be written."""
    form = Form(kind, values=dict.fromkeys(_COMMON, "") | {"topic": topic})
    return with_rows(form)


def with_rows(form: Form, spare: int = 0) -> Form:
    """With empty rows to fill in: as many as a type needs at least, and `spare` more."""
    least = {
        "single": 4, "multiple": 4, "poll": 3, "blank": 1, "numeric": 1, "matching": 3,
        "ordering": 3,
    }.get(form.type, 0)  # fmt: skip
    if not least:
        return form
    wanted = min(MOST_ROWS, max(least, len(form.rows) + spare))
    form.rows += [{} for _n in range(wanted - len(form.rows))]
    return form


def read_form(kind: str, texts: Texts) -> Form:
    """What was sent: `texts(name)` gives every value of that name, in the order of the page."""
    form = Form(kind)
    names = {"boolean": ("right", "if_right", "if_wrong"), "source": ("source",)}.get(kind, ())
    for name in (*_COMMON, *names):
        form.values[name] = _text(next(iter(texts(name)), ""))
    columns = {name: list(map(_text, texts(name))) for name in ("text", "feedback", "left")}
    count = min(MOST_ROWS, max(map(len, columns.values()), default=0))
    ticked = set(texts("tick"))
    for n in range(count):
        row = {name: values[n] for name, values in columns.items() if n < len(values)}
        if kind in ("single", "multiple"):
            row["right"] = "1" if str(n) in ticked else ""
        form.rows.append(row)
    form.more = [text for text in map(_text, texts("more")) if text][:MOST_ROWS]
    return form


def question_of(form: Form, *, old: Question | None = None) -> Question | None:
    """The question that a form describes; None after its errors were noted.

    `old` is what it was: its id stays, and what no field shows.
    """
    if form.type == "source":
        return _from_source(form, old)
    body: dict[str, Any] = {"type": form.type, "stem": form.values["stem"]}
    _read_common(form, body)
    body |= _own(form, old)
    if old is not None:
        body["id"] = old.id
    if form.errors:
        return None
    for message in check(body, question_schema()):
        _place(form, message)
    if form.errors:
        return None
    question = Question.from_json(body)
    for message in question.problems():
        form.wrong("stem" if not question.stem.strip() else ANSWERS, message)
    return None if form.errors else question


def _from_source(form: Form, old: Question | None) -> Question | None:
    try:
        read = markdown.loads(form.values["source"]).questions
    except BankError as error:
        for problem in error.problems:
            form.wrong("source", str(problem))
        return None
    if len(read) != 1:
        form.wrong("source", _("write one question here"))
        return None
    question = read[0]
    if old is not None and question.id != old.id:
        return Question.from_json(question.to_json() | {"id": old.id})
    return question


def _read_common(form: Form, body: dict[str, Any]) -> None:
    values = form.values
    for name in ("explanation", "topic", "id"):
        if values[name]:
            body[name] = values[name]
    tags = [tag.strip() for tag in re.split(r"[,，、;；\n]", values["tags"]) if tag.strip()]
    if tags:
        body["tags"] = list(dict.fromkeys(tags))
    for name, whole in (("points", False), ("difficulty", True)):
        text = folded(values[name]).removesuffix("分").strip()
        if not text:
            continue
        try:
            body[name] = int(text) if whole else float(text)
        except ValueError:
            form.wrong(name, _("{text} is no number").format(text=values[name]))


def _own(form: Form, old: Question | None) -> dict[str, Any]:
    rows = [row for row in form.rows if any(row.get(n) for n in ("text", "left", "feedback"))]
    match form.type:
        case "single" | "multiple" | "poll":
            return {"options": _options(form, rows, old)}
        case "boolean":
            said = {"right": form.values["if_right"], "wrong": form.values["if_wrong"]}
            feedback = {side: text for side, text in said.items() if text}
            if form.values["right"] not in ("true", "false"):
                form.wrong(ANSWERS, _("say whether it is true or false"))
            own: dict[str, Any] = {"right": form.values["right"] == "true"}
            return own | ({"feedback": feedback} if feedback else {})
        case "blank":
            return {"blanks": _blanks(form, rows, old)}
        case "numeric":
            return {"answers": _numbers(form, old)}
        case "matching":
            more = {"distractors": form.more} if form.more else {}
            return {"pairs": [[row.get("left", ""), row.get("text", "")] for row in rows]} | more
        case "ordering":
            return {"items": [row["text"] for row in rows]}
    return {}


def _options(
    form: Form, rows: Sequence[Mapping[str, str]], old: Question | None
) -> list[dict[str, Any]]:
    weights = {o.text: o.weight for o in old.options} if isinstance(old, Choice) else {}
    if form.type == "single" and sum(bool(row.get("right")) for row in rows) > 1:
        form.wrong(ANSWERS, _("a single choice has one right answer"))
    found = []
    for row in rows:
        option: dict[str, Any] = {"text": row.get("text", "")}
        if form.type != "poll":
            option["right"] = bool(row.get("right"))
        if row.get("feedback"):
            option["feedback"] = row["feedback"]
        if (weight := weights.get(option["text"])) is not None:
            option["weight"] = weight
        found.append(option)
    return found


def _blanks(form: Form, rows: Sequence[Mapping[str, str]], old: Question | None) -> list[list[Any]]:
    form.values["stem"] = stem = re.sub(r"[（(][\s　]*[）)]|_{2,}", GAP, form.values["stem"])
    if stem.count(GAP) != len(rows):
        form.wrong(
            "stem",
            _(
                "the text has {gaps} blanks, but there are answers for {n}; write ____ for each"
            ).format(gaps=stem.count(GAP), n=len(rows)),
        )
    known = {
        (n, synonym.text): synonym.to_json()
        for n, blank in enumerate(old.blanks if isinstance(old, Blank) else ())
        for synonym in blank
    }
    return [
        [
            known.get((n, text), text)
            for text in map(str.strip, re.split(r"[\n;；]", row.get("text", "")))
            if text
        ]
        for n, row in enumerate(rows)
    ]


def _numbers(form: Form, old: Question | None) -> list[dict[str, Any]]:
    known = {normalise(str(one)): one for one in old.answers} if isinstance(old, Numeric) else {}
    found = []
    for n, row in enumerate(form.rows):
        text = row.get("text", "")
        if not text:
            continue
        read = known.get(normalise(text)) or read_answer(text.lstrip("=").strip())
        if read is None:
            form.wrong(
                f"text{n}",
                _("{text} is no number; write one such as 110, 110 ± 10 or 100..120").format(
                    text=text
                ),
            )
            continue
        body = {name: value for name, value in read.to_json().items() if name != "feedback"}
        found.append(body | ({"feedback": row["feedback"]} if row.get("feedback") else {}))
    return found


def _place(form: Form, message: str) -> None:
    """A finding of the schema begins with its path: it is said at the field of its first name."""
    path, colon, text = message.partition(": ")
    name = re.split(r"[.\[]", path)[0] if colon else ""
    if name in _COMMON:
        form.wrong(name, text)
    elif place := re.match(r"(?:options|blanks|answers|pairs|items)\[(\d+)\]", path):
        form.wrong(ANSWERS, _("row {n}: {text}").format(n=int(place[1]) + 1, text=text))
    else:
        form.wrong(ANSWERS, text or message)


def _text(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()[:LONGEST]


def check_kind(kind: str) -> str:
    """A type that a new question may have; raises `WeikeError`."""
    if kind not in TYPES:
        raise WeikeError(_("there is no type {name}").format(name=kind))
    return kind

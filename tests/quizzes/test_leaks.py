"""No byte of a key, an explanation or feedback leaves before the rules allow it.

Every type plants words that stand nowhere else; every body that could reach a browser is
searched for them. A planted leak shows that the search finds one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from weike.quizzes import protocol
from weike.quizzes.attempt import Attempt, Saved, deadline_of
from weike.quizzes.formats import json as json_form
from weike.quizzes.paper import draw_paper
from weike.quizzes.question import Layout, Question
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import Rules
from weike.quizzes.types import known
from weike.quizzes.view import QuestionView

START = datetime(2026, 10, 1, 8, tzinfo=UTC)
CLOSE = START + timedelta(hours=2)

# For each type: its JSON, and a response that a browser could send.
BODIES: dict[str, dict[str, Any]] = {
    "single": {
        "options": [
            {"text": "甲", "right": True, "feedback": "SECRET-f1"},
            {"text": "乙", "right": False, "feedback": "SECRET-f2"},
        ]
    },
    "multiple": {
        "options": [
            {"text": "甲", "right": True, "feedback": "SECRET-f1", "weight": 0.815},
            {"text": "乙", "right": True, "feedback": "SECRET-f2"},
            {"text": "丙", "right": False, "feedback": "SECRET-f3"},
        ]
    },
    "boolean": {"right": True, "feedback": {"right": "SECRET-f1", "wrong": "SECRET-f2"}},
    "blank": {
        "blanks": [
            ["SECRET-k1", "SECRET-k2"],
            ["SECRET-k3", {"text": "SECRET-k4", "weight": 0.815, "feedback": "SECRET-f1"}],
        ]
    },
    "numeric": {
        "answers": [
            {"value": 815.4711, "tolerance": 0.815, "unit": "mm", "feedback": "SECRET-f1"},
            {"min": 815.1, "max": 815.2, "weight": 0.815, "feedback": "SECRET-f2"},
        ]
    },
    "matching": {"pairs": [["甲", "子"], ["乙", "丑"]], "distractors": ["寅"]},
    "ordering": {"items": ["甲", "乙", "丙"]},
    "poll": {
        "options": [{"text": "甲", "feedback": "SECRET-f1", "right": True}, {"text": "乙"}],
    },
    "essay": {},
    "note": {},
}
BODIES["material"] = {
    "questions": [
        {
            "type": kind,
            "stem": f"____ 与 ____ {kind} <!-- SECRET-comment -->",
            "explanation": "SECRET-explanation",
            **body,
        }
        for kind, body in BODIES.items()
        if kind != "note"
    ]
}
# 815 stands for every planted number; ids of options hold no 0 and no 1.
# The right side of a matching question is a list; a mark of what is right is true or false.
PLANTED = (
    "SECRET",
    "815",
    '"right": true',
    '"right": false',
    '"key"',
    "weight",
    "explanation",
    "feedback",
    "correct",
)


def responses(made: Attempt, kind: str) -> list[Any]:
    return possible(kind, made.paper.layout("item"))


def possible(kind: str, layout: Layout) -> list[Any]:
    if kind == "material":
        inner = [one["type"] for one in BODIES["material"]["questions"]]
        each = [possible(*one) for one in zip(inner, layout["questions"], strict=True)]
        return [[None] * len(each), [each[0][0]] + [None] * (len(each) - 1), [p[-1] for p in each]]
    ids = [pair[0] for pair in layout.get("options", ())]
    left, right = ([pair[0] for pair in layout.get(side, ())] for side in ("left", "right"))
    return {
        "single": ids,
        "multiple": [[], ids[:1], ids],
        "boolean": [True, False],
        "blank": [["", ""], ["x", "y"]],
        "numeric": ["", "5"],
        "matching": [
            [],
            [[left[0], right[0]]] if left else [],
            list(map(list, zip(left, right[:2], strict=True))),
        ],
        "ordering": [ids, ids[::-1]],
        "poll": ids,
        "essay": ["", "x"],
        "note": [],
    }[kind]


def start(kind: str, **rules: Any) -> Attempt:
    stem = "____ 与 ____" if kind == "blank" else "问"
    data = {
        "questions": [
            {
                "id": "item",
                "type": kind,
                "stem": f"{stem} <!-- SECRET-comment -->",
                "explanation": "SECRET-explanation",
                "tags": ["SECRET-tag"],
                **BODIES[kind],
            }
        ]
    }
    questions = json_form.loads(json.dumps(data)).questions
    quiz = QuizDefinition(id="fire", title="灭火器", rules=Rules(**rules), questions=questions)
    return Attempt(
        id="a1",
        number=1,
        definition=quiz,
        paper=draw_paper(quiz, Random(f"{kind}-{sorted(rules)}")),
        started=START,
        deadline=deadline_of(quiz.rules, START),
    )


def answer(made: Attempt, response: Any, seq: int) -> Attempt:
    protocol.decode(made, "item", response)
    moment = START + timedelta(minutes=seq)
    saved = Saved(
        response=response, seq=seq, event=str(seq), answered_at=moment, received_at=moment
    )
    return made.with_answer("item", saved)


def answered(made: Attempt, kind: str, which: int) -> Attempt:
    """The attempt with one answer, where there is anything to answer."""
    found = responses(made, kind)
    return answer(made, found[which], 1) if found else made


def bodies(made: Attempt, kind: str, now: datetime) -> Iterator[dict[str, Any]]:
    """Everything a browser can make the server say by this time."""
    yield protocol.not_started(made.definition, now=now)
    yield protocol.opened(made, now=now)
    for seq, response in enumerate(responses(made, kind), start=1):
        made = answer(made, response, seq)
        yield protocol.answered(made, "item", now=now)
        yield protocol.answered(made, "item", now=now, late=True)
        yield protocol.opened(made, now=now)


def leaks(recorded: Iterator[dict[str, Any]]) -> set[str]:
    text = "".join(json.dumps(body, ensure_ascii=False) for body in recorded)
    return {word for word in PLANTED if word in text}


@pytest.mark.parametrize("kind", sorted(known()))
@pytest.mark.parametrize("behaviour", ["test", "exam"])
def test_nothing_leaves_before_the_attempt_is_submitted(kind: str, behaviour: str) -> None:
    made = start(kind, behaviour=behaviour, close=CLOSE)
    assert leaks(bodies(made, kind, START)) == set()


@pytest.mark.parametrize("kind", sorted(known()))
@pytest.mark.parametrize("close", [CLOSE, None])
def test_nothing_leaves_a_submitted_exam_before_its_close(
    kind: str, close: datetime | None
) -> None:
    made = start(kind, behaviour="exam", close=close)
    made = answered(made, kind, 0)
    done = replace(made, submitted=START)
    now = CLOSE - timedelta(seconds=1) if close else START + timedelta(days=9999)
    said = [protocol.opened(done, now=now), protocol.submitted(done, now=now)]
    assert leaks(iter(said)) == set()
    assert said[1].keys() - {"pending"} == {"score", "max", "passed", "percent"}


@pytest.mark.parametrize("kind", sorted(known()))
def test_practice_tells_nothing_of_what_was_not_answered(kind: str) -> None:
    made = start(kind, behaviour="practice")
    said = [protocol.not_started(made.definition, now=START), protocol.opened(made, now=START)]
    assert leaks(iter(said)) == set()


@pytest.mark.parametrize("kind", sorted(known()))
@pytest.mark.parametrize(
    ("behaviour", "when"),
    [("practice", START), ("test", START), ("exam", CLOSE)],
)
def test_when_the_rules_allow_it_is_told(kind: str, behaviour: str, when: datetime) -> None:
    made = start(kind, behaviour=behaviour, close=CLOSE)
    made = replace(answered(made, kind, -1), submitted=START)
    text = json.dumps(protocol.submitted(made, now=when), ensure_ascii=False)
    assert "SECRET-explanation" in text
    assert '"correct"' in text
    assert "SECRET-tag" not in text
    assert "SECRET-comment" not in text


@pytest.mark.parametrize("kind", sorted(known()))
def test_the_shown_order_and_ids_are_the_same_whichever_option_is_right(kind: str) -> None:
    """Two quizzes that differ in their keys alone are told apart by nothing in the paper."""
    made = start(kind, behaviour="exam")
    body = json.loads(json.dumps(BODIES[kind]))
    for part in (body, *body.get("questions", ())):
        for option in part.get("options", ()):
            option["right"] = not option.get("right", False)
    question = made.definition.questions[0]
    other: Question = type(question).from_body(body, **_common(question))
    quiz = replace(made.definition, questions=(other,))
    paper = draw_paper(quiz, Random(f"{kind}-{['behaviour']}"))
    twin = replace(made, definition=quiz, paper=paper)
    assert protocol.opened(twin, now=START) == protocol.opened(made, now=START)


@pytest.mark.parametrize("kind", sorted(known()))
def test_the_view_of_a_question_has_no_place_for_a_key(kind: str) -> None:
    made = start(kind)
    view = made.question("item").view(made.paper.layout("item"))
    assert isinstance(view, QuestionView)
    shown = view.to_json()
    assert len(shown.pop("questions", ())) == (len(BODIES) - 2 if kind == "material" else 0)
    for one in (shown, *view.to_json().get("questions", ())):
        assert set(one) <= {
            *("item", "type", "html", "points"),
            *("options", "left", "right", "blanks", "unit"),
        }
        for part in ("options", "left", "right"):
            for option in one.get(part, ()):
                assert set(option) == {"id", "html"}


def test_a_planted_leak_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    made = start("blank", behaviour="exam", close=CLOSE)
    question = type(made.question("item"))
    monkeypatch.setattr(
        question, "shown", lambda self: {**Question.shown(self), "html": str(self.blanks)}
    )
    assert "SECRET" in leaks(bodies(made, "blank", START))
    monkeypatch.undo()
    monkeypatch.setattr(protocol, "releases", lambda *_args: True)
    assert {"SECRET", "feedback"} <= leaks(bodies(made, "blank", START))


def test_every_type_is_searched() -> None:
    assert set(BODIES) == set(known())


def _common(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "stem": question.stem,
        "tags": question.tags,
        "explanation": question.explanation,
    }

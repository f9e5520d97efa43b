"""A question that nobody can answer right is found before members meet it."""

from __future__ import annotations

from typing import Any

import pytest

from weike.lessons.checking.answerable import key_of, unanswerable
from weike.quizzes.bank import Bank
from weike.quizzes.formats.markdown import loads
from weike.quizzes.question import Question
from weike.quizzes.types import known

SOUND = """
## One? {#one}
- [x] a
- [ ] b

## Several? {#several}
- [x] a
- [x] b
- [ ] c

## True. {#true}
- [x] true
- [ ] false

## A [[green|lime]] and a [[red]] one. {#blank}

## How many? {#number}
= 110 ± 10 次

## How much? {#range}
= 3..5

## A share? {#share}
= 19.5 %

## Pairs {#pairs}
- a -> 1
- b -> 2
- -> 3

## Order {#order}
1. first
2. then

## Was it long? {#poll}
- ( ) yes
- ( ) no
"""


def said(bank: Bank) -> list[tuple[str, str]]:
    return [(remark.severity, remark.message) for remark in unanswerable(bank)]


def of(**body: Any) -> Bank:
    return Bank(questions=(Question.from_json(body),))


def test_the_key_of_every_type_earns_every_point() -> None:
    bank = loads(SOUND)
    assert said(bank) == []
    without = {question.id for question in bank if key_of(question) is None}
    assert without == {"poll"}, "a new type needs its key here, or nothing of it is checked"


def test_every_type_with_a_right_answer_has_a_key_to_try() -> None:
    tried = {question.type for question in loads(SOUND) if key_of(question) is not None}
    assert known().keys() - tried <= {"poll", "essay", "note", "material"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"type": "single", "stem": "Why?", "options": [{"text": "a", "right": False}] * 2},
            "nobody can answer “Why?”: no right answer",
        ),
        (
            {"type": "numeric", "stem": "How many?", "answers": [{"min": 5, "max": 3}]},
            "nobody can answer “How many?”: the range 5..3 is empty",
        ),
        (
            {"type": "numeric", "stem": "How many?", "answers": [{"value": 1, "unit": "1 kg"}]},
            "",
        ),
    ],
)
def test_a_question_without_a_usable_key_is_an_error(body: dict[str, Any], message: str) -> None:
    found = said(of(**body))
    assert found == ([("error", message)] if message else [])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "## What? \n- [x] Ａlarm\n- [ ] alarm.\n",
            "the options “Ａlarm” and “alarm.” read the same",
        ),
        (
            "## What?\n- [ ] run\n- [ ] hide\n- [x] A和B都对\n",
            "the option “A和B都对” names letters, and options change places",
        ),
        (
            "## What?\n- [ ] run\n- [ ] hide\n- [x] A and B\n",
            "the option “A and B” names letters, and options change places",
        ),
        ("## What?\n- [x] run\n- [x] hide\n", "every option of “What?” is right"),
        (
            "## 哪些对？（多选）\n- [x] 报警\n- [ ] 等\n",
            "“哪些对？（多选）” asks for several answers, but one is right",
        ),
        (
            "## 哪个对？（单选）\n- [x] 报警\n- [x] 喊人\n- [ ] 等\n",
            "“哪个对？（单选）” asks for one answer, but 2 are right",
        ),
        ("## Pi?\n= 3.14159\n", "only 3.14159 exactly counts; who rounds is wrong"),
    ],
)
def test_a_question_that_misleads_is_a_warning(text: str, message: str) -> None:
    assert said(loads(text)) == [("warning", message)]


def test_a_vitamin_and_a_blood_group_are_no_letters_of_options() -> None:
    assert said(loads("## What?\n- [x] 维生素A和D\n- [ ] A型\n- [ ] B 级\n")) == []

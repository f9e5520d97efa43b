"""The JSON form: the model, its schema, and errors that name their path."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from weike.quizzes import BankError
from weike.quizzes.formats import json as form
from weike.quizzes.schema import bank_schema
from weike.quizzes.types import known
from weike.quizzes.types.blank import Blank

from .examples import EXAMPLES, SINGLE


def problems(*questions: Any, **more: Any) -> list[str]:
    with pytest.raises(BankError) as caught:
        form.loads(json.dumps({"questions": questions, **more}))
    return [str(problem) for problem in caught.value.problems]


def test_the_form_of_the_rules_is_read_and_written_the_same() -> None:
    bank = form.loads(json.dumps({"title": "灭火器", "topic": "消防", "questions": EXAMPLES}))
    written = json.loads(form.dumps(bank))
    assert (written["title"], written["topic"]) == ("灭火器", "消防")
    for before, after in zip(EXAMPLES, written["questions"], strict=True):
        assert after == {"id": after["id"], "points": 1, **before}


def test_the_schema_is_draft_2020_12_and_knows_every_type() -> None:
    schema = bank_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate({"questions": EXAMPLES})
    assert {example["type"] for example in EXAMPLES} == set(known())
    assert not validator.is_valid({"questions": [{**SINGLE, "type": "numeric"}]})


def test_the_schema_and_the_reader_agree_on_what_is_wrong() -> None:
    validator = jsonschema.Draft202012Validator(bank_schema())
    wrong: list[Any] = [
        {**SINGLE, "points": -1},
        {**SINGLE, "difficulty": 6},
        {**SINGLE, "id": "第一题"},
        {**SINGLE, "colour": "red"},
        {**SINGLE, "options": SINGLE["options"][:1]},
        {**SINGLE, "options": [{"text": "甲"}, {"text": "乙"}]},
        {"type": "boolean", "stem": "一", "right": "yes"},
        {"type": "blank", "stem": "一", "blanks": [[]]},
        {"type": "numeric", "stem": "一", "answers": [{}]},
        {"type": "numeric", "stem": "一"},
        {"stem": "一"},
        "question",
    ]
    for question in wrong:
        assert not validator.is_valid({"questions": [question]}), question
        assert problems(question)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({**SINGLE, "stem": 5}, "questions[0].stem: write a text"),
        ({**SINGLE, "stem": " "}, "questions[0].stem: write a text"),
        ({**SINGLE, "points": "two"}, "questions[0].points: write a number"),
        ({**SINGLE, "points": -1}, "questions[0].points: -1 is out of bounds"),
        ({**SINGLE, "points": True}, "questions[0].points: write a number"),
        ({**SINGLE, "difficulty": 2.5}, "questions[0].difficulty: write a whole number"),
        (
            {**SINGLE, "id": "第 1"},
            "questions[0].id: 第 1 is no id; use letters A-Z, digits, - and _",
        ),
        (
            {**SINGLE, "options": SINGLE["options"][:1]},
            "questions[0].options: at least 2 are needed",
        ),
        (
            {**SINGLE, "options": [{"right": True}, SINGLE["options"][1]]},
            "questions[0].options[0]: text is missing",
        ),
        (
            {"type": "boolean", "stem": "一", "right": "yes"},
            "questions[0].right: write true or false",
        ),
        (
            {"type": "boolean", "stem": "一", "right": True, "feedback": {"both": "x"}},
            "questions[0].feedback.both: this key is not known here; known ones are: right, wrong",
        ),
        (
            {"type": "blank", "stem": "一", "blanks": [["绿", 5]]},
            "questions[0].blanks[0][1]: write a text or an object",
        ),
        (
            {"type": "numeric", "stem": "一", "answers": [{"unit": "mm"}]},
            "questions[0].answers[0]: value or min or max is missing",
        ),
        (
            {"type": "guess", "stem": "一"},
            'questions[0].type: "guess" is not known here; choose one of blank, boolean,'
            " essay, matching, material, multiple, note, numeric, ordering, poll, single",
        ),
        (
            {"type": "matching", "stem": "一", "pairs": [["甲", "子"]]},
            "questions[0].pairs: at least 2 are needed",
        ),
        (
            {"type": "matching", "stem": "一", "pairs": [["甲", "子"], ["乙", "子"]]},
            "questions[0]: everything belongs to the same right side",
        ),
        (
            {"type": "matching", "stem": "一", "pairs": [["甲", "子"], ["甲", "丑"]]},
            "questions[0]: 甲 stands there twice",
        ),
        (
            {"type": "ordering", "stem": "一", "items": ["甲", "甲"]},
            "questions[0]: 甲 stands there twice",
        ),
        (["x"], "questions[0]: write an object"),
        (
            {"type": "material", "stem": "一", "questions": [{"type": "material"}]},
            'questions[0].questions[0].type: "material" is not known here; choose one of blank,'
            " boolean, essay, matching, multiple, numeric, ordering, poll, single",
        ),
        (
            {"type": "material", "stem": "一", "questions": [{**SINGLE, "options": []}]},
            "questions[0].questions[0].options: at least 2 are needed",
        ),
        (
            {"type": "material", "stem": "一", "questions": [SINGLE, {**SINGLE, "id": "a"}] * 2},
            "questions[0]: question 2: the id a stands there twice",
        ),
        # what no schema says
        (
            {**SINGLE, "options": [dict(o, right=True) for o in EXAMPLES[0]["options"]]},
            "questions[0]: a single choice with several right answers",
        ),
        (
            {**SINGLE, "options": [dict(o, right=False) for o in EXAMPLES[0]["options"]]},
            "questions[0]: no right answer",
        ),
        (
            {"type": "blank", "stem": "____ 和 ____", "blanks": [["绿"]]},
            "questions[0]: the text has 2 blanks, but there are answers for 1",
        ),
        (
            {"type": "blank", "stem": "一", "blanks": [[{"text": "绿", "weight": 0.5}]]},
            "questions[0]: blank 1 has no right answer",
        ),
        (
            {"type": "numeric", "stem": "一", "answers": [{"min": 5, "max": 3}]},
            "questions[0]: the range 5..3 is empty",
        ),
        (
            {**SINGLE, "options": [SINGLE["options"][0], SINGLE["options"][0]]},
            "questions[0]: the option 提起 stands there twice",
        ),
    ],
)
def test_an_error_names_the_path(question: Any, expected: str) -> None:
    assert expected in problems(question)


def test_all_problems_are_told_at_once() -> None:
    assert problems({**SINGLE, "points": -1}, {"type": "boolean"}, colour="red") == [
        "questions[0].points: -1 is out of bounds",
        "questions[1]: stem is missing",
        "questions[1]: right is missing",
        "colour: this key is not known here;"
        " known ones are: title, topic, language, bank, rules, questions",
    ]


def test_two_questions_cannot_share_an_id() -> None:
    assert problems({**SINGLE, "id": "a"}, {**SINGLE, "stem": "二", "id": "a"}) == [
        "questions[1]: the id a is that of questions[0] too; give this one an id of its own"
    ]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"passing": 80}, "rules.passing: 80 is out of bounds"),
        ({"behaviour": "fun"}, 'rules.behaviour: "fun" is not known here;'),
        ({"open": "2026-10-01T08:00:00"}, "rules.open: 2026-10-01T08:00:00 is no time; write one"),
        ({"strata": [["操作"]]}, "rules.strata[0]: at least 2 are needed"),
        ({"strata": [["操作", 0]]}, "rules.strata[0][1]: 0 is out of bounds"),
    ],
)
def test_rules_are_checked_too(rules: Any, expected: str) -> None:
    assert problems(SINGLE, rules=rules)[0].startswith(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"questions": [NaN]}',
        '{"questions": [1e999]}',
        "[" * 99999,
        '{"a": 1' + "0" * 9999,
    ],
)
def test_what_is_no_json_is_told_with_its_line(text: str) -> None:
    with pytest.raises(BankError) as caught:
        form.loads(text, source="fire.json")
    assert str(caught.value).startswith("fire.json has 1 problem: ")


def test_a_stem_without_a_place_for_its_answer_gets_one() -> None:
    bank = form.loads(json.dumps({"questions": [EXAMPLES[3] | {"stem": "什么颜色？"}]}))
    (question,) = bank.questions
    assert isinstance(question, Blank)
    assert question.stem == "什么颜色？ ____"


def test_materials_inside_each_other_end_at_the_first_however_deep() -> None:
    deep: dict[str, Any] = SINGLE
    for _ in range(200):
        deep = {"type": "material", "stem": "一", "questions": [deep]}
    assert len(problems(deep)) == 1

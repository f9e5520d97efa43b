"""Aiken: single choice in plain text, with every mistake named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weike.quizzes.formats import aiken

GOOD = "第一步？\nA. 提起\nB) 拔销\nC． 压下\nANSWER: B\n"


def problems(text: str) -> list[tuple[int | None, str]]:
    return [(p.line, p.message) for p in aiken.read(text).problems]


def test_a_question_is_a_stem_options_and_an_answer() -> None:
    (question,) = aiken.loads("\ufeff" + GOOD.replace("\n", "\r\n"))
    assert question.stem == "第一步？"
    assert [(o["text"], o["right"]) for o in question.to_json()["options"]] == [
        ("提起", False),
        ("拔销", True),
        ("压下", False),
    ]


def test_blank_lines_between_questions_are_optional() -> None:
    assert len(aiken.loads(GOOD + GOOD.replace("第一步", "第二步"))) == 2
    assert len(aiken.loads(GOOD + "\n\n" + GOOD.replace("第一步", "第二步"))) == 2


def test_a_stem_over_two_lines_is_one_stem() -> None:
    (question,) = aiken.loads("第一行\n第二行\nA. 甲\nB. 乙\nanswer：a\n")
    assert question.stem == "第一行 第二行"


@pytest.mark.parametrize("answer", ["B", "b", "B.", "B)", "B) 拔销", "B. 拔销。"])
def test_the_answer_may_repeat_the_option(answer: str) -> None:
    (question,) = aiken.loads(GOOD.replace("ANSWER: B", f"ANSWER: {answer}"))
    assert [o["right"] for o in question.to_json()["options"]] == [False, True, False]


@pytest.mark.parametrize("answer", ["A, C", "AC", "A and C", "A) 拔销"])
def test_an_answer_of_several_letters_is_never_cut_to_one(answer: str) -> None:
    assert problems(GOOD.replace("ANSWER: B", f"ANSWER: {answer}")) == [
        (5, f"the answer {answer.upper()} is none of the options")
    ]


def test_a_letter_needs_no_space_behind_its_point_where_it_is_due() -> None:
    (question,) = aiken.loads("Who?\nA.Ada\nB.Alan\nANSWER: A\n")
    assert [o["text"] for o in question.to_json()["options"]] == ["Ada", "Alan"]
    (question,) = aiken.loads("In the\nU.S. today?\nA. yes\nB. no\nANSWER: A\n")
    assert question.stem == "In the U.S. today?"


def test_an_explanation_behind_the_answer_is_not_the_next_question() -> None:
    first = "One?\nA. x\nB. y\nANSWER: A\nExplanation: because\nof that\n\n"
    one, two = aiken.loads(first + "Two?\nA. x\nB. y\nANSWER: B\n")
    assert (one.explanation, two.stem) == ("because\nof that", "Two?")


def test_a_question_right_behind_an_explanation_is_no_part_of_it() -> None:
    first = "One?\nA. x\nB. y\nANSWER: A\nExplanation: because\n"
    one, two = aiken.loads(first + "Two?\nA. x\nB. y\nANSWER: B\nFeedback: so\n")
    assert (one.explanation, two.stem, two.explanation) == ("because", "Two?", "so")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("问\nA. 甲\nB. 乙\n", [(3, "no right answer")]),
        ("问\nA. 甲\nB. 乙\nANSWER: C\n", [(4, "the answer C is none of the options")]),
        ("问\nA. 甲\nB. 乙\nANSWER:\n", [(4, "the answer — is none of the options")]),
        ("问\nA. 甲\nB. 乙\nANSWER: A B\n", [(4, "the answer A B is none of the options")]),
        ("问\nA. 甲\nC. 乙\nANSWER: A\n", [(1, "option C stands where B is expected")]),
        ("问\nA. 甲\nANSWER: A\n", [(1, "the question has fewer than two options")]),
        ("ANSWER: A\n", [(1, "an answer without a question")]),
        ("问\nA. 甲\nB. \nANSWER: A\n", [(1, "an empty option")]),
        ("问\nA. 甲\nB. 甲\nANSWER: A\n", [(1, "the option 甲 stands there twice")]),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, expected: list[tuple[int, str]]) -> None:
    assert problems(text) == expected


def test_a_bad_question_between_good_ones_is_kept_apart() -> None:
    bad = "坏题\nA. 甲\nB. 乙\n"
    reading = aiken.read(GOOD + "\n" + bad + "\n" + GOOD.replace("第一步", "第二步"))
    assert [question.stem for question in reading.bank] == ["第一步？", "第二步？"]
    assert [one.source for one in reading.rejected] == [bad.strip()]


def test_what_was_read_is_written_and_read_the_same() -> None:
    bank = aiken.loads(GOOD)
    assert aiken.loads(aiken.dumps(bank)) == bank


@given(
    st.lists(st.sampled_from(["A. x", "B) y", "C. ", "ANSWER: A", "ANSWER:", "stem", "", "é"])).map(
        "\n".join
    )
    | st.text()
)
def test_no_text_crashes_the_reader(text: str) -> None:
    for question in aiken.read(text).bank:
        assert question.flaw() is None

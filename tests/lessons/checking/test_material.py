"""The questions about a material are looked at one by one, and beside each other."""

from __future__ import annotations

import pytest

from weike.lessons.checking.questions import question_findings
from weike.lessons.finding import Finding
from weike.lessons.items import Items
from weike.quizzes.bank import Bank
from weike.quizzes.formats.markdown import loads
from weike.quizzes.question import Question

HEAD = "## 经过：焊工动火前没有清理现场，收工后起火。\n\n"
CAUSE = "### 原因是什么？\n- [x] 没有清理\n- [ ] 皮带跑偏\n- [ ] 电机过热\n\n"
COUNT = "### 看守几分钟？\n= 40 分钟\n\n"


def said(text: str) -> list[tuple[int | None, str]]:
    found = question_findings(loads(text), file="a.md")
    return [(one.line, one.message) for one in found]


def met(*banks: str) -> list[Finding]:
    items = Items()
    return [one for n, text in enumerate(banks) for one in items.add_bank(loads(text), f"{n}.md")]


def test_a_sound_material_is_left_in_peace() -> None:
    assert said(HEAD + CAUSE + COUNT) == []
    assert (
        met(HEAD + CAUSE + COUNT, HEAD.replace("焊工", "电工") + COUNT.replace("看守", "等")) == []
    )


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("### 哪个？\n- [x] 甲\n- [ ] 甲。\n", "the options “甲” and “甲。” read the same"),
        (
            "### 哪个？\n- [x] 甲\n- [x] 乙\n- [ ] 以上都对\n",
            "“以上都对” is an option: who knows two right ones knows the rest",
        ),
        ("### 指针在 [[绿色]] 区是绿色吗？\n", "the answer “绿色” stands in the question itself"),
    ],
)
def test_what_is_wrong_names_the_material_s_line_and_its_question(
    question: str, message: str
) -> None:
    assert said(f"## 先一题？\n= 1\n\n{HEAD}{COUNT}{question}") == [(4, f"question 2: {message}")]


def test_a_part_that_nobody_can_answer_is_an_error() -> None:
    part = {"type": "numeric", "stem": "几？", "answers": [{"min": 5, "max": 3}]}
    whole = Question.from_json({"type": "material", "stem": "读。", "questions": [part]})
    (found,) = question_findings(Bank(questions=(whole,)), file="a.json")
    assert found.severity == "error"
    assert found.message == "question 1: nobody can answer “几？”: the range 5..3 is empty"


def test_the_places_of_right_options_are_counted_through_the_materials() -> None:
    part = "### 第 {n} 小题？\n- [x] 甲{n}\n- [ ] 乙{n}\n- [ ] 丙{n}\n- [ ] 丁{n}\n\n"
    text = HEAD + "".join(part.format(n=n) for n in range(8))
    assert said(text) == [
        (1, "question 1: option A is the right one in 8 of 8 questions"),
    ]


@pytest.mark.parametrize(
    "teller",
    [
        "### 收工后几分钟才知道没有清理现场？\n= 40 分钟\n",
        "### 没有清理现场归谁管？\n- [x] 甲\n- [ ] 乙\n",
    ],
)
def test_what_one_question_says_another_must_not_ask(teller: str) -> None:
    asked = CAUSE.replace("没有清理", "没有清理现场")
    found = said(HEAD + asked + teller)
    assert found == [(1, "question 1: the answer “没有清理现场” stands in question 2 beside it")]


def test_a_question_that_stands_in_a_material_and_elsewhere_is_named() -> None:
    (twice,) = met("## 看守几分钟？\n= 40 分钟\n", HEAD + CAUSE + COUNT)
    assert twice.message == "question 2: “看守几分钟？” is also asked in 0.md, line 1"
    (inside,) = met(HEAD + COUNT + CAUSE + COUNT.replace("几分钟", "几分钟 "))
    assert inside.message.startswith("question 3: ")
    (whole,) = met(HEAD + CAUSE + COUNT, HEAD + CAUSE + COUNT)
    assert "also asked" in whole.message


def test_the_same_words_may_be_asked_about_another_material() -> None:
    other = (
        HEAD.replace("焊工", "电工")
        + CAUSE.replace("[ ] 皮带", "[x] 皮带")
        + COUNT.replace("40", "60")
    )
    assert met(HEAD + CAUSE + COUNT, other) == []

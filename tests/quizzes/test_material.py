"""A material: its questions are graded one by one and count together."""

from __future__ import annotations

from typing import Any

import pytest

from weike.quizzes import Bank, Question, ResponseError, grade
from weike.quizzes.formats import aiken, excel, gift, markdown
from weike.quizzes.loss import export
from weike.quizzes.question import Grade, Hint, Pending, Ungraded
from weike.quizzes.types.material import Material
from weike.quizzes.types.single import Single

TEXT = """\
## 读经过，回答问题。

某厂焊工动火前**没有清理**可燃物。

### 直接原因？ {points=2}
- [x] 没有清理
- [ ] 天气

### 哪些做法能避免？
- [x] 清理
- [x] 监护
- [ ] 加快

### 提前几分钟检测？
= 30

### 您怎样看？ {type=essay}
"""
NOTHING = [None] * 4


def material(text: str = TEXT) -> Question:
    (question,) = markdown.loads(text).questions
    assert isinstance(question, Material)
    return question


def test_its_points_are_those_of_its_questions_which_keep_their_order() -> None:
    question = material()
    assert question.points == 5
    assert question.stem.startswith("读经过，回答问题。\n\n某厂")
    assert [one.type for one in question.questions] == ["single", "multiple", "numeric", "essay"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("response", "score", "parts"),
    [
        (NOTHING, 0, (0, 0, 0, 0)),
        ([0, None, None, None], 2, (1, 0, 0, 0)),
        ([1, [0], "30", None], 1.5, (0, 0.5, 1, 0)),
        (["没有清理", ["清理", "监护"], 30, None], 4, (1, 1, 1, 0)),
    ],
)
def test_each_question_earns_its_own_by_the_rule_of_the_quiz(
    response: list[Any], score: float, parts: tuple[float, ...]
) -> None:
    found = grade(material(), response, partial="missed-half")
    assert isinstance(found, Grade)
    assert (found.score, found.max, found.correct, found.parts) == (score, 5, False, parts)
    assert [one.max for one in found.inner if isinstance(one, Grade)] == [2, 1, 1, 1]


def test_all_right_is_right_and_unanswered_earns_nothing() -> None:
    text = TEXT.partition("### 您怎样看？")[0]
    found = grade(material(text), [0, [0, 1], "30"])
    assert (found.score, found.correct) == (4, True)  # type: ignore[union-attr]
    assert material(text).unanswered() == grade(material(text), [None] * 3)


def test_an_essay_in_it_leaves_all_of_it_pending_and_the_rest_known() -> None:
    found = grade(material(), [0, None, None, "要清理"])
    assert isinstance(found, Pending)
    assert isinstance(found.inner[0], Grade)
    assert found.inner[0].score == 2
    assert isinstance(found.inner[3], Pending)


def test_tenths_of_points_add_up_to_what_people_read() -> None:
    (read,) = markdown.loads("## 一\n文\n### 甲 {points=0.1}\n= 1\n### 乙 {points=0.2}\n= 2\n")
    assert read.points == 0.3


def test_who_gives_the_points_reads_the_essays_and_what_the_rest_has_earned() -> None:
    question = material()
    response = question.check([0, None, "30", "要清理"])
    pending = grade(question, response)
    assert question.by_person
    assert not material(TEXT.partition("### 您怎样看？")[0]).by_person
    assert question.to_read(response, pending) == (
        "(4) 您怎样看？\n\n要清理\n\nThe other questions have earned 3 of 4 points."
    )
    assert isinstance(pending, Pending)
    marked = question.marked(pending, 3.5 / 5)
    assert (marked.score, marked.max) == (3.5, 5)
    assert [one.score for one in marked.inner if isinstance(one, Grade)] == [2, 0, 1, 0.5]
    assert question.to_read(response, marked) == question.to_read(response, pending)


@pytest.mark.parametrize("response", [None, "x", [], [0], {"a": 1}, [0] * 4, [None, "x", None, 1]])
def test_a_response_of_another_shape_is_none(response: Any) -> None:
    with pytest.raises(ResponseError):
        grade(material(), response)


def test_a_question_that_cannot_be_graded_costs_nobody_a_point() -> None:
    broken = Single(stem="一", options=material().questions[0].options[1:])  # type: ignore[attr-defined]
    found = grade(Material(stem="读", questions=(broken,)), [0])
    assert type(found) is Ungraded
    assert found.reason == "question 1: no right answer"
    hint = grade(material(), [None, None, "3,5", None])
    assert isinstance(hint, Hint)
    assert hint.reason.startswith("question 3: write 3,5 without a comma")


def test_questions_under_the_same_words_are_told_apart() -> None:
    text = "## 读\n### 哪个对？\n- [x] 甲\n- [ ] 乙\n### 哪个对？\n- [x] 丙\n- [ ] 丁\n"
    first, second = material(text).questions  # type: ignore[attr-defined]
    assert second.id == f"{first.id}-2"
    bank = markdown.loads(text)
    assert markdown.loads(markdown.dumps(bank)) == bank
    assert bank.questions[0].problems() == []


def test_headings_in_a_stem_alone_make_no_material() -> None:
    (question,) = markdown.loads("## 题\n### 背景\n文字\n### 问\n- [x] 甲\n- [ ] 乙\n").questions
    assert question.type == "single"
    assert "### 背景" in question.stem
    kept = Single(stem=TEXT.removeprefix("## ").rstrip(), options=question.options)  # type: ignore[attr-defined]
    bank = Bank(questions=(kept,))
    assert "type=single" in markdown.dumps(bank)
    assert export(bank, markdown).losses == ()


@pytest.mark.parametrize("module", [gift, aiken])
def test_a_format_without_materials_says_so_and_leaves_it_out(module: Any) -> None:
    bank = Bank(questions=(*markdown.loads("## 一\n- [x] 甲\n- [ ] 乙\n"), material()))
    made = export(bank, module)
    assert made.written == 1
    (loss,) = [loss for loss in made.losses if loss.left_out]
    assert loss.item == material().id


def test_a_workbook_holds_it_in_rows() -> None:
    made = export(Bank(questions=(material(),)), excel)
    assert made.losses == ()
    assert excel.loads(made.data).questions == (material(),)

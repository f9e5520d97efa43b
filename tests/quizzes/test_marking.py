from __future__ import annotations

from random import Random
from typing import Any

import pytest

from weike.quizzes.formats import markdown
from weike.quizzes.marking import Marker
from weike.quizzes.question import Grade, Question, Ungraded

BANK = """## 第一步？ {#single}
- [x] 提起
- [ ] 拔掉

## 哪些要带？ {#multiple}
- [x] 安全帽
- [x] 手电
- [ ] 打火机

## 先断电。 {#boolean}
- [x] 正确
- [ ] 错误

## 指针在 [[绿色|绿]] 区为 [[正常]]。 {#blank}

## 每分钟多少次？ {#numeric}
= 110 ± 10 次

## 连线 {#matching}
- 红色 -> 禁止
- 黄色 -> 警告
"""
QUESTIONS = {one.id: one for one in markdown.loads(BANK, source="test").questions}
ODD: list[Any] = [None, 1, 0, 1.0, True, False, "", "1", "110", [], [[]], ["绿", "正常"], {"a": 1}]


def afresh(question: Question, layout: Any, response: Any) -> Grade | Ungraded:
    return Marker(question, "missed-half").mark(layout, response)


@pytest.mark.parametrize("name", list(QUESTIONS))
def test_a_remembered_grade_is_the_one_that_grading_gives(name: str) -> None:
    question = QUESTIONS[name]
    marker = Marker(question, "missed-half")
    rng = Random(name)
    for _ in range(60):
        layout = question.draw(rng, shuffle=True)
        shown = [id for part in layout.values() for id, _index in part]
        responses = [*ODD, *shown, shown[:2], shown[:1], [[a, b] for a in shown for b in shown][:2]]
        rng.shuffle(responses)
        for response in responses:
            assert marker.mark(layout, response) == afresh(question, layout, response)
    assert marker.unanswered() == marker.unanswered() == question.unanswered()


def test_true_and_one_are_different_answers() -> None:
    marker = Marker(QUESTIONS["boolean"], "all-or-nothing")
    assert isinstance(marker.mark({}, True), Grade)
    assert isinstance(marker.mark({}, 1), Ungraded)


def test_what_is_remembered_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weike.quizzes.marking._MOST", 10)
    marker = Marker(QUESTIONS["numeric"], "all-or-nothing")
    for number in range(100):
        marker.mark({}, str(number))
    assert len(marker._known) <= 10

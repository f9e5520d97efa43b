"""A member who has learnt nothing finds no answer by looking at the questions."""

from __future__ import annotations

import pytest

from weike.lessons.checking.guessable import guessable
from weike.quizzes.formats.markdown import loads


def said(text: str) -> list[str]:
    remarks = list(guessable(loads(text)))
    assert all(remark.repair for remark in remarks)
    return [remark.message for remark in remarks]


def single(number: int, right: int, texts: tuple[str, ...] = ("水", "土", "风", "火")) -> str:
    lines = [f"- [{'x' if i == right else ' '}] {text}{number}" for i, text in enumerate(texts)]
    return f"## 第 {number} 题？\n" + "\n".join(lines) + "\n"


LONG = ("先报警再从安全出口离开", "跑", "喊", "等")


def test_an_even_bank_is_left_in_peace() -> None:
    assert said("\n".join(single(n, n % 4) for n in range(20))) == []


@pytest.mark.parametrize(("hits", "found"), [(10, True), (7, True), (3, False)])
def test_the_longest_option_may_be_right_as_often_as_chance_allows(hits: int, found: bool) -> None:
    texts = [single(n, n % 4, LONG[-(n % 4) :] + LONG[: -(n % 4)]) for n in range(hits)]
    texts += [single(n, (n + 1) % 4, LONG[-(n % 4) :] + LONG[: -(n % 4)]) for n in range(hits, 10)]
    message = f"the longest option is the right one in {hits} of 10 questions"
    assert (message in said("\n".join(texts))) is found


def test_the_place_of_the_right_options_is_spread_over_the_bank() -> None:
    lopsided = "\n".join(single(n, 1 if n < 9 else 2) for n in range(12))
    assert said(lopsided) == ["option B is the right one in 9 of 12 questions"]


def test_true_and_false_are_both_right_now_and_then() -> None:
    statement = "## 说法 {n}。\n- [x] 正确\n- [ ] 错误\n"
    assert said("\n".join(statement.format(n=n) for n in range(4))) == []
    assert said("\n".join(statement.format(n=n) for n in range(8))) == [
        "8 of 8 true/false statements are true"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "以上都对",
        "以上都是。",
        "以上选项全对",
        "上述说法均正确",
        "All of the above",
        "以上全部正确",
    ],
)
def test_all_of_the_above_is_no_option(text: str) -> None:
    (message,) = said(f"## 怎么办？\n- [ ] 报警\n- [ ] 离开\n- [x] {text}\n")
    assert "who knows two right ones knows the rest" in message


@pytest.mark.parametrize("text", ["以上都不对", "全部撤离", "对准根部", "以上三处都要看"])
def test_other_words_about_all_are_fine(text: str) -> None:
    assert said(f"## 怎么办？\n- [ ] 报警喊人\n- [ ] 离开现场\n- [x] {text}\n") == []


@pytest.mark.parametrize("word", ["绝对不会着火", "只有干粉能灭", "It never burns", "永远有效"])
def test_an_absolute_word_gives_a_wrong_option_away(word: str) -> None:
    text = f"## 哪一句对？\n- [ ] {word}\n- [x] 看压力表再用\n- [ ] 摇一摇再用\n"
    (message,) = said(text)
    assert "gives the wrong option" in message
    both = text.replace("看压力表", "只有看了压力表").replace("再用", "绝对能用")
    assert said(both) == []


def test_a_right_option_that_is_far_longer_stands_out() -> None:
    long = "断开电源、上锁挂牌、验电以后，经负责人同意再动手清理"
    assert said(f"## 怎么办？\n- [ ] 直接清理\n- [x] {long}\n- [ ] 喊人清理\n") == [
        "the right option of “怎么办？” is by far the longest"
    ]


def test_a_right_option_that_alone_repeats_the_question_stands_out() -> None:
    text = "## 受限空间作业的监护人做什么？\n- [ ] 离开\n- [x] {right}\n- [ ] 睡觉{more}\n"
    right = "看受限空间作业"
    assert said(text.format(right=right, more="")) == [
        "only the right option repeats “受限空间作业” from the question"
    ]
    assert said(text.format(right=right, more="不管受限空间作业")) == []


def test_the_answer_of_a_blank_does_not_stand_beside_it() -> None:
    assert said("## 指针在绿区才正常，所以要看它是否在 [[绿区]]。\n") == [
        "the answer “绿区” stands in the question itself"
    ]
    assert said("## 每人第 [[一|1]] 次作答。\n") == []

"""Answers in Chinese papers: beside their questions, in the text, in a list at the end."""

from __future__ import annotations

import pytest

from weike.quizzes.formats import chinese

from .papers import CHOICE, bodies, key, only, problems


@pytest.mark.parametrize(
    "answer",
    [
        "答案：B",
        "答案:B",
        "答案 B",
        "答案是B",
        "【答案】B",
        "[答案] B",
        "正确答案：B",
        "参考答案：Ｂ",
        "【正确答案】 b",
        "答案：B。",
        "答案：B、拔销",
        "答案：拔销",
        "我的答案：C 正确答案：B",
    ],
)
def test_the_answer_is_called_by_many_names(answer: str) -> None:
    assert key(only(f"1、第一步（ ）\n{CHOICE}{answer}\n")) == "B"


@pytest.mark.parametrize(
    "stem",
    [
        "第一步是（B）。",
        "第一步是( B )",
        "第（ Ｂ ）步最先",
        "第一步是____B____。",
        "第一步是【B】",
        "第一步是什么？（答案：B）",
    ],
)
def test_the_answer_may_stand_in_the_stem(stem: str) -> None:
    body = only(f"1、{stem}\n{CHOICE}")
    assert key(body) == "B"
    assert "B" not in body["stem"]


@pytest.mark.parametrize("answer", ["ABC", "A、B、C", "A,B,C", "A B C", "ＡＢＣ", "abc", "A；B；C"])
def test_several_letters_are_a_multiple_choice(answer: str) -> None:
    body = only(f"1、哪些（ ）\n{CHOICE}答案：{answer}\n")
    assert (body["type"], key(body)) == ("multiple", "ABC")


@pytest.mark.parametrize(
    ("line", "right"),
    [
        ("1、地球是圆的。（√）", True),
        ("1、地球是圆的（ × ）", False),
        ("1、地球是圆的。（对）", True),
        ("1、地球是圆的(错)。", False),
        ("（√）1、地球是圆的。", True),
        ("1、地球是圆的。√", True),
        ("1、地球是圆的。（ ）\n答案：错误", False),
        ("1、地球是圆的。\n答案：T", True),
        ("1、地球是圆的。\nA.正确\nB.错误\n答案：B", False),
        ("1、地球是圆的。【×】", False),
    ],
)
def test_a_truth_is_written_in_many_ways(line: str, right: bool) -> None:
    body = only(f"判断题：\n{line}\n")
    assert (body["type"], body["right"]) == ("boolean", right)
    assert body["stem"].rstrip("。") == "地球是圆的"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("绿|红", [["绿"], ["红"]]),
        ("绿、红", [["绿"], ["红"]]),
        ("绿；红", [["绿"], ["红"]]),
        ("（1）绿（2）红", [["绿"], ["红"]]),
        ("(绿)(红)", [["绿"], ["红"]]),
        ("绿 红", [["绿"], ["红"]]),
        ("绿色；绿|红", [["绿色", "绿"], ["红"]]),
        ("①绿 ②红", [["绿"], ["红"]]),
    ],
)
def test_several_blanks_take_their_answers_however_they_are_kept_apart(
    answer: str, expected: list[list[str]]
) -> None:
    body = only(f"一、填空题\n1、先____后（ ）。\n答案：{answer}\n")
    assert body["blanks"] == expected


def test_one_blank_takes_synonyms_and_keeps_the_commas_of_its_answer() -> None:
    assert only("填空题\n1、是____。\n答案：绿色；绿\n")["blanks"] == [["绿色", "绿"]]
    assert only("填空题\n1、是____。\n答案：红、黄、蓝\n")["blanks"] == [["红、黄、蓝"]]


def test_a_filled_bracket_is_the_blank_where_nothing_else_can_be() -> None:
    body = only("一、填空题\n1、火警电话是（119），急救电话是（120）。\n")
    assert body["blanks"] == [["119"], ["120"]]
    assert problems("一、填空题\n1、先__后__。\n") == [(2, "no right answer")]


def test_an_essay_keeps_its_answer_with_the_list_in_it() -> None:
    first, second = bodies(
        "五、简答题\n1、怎样灭火？\n答：\n1、提起\n2、拔销\n3、压下\n2、什么是三违？\n答案：略。\n"
    )
    assert first["explanation"] == "1、提起\n\n2、拔销\n\n3、压下"
    assert (second["stem"], second["explanation"]) == ("什么是三违？", "略。")


def test_a_reason_in_brackets_behind_the_letter_is_the_explanation() -> None:
    body = only(f"1、第一步（ ）\n{CHOICE}答案：B（粉尘会致病，风险最高）\n")
    assert (key(body), body["explanation"]) == ("B", "粉尘会致病，风险最高")


@pytest.mark.parametrize(
    "answers",
    [
        "一、单选题\n1-2 BC\n二、判断题\n1-2 √×",
        "一、单选题\n1、B 2、C\n二、判断题\n1.√ 2.×",
        "一、单选题：1~2：B C\n二、判断题：1~2：对错",
        "单选题\n题号\t1\t2\n答案\tB\tC\n判断题\n1—2 √ ×",
        "一、单选题\n1.B\n2.C\n二、判断题\n1.正确\n2.错误",
    ],
)
def test_a_list_of_answers_at_the_end_of_the_paper(answers: str) -> None:
    text = f"一、单选题\n1、一（ ）\n{CHOICE}2、二（ ）\n{CHOICE}二、判断题\n1、三\n2、四\n"
    first, second, third, fourth = bodies(f"{text}\n参考答案\n{answers}\n")
    assert (key(first), key(second), third["right"], fourth["right"]) == ("B", "C", True, False)


def test_a_list_of_answers_without_headings_goes_by_numbers_alone() -> None:
    text = f"1、一（ ）\n{CHOICE}2、二（ ）\n{CHOICE}3、三（ ）\n{CHOICE}答案：1-3 A BC C\n"
    assert [key(body) for body in bodies(text)] == ["A", "BC", "C"]


def test_texts_are_listed_line_by_line() -> None:
    text = "一、填空题\n1、是____。\n2、是____。\n二、简答题\n1、为何？\n参考答案：\n"
    found = bodies(f"{text}一、填空题\n1、绿色 2、红色\n二、简答题\n1、因为\n所以\n")
    assert [b.get("blanks", b.get("explanation")) for b in found] == [
        [["绿色"]],
        [["红色"]],
        "因为\n\n所以",
    ]


def test_a_list_that_does_not_fit_is_named_and_no_key_is_guessed() -> None:
    text = f"1、一（ ）\n{CHOICE}2、二（ ）\n{CHOICE}"
    assert problems(f"{text}答案：1-3 AB\n") == [
        (1, "no right answer"),
        (5, "no right answer"),
        (9, "the list has 2 answers for the questions 1 to 3"),
    ]
    assert problems(f"{text}参考答案\n1.A 2.B 3.C\n") == [
        (10, "the list of answers names question 3, which is not there")
    ]


def test_a_list_of_answers_may_name_and_explain_them() -> None:
    text = (
        "一、单选题\n1.进门先（ ）。\nA.戴帽 B.作业\n二、多选题\n1.班前看（ ）。\nA.人 B.机 C.天\n"
        "参考答案与解析\n一、单选题\n1.参考答案：A\n解析：先戴安全帽。\n再进门。\n"
        "二、多选题\n1.正确答案是：AB\n"
    )
    one, two = chinese.loads(text)
    assert one.explanation == "先戴安全帽。\n\n再进门。"
    assert [o["right"] for o in one.to_json()["options"]] == [True, False]
    assert [o["right"] for o in two.to_json()["options"]] == [True, True, False]
    assert two.explanation is None

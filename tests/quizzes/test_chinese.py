"""Chinese papers as lecturers type them: every way seen in real banks, every mistake named."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weike.quizzes import Bank, BankError
from weike.quizzes.formats import chinese
from weike.quizzes.loss import export
from weike.quizzes.question import Question

from .papers import CHOICE, bodies, key, only, problems, texts


@pytest.mark.parametrize(
    "stem",
    [
        "1、第一步（ ）",
        "1.第一步（ ）",
        "１．第一步（　）",
        "（1）第一步（ ）",
        "(1) 第一步（ ）",
        "1）第一步（ ）",
        "第1题 第一步（ ）",
        "1 第一步（ ）",
        "1\t第一步（ ）",
        "★1、第一步（ ）",
    ],
)
def test_a_number_is_written_in_many_ways(stem: str) -> None:
    body = only(f"{stem}\n{CHOICE}答案：B\n")
    assert body["stem"].replace("　", " ") == "第一步（ ）"
    assert key(body) == "B"


@pytest.mark.parametrize(
    "options",
    [
        "A．甲\nB．乙\nC．丙",
        "A、甲\nB、乙\nC、丙",
        "A)甲\nB)乙\nC)丙",
        "(A)甲\n(B)乙\n(C)丙",
        "（Ａ）甲\n（Ｂ）乙\n（Ｃ）丙",
        "A.甲 B.乙 C.丙",
        "A.甲\tB.乙\tC.丙",
        "A.甲B.乙C.丙",
        "A．甲　　B．乙\nC．丙",
        "a.甲\nb.乙\nc.丙",
        "A 甲\nB 乙\nC 丙",
        "A:甲\nB:乙\nC:丙",
        "A.甲；\nB.乙；\nC.丙",
    ],
)
def test_options_stand_each_on_a_line_or_several_on_one(options: str) -> None:
    body = only(f"一、单选题\n1、问（ ）\n{options}\n答案：C\n")
    assert texts(body) == ["甲", "乙", "丙"]
    assert key(body) == "C"


def test_options_may_follow_the_stem_on_its_own_line() -> None:
    assert texts(only("1、问哪个（ ）。A.甲 B.乙 C.丙\n答案：A")) == ["甲", "乙", "丙"]


def test_the_answer_in_brackets_is_no_option_of_the_same_line() -> None:
    body = only("1. 消防日是( A )。 A.11月9日 B.11月19日 C.1月11日")
    assert (texts(body), key(body)) == (["11月9日", "11月19日", "1月11日"], "A")


def test_a_letter_inside_an_option_begins_no_other_one() -> None:
    body = only("1、缺什么（ ）\nA.维生素A、维生素B、维生素C\nB.钙\n答案：A")
    assert texts(body) == ["维生素A、维生素B、维生素C", "钙"]


def test_headings_give_type_and_points() -> None:
    text = (
        "一、单项选择题（每题2分，共2分）\n1、一（A）\nA.甲 B.乙\n"
        "二、多选题：每小题 3 分\n1、二（A）\nA.甲 B.乙\n"
        "【判断题】\n1、三（√）\n"
        "四、填空题（每空1.5分）\n1、先____后____。\n答案：甲|乙\n"
    )
    assert [(b["type"], b["points"]) for b in bodies(text)] == [
        ("single", 2),
        ("multiple", 3),
        ("boolean", 1),
        ("blank", 3),
    ]


def test_a_question_may_name_its_own_type_and_points() -> None:
    first, second = bodies(
        f"1、【多选题】一（ ）\n{CHOICE}答案：B\n2、(3分) 二（单选）\n{CHOICE}答案：A\n"
    )
    assert (first["type"], second["type"], second["points"]) == ("multiple", "single", 3)


def test_matching_numbers_and_orders_are_read() -> None:
    matching, ordering, numeric = bodies(
        "一、连线题\n1、连一连\n红 -> 禁止\n黄 → 警告\n"
        "二、排序题\n1、先后\nA.压 B.提 C.拔\n答案：BCA\n"
        "三、计算题\n1、每分钟几次？\n答案：110±10 次\n"
    )
    assert matching["pairs"] == [["红", "禁止"], ["黄", "警告"]]
    assert ordering["items"] == ["提", "拔", "压"]
    assert numeric["answers"] == [{"value": 110, "tolerance": 10, "unit": "次"}]


def test_further_fields_stand_on_lines_of_their_own_or_behind_each_other() -> None:
    body = only(
        f"1、第一步（ ）\n{CHOICE}答案：A。解析：口诀是提、拔、握、压。\n第二行。\n"
        "难度：较易\n【知识点】灭火器【分值】2\n标签：消防，新员工\n来源：GB 50444\n题号：fire-1\n"
    )
    assert body["explanation"] == "口诀是提、拔、握、压。\n\n第二行。"
    assert (body["difficulty"], body["topic"], body["points"], body["id"]) == (
        2,
        "灭火器",
        2,
        "fire-1",
    )
    assert body["tags"] == ["消防", "新员工", "来源:GB 50444"]


def test_stems_without_numbers_are_told_apart() -> None:
    found = bodies(
        f"第一步（ ）\n{CHOICE}答案：A\n第二步（ ）\n{CHOICE}答案：B\n\n第三步（C）\n{CHOICE}"
    )
    assert [(b["stem"], key(b)) for b in found] == [
        ("第一步（ ）", "A"),
        ("第二步（ ）", "B"),
        ("第三步（ ）", "C"),
    ]


def test_what_word_leaves_in_pasted_text_does_not_matter() -> None:
    text = (
        "\ufeff一、单选题\r\n1、\u00a0第一步（\u3000\u3000）\vＡ．提起\u3000Ｂ．拔销\r\n"
        "答案：\u200bＡ\r\n2．\t第二步\u2028A、甲\tB、乙\x0b答案：B\r\n"
    )
    first, second = bodies(text)
    assert (texts(first), key(first)) == (["提起", "拔销"], "A")
    assert (second["stem"], key(second)) == ("第二步", "B")


def test_a_number_in_a_sentence_begins_no_question() -> None:
    text = f"1、高度是\n3.5 米时（ ）\n{CHOICE}答案：A\n2.2023年起（ ）\n{CHOICE}答案：B\n"
    assert [body["stem"] for body in bodies(text)] == ["高度是\n\n3.5 米时（ ）", "2023年起（ ）"]


def test_chapters_and_headings_without_a_type_are_topics() -> None:
    text = f"第一章 消防\n一、单选题\n1、一（A）\n{CHOICE}二、用电\n1、二（A）\n{CHOICE}"
    assert [body["topic"] for body in bodies(text)] == ["消防", "用电"]


def test_the_first_line_is_the_title_and_what_belongs_to_nothing_is_named() -> None:
    reading = chinese.read(f"消防题库\n姓名：____\n一、单选题\n1、一（A）\n{CHOICE}")
    assert reading.bank.title == "消防题库"
    assert reading.dropped == ("line 2: 姓名：____",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"1、问（ ）\n{CHOICE}", "no right answer"),
        (f"1、问（ ）\n{CHOICE}答案：E", "the answer E is none of the options"),
        (f"1、问（ ）\n{CHOICE}答案：略", "the answer 略 is none of the options"),
        (f"一、单选题\n1、问（ ）\n{CHOICE}答案：AB", "a single choice with several right answers"),
        (f"1、问（A）\n{CHOICE}答案：B", "two different answers: A and B"),
        (f"1、问（ ）\n{CHOICE}答案：A\n答案：B", "two different answers: A and B"),
        (f"1、（A）问（B）。\n{CHOICE}", "the text holds two answers: A and B"),
        ("1、问（ ）\nA.甲\nC.丙\n答案：A", "the question has fewer than two options"),
        ("1、问（ ）\nA.甲\nB.\n答案：A", "an empty option"),
        ("1、问（ ）\nA.甲\nB.甲\n答案：A", "the option 甲 stands there twice"),
        ("判断题\n1、地球是圆的（ ）", "no right answer"),
        ("判断题\n1、地球是圆的（√）\n答案：错", "two different answers: √ and 错"),
        ("1、没有人知道\n答案：铁", "nothing says what type of question this is"),
        (
            "填空题\n1、先____后____。\n答案：甲",
            "the text has 2 blanks, but there are answers for 1",
        ),
        ("材料题\n1、读下文\n答案：甲", "a material without a question"),
        ("1、问（ ）\n题型：猜谜\n答案：甲", "猜谜 is no type of question"),
        ("1、问____\n答案：甲\n分值：很多", "很多 is not between 0 and 1000"),
    ],
)
def test_a_mistake_is_named(text: str, expected: str) -> None:
    assert [message for _line, message in problems(text)] == [expected]


def test_a_text_without_questions_is_refused() -> None:
    with pytest.raises(BankError, match="no questions"):
        chinese.loads("会议纪要\n今天开会。\n")


def test_a_rejected_question_can_be_mended_and_read_again_alone() -> None:
    text = "一、多选题（每题3分）\n1、问（ ）\nA.甲 B.乙\n2、又问（A）\nA.甲 B.乙\n"
    reading = chinese.read(text)
    (bad,) = reading.rejected
    back = chinese.dump_rejected(bad.source, [str(p) for p in bad.problems])
    assert "no right answer" in back
    body = only(back + "答案：A\n")
    assert (body["type"], body["points"]) == ("multiple", 3)


def test_what_was_read_is_written_and_read_the_same() -> None:
    text = (
        f"消防题库\n一、单选题\n1、一（A）\n{CHOICE}解析：因为\n二、判断题\n1、三（√）\n三、填空题\n"
        "1、先____后____\n答案：甲；乙|丙\n四、简答题\n1、为何？\n答：因为\n"
        "五、连线题\n1、连\n甲 -> 乙\n丙 -> 丁\n"
    )
    bank = chinese.loads(text)
    made = export(bank, chinese)
    assert made.losses == ()
    assert chinese.loads(made.data) == bank


def test_what_plain_text_cannot_hold_is_named() -> None:
    options = tuple({"text": t, "right": t == "甲", "feedback": "因为"} for t in "甲乙")
    question = Question.from_json({"type": "single", "stem": "问", "options": options})
    losses = export(Bank(questions=(question,)), chinese).losses
    assert [str(loss) for loss in losses] == [f"{question.id}: options is changed"]


def test_a_number_that_is_skipped_is_named_because_its_question_may_hide_in_another() -> None:
    text = f"1、一（A）\n{CHOICE.strip()}2.二（B）\n{CHOICE}3、三（C）\n{CHOICE}"
    assert "line 8: question 2 does not begin a line of its own" in chinese.read(text).dropped


def test_long_lines_are_read_in_a_moment() -> None:
    """A pattern that tries every way to cut such a line would not come back."""
    start = time.monotonic()
    for line in (
        "答案 " + "ABCD" * 500 + "!",
        "题号 " + "1" * 2000 + "x",
        "1-9 " + "A" * 2000 + "!",
    ):
        with suppress(BankError):
            chinese.read(f"1、一（ ）\n{CHOICE}参考答案\n题号 1\n{line}\n")
    for sign in ("（", "_", "【", "A.", "1、", " ", "答案：", "一、单选题", "(A"):
        with suppress(BankError):
            chinese.read(f"1、{sign * 2000}\n{CHOICE}答案：A\n")
    assert time.monotonic() - start < 30


PIECES = st.sampled_from(
    [
        "一、单选题（每题2分）",
        "二、判断题",
        "三、填空题",
        "1、问（ ）",
        "2.问（B）",
        "（3）问____",
        "A．甲 B．乙",
        "A.甲",
        "B.乙",
        "C 丙",
        "答案：A",
        "答案：",
        "【答案】对",
        "解析：因为",
        "参考答案",
        "1-5 ABCDA",
        "1.A 2.B",
        "√",
        "（×）",
        "",
        "难度：易",
        "分值：2",
        "甲 -> 乙",
        "第一章 消防",
        "说明",
        "题型：排序",
        "格式：markdown",
        "①",
        "\v",
        "\x00",
        "12",
        "3.5 米",
    ]
)


@given(st.lists(PIECES, max_size=12).map("\n".join) | st.lists(PIECES).map("".join) | st.text())
def test_no_text_crashes_the_reader_and_no_question_loses_its_key(text: str) -> None:
    try:
        reading = chinese.read(text)
    except BankError:
        return
    for question in reading.bank:
        assert question.flaw() is None
    assert all(one.problems for one in reading.rejected)


def test_what_markdown_puts_around_the_lines_is_no_text() -> None:
    text = (
        "## 一、单选题\n\n### 1. 火警电话是：\n\nA. 110\n\nB. 119\n\n**答案：** B\n\n---\n\n"
        "### 2.2 多选题\n**1.（多选）灭火方法有（）**\n\nA. 冷却\n\nB. 窒息\n\nC. 助燃\n\n"
        "参考答案：AB\n"
    )
    one, two = chinese.loads(text)
    assert (one.type, one.stem, two.type, two.stem) == (
        *("single", "火警电话是："),
        *("multiple", "灭火方法有（）"),
    )
    assert [o["right"] for o in two.to_json()["options"]] == [True, True, False]
    (plain,) = chinese.loads("1、#include 与 a**b 里（A）\nA.对 B.错")
    assert plain.stem.replace("\\", "") == "#include 与 a**b 里"
    (gaps,) = chinese.loads("一、填空题\n1、a*b*c = ____，2*3*4 = （ ）。\n答案：abc；24\n")
    assert gaps.stem.replace("\\", "") == "a*b*c = ____，2*3*4 = ____ 。"
    (power,) = chinese.loads("1、2**3=8，2**4=16，**不**对的是（A）\nA.甲 B.乙")
    assert power.stem.replace("\\", "").startswith("2**3=8，2**4=16，不对的是")

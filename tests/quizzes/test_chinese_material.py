"""Materials in Chinese papers: a text and the questions about it, however they are numbered."""

from __future__ import annotations

from typing import Any

import pytest

from weike.quizzes import Bank
from weike.quizzes.formats import chinese, markdown, word
from weike.quizzes.loss import export
from weike.quizzes.question import Question

from .papers import bodies, problems

TEXT = "焊工动火前没有清理落煤，收工 40 分钟后起火。\n监护人已经离开。"
CHOICE = "A．没有清理 B．皮带跑偏\n答案：A\n"
MINUTES = "答案：40 分钟\n"
BARE = "原因是（ ）。\nA.没有清理 B.皮带跑偏\n"
FIRST = f"原因是（ ）。\n{CHOICE}"
INLINE = BARE.replace("（ ）", "（A）")
SECOND = f"【数值题】等了多久？\n{MINUTES}"


def said(body: dict[str, Any]) -> list[str]:
    """A material in short: its text, then its questions with their types."""
    return [body["stem"], *(f"{one['type']} {one['stem']}" for one in body.get("questions", ()))]


STEM = TEXT.replace("\n", "\n\n")


@pytest.mark.parametrize(
    "text",
    [
        f"五、材料题\n1、{TEXT}\n（1）{FIRST}（2）等了多久？【数值题】\n{MINUTES}",
        f"五、材料题\n1、{TEXT}\n(1){INLINE}(2){SECOND}",
        f"五、材料题\n1、{TEXT}\n1.1 {FIRST}1.2 {SECOND}",
        f"五、材料题\n1、{TEXT}\n第1小题：{FIRST}第2小题：{SECOND}",
        f"五、材料题\n1、{TEXT}\n问题1：{FIRST}问题2：{SECOND}",
        f"五、材料题\n{TEXT}\n1、{FIRST}2、{SECOND}",
        f"五、材料题\n（一）{TEXT}\n1．{FIRST}2．{SECOND}",
        f"【材料题】{TEXT}\n1、{FIRST}2、{SECOND}",
        f"1、{TEXT}\n【题型】材料题\n（1）{FIRST}（2）{SECOND}",
        f"1、【材料题】{TEXT}\n（1）{FIRST}（2）{SECOND}",
        f"材料题\n１、{TEXT}\n（１）{FIRST}（２）{SECOND}",
        f"五、材料题\n1、{TEXT}\n（1）{BARE}（2）【数值题】等了多久？\n答案：（1）A（2）40 分钟\n",
    ],
)
def test_the_questions_about_a_text_are_numbered_in_many_ways(text: str) -> None:
    (body,) = bodies(text)
    assert body["type"] == "material"
    assert said(body) == [STEM, "single 原因是（ ）。", "numeric 等了多久？"], body
    assert [one["right"] for one in body["questions"][0]["options"]] == [True, False]
    assert body["questions"][1]["answers"] == [{"value": 40, "unit": "分钟"}]


ANNOUNCED = "阅读下面的材料，回答问题。"


@pytest.mark.parametrize(
    ("head", "style"),
    [
        ("阅读下面材料，完成31～32题。", ("31、", "32、")),
        ("（一）根据以下案例，回答第31-32题。", ("31．", "32．")),
        ("请阅读下列资料，回答31至32题", ("31.", "32.")),
    ],
)
def test_a_text_may_say_which_numbers_are_about_it(head: str, style: tuple[str, str]) -> None:
    text = (
        f"一、单选题（每题2分）\n30、之前（ ）\n{CHOICE}\n{head}\n{TEXT}\n"
        f"{style[0]}原因（ ）\n{CHOICE}{style[1]}措施（ ）\n{CHOICE}33、之后（ ）\n{CHOICE}"
    )
    before, material, after = bodies(text)
    assert (before["stem"], after["stem"]) == ("之前（ ）", "之后（ ）")
    assert said(material)[1:] == ["single 原因（ ）", "single 措施（ ）"]
    assert said(material)[0].endswith("监护人已经离开。")
    assert (before["points"], material["points"], after["points"]) == (2, 4, 2)


def test_a_paper_tells_one_text_from_the_next() -> None:
    part = f"（1）原因（ ）\n{CHOICE}（2）之后呢（ ）\n{CHOICE}"
    for heads in (("1、", "2、"), ("材料一：", "材料二："), ("【案例1】", "【案例2】")):
        first, second = bodies(f"材料题\n{heads[0]}{TEXT}\n{part}\n{heads[1]}换一段。\n{part}")
        assert len(first["questions"]) == len(second["questions"]) == 2
        assert second["stem"].endswith("换一段。")
    long = "这一天又有人在同一个地方动火，仍然没有清理周围的落煤。"
    counted = part.replace("（1）", "1、").replace("（2）", "2、")
    first, second = bodies(f"材料题\n{TEXT}\n{counted}\n\n{long}\n{counted}")
    assert (first["stem"], second["stem"]) == (STEM, long)


def test_what_announces_a_text_is_a_material_only_with_questions_of_its_own() -> None:
    (material,) = bodies(
        f"1、{ANNOUNCED}\n{TEXT}\n（1）原因（ ）\n{CHOICE}（2）措施（ ）\n{CHOICE}"
    )
    assert len(material["questions"]) == 2
    (essay,) = bodies(
        f"一、案例分析题\n1、{ANNOUNCED}\n{TEXT}\n（1）原因？\n（2）措施？\n"
        "答：（1）没有清理。\n（2）清理。\n"
    )
    assert essay["type"] == "essay"
    assert "（2）措施？" in essay["stem"]
    (one,) = bodies(f"1、{ANNOUNCED}\n{TEXT}\n{CHOICE}")
    assert one["type"] == "single"
    following = bodies(
        "1、一（A）\nA.甲 B.乙\n解析：根据材料可以回答问题。\n2、二（B）\nA.甲 B.乙\n"
    )
    assert [body["type"] for body in following] == ["single", "single"]


def test_every_type_may_be_asked_about_a_text() -> None:
    (body,) = bodies(
        f"材料题（每小题2分）\n1、{TEXT}\n（1）原因（AB）\nA.甲 B.乙 C.丙\n（2）监护人在。（×）\n"
        "（3）应当先____后走。\n答案：清理；打扫\n（4）您怎样看？\n答：要清理。\n"
        "（5）【排序题】先后\nA.甲 B.乙\n答案：BA\n（6）【连线题】连一连\n甲 -> 乙\n丙 -> 丁\n"
    )
    kinds = ["multiple", "boolean", "blank", "essay", "ordering", "matching"]
    assert [one["type"] for one in body["questions"]] == kinds
    assert body["points"] == 12


@pytest.mark.parametrize(
    ("heading", "points", "expected"),
    [
        ("（每小题3分）", ("", ""), [3, 3]),
        ("（每题10分）", ("", ""), [5, 5]),
        ("", ("（2分）", "（4 分）"), [2, 4]),
        ("（共6分）", ("（2分）", "（4分）"), [2, 4]),
    ],
)
def test_points_of_the_whole_are_those_of_its_questions(
    heading: str, points: tuple[str, str], expected: list[float]
) -> None:
    one, two = (f"{said}问（ ）\n{CHOICE}" for said in points)
    (body,) = bodies(f"材料题{heading}\n1、{TEXT}\n（1）{one}（2）{two}")
    assert [one["points"] for one in body["questions"]] == expected
    assert body["points"] == sum(expected)
    (whole,) = bodies(f"材料题\n1、（8分）{TEXT}\n（1）{FIRST}（2）二（ ）\n{CHOICE}")
    assert [one["points"] for one in whole["questions"]] == [4, 4]
    thirds = "".join(f"（{n}）（0.4分）第{n}（ ）\n{CHOICE}" for n in (1, 2, 3))
    assert len(bodies(f"材料题\n1、（1.2分）{TEXT}\n{thirds}")[0]["questions"]) == 3


def test_the_list_of_answers_at_the_end_reaches_into_a_material() -> None:
    options = "A.甲 B.乙 C.丙\n"
    text = (
        f"一、单选题\n1、一（ ）\n{options}\n根据下面的案例，回答2-3题。\n{TEXT}\n"
        f"2、二（ ）\n{options}3、三（ ）\n{options}4、四（ ）\n{options}\n参考答案\n1-4 ABCA\n"
    )
    first, material, last = bodies(text)
    rights = [
        "ABC"[[o["right"] for o in one["options"]].index(True)]
        for one in (first, *material["questions"], last)
    ]
    assert rights == ["A", "B", "C", "A"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"材料题\n1、{TEXT}\n", [(2, "a material without a question")]),
        (
            f"材料题\n1、{TEXT}\n（1）一（ ）\nA.甲 B.乙\n（2）二（ ）\nA.甲 B.乙\n答案：E\n",
            [(4, "no right answer"), (6, "the answer E is none of the options")],
        ),
        (
            f"材料题\n1、{TEXT}\n答案：A\n（1）一（A）\nA.甲 B.乙\n",
            [(2, "the material has an answer, but its questions have to be answered")],
        ),
        (
            f"材料题\n1、（5分）{TEXT}\n（1）（2分）一（A）\nA.甲 B.乙\n",
            [(2, "the material has 5 points, its questions together 2")],
        ),
        (
            f"材料题\n1、{TEXT}\n（1）一（ ）\nA.甲 B.乙\n（2）二（ ）\nA.甲 B.乙\n"
            "参考答案\n1、（1）A（2）B\n1、（1）A（2）A\n",
            [(6, "two different answers: B and A")],
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, expected: list[tuple[int, str]]) -> None:
    assert problems(text) == expected


@pytest.mark.parametrize("head", ["1、", "", "【材料题】"])
def test_a_material_with_a_mistake_comes_back_as_a_whole_and_is_read_alone(head: str) -> None:
    text = f"材料题（每小题2分）\n{head}{TEXT}\n（1）一（ ）\nA.甲 B.乙\n（2）二（B）\nA.甲 B.乙\n"
    other = "二、单选题\n1、别的（A）\nA.甲 B.乙\n"
    reading = chinese.read(f"{text}{other}")
    (bad,) = reading.rejected
    assert len(reading.bank) == 1
    back = chinese.dump_rejected(bad.source, [str(p) for p in bad.problems])
    (mended,) = bodies(back.replace("一（ ）", "一（A）"))
    assert said(mended) == [STEM, "single 一（ ）", "single 二（ ）"]
    assert mended["points"] == 4


WHOLE = """## 读事故经过，回答问题。 {#m-1 topic="动火" difficulty=3 tags="案例"}

焊工动火前没有清理落煤，收工 40 分钟后起火。

### 直接原因是什么？ {points=2}
- [x] 没有清理落煤
- [ ] 皮带跑偏

> 见第一句。

### 哪些人有责任？
- [x] 焊工
- [x] 监护人
- [ ] 门卫

### 收工后多少分钟起火？
= 40 分钟

### 监护人在场。
- [ ] 正确
- [x] 错误

### 动火前要先 [[清理|打扫]]。

### 按先后排序
1. 清理
2. 动火

### 连线
- 红色 -> 禁止
- 黄色 -> 警告

### 您怎样看？ {type=essay}

> 要清理。

###
> 清理、监护、观察，一样都不能少。

## 下一题？
- [x] 甲
- [ ] 乙
"""


@pytest.mark.parametrize("module", [chinese, word])
def test_a_material_is_written_and_read_the_same(module: Any) -> None:
    bank = markdown.loads(WHOLE)
    made = export(bank, module)
    assert made.losses == ()
    assert module.loads(made.data).questions == bank.questions
    alone = export(Bank(questions=bank.questions[:1]), module)
    assert alone.losses == ()


def test_a_text_that_looks_like_its_questions_is_left_out_and_named() -> None:
    part = {"type": "boolean", "stem": "对吗", "right": True}
    text = "甲说：\n\n（1）先清理\n\n（2）后动火"
    question = Question.from_json({"type": "material", "stem": text, "questions": [part]})
    made = export(Bank(questions=(question,)), chinese)
    assert made.written == 0
    assert made.losses[0].left_out


def test_a_long_text_takes_no_long_time() -> None:
    text = f"材料题\n1、{'某班组在有限空间作业。' * 2000}\n" + "一段经过，没有数字。\n" * 3000
    reading = chinese.read(text + f"（1）一（ ）\n{CHOICE}")
    assert len(reading.bank) == 1

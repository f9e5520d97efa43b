"""What the Markdown form reads, in the many ways that people write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from weike.quizzes import Bank, Question, load_bank
from weike.quizzes.choice import Choice, Option
from weike.quizzes.formats import markdown
from weike.quizzes.text import item_id
from weike.quizzes.types.blank import Blank, Synonym
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.material import Material
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.numeric import Answer, Numeric
from weike.quizzes.types.single import Single

EXAMPLE = """\
---
title: 灭火器
topic: 消防
pass: 80%
---

## 使用灭火器的第一步是什么？ {#fire-001 difficulty=2 topic="操作"}
- [x] 提起灭火器
- [ ] 拔掉保险销
  > 这是第二步。
- [ ] 压下压把

> 口诀：提、拔、握、压。

## 灭火器压力表指针在 [[绿色|绿]] 区为正常。
## 胸外按压每分钟多少次？
= 110 ± 10 次
"""


def one(text: str) -> Question:
    (question,) = markdown.loads(text).questions
    return question


def test_the_example_of_the_rules_is_read_exactly(tmp_path: Path) -> None:
    file = tmp_path / "fire.md"
    file.write_text(EXAMPLE, encoding="utf-8")
    bank = load_bank(file)
    assert (bank.title, bank.topic, bank.rules.passing) == ("灭火器", "消防", 0.8)
    assert list(bank) == [
        Single(
            id="fire-001",
            stem="使用灭火器的第一步是什么？",
            difficulty=2,
            topic="操作",
            explanation="口诀：提、拔、握、压。",
            options=(
                Option(text="提起灭火器", right=True),
                Option(text="拔掉保险销", feedback="这是第二步。"),
                Option(text="压下压把"),
            ),
        ),
        Blank(
            stem="灭火器压力表指针在 ____ 区为正常。",
            blanks=((Synonym(text="绿色"), Synonym(text="绿")),),
        ),
        Numeric(
            stem="胸外按压每分钟多少次？",
            answers=(Answer(value=110, tolerance=10, unit="次"),),
        ),
    ]
    assert bank.lines == {"fire-001": 7, bank.questions[1].id: 15, bank.questions[2].id: 16}


def test_several_ticks_are_multiple_choice() -> None:
    question = one("## 问\n- [x] 甲\n- [X] 乙\n- [ ] 丙\n")
    assert isinstance(question, Multiple)
    assert question.key == {0, 1}


@pytest.mark.parametrize(
    ("true", "false"), [("正确", "错误"), ("对", "错"), ("true", "false"), ("True", "False")]
)
def test_two_truths_are_a_true_false_question(true: str, false: str) -> None:
    yes = one(f"## 问\n- [x] {true}\n  > 不错。\n- [ ] {false}\n  > 再想想。\n")
    assert yes == Boolean(stem="问", right=True, if_right="不错。", if_wrong="再想想。")
    no = one(f"## 问\n- [ ] {true}\n  > 再想想。\n- [x] {false}\n")
    assert no == Boolean(stem="问", right=False, if_wrong="再想想。")


def test_a_full_width_quote_is_feedback_or_explanation_and_never_shown_with_the_question() -> None:
    read = markdown.loads(
        "## 问？\n- [x] 甲\n  ＞ 对。\n- [ ] 乙\n\n＞ 因为。\n\n## 填 [[甲]]\n＞ 解。\n"
    ).questions
    assert [option.text for option in read[0].options] == ["甲", "乙"]
    assert (read[0].options[0].feedback, read[0].explanation) == ("对。", "因为。")
    assert (read[1].stem, read[1].explanation) == ("填 ____", "解。")
    (code,) = markdown.loads("## 输出什么？\n````\n```\n＞ 1\n````\n= 1\n\n＞ 解\n").questions
    assert ("＞ 1" in code.stem, code.explanation) == (True, "解")


@pytest.mark.parametrize("line", ["＞ 80 dB", "\\＞ 80 dB", "```\n＞ 80 dB\n```"])
def test_a_full_width_sign_that_is_no_quote_stays_when_it_is_written(line: str) -> None:
    options = (Option(text=f"甲\n\n{line}", right=True), Option(text="乙"))
    inside = Single(stem=f"哪个？\n\n{line}", options=options)
    bank = Bank(questions=(inside, Material(stem=f"读\n\n{line}", questions=(inside,))))
    assert markdown.loads(markdown.dumps(bank)).questions == bank.questions


@pytest.mark.parametrize("tick", ["[x]", "[X]", "［x］", "［ｘ］", "[ｘ]", "[√]", "[✓]"])
@pytest.mark.parametrize("empty", ["[ ]", "[]", "［ ］", "［　］", "［］"])
def test_marks_may_be_full_width(tick: str, empty: str) -> None:
    question = one(f"## 问\n- {tick} 甲\n- {empty}乙\n* \n".replace("* \n", ""))
    assert isinstance(question, Single)
    assert [(o.text, o.right) for o in question.options] == [("甲", True), ("乙", False)]


@pytest.mark.parametrize("bullet", ["-", "*", "+", "1.", "1)"])
def test_any_kind_of_list_holds_options(bullet: str) -> None:
    question = one(f"## 问\n{bullet} [x] 甲\n{bullet} [ ] 乙\n")
    assert isinstance(question, Single)


def test_paragraphs_and_pictures_above_the_options_belong_to_the_stem() -> None:
    question = one("## 看图\n\n![表](压力表.svg)\n\n指针在哪里？\n- [x] 绿区\n- [ ] 红区\n")
    assert question.stem == "看图\n\n![表](压力表.svg)\n\n指针在哪里？"


def test_a_list_and_a_quote_in_the_stem_stay_there() -> None:
    question = one("## 下列\n\n1. 通风\n2. 检测\n\n> 规程第三条\n\n- [x] 都要\n- [ ] 都不要\n")
    assert question.stem == "下列\n\n1. 通风\n2. 检测\n\n> 规程第三条"
    assert question.explanation is None


def test_a_heading_of_a_lower_level_belongs_to_the_stem() -> None:
    assert one("## 问\n### 背景\n文\n- [x] 甲\n- [ ] 乙\n").stem == "问\n\n### 背景\n文"


def test_an_option_may_have_paragraphs_and_a_feedback_of_several() -> None:
    question = one("## 问\n- [x] 甲\n\n  ![图](a.svg)\n\n  > 一\n  >\n  > 二\n- [ ] 乙\n  还是乙\n")
    assert isinstance(question, Choice)
    assert question.options == (
        Option(text="甲\n\n![图](a.svg)", right=True, feedback="一\n\n二"),
        Option(text="乙\n还是乙"),
    )


def test_a_link_in_an_option_is_no_mark() -> None:
    question = one("## 问\n- [x] [x](y.html)\n- [ ] (1) 乙\n")
    assert isinstance(question, Choice)
    assert [option.text for option in question.options] == ["[x](y.html)", "(1) 乙"]


def test_double_brackets_in_an_option_are_text() -> None:
    assert isinstance(one("## 问\n- [x] [[1, 2], [3]]\n- [ ] []\n"), Single)


def test_a_lazy_quote_under_the_list_is_the_explanation() -> None:
    question = one("## 问\n- [x] 甲\n- [ ] 乙\n> 因为\n所以\n")
    assert question.explanation == "因为\n所以"


def test_comments_and_rules_between_questions_are_passed_over() -> None:
    text = "<!-- 第一组 -->\n\n## 甲\n= 1\n\n<!-- 待核 -->\n\n---\n\n## 乙\n= 2\n"
    assert [question.stem for question in markdown.loads(text)] == ["甲", "乙"]


def test_several_blanks_also_in_later_lines_of_the_stem() -> None:
    question = one(
        "## 压力表\n\n指针在 [[ 绿色 | 绿 ]] 区为正常，\n在［［红色｜红］］区为 `[[x]]` 不足。\n"
    )
    assert question == Blank(
        stem="压力表\n\n指针在 ____ 区为正常，\n在____区为 `[[x]]` 不足。",
        blanks=(
            (Synonym(text="绿色"), Synonym(text="绿")),
            (Synonym(text="红色"), Synonym(text="红")),
        ),
    )


def test_a_blank_takes_escaped_signs_weights_and_feedback() -> None:
    question = one(
        '## 写 [[a\\|b|c\\]|d {weight=0.5 feedback="接近 | 再想"}]] ，\\[[不是空]]。\n> 解析\n'
    )
    assert question == Blank(
        stem="写 ____ ，\\[[不是空]]。",
        explanation="解析",
        blanks=(
            (
                Synonym(text="a|b"),
                Synonym(text="c]"),
                Synonym(text="d", weight=0.5, feedback="接近 | 再想"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("110 ± 10 次", Answer(value=110, tolerance=10, unit="次")),
        ("１１０　±　１０次／分", Answer(value=110, tolerance=10, unit="次/分")),
        ("110 +/- 10", Answer(value=110, tolerance=10)),
        ("110 ± 10%", Answer(value=110, tolerance=11)),
        ("3..5", Answer(min=3, max=5)),
        ("3 .. 5 mm", Answer(min=3, max=5, unit="mm")),
        ("3～5 m²", Answer(min=3, max=5, unit="m²")),
        ("-3至-1 ℃", Answer(min=-3, max=-1, unit="℃")),
        ("3..", Answer(min=3)),
        ("..5", Answer(max=5)),
        ("4（3..5）米", Answer(value=4, min=3, max=5, unit="米")),
        ("12%", Answer(value=12, unit="%")),
        ("12 % ± 1%", Answer(value=12, tolerance=1, unit="%")),
        ("1.2e3 Pa", Answer(value=1200, unit="Pa")),
        ("1.2×10^3 Pa", Answer(value=1200, unit="Pa")),
        ("−5", Answer(value=-5)),
        ('5 {weight=1 feedback="好\\n的"}', Answer(value=5, feedback="好\n的")),
    ],
)
def test_a_number_has_a_tolerance_a_range_and_a_unit(text: str, answer: Answer) -> None:
    assert one(f"## 多少？\n= {text}\n") == Numeric(stem="多少？", answers=(answer,))


@pytest.mark.parametrize("sign", ["= ", "=", "＝ "])
def test_several_numbers_follow_the_last_line_of_the_stem(sign: str) -> None:
    question = one(f"## 多少？\n\n取整数\n{sign}5\n{sign}6 {{weight=0.5}}\n\n> 解析\n")
    assert question == Numeric(
        stem="多少？\n\n取整数",
        explanation="解析",
        answers=(Answer(value=5), Answer(value=6, weight=0.5)),
    )


def test_attributes_are_read_and_braces_that_are_text_stay() -> None:
    question = one('## 集合 {1, 2} ｛#a-1 points=2.5 tags="x，y" topic=“操作 规程”｝\n= 2\n')
    assert (question.stem, question.id, question.points) == ("集合 {1, 2}", "a-1", 2.5)
    assert (question.tags, question.topic) == (("x", "y"), "操作 规程")
    assert one("## 集合 \\{x=1}\n= 2\n").stem == "集合 \\{x=1}"


def test_a_question_without_an_id_gets_one_of_its_normalised_stem() -> None:
    assert one("## 一加一？\n= 2\n").id == item_id("一加一") != item_id("一加二")


def test_a_type_can_be_named_where_the_answers_alone_say_another() -> None:
    question = one("## 问 {type=multiple}\n- [x] 甲\n- [ ] 乙\n")
    assert isinstance(question, Multiple)
    assert isinstance(one("## 问 {type=single}\n- [x] 对\n- [ ] 错\n"), Single)


def test_a_first_heading_is_the_title() -> None:
    assert markdown.loads("# 灭火器\n\n## 问\n= 1\n").title == "灭火器"


def test_a_cell_may_name_a_bank_instead_of_asking() -> None:
    bank = markdown.loads("\n---\nbank: fire.md\ndraw: 5\n---\n", first_line=2)
    assert (bank.bank, bank.rules.draw, bank.questions) == ("fire.md", 5, ())


def test_every_rule_can_stand_in_the_front_matter() -> None:
    bank = markdown.loads(
        "---\ntitle：动火\ntopic: 安全\nlanguage: zh-CN\npass: 0.75\nbehaviour: 考试\n"
        "partial: 漏选得一半分\nattempts: 3\nwait: 1小时30分\nlimit: 10 min\n"
        "open: 2026-10-01\nclose: 2026-12-31\ndraw: {操作: 2, 3: 1}\nshuffle: true\n"
        "counts: mean\n---\n## 一？\n= 1\n## 二？\n= 2\n## 三？\n= 3\n",
        zone=ZoneInfo("Asia/Shanghai"),
    )
    rules = bank.rules
    assert bank.title == "动火"
    assert (rules.passing, rules.behaviour, rules.partial) == (0.75, "exam", "missed-half")
    assert (rules.attempts, rules.counts, rules.shuffle) == (3, "mean", "both")
    assert (rules.wait, rules.limit) == (timedelta(minutes=90), timedelta(minutes=10))
    assert rules.open == datetime(2026, 9, 30, 16, tzinfo=UTC)
    assert rules.close == datetime(2026, 12, 31, 16, tzinfo=UTC), "the day belongs to it"
    assert (rules.draw, rules.strata) == (3, (("操作", 2), (3, 1)))


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    file = tmp_path / "fire.md"
    file.write_bytes(("\ufeff" + EXAMPLE.replace("\n", "\r\n")).encode())
    assert load_bank(file) == markdown.loads(EXAMPLE)


def test_a_bank_is_iterated_and_counted() -> None:
    bank = markdown.loads(EXAMPLE)
    assert len(bank) == len(list(bank)) == len(bank.questions) == 3

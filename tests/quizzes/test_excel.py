"""Excel: every spelling of an answer, every mistake with its row and column, nothing lost."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weike.quizzes import BankError
from weike.quizzes.formats import excel, markdown
from weike.quizzes.loss import export

from .workbooks import HEADER, book, only, problems, row

FOUR = ("提起", "拔销", "握管", "压下")


@pytest.mark.parametrize("kind", ["单选", "单选题", "单项选择题", "single", "Single"])
@pytest.mark.parametrize("answer", ["B", "b", "Ｂ", " B "])
def test_a_single_choice(kind: str, answer: str) -> None:
    read = only(kind, "第一步是（ ）。", answer, *FOUR)
    assert read["type"] == "single"
    assert read["stem"] == "第一步是（ ）。"
    assert [option["right"] for option in read["options"]] == [False, True, False, False]


@pytest.mark.parametrize(
    "answer",
    ["ABD", "A,B,D", "A，B，D", "A、B、D", "A|B|D", "A；B；D", "A;B;D", "abd", "ＡＢＤ", "B D A"],
)
def test_a_multiple_choice_takes_every_spelling_of_its_letters(answer: str) -> None:
    read = only("多选", "哪些？", answer, *FOUR)
    assert read["type"] == "multiple"
    assert [option["right"] for option in read["options"]] == [True, True, False, True]


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        *((word, True) for word in ("正确", "对", "是", "同意", "√", "T", "true", "A", True)),
        *((word, False) for word in ("错误", "错", "否", "不同意", "×", "F", "FALSE", "b", False)),
        *((word, True) for word in ("正确。", "☑", "✔")),
        *((word, False) for word in ("不正确", "不对。", "❌", "╳")),
    ],
)
def test_a_truth_takes_every_word_for_it(answer: Any, right: bool) -> None:
    assert only("判断", "对吗？", answer)["right"] is right


def test_a_and_b_mean_the_options_where_there_are_two() -> None:
    assert only("判断题", "对吗？", "A", "错误", "正确")["right"] is False
    assert only("判断题", "对吗？", "B", "错误", "正确")["right"] is True


@pytest.mark.parametrize("gap", ["__", "____", "（ ）", "(  )", "（　　）", "＿＿"])
def test_blanks_stand_where_the_text_leaves_room(gap: str) -> None:
    read = only("填空", f"指针在{gap}区正常，在{gap}区送修。", "绿色；绿|红色;红")
    room = gap if gap == "____" else " ____ "  # what we write ourselves stays as it is
    assert read["stem"] == f"指针在{room}区正常，在{room}区送修。"
    assert read["blanks"] == [["绿色", "绿"], ["红色", "红"]]


def test_a_blank_without_room_gets_it_at_the_end_and_a_number_is_a_text() -> None:
    read = only("填空题", "火警电话是？", 119)
    assert (read["stem"], read["blanks"]) == ("火警电话是？ ____", [["119"]])


def test_the_letters_say_whether_a_choice_is_single_or_multiple() -> None:
    assert only("选择题", "哪个？", "B", "甲", "乙")["type"] == "single"
    assert only("选择", "哪些？", "A、B", "甲", "乙", "丙")["type"] == "multiple"


def test_numbers_matching_ordering_polls_and_essays() -> None:
    assert only("数值", "多少次？", "110±10 次")["answers"] == [
        {"value": 110, "tolerance": 10, "unit": "次"}
    ]
    assert only("连线", "连线", None, "红 -> 禁止", "黄→警告", "-> 指令") == only(
        "匹配", "连线", "红->禁止；黄->警告；->指令"
    )
    assert only("排序", "先后", "CAB", "检测", "作业", "通风")["items"] == ["通风", "检测", "作业"]
    assert only("排序", "先后", None, "通风", "检测")["items"] == ["通风", "检测"]
    assert only("投票", "长短", None, "太长", "正好")["type"] == "poll"
    assert only("简答", "讲一次", "时间、地点", 解析="补充")["explanation"] == "时间、地点\n\n补充"


def test_the_other_columns_are_kept() -> None:
    read = only(
        "判断",
        "对吗？",
        "对",
        题号="fire-1",
        解析="口诀",
        分值=2,
        难度=3,
        知识点="操作",
        标签="a、b",
        来源="GB 50444",
    )
    assert read == {
        "id": "fire-1",
        "type": "boolean",
        "stem": "对吗？",
        "points": 2,
        "topic": "操作",
        "difficulty": 3,
        "tags": ["a", "b", "来源:GB 50444"],
        "explanation": "口诀",
        "right": True,
    }


def test_a_bare_number_in_front_counts_rows_and_is_no_id() -> None:
    assert only("判断", "对吗？", "对", 题号=7)["id"].startswith("q-")


def test_the_header_is_found_in_any_order_in_english_and_under_a_title() -> None:
    data = book(
        ["B", "What?", "one", "two", "single"],
        header=["Answer", "Question", "Option A", "B", "TYPE"],
        above=[["Safety test 2026"], []],
    )
    (question,) = excel.loads(data)
    assert question.to_json()["options"][1] == {"text": "two", "right": True}


@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        (row("", "问", "A", "甲", "乙"), "Type", "the type is missing"),
        (row("选项", "问", "A", "甲", "乙"), "Type", "选项 is no type of question"),
        (row("单选", "", "A", "甲", "乙"), "Stem", "the question has no text"),
        (row("单选", "问", "", "甲", "乙"), "Answer", "no right answer"),
        (row("单选", "问", "C", "甲", "乙"), "Answer", "the answer C is none of the options"),
        (
            row("单选", "问", "AB", "甲", "乙"),
            "Answer",
            "a single choice with several right answers",
        ),
        (row("多选", "问", "AA", "甲", "乙"), "Answer", "the answer AA names an option twice"),
        (row("单选", "问", "A", "甲"), "Option B", "the question has fewer than two options"),
        (row("单选", "问", "A", "甲", None, "丙"), "Option B", "an empty option"),
        (row("单选", "问", "A", "甲", "甲"), None, "the option 甲 stands there twice"),
        (row("判断", "问", "也许"), "Answer", "the answer 也许 is neither true nor false"),
        (
            row("判断", "问", "A", "错误", "正确", "没说"),
            "Answer",
            "a true/false question has other options than these two",
        ),
        (row("填空", "问__", ""), "Answer", "a blank has no right answer"),
        (
            row("填空", "一__二__", "甲"),
            "Answer",
            "the text has 2 blanks, but there are answers for 1",
        ),
        (row("数值", "问", "很多"), "Answer", "很多 is no number"),
        (row("连线", "问", "", "甲", "乙"), "Answer", "甲 is no pair"),
        (row("排序", "问", "BA", "甲", "乙", "丙"), "Answer", "the order BA leaves options out"),
        (row("判断", "问", "对", 分值="很多"), "Points", "很多 is not between 0 and 1000"),
        (row("判断", "问", "对", 难度=9), "Difficulty", "9 is not between 1 and 5"),
    ],
)
def test_a_mistake_is_named_with_its_row_and_column(
    cells: list[Any], column: str | None, message: str
) -> None:
    good = row("判断", "好题", "对")
    assert problems(good, cells, row("判断", "又一道好题", "错")) == [(3, column, message)]


def test_all_problems_are_told_at_once_and_good_rows_are_kept() -> None:
    rows = [row("判断", f"第 {n} 题", "对") for n in range(17)]
    rows[3:3] = [row("单选", "坏一", "Z", "甲", "乙")]
    rows[9:9] = [row("未知", "坏二", "A")]
    rows[19:] = [row("判断", "坏三", "也许")]
    data = book(*rows)
    reading = excel.read(data)
    assert (len(reading.bank), len(reading.rejected)) == (17, 3)
    assert [problem.line for problem in reading.problems] == [5, 11, 21]
    with pytest.raises(BankError) as caught:
        excel.loads(data, source="fire.xlsx")
    assert len(caught.value.problems) == 3


def test_bad_rows_are_given_back_with_the_reason_and_can_be_mended_there() -> None:
    data = book(row("判断", "好", "对"), row("单选", "坏", "Z", "甲", "乙", 题号=2, 分值=3))
    back = excel.dump_rejected(data, excel.read(data))
    sheet = openpyxl.load_workbook(io.BytesIO(back)).active
    assert sheet is not None
    rows = [[cell.value for cell in cells] for cells in sheet.iter_rows()]
    assert rows[0] == [*HEADER, "Reason"]
    assert rows[1][:8] == [2, "单选", "坏", "甲", "乙", None, None, "Z"]
    assert "the answer Z is none of the options" in str(rows[1][-1])
    sheet.cell(2, 8).value = "A"
    out = io.BytesIO()
    sheet.parent.save(out)
    assert len(excel.loads(out.getvalue())) == 1


def test_the_same_question_twice_is_named_and_the_same_words_with_other_options_are_not() -> None:
    assert problems(row("判断", "问？", "对"), row("判断", " 问? ", "对")) == []
    assert problems(row("判断", "问？", "对"), row("判断", "问？", "对")) == [
        (3, None, "the same question stands there twice")
    ]
    data = book(
        row("单选", "下列正确的是", "A", "甲", "乙"), row("单选", "下列正确的是", "A", "丙", "丁")
    )
    assert len({question.id for question in excel.loads(data)}) == 2


@pytest.mark.parametrize("header", [["题型", "题干"], ["a", "b"], []])
def test_a_sheet_without_the_needed_columns_names_them(header: list[str]) -> None:
    with pytest.raises(BankError, match=r"答案.* missing"):
        excel.loads(book(["x"], header=header))


def test_an_empty_sheet_is_no_success() -> None:
    with pytest.raises(BankError, match="no questions"):
        excel.loads(book())


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    return out.getvalue()


def entities() -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book(row("判断", "问", "对")))) as source,
        zipfile.ZipFile(out, "w") as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                content = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content
            target.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not a workbook", "cannot be read"),
        (b"PK\x03\x04broken", "cannot be read"),
        (bomb(), "more than a hundredfold"),
        (entities(), "XML entities"),
        (b"0" * 20_000_001, "larger than 20 MB"),
    ],
    ids=["text", "broken", "bomb", "entities", "size"],
)
def test_a_dangerous_or_broken_file_is_a_clear_error(data: bytes, message: str) -> None:
    with pytest.raises(BankError, match=message):
        excel.loads(data, source="fire.xlsx")


def test_a_formula_is_no_answer() -> None:
    assert problems(row("单选", "问", "=CHAR(65)", "甲", "乙")) == [
        (2, "Answer", "no right answer")
    ]


def test_what_a_workbook_can_hold_comes_back_the_same() -> None:
    text = """\
## 第一步？ {#fire-1 points=2 difficulty=3 topic="操作" tags="a,来源:GB 50444"}
- [ ] 提起
- [x] **拔销**

> 口诀

## 哪些？
- [x] 甲
- [x] 乙
- [ ] 丙

## 对吗？
- [x] 正确
- [ ] 错误

## 在 [[绿色|绿]] 区和 [[红色]] 区

## 多少？
= 110 ± 10 次

## 连线
- 红 -> 禁止
- 黄 -> 警告
- -> 指令

## 先后
1. 通风
2. 检测

## 长短
- ( ) 太长
- ( ) 正好

## 讲一次 {type=essay}

> 时间、地点
"""
    bank = markdown.loads(text)
    made = export(bank, excel)
    assert made.losses == ()
    assert isinstance(made.data, bytes)
    assert excel.loads(made.data).questions == bank.questions


def test_an_export_names_what_a_row_cannot_hold() -> None:
    bank = markdown.loads(
        "---\ntitle: 灭火器\n---\n"
        "## 问？\n- [x] 甲\n  > 对\n- [ ] 乙\n\n## 数\n= 1\n= 2 {weight=0.5}\n"
    )
    told = [str(loss) for loss in export(bank, excel).losses]
    assert any("title" in loss for loss in told)
    assert any("options" in loss for loss in told)
    assert any("left out" in loss for loss in told)


def test_text_that_looks_like_a_formula_stays_text() -> None:
    bank = markdown.loads("## 问？\n- [x] =1+1\n- [ ] +86\n")
    made = export(bank, excel)
    assert made.losses == ()
    sheet = openpyxl.load_workbook(io.BytesIO(made.data if isinstance(made.data, bytes) else b""))
    assert sheet["题库"]["D2"].value == "'=1+1"


WORDS = (
    "单选 多选 判断 填空 数值 连线 排序 投票 简答 A AB 对 x|y;z __ a->b =1 5 （） >a -[x] [[a]] {x}"
)
CELLS = st.sampled_from([*WORDS.split(), "", "\n", "（ ）", "> a", "- [x]"]) | st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=12
)


@settings(max_examples=20)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=9), min_size=1, max_size=4))
def test_no_cells_crash_the_reader_and_no_key_is_lost_in_silence(rows: list[list[str]]) -> None:
    try:
        reading = excel.read(book(*rows))
    except BankError:
        return
    for question in reading.bank:
        assert question.problems() == []
    again = export(reading.bank, excel)
    assert again.written + sum(loss.left_out for loss in again.losses) == len(reading.bank)

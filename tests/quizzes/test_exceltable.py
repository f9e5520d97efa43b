"""Excel: questions on several sheets, taken as one bank and given back where they stood."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
import pytest

from weike.quizzes import Bank, BankError
from weike.quizzes.formats import excel
from weike.quizzes.xlsx import cells

CHOICE = ["题号", "题干", "选项A", "选项B", "答案", "分值"]
TRUTH = ["题干", "答案"]
MIXED = ["题型", "题干", "选项A", "选项B", "答案"]


def book(sheets: Mapping[str, Sequence[Sequence[Any]]], *, hidden: Sequence[str] = ()) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def by_type(*, more: Sequence[Sequence[Any]] = ()) -> bytes:
    return book(
        {
            "单选题": [CHOICE, [1, "第一步？", "提起", "拔销", "A", 2]],
            " 多选 ": [["多选题部分"], [], CHOICE, [1, "哪些？", "甲", "乙", "ＡＢ", None]],
            "判断题": [TRUTH, ["火警电话是 119。", "对"], *more],
        }
    )


def sheets(data: bytes) -> dict[str, list[list[Any]]]:
    made = openpyxl.load_workbook(io.BytesIO(data))
    return {one.title: [list(row) for row in one.iter_rows(values_only=True)] for one in made}


def test_each_type_may_have_a_sheet_that_is_named_after_it() -> None:
    bank = excel.loads(by_type())
    assert [(one.type, one.stem, one.points) for one in bank] == [
        ("single", "第一步？", 2),
        ("multiple", "哪些？", 1),
        ("boolean", "火警电话是 119。", 1),
    ]
    assert [(bank.sheets[one.id], bank.lines[one.id]) for one in bank] == [
        ("单选题", 2),
        (" 多选 ", 4),
        ("判断题", 2),
    ]


@pytest.mark.parametrize(
    ("name", "row", "kind"),
    [
        ("单项选择题", ["问？", "甲", "乙", "B"], "single"),
        ("不定项", ["问？", "甲", "乙", "AB"], "multiple"),
        ("Boolean", ["问？", None, None, "错"], "boolean"),
        ("填空题", ["在 __ 区", None, None, "绿"], "blank"),
        ("简答", ["说说。", None, None, "要点"], "essay"),
        ("计算题", ["多少？", None, None, "110±10"], "numeric"),
        ("排序题", ["先后？", "甲", "乙", "BA"], "ordering"),
    ],
)
def test_a_name_is_understood_as_a_cell_of_the_column_of_types_is(
    name: str, row: list[Any], kind: str
) -> None:
    (question,) = excel.loads(book({name: [["题干", "A", "B", "答案"], row]}))
    assert question.type == kind


def test_a_column_of_types_goes_before_the_name_of_the_sheet() -> None:
    rows = [MIXED, ["判断", "甲？", None, None, "对"], [None, "乙？", "一", "二", "A"]]
    reading = excel.read(book({"单选题": rows}))
    assert [one.type for one in reading.bank] == ["boolean"]
    assert [str(one) for one in reading.problems] == [
        "line 3, column Type: the type is missing; write 单选, 多选, 判断, 填空, 数值, 简答, 连线, "
        "排序, 投票, 说明, 材料"
    ]


def test_a_problem_names_its_sheet_where_there_are_several_with_questions() -> None:
    bad = ["对吗？", "也许"]
    (problem,) = excel.read(by_type(more=[bad])).problems
    assert (problem.sheet, problem.line, problem.column) == ("判断题", 3, "Answer")
    assert problem.place == "“判断题” line 3, column Answer"
    (alone,) = excel.read(book({"判断题": [TRUTH, bad], "单选题": [CHOICE]})).problems
    assert alone.place == "line 2, column Answer"


def test_a_question_that_stands_on_two_sheets_is_taken_once_and_ids_stay_apart() -> None:
    rows = [MIXED, ["判断", "对吗？", None, None, "对"]]
    (problem,) = excel.read(book({"一班": rows, "二班": rows})).problems
    assert str(problem) == (
        "“二班” line 2: the same question stands there twice; “一班” line 2 has it already;"
        " delete one"
    )
    named = [["fire-1", stem, "甲", "乙", "A", None] for stem in ("一？", "二？")]
    data = book({"单选": [CHOICE, named[0]], "多选": [CHOICE, named[1]]})
    first, second = (question.id for question in excel.loads(data))
    assert first == "fire-1"
    assert second.startswith("q-")


def test_rejected_rows_come_back_on_their_sheets_and_can_be_mended_there() -> None:
    data = book(
        {
            "单选题": [CHOICE, [1, "好？", "甲", "乙", "A", 2], [2, "坏？", "甲", "乙", "Z", 3]],
            "综合": [MIXED, ["判断", "对吗？", None, None, "对"]],
            "判断题": [TRUTH, ["错吗？", "也许"]],
        }
    )
    given = sheets(excel.dump_rejected(data, excel.read(data)))
    assert list(given) == ["单选题", "判断题"]
    assert given["单选题"][0] == [*CHOICE, "题型", "Reason"]
    assert given["单选题"][1][:7] == [2, "坏？", "甲", "乙", "Z", 3, "单选题"]
    assert given["判断题"] == [
        [*TRUTH, "题型", "Reason"],
        ["错吗？", "也许", "判断题", given["判断题"][1][3]],
    ]
    assert "neither true nor false" in given["判断题"][1][3]
    given["单选题"][1][4], given["判断题"][1][1] = "B", "错"
    mended = excel.loads(book(given))
    assert [(one.type, one.stem, one.points) for one in mended] == [
        ("single", "坏？", 3),
        ("boolean", "错吗？", 1),
    ]


def test_rejected_rows_of_one_sheet_carry_the_type_that_only_its_name_told() -> None:
    data = book({"判断题": [TRUTH, ["错吗？", "也许"]]})
    (rows,) = sheets(excel.dump_rejected(data, excel.read(data))).values()
    assert [row[:3] for row in rows] == [["题干", "答案", "题型"], ["错吗？", "也许", "判断题"]]


def test_a_material_may_stand_on_a_sheet_of_its_own() -> None:
    parts = [*MIXED, "材料"]
    data = book(
        {
            "材料题": [["题号", "题干", "答案"], ["m", "动火前没有清理。", None]],
            "综合": [parts, ["单选", "原因？", "没清理", "天气", "A", "m"]],
        }
    )
    (question,) = excel.loads(data)
    assert [one["type"] for one in question.to_json()["questions"]] == ["single"]
    wrong = book(
        {
            "材料题": [["题号", "题干", "答案"], ["m", "动火前没有清理。", None]],
            "综合": [parts, ["单选", "原因？", "没清理", "天气", "Z", "m"]],
        }
    )
    reading = excel.read(wrong)
    assert [problem.place for problem in reading.problems] == [
        "“材料题” line 2",
        "“综合” line 2, column Answer",
    ]
    given = sheets(excel.dump_rejected(wrong, reading))
    assert [len(rows) for rows in given.values()] == [2, 2]


def test_other_sheets_are_named_unless_they_are_hidden_empty_or_the_templates_own() -> None:
    data = book(
        {
            "封面": [["安全题库 2026"]],
            "单选题": [CHOICE, [1, "第一步？", "提起", "拔销", "A", 2]],
            "简答题": [["题干"], ["说说。"]],
            "空": [],
            "旧题": [TRUTH, ["旧？", "对"]],
            "填写说明": [["列", "怎么填"]],
            "Examples": [MIXED, ["判断", "示例？", None, None, "对"]],
        },
        hidden=["旧题"],
    )
    reading = excel.read(data)
    assert [one.stem for one in reading.bank] == ["第一步？"]
    said = "the sheet “{}” is not read, because it lacks the columns {}"
    assert reading.dropped == (
        said.format("封面", "题型, 题干, 答案"),
        said.format("简答题", "答案"),
    )
    assert [one.message for one in reading.bank.unread] == list(reading.dropped)


def test_without_any_header_the_sheet_that_comes_nearest_is_named() -> None:
    with pytest.raises(BankError, match=r"“题” line 1: the columns 答案 are missing"):
        excel.loads(book({"封面": [["安全"]], "题": [["题型", "题干"], ["判断", "对吗？"]]}))


def test_the_template_filled_in_beside_a_sheet_of_ones_own_is_taken_whole() -> None:
    made = openpyxl.load_workbook(io.BytesIO(excel.dumps(Bank())))
    made["题库"].append([None, "判断", "对吗？", *[None] * 8, "对"])
    own = made.create_sheet("判断题")
    own.append(TRUTH)
    own.append(["错吗？", "错"])
    out = io.BytesIO()
    made.save(out)
    reading = excel.read(out.getvalue())
    assert [one.stem for one in reading.bank] == ["对吗？", "错吗？"]
    assert reading.dropped == ()


def test_bounds_count_over_all_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [TRUTH, *([f"第 {n} 题对吗？", "对"] for n in range(8))]
    data = book({"判断": rows[:5], "判断题": [TRUTH, *rows[5:]]})
    assert len(excel.loads(data)) == 8
    with monkeypatch.context() as patch:
        patch.setattr("weike.quizzes.spreadsheet.MAX_ROWS", 9)
        with pytest.raises(BankError, match="more than 9 rows"):
            excel.loads(data)
    with monkeypatch.context() as patch:
        # Each cell holds the number of a shared text: one digit, or two.
        patch.setattr(cells, "MOST_TEXT", 100)
        with pytest.raises(BankError, match="larger than 20 MB"):
            excel.loads(book({f"判断{'题' * n}": rows * 3 for n in range(2)}))

"""The workbook to fill in, which explains itself."""

from __future__ import annotations

import io

import openpyxl

from weike.quizzes import Bank
from weike.quizzes.formats import excel
from weike.quizzes.loss import export
from weike.quizzes.types import known

from .workbooks import book


def test_the_template_has_lists_to_choose_from_and_explains_itself() -> None:
    made = openpyxl.load_workbook(io.BytesIO(excel.dumps(Bank())))
    sheet = made["题库"]
    assert sheet.freeze_panes == "A2"
    lists = [validation.formula1 for validation in sheet.data_validations.dataValidation]
    assert any("单选,多选,判断" in str(one) for one in lists)
    assert "填写说明" in made.sheetnames
    headers = [cell.value for cell in sheet[1]]
    assert {"题型*", "题干*", "选项A", "选项H", "答案*", "来源"} <= set(headers)


def test_the_template_shows_each_type_by_a_row_that_can_be_taken_as_it_is() -> None:
    made = openpyxl.load_workbook(io.BytesIO(excel.dumps(Bank())))
    shown = [[cell.value for cell in row] for row in made["示例"]]
    read = excel.read(book(*shown[1:], header=shown[0]))
    assert read.problems == ()
    assert {question.type for question in read.bank} == known().keys()
    (material,) = [one for one in read.bank if one.type == "material"]
    assert [one["type"] for one in material.body()["questions"]] == ["single", "numeric"]
    again = export(read.bank, excel)
    assert again.losses == ()
    assert excel.loads(again.data if isinstance(again.data, bytes) else b"") == read.bank
    columns = {str(hint[0].value).rstrip("*…A") for hint in made["填写说明"]}
    told = {str(title).rstrip("*ABCDEFGH").removesuffix("(1-5)") for title in shown[0]}
    assert told <= columns, "every column is explained"


def test_only_what_is_in_the_first_sheet_of_the_template_is_taken() -> None:
    made = openpyxl.load_workbook(io.BytesIO(excel.dumps(Bank())))
    made["题库"].append([None, "判断", "对吗？", *[None] * 8, "对"])
    out = io.BytesIO()
    made.save(out)
    assert [one.stem for one in excel.loads(out.getvalue())] == ["对吗？"]

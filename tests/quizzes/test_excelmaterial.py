"""Questions about a material, each on a row of its own."""

from __future__ import annotations

from typing import Any

import pytest

from weike.quizzes.formats import excel, markdown
from weike.quizzes.loss import export

from .workbooks import HEADER, book, row

WITH_MATERIAL = [*HEADER, "材料"]
PASSAGE = ("材料", "某厂焊工动火前没有清理可燃物。", None)


def of(material: Any, cells: list[Any]) -> list[Any]:
    return [*cells, *[None] * (len(HEADER) - len(cells)), material]


def told(*rows: Any) -> list[tuple[int | None, str | None, str]]:
    read = excel.read(book(*rows, header=WITH_MATERIAL))
    assert len(read.rejected) == len(rows)
    return [(p.line, p.column, p.message) for p in read.problems]


@pytest.mark.parametrize("name", ["m-1", 1])
def test_questions_say_which_material_they_are_about_wherever_they_stand(name: Any) -> None:
    data = book(
        row(*PASSAGE, 题号=name, 解析="先清理", 知识点="动火"),
        of(name, row("单选", "直接原因？", "A", "没有清理", "天气", 分值=2)),
        row("判断", "别的题。", "对"),
        of(name, row("填空", "提前 __ 分钟检测。", "30;三十")),
        header=WITH_MATERIAL,
    )
    material, other = excel.loads(data).questions
    read = material.to_json()
    assert (read["type"], read["points"], read["topic"]) == ("material", 3, "动火")
    assert [one["type"] for one in read["questions"]] == ["single", "blank"]
    assert read["explanation"] == "先清理"
    assert other.type == "boolean"


def test_a_material_goes_in_as_a_whole_or_every_row_of_it_comes_back() -> None:
    single = row("单选", "直接原因？", "A", "没有清理", "天气")
    beside = "another row of this material has a problem"
    assert told(row(*PASSAGE, 题号="m"), of("m", single), of("m", row("判断", "对？", "也许"))) == [
        (2, None, beside),
        (3, None, beside),
        (4, "Answer", "the answer 也许 is neither true nor false"),
    ]
    assert told(row("材料", None, None, 题号="m"), of("m", single)) == [
        (2, "Stem", "the question has no text"),
        (3, None, beside),
    ]
    assert told(row(*PASSAGE, 题号="m", 分值=9), of("m", single)) == [
        (2, "Points", "a material has the points of its questions"),
        (3, None, beside),
    ]
    assert told(row(*PASSAGE), of("m", single)) == [
        (2, None, "a material without a question"),
        (3, "Material", "there is no material m"),
    ]
    assert told(row(*PASSAGE, 题号="m"), of("m", row("说明", "看图", None))) == [
        (2, None, beside),
        (3, "Material", "a material holds only questions that can be answered"),
    ]


def test_a_material_comes_back_from_a_workbook_with_its_questions() -> None:
    text = (
        "## 读经过 {topic=动火}\n\n### 原因？ {points=2}\n- [x] 甲\n- [ ] 乙\n\n> 见上\n\n"
        "### 几分钟？ {#when}\n= 30 ± 5 分钟\n\n### 看法？ {type=essay}\n\n> 参考\n\n"
        "###\n\n> 解析\n"
    )
    bank = markdown.loads(text)
    made = export(bank, excel)
    assert made.losses == ()
    assert excel.loads(made.data).questions == bank.questions

"""A bank as a workbook that explains itself: drop-down lists, a frozen header, a sheet of hints."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from weike.quizzes.answers import LETTERS
from weike.quizzes.bank import Bank
from weike.quizzes.choice import Choice
from weike.quizzes.html import GAP
from weike.quizzes.number import plain
from weike.quizzes.plaintext import markdown_of
from weike.quizzes.question import Question
from weike.quizzes.spreadsheet import FORMULA
from weike.quizzes.text import item_id
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.essay import Essay
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.material import Material
from weike.quizzes.types.numeric import Numeric
from weike.quizzes.types.ordering import Ordering
from weike.quizzes.types.poll import Poll
from weike.quizzes.typewords import SOURCE_TAG, TYPES

_TYPES = {name: words[0] for name, words in TYPES.items()}
_FEWEST = 8
_WIDTHS = {"题干": 48, "答案": 14, "解析": 36, "知识点": 14, "标签": 14, "来源": 18, "材料": 12}
_HINTS = (
    ("列", "怎么填", "例子"),
    ("题号", "可以不填。带字母的题号会成为题目的固定编号", "fire-001"),
    ("题型*", "从下拉列表里选", "单选"),
    ("题干*", "题目文字。填空题用 __ 或（ ）表示空", "指针在 __ 区为正常。"),
    (
        "选项A…",
        "选择、投票题的选项，从 A 开始不留空；连线题写 左 -> 右；排序题写各项",
        "提起灭火器",
    ),
    ("答案*", "单选 A；多选 ABC；判断 正确/错误；排序 CABD（不填即按选项顺序）", "ABC"),
    ("答案*", "填空：同义词用 ; 隔开，几个空用 | 隔开", "绿色;绿|红色"),
    ("答案*", "数值：可写误差、范围和单位", "110±10 次"),
    ("答案*", "简答：写参考答案，由人评阅；投票、说明不填", ""),
    ("解析", "答完以后显示", "口诀：提、拔、握、压。"),
    ("分值", "不填为 1 分", "2"),
    ("难度", "1（最易）到 5（最难），可以不填", "2"),
    ("知识点", "用来统计薄弱环节", "灭火器操作"),
    ("标签", "用逗号隔开", "消防,新员工"),
    ("来源", "标准、制度或教材", "GB 50444"),
    (
        "材料",
        "材料题分几行写：一行的题型选“材料”，题干写材料，题号必填（如 m-1），答案、分值不填；"
        "每个小题各写一行，在这一栏填那份材料的题号",
        "m-1",
    ),
    ("格式", "一般不填；填 markdown 时文字按 Markdown 显示", ""),
)


def dumps(bank: Bank) -> bytes:
    """Write a bank; `weike.quizzes.loss` says what a row cannot hold."""
    questions = [pair for question in bank.questions for pair in _rows_of(question)]
    most = max([_FEWEST, *(len(_offered(question)) for question, _material in questions)])
    header = ["题号", "题型*", "题干*", *(f"选项{LETTERS[i]}" for i in range(min(most, 26)))]
    header += ["答案*", "解析", "分值", "难度(1-5)", "知识点", "标签", "来源", "材料", "格式"]
    return workbook(header, (_row(*pair, most) for pair in questions), lists=True)


def _rows_of(question: Question) -> Iterator[tuple[Question, str | None]]:
    """The question, and behind a material those about it, each with the id of its material."""
    yield question, None
    if isinstance(question, Material):
        yield from ((inner, question.id) for inner in question.questions)


def workbook(header: Sequence[str], rows: Iterable[Sequence[Any]], *, lists: bool = False) -> bytes:
    """A sheet of questions; with `lists` also the drop-down lists and the sheet of hints."""
    import openpyxl
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "题库"
    sheet.append(list(header))
    for row in rows:
        sheet.append([_safe(cell) for cell in row])
    for number, title in enumerate(header, start=1):
        column = get_column_letter(number)
        name = title.rstrip("*")
        sheet.column_dimensions[column].width = _WIDTHS.get(name, 16 if "选项" in name else 9)
        top = sheet.cell(1, number)
        top.font = Font(bold=True)
        top.fill = PatternFill("solid", fgColor="DDEBE9")
    sheet.freeze_panes = "A2"
    if lists:
        last = max(sheet.max_row, 1) + 2000
        types = get_column_letter(list(header).index("题型*") + 1)
        choose = DataValidation(type="list", formula1=f'"{",".join(_TYPES.values())}"')
        choose.add(f"{types}2:{types}{last}")
        levels = get_column_letter(list(header).index("难度(1-5)") + 1)
        level = DataValidation(type="list", formula1='"1,2,3,4,5"', allow_blank=True)
        level.add(f"{levels}2:{levels}{last}")
        sheet.add_data_validation(choose)
        sheet.add_data_validation(level)
        hints = book.create_sheet("填写说明")
        for line in _HINTS:
            hints.append(list(line))
        for letter, width in (("A", 12), ("B", 70), ("C", 28)):
            hints.column_dimensions[letter].width = width
        for cells in hints.iter_rows():
            for cell in cells:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.font = Font(bold=cell.row == 1)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _row(question: Question, material: str | None, most: int) -> list[Any]:
    named = question.id != item_id(question.stem) or isinstance(question, Material)
    offered = _offered(question)
    explanation = question.explanation or ""
    answer = _answer(question)
    if isinstance(question, Essay):
        answer, explanation = explanation, ""
    tags = [tag for tag in question.tags if not tag.startswith(SOURCE_TAG)]
    sources = [tag.removeprefix(SOURCE_TAG) for tag in question.tags if tag.startswith(SOURCE_TAG)]
    stem = question.stem.replace(GAP, "____") if isinstance(question, Blank) else question.stem
    texts = [question.stem, explanation, *offered]
    return [
        question.id if named else None,
        _TYPES.get(question.type, question.type),
        stem,
        *offered,
        *[None] * (most - len(offered)),
        answer,
        explanation or None,
        None if question.points == question.usual_points else plain(question.points),
        question.difficulty,
        question.topic,
        ",".join(tags) or None,
        sources[0] if len(sources) == 1 else None,
        material,
        "markdown" if any(markdown_of(text) != text for text in texts) else None,
    ]


def _offered(question: Question) -> list[str]:
    """What stands in the columns of options."""
    if isinstance(question, Choice):
        return [option.text for option in question.options]
    if isinstance(question, Ordering):
        return list(question.items)
    if isinstance(question, Matching):
        pairs = [f"{left} -> {right}" for left, right in question.pairs]
        return pairs + [f"-> {text}" for text in question.distractors]
    return []


def _answer(question: Question) -> str | None:
    if isinstance(question, Poll):
        return None
    if isinstance(question, Choice):
        return "".join(LETTERS[index] for index in sorted(question.key) if index < len(LETTERS))
    if isinstance(question, Boolean):
        return "正确" if question.right else "错误"
    if isinstance(question, Blank):
        full = [[s.text for s in blank if s.weight == 1.0] for blank in question.blanks]
        return "|".join(";".join(texts) for texts in full)
    if isinstance(question, Numeric):
        return str(question.answers[0]) if question.answers else None
    return None


def _safe(cell: Any) -> Any:
    """So that no spreadsheet takes a text for a formula, and XML can hold it."""
    if not isinstance(cell, str):
        return cell
    kept = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", cell)
    return f"'{kept}" if kept.startswith(FORMULA) else kept

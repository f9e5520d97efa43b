"""A bank as a workbook that explains itself: drop-down lists, a frozen header, a sheet of hints."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from weike.quizzes.answers import LETTERS
from weike.quizzes.bank import Bank
from weike.quizzes.choice import Choice
from weike.quizzes.formats.exceltemplate import ANSWER_PROMPT, EXAMPLES, HINTS
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

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_TYPES = {name: words[0] for name, words in TYPES.items()}
_FEWEST = 8
_WIDTHS = {"题干": 48, "答案": 14, "解析": 36, "知识点": 14, "标签": 14, "来源": 18, "材料": 12}


def dumps(bank: Bank) -> bytes:
    """Write a bank; `weike.quizzes.loss` says what a row cannot hold."""
    questions = [pair for question in bank.questions for pair in _rows_of(question)]
    most = max([_FEWEST, *(len(_offered(question)) for question, _material in questions)])
    header = ["题号", "题型*", "题干*", *(f"选项{LETTERS[i]}" for i in range(min(most, 26)))]
    header += ["答案*", "解析", "分值", "难度(1-5)", "知识点", "标签", "来源", "材料", "格式"]
    rows = (_row(*pair, most) for pair in questions)
    return _bank(header, rows, examples=not questions)


def _rows_of(question: Question) -> Iterator[tuple[Question, str | None]]:
    """The question, and behind a material those about it, each with the id of its material."""
    yield question, None
    if isinstance(question, Material):
        yield from ((inner, question.id) for inner in question.questions)


class Filled(NamedTuple):
    """A sheet of questions that is to be written."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Any]]


def workbook_of(sheets: Iterable[Filled]) -> bytes:
    """Sheets of questions with nothing beside them; one at least."""
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for one in sheets:
        # Programs other than Excel take longer names, and signs that Excel does not.
        name = re.sub(r"[\\*?:/\[\]\x00-\x1f]", " ", one.name)[:31]
        _fill(book.create_sheet(name), one.header, one.rows)
    return _saved(book)


def _bank(header: Sequence[str], rows: Iterable[Sequence[Any]], *, examples: bool) -> bytes:
    """A sheet of questions with drop-down lists, and the sheet of hints.

    `examples` adds a sheet with a row of each type, to be read and copied by people.
    """
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "题库"
    _fill(sheet, header, rows)
    _choose(sheet, header)
    _fill(book.create_sheet("填写说明"), HINTS[0], HINTS[1:], widths=(12, 70, 28), read=True)
    if examples:
        shown = [[one.get(title) for title in header] for one in EXAMPLES]
        _fill(book.create_sheet("示例"), header, shown, read=True)
    return _saved(book)


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(
    sheet: Worksheet,
    header: Sequence[str],
    rows: Iterable[Sequence[Any]],
    widths: Sequence[int] = (),
    *,
    read: bool = False,
) -> None:
    """A header that stays in sight, and columns that show long texts whole.

    Of rows that are only `read`, every cell is set so; in thousands of rows that takes its time.
    """
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.append(list(header))
    wrapped = Alignment(wrap_text=True, vertical="top")
    for number, title in enumerate(header, start=1):
        column, name = get_column_letter(number), title.rstrip("*")
        wide = _WIDTHS.get(name, 16 if "选项" in name else 9)
        sheet.column_dimensions[column].width = widths[number - 1] if widths else wide
        sheet.column_dimensions[column].alignment = wrapped  # of cells that are filled in later
        top = sheet.cell(1, number)
        top.font = Font(bold=True)
        top.fill = PatternFill("solid", fgColor="DDEBE9")
    sheet.freeze_panes = "A2"
    for row in rows:
        sheet.append([_safe(cell) for cell in row])
    for cells in sheet.iter_rows(min_row=2) if read else ():
        for cell in cells:
            cell.alignment = wrapped


def _choose(sheet: Worksheet, header: Sequence[str]) -> None:
    """What can be chosen, and what is said where an answer is typed."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    last = max(sheet.max_row, 1) + 2000
    lists = {"题型*": ",".join(_TYPES.values()), "难度(1-5)": "1,2,3,4,5", "格式": "markdown"}
    for title, choices in lists.items():
        column = get_column_letter(list(header).index(title) + 1)
        one = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
        one.showErrorMessage, one.errorStyle = True, "warning"  # 单选题 is understood as well
        one.errorTitle, one.error = "不在列表里", f"请从列表里选：{choices}"
        one.add(f"{column}2:{column}{last}")
        sheet.add_data_validation(one)
    column = get_column_letter(list(header).index("答案*") + 1)
    said = DataValidation(allow_blank=True)
    said.showInputMessage, said.promptTitle, said.prompt = True, "答案怎么写", ANSWER_PROMPT
    said.add(f"{column}2:{column}{last}")
    sheet.add_data_validation(said)


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

"""The tables of questions in a workbook: a header, found by its titles, and the rows below it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from weike.quizzes import answers
from weike.quizzes.errors import BankError, Problem, WeikeError
from weike.quizzes.i18n import _, listed
from weike.quizzes.spreadsheet import HEAD, Number, Read, Row, Sheet, read_sheets
from weike.quizzes.typewords import BY_WORD, CHOICE

# What a column may be called, after folding width, case, spaces and a star.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "id": ("题号", "编号", "序号", "id", "no", "number"),
    "type": ("题型", "类型", "题目类型", "试题类型", "type"),
    "stem": ("题干", "题目", "题目内容", "试题", "试题内容", "问题", "stem", "question"),
    "answer": ("答案", "正确答案", "标准答案", "参考答案", "answer", "key"),
    "explanation": ("解析", "答案解析", "试题解析", "explanation"),
    "points": ("分值", "分数", "points", "score"),
    "difficulty": ("难度", "难度(1-5)", "难度(1–5)", "难易度", "difficulty"),
    "topic": ("知识点", "考点", "topic"),
    "tags": ("标签", "tags"),
    "source": ("来源", "出处", "依据", "source"),
    "material": ("材料", "所属材料", "材料题号", "material"),
    "format": ("格式", "format"),
    "reason": ("原因", "reason"),
}
_OPTION = re.compile(r"(?:选项|option|答案选项)?([a-z])")
_REQUIRED = ("type", "stem", "answer")
# Sheets that explain a workbook, our own template's first of all.
_EXPLAINING = ("填写说明", "示例", "instructions", "examples", "example")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`places` are the columns by their names, `options` those of options, in order.

    `word` is the type of every row where no column holds it.
    """

    name: str
    line: int
    titles: tuple[str, ...]
    places: Mapping[str, int]
    options: tuple[int, ...]
    word: str
    rows: tuple[Row, ...]

    @property
    def missing(self) -> list[str]:
        """What the columns are called without which this is no table of questions."""
        known = {*self.places, *(["type"] if self.word else [])}
        return [_COLUMNS[name][0] for name in _REQUIRED if name not in known]


def tables(data: bytes, name: str) -> tuple[list[Table], list[Table]]:
    """The tables of questions in a workbook, one at least, and what else its visible sheets hold.

    Raises `BankError` where the file is no workbook, is too large or holds no such table.
    """
    try:
        sheets = read_sheets(data, name, _is_wanted)
    except WeikeError as error:
        raise BankError(name, [Problem(message=str(error))]) from error
    asked = [sheet for sheet in sheets if sheet.name.strip().casefold() not in _EXPLAINING]
    found = [table_of(sheet.rows, sheet.name) for sheet in asked or sheets]
    good = [table for table in found if not table.missing]
    if not good:
        nearest = min(found, key=lambda table: len(table.missing), default=table_of((), ""))
        raise no_table(nearest, name, several=len(found) > 1)
    return good, [table for table in found if table.missing]


def no_table(table: Table, name: str, *, several: bool = False) -> BankError:
    """`name` is that of the file; of `several` sheets this one is named."""
    return BankError(
        name,
        [
            Problem(
                line=table.line,
                sheet=table.name if several else None,
                message=_("the columns {columns} are missing").format(
                    columns=listed(table.missing)
                ),
                repair=begin_with(),
            )
        ],
    )


def begin_with() -> str:
    return _("begin the sheet with the header 题型 题干 选项A 选项B 答案")


def is_header(cells: Sequence[str]) -> bool:
    """Whether these are the titles of a table of questions."""
    return set(_REQUIRED) <= {column_of(cell) for cell in cells}


def table_of(rows: Sequence[Row], name: str) -> Table:
    """The rows below the first ones' best header, which may have columns `missing`.

    `name` is that of the sheet; it may be the type of all its questions.
    """
    line = 1
    titles: tuple[str, ...] = ()
    best: dict[str, int] = {}
    for number, cells in rows[:HEAD]:
        texts = tuple(map(text_of, cells))
        names = list(map(column_of, texts))
        places = {name: place for place, name in reversed(list(enumerate(names))) if name}
        if not titles or len(set(_REQUIRED) & set(places)) > len(set(_REQUIRED) & set(best)):
            line, titles, best = number, texts, places
    options = sorted((title, place) for title, place in best.items() if len(title) == 1)
    return Table(
        name=name,
        line=line,
        titles=titles,
        places=best,
        options=tuple(place for _title, place in options),
        word=name if "type" not in best and type_word(name) in (*BY_WORD, *CHOICE) else "",
        rows=tuple(row for row in rows if row[0] > line),
    )


def type_word(text: str) -> str:
    """The spelling of a type that `BY_WORD` knows."""
    return answers.folded(text).casefold().replace(" ", "")


def column_of(title: str) -> str:
    """The name of a column: one of `_COLUMNS`, a small letter for an option, "" for another."""
    plain = re.sub(r"[\s*＊：:]", "", answers.folded(title)).casefold()
    for name, words in _COLUMNS.items():
        if plain in words:
            return name
    found = _OPTION.fullmatch(plain)
    return found[1] if found else ""


def text_of(cell: Read) -> str:
    if isinstance(cell, Number):
        return cell.shown
    return cell.isoformat() if isinstance(cell, date) else cell.strip()


def _is_wanted(sheet: Sheet) -> bool:
    return not table_of(sheet.rows, sheet.name).missing

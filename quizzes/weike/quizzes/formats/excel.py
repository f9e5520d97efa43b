"""Excel, the main way for lecturers: one row a question, `题型 题干 选项A… 答案` and more columns.

The header may stand anywhere in the first rows, its columns in any order, in Chinese or English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from weike.quizzes import answers
from weike.quizzes.answers import AnswerError
from weike.quizzes.bank import Bank
from weike.quizzes.errors import BankError, Problem, WeikeError
from weike.quizzes.formats.excelmaterial import Entry, beside, gather
from weike.quizzes.formats.excelwriter import dumps as dumps
from weike.quizzes.formats.excelwriter import workbook
from weike.quizzes.i18n import _
from weike.quizzes.plaintext import markdown_of
from weike.quizzes.reading import Collector, Reading
from weike.quizzes.spreadsheet import Number, Read, read_workbook
from weike.quizzes.text import ID_PATTERN
from weike.quizzes.typewords import BY_WORD, DIFFICULTIES, SOURCE_TAG, TYPES

SUFFIXES = (".xlsx",)
BINARY = True

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
_HEADER_WITHIN = 10
# What a formula that failed leaves in its cell.
_FAILED = frozenset(
    ["#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"]
)
_REQUIRED = ("type", "stem", "answer")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row by the names of its columns; `options` holds the filled ones, in order."""

    line: int
    cells: Mapping[str, str]
    options: tuple[str, ...]
    gap: str | None  # the letter of an empty option before a filled one
    raw: tuple[Read, ...]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


class _Cell(Exception):  # noqa: N818 - carries a problem, is none itself
    def __init__(self, column: str, message: str, repair: str = "") -> None:
        self.problem = Problem(message=message, repair=repair, column=column)


def loads(data: bytes, *, source: str = "", zone: tzinfo | None = None) -> Bank:
    """Read a bank; raises `BankError` with every problem at once."""
    return read(data, source=source).whole(source or _("the bank"))


def read(data: bytes, *, source: str = "") -> Reading:
    """Read what can be read; a bad row is kept apart with its problems.

    Raises `BankError` where the file is no workbook or has no header, and for what is too large.
    """
    name = source or _("the bank")
    try:
        rows = read_workbook(data, name).rows
    except WeikeError as error:
        raise BankError(name, [Problem(message=str(error))]) from error
    return read_rows(rows, name)


def is_header(cells: Sequence[str]) -> bool:
    """Whether these are the titles of a table of questions."""
    return set(_REQUIRED) <= {_column(cell) for cell in cells}


def read_rows(
    rows: Sequence[tuple[int, tuple[Read, ...]]],
    name: str,
    finish: Callable[[dict[str, Any]], dict[str, Any]] = lambda body: body,
) -> Reading:
    """Rows with their lines; `finish` changes the JSON form of each question before it is taken."""
    found = Collector()
    header, places, options = _header(rows, name)
    read = [_entry(_row(line, cells, places, options)) for line, cells in rows if line > header]
    for entry in gather(read):
        if entry.problem is not None:
            found.reject(entry.raw, entry.line, entry.problem)
            continue
        rejected = len(found.rejected)
        found.add(finish(entry.body), source=entry.raw, line=entry.line)
        if len(found.rejected) > rejected:
            for part in entry.parts:
                found.reject(part.raw, part.line, beside())
    if not found.questions and not found.rejected:
        raise BankError(
            name, [Problem(message=_("no questions"), repair=_("write one in each row"))]
        )
    return found.reading()


def _entry(row: _Row) -> Entry:
    """A row as a question in the JSON form, or what is wrong with it."""
    kind = BY_WORD.get(_word(row), "")
    entry = Entry(
        kind=kind, id=answers.folded(row["id"]), material=answers.folded(row["material"]),
        line=row.line, raw=row.raw,
    )  # fmt: skip
    try:
        entry.body = _question(row)
    except _Cell as error:
        entry.problem = error.problem
    except AnswerError as error:
        problem = error.problem
        entry.problem = Problem(message=problem.message, repair=problem.repair, column=_("Answer"))
    return entry


def _word(row: _Row) -> str:
    return answers.folded(row["type"]).casefold().replace(" ", "")


def dump_rejected(data: bytes, reading: Reading, source: str = "") -> bytes:
    """The rejected rows as they came, under their own header, with the reason behind them."""
    rows = read_workbook(data, source).rows
    header, _places, _options = _header(rows, source)
    titles = next([_text(cell) for cell in cells] for line, cells in rows if line == header)
    titles = [title for title in titles if _column(title) != "reason"]
    kept = []
    for one in reading.rejected:
        cells = [_plain(cell) for cell in one.source[: len(titles)]]
        cells += [None] * (len(titles) - len(cells))
        reasons = "；".join(
            f"{p.message}；{p.repair}" if p.repair else p.message for p in one.problems
        )
        kept.append([*cells, reasons])
    return workbook([*titles, _("Reason")], kept)


def _header(
    rows: Sequence[tuple[int, tuple[Read, ...]]], source: str
) -> tuple[int, Mapping[str, int], Sequence[int]]:
    """The line of the header, and where its columns and options stand."""
    best: tuple[int, dict[str, int]] | None = None
    for line, cells in rows[:_HEADER_WITHIN]:
        names = [_column(_text(cell)) for cell in cells]
        places = {name: place for place, name in reversed(list(enumerate(names))) if name}
        if best is None or len(set(_REQUIRED) & set(places)) > len(set(_REQUIRED) & set(best[1])):
            best = line, places
    missing = [name for name in _REQUIRED if best is None or name not in best[1]]
    if best is None or missing:
        words = "、".join(_COLUMNS[name][0] for name in missing)
        raise BankError(
            source,
            [
                Problem(
                    line=best[0] if best else 1,
                    message=_("the columns {columns} are missing").format(columns=words),
                    repair=_("begin the sheet with the header 题型 题干 选项A 选项B 答案"),
                )
            ],
        )
    options = sorted((name, place) for name, place in best[1].items() if len(name) == 1)
    return best[0], best[1], [place for _name, place in options]


def _column(title: str) -> str:
    """The name of a column: one of `_COLUMNS`, a small letter for an option, "" for another."""
    plain = re.sub(r"[\s*＊：:]", "", answers.folded(title)).casefold()
    for name, words in _COLUMNS.items():
        if plain in words:
            return name
    found = _OPTION.fullmatch(plain)
    return found[1] if found else ""


def _row(
    line: int, cells: tuple[Read, ...], places: Mapping[str, int], options: Sequence[int]
) -> _Row:
    texts = [_text(cell) for cell in cells]
    named = {
        name: texts[place] for name, place in places.items() if len(name) > 1 and place < len(texts)
    }
    offered = [texts[place] if place < len(texts) else "" for place in options]
    while offered and not offered[-1]:
        offered.pop()
    gap = next((answers.LETTERS[i] for i, text in enumerate(offered) if not text), None)
    return _Row(line, named, tuple(offered), gap, cells)


def _question(row: _Row) -> dict[str, Any]:
    _refuse_failed(row)
    word = _word(row)
    if not word:
        raise _Cell(_("Type"), _("the type is missing"), _("write {types}").format(types=_known()))
    kind = BY_WORD.get(word)
    if kind is None:
        raise _Cell(
            _("Type"),
            _("{text} is no type of question").format(text=row["type"]),
            _("write {types}").format(types=_known()),
        )
    if not row["stem"]:
        raise _Cell(_("Stem"), _("the question has no text"), _("write it, or delete the row"))
    if row.gap is not None:
        raise _Cell(
            _("Option {letter}").format(letter=row.gap),
            _("an empty option"),
            _("fill it, or move the others up"),
        )
    show: Callable[[str], str] = (
        str.strip if row["format"].casefold() == "markdown" else markdown_of
    )
    body: dict[str, Any] = {"type": kind, "stem": show(row["stem"])}
    body |= _own(kind, row, show)
    if row["explanation"]:
        known = body.get("explanation")
        explained = show(row["explanation"])
        body["explanation"] = f"{known}\n\n{explained}" if known else explained
    return body | _common(row)


def _refuse_failed(row: _Row) -> None:
    if _FAILED.isdisjoint((row["stem"], row["answer"], row["explanation"], *row.options)):
        return
    cells = [
        (_("Stem"), row["stem"]),
        (_("Answer"), row["answer"]),
        (_("Explanation"), row["explanation"]),
        *(
            (_("Option {letter}").format(letter=letter), text)
            for letter, text in zip(answers.LETTERS, row.options, strict=False)
        ),
    ]
    for column, text in cells:
        if text in _FAILED:
            raise _Cell(
                column,
                _("the cell holds {error}, a formula that failed").format(error=text),
                _("write the text itself into the cell"),
            )


def _own(kind: str, row: _Row, show: Callable[[str], str]) -> dict[str, Any]:
    answer, options = row["answer"], row.options
    match kind:
        case "single" | "multiple":
            _at_least_two(options)
            right = answers.letters(answer, len(options))
            if kind == "single" and len(right) > 1:
                raise AnswerError(
                    _("a single choice with several right answers"),
                    _("write one letter, or make the type 多选"),
                )
            return {
                "options": [
                    {"text": show(text), "right": place in right}
                    for place, text in enumerate(options)
                ]
            }
        case "boolean":
            return {"right": answers.truth(answer, options)}
        case "blank":
            stem, read = answers.blanks(row["stem"], answer)
            return {"stem": show(stem), "blanks": read}
        case "numeric":
            return {"answers": [answers.number(answer)]}
        case "matching":
            written = options or tuple(filter(None, re.split(r"[;；|｜\n]", answer)))
            sides = answers.pairs(written)
            found: dict[str, Any] = {
                "pairs": [[show(left), show(right)] for left, right in sides["pairs"]]
            }
            if "distractors" in sides:
                found["distractors"] = list(map(show, sides["distractors"]))
            return found
        case "ordering":
            _at_least_two(options)
            return {"items": [show(text) for text in answers.order(options, answer)]}
        case "poll":
            _at_least_two(options)
            return {"options": [{"text": show(text)} for text in options]}
        case "essay":
            return {"explanation": show(answer)} if answer else {}
        case _:
            return {}


def _at_least_two(options: Sequence[str]) -> None:
    if len(options) < 2:
        raise _Cell(
            _("Option {letter}").format(letter="B"),
            _("the question has fewer than two options"),
            _("fill 选项A and 选项B"),
        )


def _common(row: _Row) -> dict[str, Any]:
    body: dict[str, Any] = {}
    # A bare number only counts rows; it would clash with every other bank's.
    if re.search(ID_PATTERN, row["id"]) and not row["id"].isdigit():
        body["id"] = row["id"]
    if row["points"]:
        body["points"] = _quantity(_("Points"), row["points"], 0, 1000)
    if row["difficulty"]:
        known = DIFFICULTIES.get(row["difficulty"])
        level = known or _quantity(_("Difficulty"), row["difficulty"], 1, 5)
        if level != int(level):
            raise _Cell(_("Difficulty"), _("{text} is no whole number").format(text=level))
        body["difficulty"] = int(level)
    if row["topic"]:
        body["topic"] = row["topic"]
    tags = [tag.strip() for tag in re.split(r"[,，、;；]", row["tags"]) if tag.strip()]
    if row["source"]:
        tags.append(f"{SOURCE_TAG}{row['source']}")
    return body | ({"tags": list(dict.fromkeys(tags))} if tags else {})


def _quantity(column: str, text: str, low: float, high: float) -> float:
    try:
        value = float(answers.folded(text).removesuffix("分"))
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise _Cell(
            column,
            _("{text} is not between {low} and {high}").format(text=text, low=low, high=high),
            _("write a number, or leave it empty"),
        )
    return value


def _known() -> str:
    return "、".join(words[0] for words in TYPES.values())


def _text(cell: Read) -> str:
    if isinstance(cell, Number):
        return cell.shown
    return cell.isoformat() if isinstance(cell, date) else cell.strip()


def _plain(cell: Read) -> str | int | float | None:
    if isinstance(cell, Number):
        return cell.value
    return _text(cell) or None

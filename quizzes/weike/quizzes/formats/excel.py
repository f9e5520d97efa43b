"""Excel, the main way for lecturers: one row a question, `题型 题干 选项A… 答案` and more columns.

The header may stand anywhere in the first rows, its columns in any order, in Chinese or English.
Several sheets may hold questions; the name of one may say the type of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from weike.quizzes import answers
from weike.quizzes.answers import AnswerError
from weike.quizzes.bank import Bank
from weike.quizzes.errors import BankError, Problem
from weike.quizzes.formats.excelmaterial import Entry, beside, gather
from weike.quizzes.formats.exceltable import (
    Table,
    begin_with,
    column_of,
    no_table,
    table_of,
    tables,
    text_of,
    type_word,
)
from weike.quizzes.formats.exceltable import is_header as is_header
from weike.quizzes.formats.excelwriter import Filled, workbook_of
from weike.quizzes.formats.excelwriter import dumps as dumps
from weike.quizzes.i18n import _, listed, one_by_one
from weike.quizzes.plaintext import markdown_of
from weike.quizzes.reading import Collector, Reading, Rejected
from weike.quizzes.spreadsheet import Number, Read, Row
from weike.quizzes.text import ID_PATTERN
from weike.quizzes.typewords import BY_WORD, CHOICE, DIFFICULTIES, SOURCE_TAG, TYPES

SUFFIXES = (".xlsx",)
BINARY = True

# What a formula that failed leaves in its cell.
_FAILED = frozenset(
    ["#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"]
)


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
    good, others = tables(data, name)
    unread = [
        Problem(
            message=_(
                "the sheet “{sheet}” is not read, because it lacks the columns {columns}"
            ).format(sheet=table.name, columns=listed(table.missing)),
            repair=begin_with(),
        )
        for table in others
    ]
    return _read(good, name, unread=unread)


def read_rows(
    rows: Sequence[Row],
    name: str,
    finish: Callable[[dict[str, Any]], dict[str, Any]] = lambda body: body,
) -> Reading:
    """Rows with their lines; `finish` changes the JSON form of each question before it is taken."""
    table = table_of(rows, "")
    if table.missing:
        raise no_table(table, name)
    return _read([table], name, finish)


def _read(
    found: Sequence[Table],
    name: str,
    finish: Callable[[dict[str, Any]], dict[str, Any]] = lambda body: body,
    unread: Sequence[Problem] = (),
) -> Reading:
    filled = [table for table in found if table.rows]
    several = len(filled) > 1
    entries = [
        _entry(_row(line, cells, table), table.name if several else None)
        for table in filled
        for line, cells in table.rows
    ]
    taken = Collector(dropped=[problem.message for problem in unread])
    for entry in gather(entries):
        if entry.problem is not None:
            taken.reject(entry.raw, entry.line, entry.problem, sheet=entry.sheet)
            continue
        rejected = len(taken.rejected)
        taken.add(finish(entry.body), source=entry.raw, line=entry.line, sheet=entry.sheet)
        if len(taken.rejected) > rejected:
            for part in entry.parts:
                taken.reject(part.raw, part.line, beside(), sheet=part.sheet)
    if not taken.questions and not taken.rejected:
        raise BankError(
            name, [Problem(message=_("no questions"), repair=_("write one in each row"))]
        )
    return taken.reading(unread=tuple(unread))


def _entry(row: _Row, sheet: str | None) -> Entry:
    """A row as a question in the JSON form, or what is wrong with it."""
    kind = BY_WORD.get(type_word(row["type"]), "")
    entry = Entry(
        kind=kind, id=answers.folded(row["id"]), material=answers.folded(row["material"]),
        line=row.line, sheet=sheet, raw=row.raw,
    )  # fmt: skip
    try:
        entry.body = _question(row)
    except _Cell as error:
        entry.problem = error.problem
    except AnswerError as error:
        problem = error.problem
        entry.problem = Problem(message=problem.message, repair=problem.repair, column=_("Answer"))
    return entry


def dump_rejected(data: bytes, reading: Reading, source: str = "") -> bytes:
    """The rejected rows as they came, under their own header, with the reason behind them.

    Rows of several sheets come back on sheets of the same names. A type that only the sheet's name
    told gets a column.
    """
    found, _others = tables(data, source)
    rows: dict[str | None, list[Rejected]] = {}
    for one in reading.rejected:
        rows.setdefault(one.problems[0].sheet, []).append(one)
    if rows.keys() <= {None}:
        table = next((table for table in found if table.rows), found[0])
        return workbook_of([_given_back(table, "题库", rows.get(None, ()))])
    return workbook_of(
        _given_back(table, table.name, rows.pop(table.name))
        for table in found
        if table.name in rows
    )


def _given_back(table: Table, name: str, rejected: Iterable[Rejected]) -> Filled:
    titles = [title for title in table.titles if column_of(title) != "reason"]
    typed = [table.word] if table.word else []
    kept = []
    for one in rejected:
        cells = [_plain(cell) for cell in one.source[: len(titles)]]
        cells += [None] * (len(titles) - len(cells))
        reasons = one_by_one(problem.said for problem in one.problems)
        kept.append([*cells, *typed, reasons])
    return Filled(name, [*titles, *(["题型"] if typed else []), _("Reason")], kept)


def _row(line: int, cells: tuple[Read, ...], table: Table) -> _Row:
    texts = [text_of(cell) for cell in cells]
    named = {
        name: texts[place]
        for name, place in table.places.items()
        if len(name) > 1 and place < len(texts)
    }
    if table.word:
        named["type"] = table.word
    offered = [texts[place] if place < len(texts) else "" for place in table.options]
    while offered and not offered[-1]:
        offered.pop()
    gap = next((answers.LETTERS[i] for i, text in enumerate(offered) if not text), None)
    return _Row(line, named, tuple(offered), gap, cells)


def _question(row: _Row) -> dict[str, Any]:
    _refuse_failed(row)
    word = type_word(row["type"])
    if not word:
        raise _Cell(_("Type"), _("the type is missing"), _("write {types}").format(types=_known()))
    kind = BY_WORD.get(word)
    if word in CHOICE:
        kind = (
            "single" if len(answers.letters(row["answer"], len(row.options))) == 1 else "multiple"
        )
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
    return listed(words[0] for words in TYPES.values())


def _plain(cell: Read) -> str | int | float | None:
    if isinstance(cell, Number):
        return cell.value
    return text_of(cell) or None

"""The analysis of a quiz as tables that people take along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd

from weike.quizzes.i18n import N_, _, one_by_one
from weike.results.analysis.items import FLAGS, QuizItems
from weike.results.reporting.sheet import Column, Sheet

RULES: Final = {
    "first": N_("the first attempt of each member"),
    "last": N_("the last attempt of each member"),
    "best": N_("the best attempt of each member"),
    "all": N_("every attempt"),
}
TYPES: Final = {
    "single": N_("single choice"),
    "multiple": N_("multiple choice"),
    "boolean": N_("true/false"),
    "blank": N_("fill in"),
    "numeric": N_("number"),
    "matching": N_("matching"),
    "ordering": N_("ordering"),
    "poll": N_("poll"),
    "essay": N_("short essay"),
    "material": N_("material"),
}
CONFIDENCE: Final = {
    "none": N_("under 10 attempts: not shown"),
    "low": N_("under 30 attempts: uncertain"),
    "ok": N_("reliable"),
}


def item_sheets(found: QuizItems) -> list[Sheet]:
    """The questions first; then options and written answers, topics, branches and versions where
    there are any, and what the figures of the whole quiz are."""
    note = counted_words(found)
    sheets = [
        items_sheet(found),
        options_sheet(found),
        _topics(found, note),
        _branches(found, note),
        _versions(found, note),
        _whole(found, note),
    ]
    return [sheets[0], *(sheet for sheet in sheets[1:] if sheet.rows)]


def counted_words(found: QuizItems) -> str:
    """What stands behind every figure: how many attempts, and which."""
    return _("{n} attempts by {members} people; counted: {rule}; marks are first answers").format(
        n=found.n, members=found.members, rule=_(RULES[found.rule])
    )


def flag_words(flags: Sequence[str]) -> list[str]:
    return [_(FLAGS[flag]) for flag in flags]


def confidence_words(confidence: str) -> str:
    words = CONFIDENCE[confidence]
    return _(words)


def type_word(type: str) -> str:
    return _(TYPES[type]) if type in TYPES else type


def items_sheet(found: QuizItems) -> Sheet:
    """The questions. A row holds all of `found.items` (None for what is undefined), `flags` as
    words, and as `keys` their names."""
    columns = [
        *_of_question(),
        Column(key="type", title=_("Type")),
        Column(key="topic", title=_("Topic")),
        Column(key="n", title=_("Attempts"), kind="count"),
        Column(key="unanswered", title=_("Unanswered"), kind="count"),
        Column(key="facility", title=_("Facility"), kind="share"),
        Column(key="sd", title=_("Standard deviation (points)"), kind="number"),
        Column(key="discrimination", title=_("Discrimination index (%)"), kind="number"),
        Column(key="efficiency", title=_("Discriminative efficiency (%)"), kind="number"),
        Column(key="weight", title=_("Effective weight (%)"), kind="number"),
        Column(key="confidence_words", title=_("Discrimination is")),
        Column(key="time_median", title=_("Time, median (s)"), kind="number"),
        Column(key="time_q1", title=_("Time, a quarter under (s)"), kind="number"),
        Column(key="time_q3", title=_("Time, a quarter over (s)"), kind="number"),
        Column(key="time_n", title=_("Times known"), kind="count"),
        Column(key="flags", title=_("Look at it")),
        Column(key="item", title=_("Question id")),
    ]
    rows = [
        row
        | {
            "type": type_word(row["type"]),
            "confidence_words": confidence_words(row["confidence"]),
            "keys": row["flags"],
            "flags": one_by_one(flag_words(row["flags"])),
        }
        for row in _records(found.items.reset_index())
    ]
    note = counted_words(found)
    return Sheet(name="questions", title=_("Questions"), columns=columns, rows=rows, note=note)


def options_sheet(found: QuizItems, item: str | None = None) -> Sheet:
    """The options of every question, or of `item`, and the most frequent written answers: `text`,
    `right`, `n`, `share`, `rest` (see `distractors`)."""
    columns = [
        *_of_question(),
        Column(key="text", title=_("Option or written answer")),
        Column(key="right", title=_("Right"), kind="flag"),
        Column(key="n", title=_("People"), kind="count"),
        Column(key="share", title=_("Share"), kind="share"),
        Column(key="rest", title=_("Their marks in the other questions"), kind="share"),
    ]
    told = [
        found.options.rename(columns={"option": "text"}),
        found.answers.rename(columns={"answer": "text"}),
    ]
    rows = [row for frame in told for row in _with_questions(found, frame)]
    rows = sorted(rows, key=lambda row: int(row["number"]))
    return Sheet(
        name="options",
        title=_("Options and answers"),
        columns=columns,
        rows=[row for row in rows if item is None or row["item"] == item],
        note=counted_words(found),
    )


def _topics(found: QuizItems, note: str) -> Sheet:
    columns = [
        Column(key="topic", title=_("Topic")),
        Column(key="items", title=_("Questions"), kind="count"),
        Column(key="n", title=_("Answers"), kind="count"),
        Column(key="facility", title=_("Facility"), kind="share"),
    ]
    rows = _records(found.topics)
    return Sheet(name="topics", title=_("Topics"), columns=columns, rows=rows, note=note)


def _branches(found: QuizItems, note: str) -> Sheet:
    columns = [
        Column(key="path", title=_("Branch")),
        *_of_question(),
        Column(key="n", title=_("Attempts"), kind="count"),
        Column(key="facility", title=_("Facility"), kind="share"),
    ]
    rows = _with_questions(found, found.branches)
    return Sheet(name="branches", title=_("Branches"), columns=columns, rows=rows, note=note)


def _versions(found: QuizItems, note: str) -> Sheet:
    columns = [
        *_of_question(),
        Column(key="version", title=_("Version")),
        Column(key="n", title=_("Attempts"), kind="count"),
        Column(key="facility", title=_("Facility"), kind="share"),
        Column(key="discrimination", title=_("Discrimination index (%)"), kind="number"),
        Column(key="efficiency", title=_("Discriminative efficiency (%)"), kind="number"),
    ]
    rows = _with_questions(found, found.versions)
    return Sheet(name="versions", title=_("Versions"), columns=columns, rows=rows, note=note)


def _whole(found: QuizItems, note: str) -> Sheet:
    """The figures of the whole quiz, one in a row."""
    whole = found.statistics
    figures = [
        (_("Attempts"), found.n),
        (_("Mean (points)"), whole.mean),
        (_("Standard deviation (points)"), whole.sd),
        (_("Skewness"), whole.skewness),
        (_("Kurtosis"), whole.kurtosis),
        (_("Internal consistency (%)"), whole.cic),
        (_("Error ratio (%)"), whole.error_ratio),
        (_("Standard error (points)"), whole.standard_error),
    ]
    columns = [
        Column(key="figure", title=_("Figure")),
        Column(key="value", title=_("Value"), kind="number"),
    ]
    rows = [{"figure": words, "value": value} for words, value in figures]
    return Sheet(
        name="statistics", title=_("The whole quiz"), columns=columns, rows=rows, note=note
    )


def _of_question() -> list[Column]:
    return [
        Column(key="number", title=_("Question no."), kind="count"),
        Column(key="stem", title=_("Question")),
    ]


def _with_questions(found: QuizItems, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows with the number and the stem of their question."""
    numbers, stems = found.items["number"], found.items["stem"]
    return [
        row | {"number": int(numbers[row["item"]]), "stem": stems[row["item"]]}
        for row in _records(frame)
    ]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows with None for NaN; what is no single value (the flags) stays."""
    return [
        {str(name): None if value != value else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]

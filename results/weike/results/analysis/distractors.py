"""Which options people picked and what they wrote, and how well those people did otherwise."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pandas as pd

from weike.quizzes.choice import Choice
from weike.quizzes.errors import ResponseError, WeikeError
from weike.quizzes.html import render
from weike.quizzes.i18n import _
from weike.quizzes.question import Grade, Layout, Question
from weike.quizzes.text import normalise
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.numeric import Numeric
from weike.quizzes.types.ordering import Ordering
from weike.results.analysis.itemdata import ItemData, counted_responses

MOST_ANSWERS = 10  # of the texts that people wrote, the most frequent
OPTIONS = ("item", "option", "right", "n", "share", "rest")
ANSWERS = ("item", "answer", "right", "n", "share", "rest")
_TAG = re.compile(r"<[^>]*>")


@dataclass(slots=True)
class _Tally:
    """One option or one answer, over everybody who gave it."""

    n: int = 0
    rest: list[float] = field(default_factory=list)
    right: bool = False
    now: bool = False  # an option of the question as it reads now
    spellings: Counter[str] = field(default_factory=Counter)

    def add(self, rest: float, *, right: bool = False, spelling: str = "") -> None:
        self.n += 1
        self.right = self.right or right
        if spelling:
            self.spellings[spelling] += 1
        if rest == rest:
            self.rest.append(rest)

    def row(self, asked: int) -> dict[str, Any]:
        mean = sum(self.rest) / len(self.rest) if self.rest else float("nan")
        return {"n": self.n, "share": self.n / asked if asked else float("nan"), "rest": mean}


def distractors(
    data: ItemData,
    papers: Mapping[str, Mapping[str, Layout]],
    current: Mapping[str, Question],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The options of every choice and true/false item, the pairs of a matching one, and the most
    frequent answers that were written or put in order.

    Both have a row for each option or answer: `item`, its text, whether it is `right`, `n` people
    who gave it, their `share` of those who were asked (several options may be picked, some answer
    nothing), and `rest`: their mean share of the points in the other questions of the same paper,
    NaN where there are none. Options stand in the order of `current` (the questions as they are
    now); one that only an older version had follows, and is never right.
    """
    rest = rest_scores(data)
    counted = counted_responses(data)["raw"]
    raws: dict[Any, Any] = dict(zip(counted.index, counted, strict=True))
    options = {item: _blank_tallies(question) for item, question in current.items()}
    answers: dict[str, dict[str, _Tally]] = {item: {} for item in current}
    asked = data.marks.groupby("item").size()
    for mark in data.marks.itertuples(index=False):
        key = (str(mark.attempt), str(mark.item))
        question = data.questions.get((key[1], str(mark.version)))
        if question is None or key not in raws or key[1] not in current:
            continue
        layout = papers.get(key[0], {}).get(key[1], {})
        response = _decoded(question, layout, raws[key])
        if response is None:
            continue
        share = rest[key]
        for text in _picked(question, response):
            options[key[1]].setdefault(text, _Tally()).add(share)
        for written, right in _written(question, response, right=mark.correct is True):
            tally = answers[key[1]].setdefault(normalise(written), _Tally())
            tally.add(share, right=right, spelling=written)
    return (
        pd.DataFrame(_option_rows(options, asked), columns=list(OPTIONS)),
        pd.DataFrame(_answer_rows(answers, asked), columns=list(ANSWERS)),
    )


def rest_scores(data: ItemData) -> dict[tuple[str, str], float]:
    """By attempt and item, the share of the other questions' points; NaN where there are none."""
    marks = data.marks
    total = marks.groupby("attempt")["mark"].transform("sum")
    most = marks["max"].where(marks["mark"].notna(), 0.0)
    others = most.groupby(marks["attempt"]).transform("sum") - most
    rest = (total - marks["mark"].fillna(0.0)) / others.where(others > 1e-9)
    return dict(zip(zip(marks["attempt"], marks["item"], strict=True), rest, strict=True))


@lru_cache(maxsize=10_000)
def plain_text(markdown: str) -> str:
    """A stem or an option in one line, without its marks."""
    return " ".join(html.unescape(_TAG.sub(" ", render(markdown))).split())


def _blank_tallies(question: Question) -> dict[str, _Tally]:
    """Every option there is now, picked by nobody yet."""
    if isinstance(question, Choice):
        return {plain_text(one.text): _Tally(right=one.right, now=True) for one in question.options}
    if isinstance(question, Boolean):
        return {
            _truth(side): _Tally(right=side is question.right, now=True) for side in (True, False)
        }
    if isinstance(question, Matching):
        return {
            _pair(question, *pair): _Tally(right=True, now=True) for pair in enumerate(question.key)
        }
    return {
        f"({number}) {text}": tally
        for number, (inner, _layout, _none) in enumerate(question.nested({}, None), start=1)
        for text, tally in _blank_tallies(inner).items()
    }


def _decoded(question: Question, layout: Layout, raw: object) -> Any | None:
    """None for what could not be read: it stands in `ungraded` already."""
    try:
        return question.decode(layout, raw)
    except (ResponseError, WeikeError, LookupError, TypeError, ValueError):
        return None


def _picked(question: Question, response: Any) -> Iterator[str]:
    if isinstance(question, Choice):
        chosen: Iterable[int] = response if isinstance(response, frozenset) else (response,)
        yield from (plain_text(question.options[i].text) for i in chosen)
    elif isinstance(question, Boolean):
        yield _truth(response)
    elif isinstance(question, Matching):
        yield from (_pair(question, left, right) for left, right in response.items())
    for number, inner, part in _answered(question, response):
        yield from (f"({number}) {text}" for text in _picked(inner, part))


def _written(question: Question, response: Any, *, right: bool) -> Iterator[tuple[str, bool]]:
    """What was written or put in order, and whether it is right."""
    text = ""
    if isinstance(question, Blank):
        text = " | ".join(" ".join(part.split()) for part in response)
    elif isinstance(question, Ordering):
        text = " → ".join(plain_text(question.items[place]) for place in response)
    elif isinstance(question, Numeric):
        text = " ".join(str(response).split())
    if text:
        yield text, right
    for number, inner, part in _answered(question, response):
        grade = inner.grade(part)
        known = isinstance(grade, Grade) and grade.correct is True
        yield from ((f"({number}) {text}", ok) for text, ok in _written(inner, part, right=known))


def _answered(question: Question, response: Any) -> Iterator[tuple[int, Question, Any]]:
    """The questions of a material that have an answer, by their number."""
    for number, (inner, _layout, part) in enumerate(question.nested({}, response), start=1):
        if part is not None:
            yield number, inner, part


def _pair(question: Matching, left: int, right: int) -> str:
    return f"{plain_text(question.pairs[left][0])} → {plain_text(question.rights[right])}"


def _truth(side: bool) -> str:
    return _("true") if side else _("false")


def _option_rows(
    options: Mapping[str, Mapping[str, _Tally]], asked: pd.Series[int]
) -> Iterator[dict[str, Any]]:
    for item, tallies in options.items():
        known = [one for one in tallies.items() if one[1].now]
        others = [one for one in tallies.items() if not one[1].now]
        for text, tally in [*known, *sorted(others, key=lambda one: (-one[1].n, one[0]))]:
            row = tally.row(int(asked.get(item, 0)))
            yield {"item": item, "option": text, "right": tally.right, **row}


def _answer_rows(
    answers: Mapping[str, Mapping[str, _Tally]], asked: pd.Series[int]
) -> Iterator[dict[str, Any]]:
    for item, tallies in answers.items():
        order = sorted(tallies.items(), key=lambda one: (-one[1].n, one[0]))
        for _spelling, tally in order[:MOST_ANSWERS]:
            # Of equally frequent spellings always the same one.
            text = min(tally.spellings, key=lambda one: (-tally.spellings[one], one))
            row = tally.row(int(asked.get(item, 0)))
            yield {"item": item, "answer": text, "right": tally.right, **row}

"""Item analysis of one quiz: which questions are bad, and what people think instead (rules, §4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import N_, _
from weike.quizzes.question import Question
from weike.quizzes.quiz import QuizDefinition
from weike.results.analysis.distractors import distractors, plain_text
from weike.results.analysis.itemdata import (
    AttemptRule,
    ItemData,
    load_item_data,
    load_papers,
    the_rule,
)
from weike.results.analysis.itemgroups import by_branch, by_topic, by_version
from weike.results.analysis.itemstats import ItemStatistics, item_statistics
from weike.results.analysis.timing import TIMES, response_times
from weike.results.analysis.topics import lesson_topics
from weike.results.catalogue import load_published
from weike.results.people import load_branches
from weike.results.periods import Period
from weike.results.scores import find_branch
from weike.results.scoring.snapshot import last_instant, the_period
from weike.results.store import Store
from weike.results.tables import item_version, lesson_quiz
from weike.results.tables import quiz as quiz_table
from weike.results.versions import load_definition

SHOWN, SURE = 10, 30  # attempts from which discrimination is shown, and is not grey any more
LEAST_EFFICIENCY, HARD, EASY = 15.0, 0.2, 0.95

ITEMS: Final = (
    *(
        "number",
        "stem",
        "type",
        "topic",
        "n",
        "unanswered",
        "ungraded",
        "max",
        "mean",
        "facility",
        "sd",
    ),
    *("discrimination", "efficiency", "weight", "confidence", "flags", *TIMES),
)
FLAGS: Final = {
    "weak": N_("does not tell who knows the subject (efficiency below 15)"),
    "hard": N_("almost nobody knows it (facility below 20 %)"),
    "easy": N_("almost everybody knows it (facility above 95 %)"),
    "unpicked": N_("has an option that nobody picks"),
    "ungraded": N_("has answers that could not be graded"),
}
_INDEX = ("discrimination", "efficiency")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizItems:
    """The analysis. `n` attempts of `members` people; `rule` says which attempts of each count.

    `items`, by item: `number` (in the quiz, from 1), `stem`, `type`, `topic`; `n` attempts that
    were asked it, `unanswered` and `ungraded` among them; `max` and `mean` points, `facility`
    (0-1), `sd` in points,
    `discrimination`, `efficiency`, `weight` in percent (NaN where undefined, the first two also
    under 10 attempts); `confidence` in them: "none" under 10, "low" under 30, else "ok"; `flags`
    (a tuple of keys of `FLAGS`; none under 10 attempts); `time_n`, and the quartiles `time_q1`,
    `time_median`, `time_q3` in seconds (see `timing`).

    `options` and `answers`: see `distractors`. `versions`: `item`, `version`, `n`, `facility`,
    `discrimination`, `efficiency` of items that were asked in several versions. `topics`: `topic`,
    `items`, `n` answers, `facility`. `branches`: `branch` id, `path`, `item`, `n`, `facility`.
    """

    quiz: str
    title: str
    rule: AttemptRule
    period: Period | None
    branch: str | None
    n: int
    members: int
    statistics: ItemStatistics
    items: pd.DataFrame
    options: pd.DataFrame
    answers: pd.DataFrame
    versions: pd.DataFrame
    topics: pd.DataFrame
    branches: pd.DataFrame


def quiz_items(
    store: Store,
    quiz: str,
    *,
    period: str | Period | None = None,
    branch: str | None = None,
    attempts: str = "first",
    now: datetime,
) -> QuizItems:
    """Analyse the attempts submitted until `now`, of a period and of a subtree where these are
    given (`branch` is an id, a path or a name; the member's at the time of the attempt).

    `attempts` says which of each member count: "first", "last", "best" or "all". Marks are those
    of first responses where feedback follows at once: what people knew before it. Raises
    `WeikeError` for a quiz, branch, period or rule that there is not.
    """
    rule = the_rule(attempts)
    span = None if period is None else the_period(store, period, now)
    with store.read() as connection:
        ref = find_quiz(connection, store, quiz)
        tree = load_branches(connection)
        top = None if branch is None else find_branch(tree, branch)
        data = load_item_data(
            connection,
            store,
            ref,
            rule=rule,
            since=None if span is None else span.start(store.zone),
            until=now if span is None else last_instant(store, span, now),
            branches=None if top is None else tree.subtree(top.id),
        )
        papers = load_papers(connection, data, ref)
        definition = _definition(connection, store, ref)
        current = _current(connection, data, definition)
        topic = lesson_topics(connection).get(ref.partition("/")[0], "")
    matrix, maxima = _matrix(data, list(current))
    statistics = item_statistics(matrix, maxima)
    options, answers = distractors(data, papers, current)
    items = _items(data, statistics, current, maxima, options, topic)
    return QuizItems(
        quiz=ref,
        title=definition.title if definition else ref,
        rule=rule,
        period=span,
        branch=top.path if top else None,
        n=len(data.attempts),
        members=int(data.attempts["member"].nunique()),
        statistics=statistics,
        items=items,
        options=options,
        answers=answers,
        versions=by_version(data, shown=SHOWN),
        topics=by_topic(data, items["topic"]),
        branches=by_branch(data, {one.id: one.path for one in tree}),
    )


def find_quiz(connection: Connection, store: Store, wanted: str) -> str:
    """The ref that is meant: itself, or a lesson's slug where that has one quiz; else `WeikeError`
    with the refs that there are."""
    query = select(quiz_table.c.ref).order_by(quiz_table.c.ref)
    refs: list[str] = list(connection.execute(query).scalars())
    if wanted in refs:
        return wanted
    of_lesson = [ref for ref in refs if ref.partition("/")[0] == wanted]
    if len(of_lesson) == 1:
        return of_lesson[0]
    shown = of_lesson or list(load_published(connection, store).quizzes) or refs
    if not shown:
        raise WeikeError(_("there is no quiz yet; publish a lesson with one"))
    raise WeikeError(
        _("there is no quiz {name}; there are: {refs}").format(name=wanted, refs=", ".join(shown))
    )


def confidence(n: int) -> str:
    """How far an index of so many attempts can be trusted."""
    return "none" if n < SHOWN else "low" if n < SURE else "ok"


def _definition(connection: Connection, store: Store, ref: str) -> QuizDefinition | None:
    """As it is published now, else as it was in the lesson's last version."""
    found = load_published(connection, store).quizzes.get(ref)
    if found is not None:
        return load_definition(connection, store, found[1].version)
    last = connection.execute(
        select(lesson_quiz.c.quiz_version).where(lesson_quiz.c.quiz == ref).limit(1)
    ).scalar()
    return load_definition(connection, store, last) if last else None


def _current(
    connection: Connection, data: ItemData, definition: QuizDefinition | None
) -> dict[str, Question]:
    """Every item that was asked or may be, as it reads now: the quiz's own first."""
    questions = definition.questions if definition else ()
    found = {one.id: one for one in questions if one.asks}
    gone = {item for (item, _version), one in data.questions.items() if one.asks} - found.keys()
    if gone:
        query = (
            select(item_version.c.item, item_version.c.version)
            .where(item_version.c.item.in_(gone))
            .order_by(item_version.c.stored, item_version.c.item)
        )
        for row in connection.execute(query):
            if (row.item, row.version) in data.questions:
                found[row.item] = data.questions[row.item, row.version]
    return found


def _matrix(data: ItemData, items: list[str]) -> tuple[pd.DataFrame, list[float]]:
    """Marks by attempt and item, and the points of each item: their mean where they changed."""
    marks = data.marks
    wide = marks.pivot(index="attempt", columns="item", values="mark").reindex(columns=items)
    most = marks[marks["mark"].notna()].groupby("item")["max"].mean().reindex(items)
    return wide.astype(float), [0.0 if m != m else float(m) for m in most]


def _items(
    data: ItemData,
    statistics: ItemStatistics,
    current: Mapping[str, Question],
    maxima: list[float],
    options: pd.DataFrame,
    topic: str,
) -> pd.DataFrame:
    unanswered = Counter(data.marks.loc[~data.marks["answered"].astype(bool), "item"])
    ungraded = Counter(data.marks.loc[data.marks["ungraded"].notna(), "item"])
    unpicked = set(options.loc[options["n"] == 0, "item"])
    rows = []
    each = zip(statistics.items, maxima, strict=True)
    for number, (figures, maximum) in enumerate(each, start=1):
        question = current[figures.item]
        row: dict[str, Any] = {
            "number": number,
            "stem": plain_text(question.stem),
            "type": question.type,
            "topic": question.topic or topic,
            "n": figures.attempts,
            "unanswered": unanswered[figures.item],
            "ungraded": ungraded[figures.item],
            "max": maximum or question.points,
            "mean": _nan(figures.mean),
            "facility": _nan(figures.facility),
            "sd": _nan(figures.sd),
            "discrimination": _nan(figures.discrimination),
            "efficiency": _nan(figures.efficiency),
            "weight": _nan(figures.weight),
            "confidence": confidence(figures.attempts),
        }
        if row["confidence"] == "none":
            row |= dict.fromkeys(_INDEX, np.nan)
        flags = _flags(row, unpicked=figures.item in unpicked, by_person=question.by_person)
        rows.append(row | {"flags": flags})
    index = pd.Index([one.item for one in statistics.items], name="item", dtype=object)
    frame = pd.DataFrame(rows, index=index).reindex(columns=list(ITEMS))
    times = response_times(data).reindex(frame.index)
    frame[list(TIMES)] = times
    frame["time_n"] = times["time_n"].fillna(0).astype(int)
    return frame


def _flags(row: Mapping[str, Any], *, unpicked: bool, by_person: bool) -> tuple[str, ...]:
    """Nothing is said of a question that hardly anybody was asked."""
    raised = {
        "weak": row["efficiency"] < LEAST_EFFICIENCY,
        "hard": row["facility"] < HARD,
        "easy": row["facility"] > EASY,
        "unpicked": unpicked,
    }
    shown = raised if row["confidence"] != "none" else {}
    flags = [name for name, holds in shown.items() if holds]
    return (*flags, "ungraded") if row["ungraded"] and not by_person else tuple(flags)


def _nan(value: float | None) -> float:
    return np.nan if value is None else value

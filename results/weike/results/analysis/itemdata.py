"""The attempts that an analysis of one quiz counts, with every mark and every response in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias, get_args

import pandas as pd
from sqlalchemy import Connection, Select, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.results.store import Store
from weike.results.tables import attempt, grade, item_grade, item_version, response
from weike.results.versions import load_definition

AttemptRule: TypeAlias = Literal["first", "last", "best", "all"]

_ATTEMPT = ("attempt", "member", "branch", "number", "version", "started", "share")
_MARK = ("attempt", "item", "version", "answered", "max", "mark", "correct", "ungraded")
_RESPONSE = ("attempt", "item", "raw", "seq", "received")
_AT_ONCE = 1_000  # papers that one query names


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemData:
    """What the analysis stands on.

    `attempts`, by attempt id: `member`, `branch` (at that time), `number`, `version` of the quiz,
    `started`, `practice` and `timed` as its rules were. `marks`: a row for each item of each paper:
    `attempt`, `item`, `version`, `answered`, `max`, `mark` (of the first response where feedback
    follows at once; NaN where it was not graded), `correct`, `ungraded` (the reason).
    `responses`: every one that counts: `attempt`, `item`, `raw`, `seq`, `received`, in the order of
    their arrival. `questions` are those asked, by item and version.
    """

    attempts: pd.DataFrame
    marks: pd.DataFrame
    responses: pd.DataFrame
    questions: Mapping[tuple[str, str], Question]


def the_rule(name: str) -> AttemptRule:
    """Raises `WeikeError` for a rule that there is not."""
    for rule in get_args(AttemptRule):
        if name == rule:
            found: AttemptRule = rule
            return found
    raise WeikeError(
        _("no rule {name}; choose one of {choices}").format(
            name=name, choices=", ".join(get_args(AttemptRule))
        )
    )


def load_item_data(
    connection: Connection,
    store: Store,
    quiz: str,
    *,
    rule: AttemptRule,
    since: datetime | None,
    until: datetime,
    branches: Collection[str] | None,
) -> ItemData:
    """The submitted attempts at `quiz` that `rule` picks of each member, `until` included."""
    here = _Where(quiz=quiz, rule=rule, since=since, until=until, branches=branches)
    every = _frame(connection, here.of(_ATTEMPTS), _ATTEMPT)
    attempts = _picked(every, rule).set_index("attempt")
    rules = {
        version: load_definition(connection, store, version).rules
        for version in attempts["version"].unique()
    }
    attempts["practice"] = [rules[one].behaviour == "practice" for one in attempts["version"]]
    attempts["timed"] = [rules[one].limit is not None for one in attempts["version"]]
    marks = _frame(connection, here.of(_MARKS), _MARK)
    marks = marks[marks["attempt"].isin(attempts.index)].reset_index(drop=True)
    # What was taken out later has no points on this paper.
    marks["mark"] = marks["mark"].astype(float).where(marks["max"] > 0)
    responses = _frame(connection, here.of(_RESPONSES), _RESPONSE)
    responses = responses[responses["attempt"].isin(attempts.index)]
    asked = set(zip(marks["item"], marks["version"], strict=True))
    return ItemData(
        attempts=attempts.drop(columns="share"),
        marks=marks,
        responses=responses.sort_values(["received", "seq"], kind="stable"),
        questions=_questions(connection, asked),
    )


def load_papers(connection: Connection, data: ItemData, quiz: str) -> dict[str, dict[str, Any]]:
    """The layouts of every paper: attempt id → item → layout."""
    query = select(attempt.c.id, attempt.c.paper).where(attempt.c.quiz == quiz)
    known = list(data.attempts.index)
    return {
        row.id: {drawn["item"]: drawn["layout"] for drawn in row.paper["items"]}
        for at in range(0, len(known), _AT_ONCE)
        for row in connection.execute(query.where(attempt.c.id.in_(known[at : at + _AT_ONCE])))
    }


def counted_responses(data: ItemData) -> pd.DataFrame:
    """The one response that each mark stands on, by attempt and item: the first where feedback
    follows at once, else the one with the highest `seq`."""
    at = ["attempt", "item"]
    practice = data.responses["attempt"].map(data.attempts["practice"]).astype(bool)
    first = data.responses[practice].groupby(at, sort=False)["raw"].first()
    others = data.responses[~practice].sort_values(["seq", "received"], kind="stable")
    last = others.groupby(at, sort=False)["raw"].last()
    return pd.DataFrame({"raw": pd.concat([first, last])})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    quiz: str
    rule: AttemptRule
    since: datetime | None
    until: datetime
    branches: Collection[str] | None

    def of(self, query: Select[Any]) -> Select[Any]:
        query = query.where(grade.c.quiz == self.quiz, grade.c.submitted_at <= self.until)
        if self.rule == "first":
            query = query.where(grade.c.number == 1)
        if self.branches is not None:
            own = attempt.alias()  # the query may have the table already
            inside = select(own.c.id).where(
                own.c.quiz == self.quiz, own.c.branch_id.in_(list(self.branches))
            )
            query = query.where(grade.c.attempt_id.in_(inside))
        return query if self.since is None else query.where(grade.c.submitted_at >= self.since)


_ATTEMPTS = select(
    grade.c.attempt_id,
    grade.c.member_id,
    attempt.c.branch_id,
    grade.c.number,
    attempt.c.quiz_version,
    attempt.c.started,
    grade.c.score,
    grade.c.max,
).join(attempt, attempt.c.id == grade.c.attempt_id)
_MARKS = select(
    item_grade.c.attempt_id,
    item_grade.c.item,
    item_grade.c.item_version,
    item_grade.c.answered,
    item_grade.c.max,
    item_grade.c.first_score,
    item_grade.c.first_correct,
    item_grade.c.ungraded,
).join(grade, grade.c.attempt_id == item_grade.c.attempt_id)
_RESPONSES = (
    select(
        response.c.attempt_id, response.c.item, response.c.raw, response.c.seq,
        response.c.received_at,
    )
    .join(grade, grade.c.attempt_id == response.c.attempt_id)
    .where(response.c.late.is_(False))
)  # fmt: skip


def _frame(connection: Connection, query: Select[Any], columns: tuple[str, ...]) -> pd.DataFrame:
    rows = connection.execute(query).all()
    if columns is _ATTEMPT:
        plain = [(*row[:6], row.score / row.max if row.max else 0.0) for row in rows]
    else:
        plain = [tuple(row) for row in rows]
    return pd.DataFrame(plain, columns=list(columns))


def _picked(attempts: pd.DataFrame, rule: AttemptRule) -> pd.DataFrame:
    """One attempt of each member, or all; of equally good ones the earliest."""
    if rule == "all":
        return attempts
    order = attempts.sort_values("number")
    if rule == "best":
        order = order.sort_values("share", ascending=False, kind="stable")
    one = order.groupby("member", sort=False)
    return one.tail(1) if rule == "last" else one.head(1)


def _questions(
    connection: Connection, asked: Collection[tuple[str, str]]
) -> dict[tuple[str, str], Question]:
    if not asked:
        return {}
    query = select(item_version.c.item, item_version.c.version, item_version.c.question).where(
        item_version.c.item.in_({item for item, _version in asked})
    )
    return {
        (row.item, row.version): Question.from_json(row.question)
        for row in connection.execute(query)
        if (row.item, row.version) in asked
    }

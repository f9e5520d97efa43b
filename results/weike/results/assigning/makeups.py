"""补考: one action for everybody who failed a quiz or was absent.

In its window each of them has one more attempt, whatever the quiz's own close and number of
attempts say (see `personal`). Both results stay.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import uuid4

import numpy as np
from sqlalchemy import Connection, Integer, Select, bindparam, cast, exists, func, insert, select

from weike.quizzes.errors import Problem, ProblemsError, WeikeError
from weike.quizzes.i18n import _
from weike.results.answering.personal import forget
from weike.results.assigning.decisions import as_period, branches_of, identities, take_back
from weike.results.assigning.overrides import the_quiz
from weike.results.assigning.tasks import counts
from weike.results.audit import record
from weike.results.periods import Period
from weike.results.scores import find_branch
from weike.results.scoring.snapshot import Snapshot, current_snapshot
from weike.results.scoring.tallies import micros_of
from weike.results.store import Store
from weike.results.tables import attempt, grade, makeup, makeup_member

Why = Literal["failed", "absent"]


class MakeupError(ProblemsError):
    """A make-up test that cannot be as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody for a make-up test. `best` is the best share so far, None where there is none;
    `used` how many attempts there were."""

    member_id: str
    code: str
    name: str
    post: str | None
    branch: str
    why: Why
    best: float | None
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeupPlan:
    """Who would take it, by name; `waiting` counts those who have an open make-up test already."""

    quiz: str
    title: str
    lesson: str
    branch_id: str
    branch: str
    period: Period
    failed: tuple[Candidate, ...]
    absent: tuple[Candidate, ...]
    waiting: int

    @property
    def everyone(self) -> tuple[Candidate, ...]:
        return self.failed + self.absent


def plan_makeup(
    store: Store, *, quiz: str, branch: str, period: str | Period, now: datetime
) -> MakeupPlan:
    """Who of the period's roster has failed the quiz or handed nothing in, as of now.

    Only members who have its lesson to do, still belong to a branch, and are not excused.
    Raises `WeikeError` for a quiz that is not published or does not count.
    """
    span = as_period(period)
    snapshot = current_snapshot(store)
    top = find_branch(snapshot.tree, branch)
    tasks = snapshot.tasks(store, span, now)
    with store.read() as connection:
        lesson, summary = the_quiz(connection, store, quiz).quizzes[quiz]
        if not counts(quiz):
            raise WeikeError(_("a pre-test does not count, so nobody has to make it up"))
        has_it = np.array([lesson.slug in slugs for slugs in tasks.sets], dtype=bool)[tasks.of]
        inside = np.asarray(tasks.roster.isin(snapshot.tree.subtree(top.id)), dtype=bool)
        where = tasks.roster[has_it & inside].to_dict()
        passed = _passed(snapshot, where, quiz, now)
        ids = [id for id in where if id not in passed]
        results = _of(connection, _RESULTS, grade.c, ids, quiz)
        made = _of(connection, _MADE, attempt.c, ids, quiz)
        waiting = set(connection.execute(_WAITING, {"quiz": quiz, "now": now}).scalars())
        here = branches_of(connection, ids)
        known = identities(connection, ids)
    failed: list[Candidate] = []
    absent: list[Candidate] = []
    planned = 0
    for id in ids:
        result, person = results.get(id), known.get(id)
        if person is None or id not in here or (result is not None and result.passed):
            continue
        if id in waiting:
            planned += 1
            continue
        one = Candidate(
            member_id=id,
            code=person.code,
            name=person.name,
            post=person.post,
            branch=snapshot.tree.by_id[where[id]].path,
            why="absent" if result is None else "failed",
            best=None if result is None else result.best,
            used=made[id].used if id in made else 0,
        )
        (absent if result is None else failed).append(one)
    return MakeupPlan(
        quiz=quiz,
        title=summary.title,
        lesson=lesson.title,
        branch_id=top.id,
        branch=top.path,
        period=span,
        failed=_sorted(failed),
        absent=_sorted(absent),
        waiting=planned,
    )


def make_up(
    store: Store,
    plan: MakeupPlan,
    *,
    opens: datetime,
    closes: datetime,
    by: str,
    now: datetime,
    members: Collection[str] | None = None,
) -> str:
    """Give everybody of the plan (or those of these ids) the make-up test; its id.

    It opens now at the earliest: an attempt from before it was set is never taken for it. Raises
    `WeikeError` where the window does not fit or nobody is left.
    """
    opens = max(opens, now)
    chosen = [one for one in plan.everyone if members is None or one.member_id in members]
    problems = []
    if closes <= opens:
        problems.append(
            Problem(message=_("it closes before it opens"), repair=_("choose a later close"))
        )
    elif closes <= now:
        problems.append(
            Problem(message=_("its window has passed"), repair=_("choose a later close"))
        )
    nobody = Problem(
        message=_("nobody would take it"),
        repair=_("choose one member at least who failed or was absent"),
    )
    if not chosen:
        problems.append(nobody)
    if problems:
        raise MakeupError(_("the make-up test"), problems)
    key = uuid4().hex

    def write(connection: Connection) -> None:
        asked = {"quiz": plan.quiz, "now": now}
        waiting = set(connection.execute(_WAITING, asked).scalars())
        left = [one for one in chosen if one.member_id not in waiting]
        if not left:  # a second click, while the first was on its way
            raise MakeupError(_("the make-up test"), [nobody])
        connection.execute(
            insert(makeup).values(
                id=key,
                quiz=plan.quiz,
                branch_id=plan.branch_id,
                first=plan.period.first,
                after=plan.period.after,
                opens=opens,
                closes=closes,
                created=now,
                created_by=by,
            )
        )
        connection.execute(
            insert(makeup_member),
            [
                {"makeup_id": key, "member_id": one.member_id, "why": one.why, "used": one.used}
                for one in left
            ],
        )
        detail = {"quiz": plan.quiz, "branch": plan.branch_id, "members": len(left)}
        record(connection, by, "set make-up test", key, now, detail=detail)

    store.writer.run(write)
    forget(store)
    return key


def withdraw_makeup(store: Store, id: str, *, by: str, now: datetime) -> None:
    """Offer it no longer; what was taken in it stays. Raises `WeikeError`."""
    store.writer.run(
        lambda connection: take_back(connection, makeup, id, "withdrew make-up", by=by, now=now)
    )
    forget(store)


def _sorted(found: list[Candidate]) -> tuple[Candidate, ...]:
    return tuple(sorted(found, key=lambda one: (one.branch, one.code)))


def _passed(snapshot: Snapshot, ids: Collection[str], quiz: str, now: datetime) -> frozenset[str]:
    """Who of these has passed the quiz, from memory: nearly everybody, so they go first."""
    column = snapshot.ledger.columns.get(quiz)
    if column is None:
        return frozenset()
    passed = set(column.members[column.passed <= micros_of(now)].tolist())
    return frozenset(id for id in ids if snapshot.ledger.members.get(id, -1) in passed)


def _of(
    connection: Connection, query: Select[Any], columns: Any, ids: Sequence[str], quiz: str
) -> dict[str, Any]:
    """The rows of a query about one quiz, by member; a few members are named in it."""
    if len(ids) <= _FEW:
        query = query.where(columns.member_id.in_(ids))
    return {row.member_id: row for row in connection.execute(query, {"quiz": quiz})}


_FEW = 5_000  # so many can be named in a query
_RESULTS = (
    select(
        grade.c.member_id,
        func.max(grade.c.score / func.nullif(grade.c.max, 0.0)).label("best"),
        func.max(cast(grade.c.passed, Integer)).label("passed"),
    )
    .where(grade.c.quiz == bindparam("quiz"))
    .group_by(grade.c.member_id)
)
_MADE = (
    select(attempt.c.member_id, func.max(attempt.c.number).label("used"))
    .where(attempt.c.quiz == bindparam("quiz"))
    .group_by(attempt.c.member_id)
)
# Who could take one already; whoever has used an earlier window up may be given another.
_WAITING = (
    select(makeup_member.c.member_id)
    .join(makeup, makeup.c.id == makeup_member.c.makeup_id)
    .where(
        makeup.c.quiz == bindparam("quiz"),
        makeup.c.withdrawn_at.is_(None),
        makeup.c.closes > bindparam("now"),
        ~exists().where(
            attempt.c.member_id == makeup_member.c.member_id,
            attempt.c.quiz == makeup.c.quiz,
            attempt.c.started >= makeup.c.opens,
            attempt.c.started < makeup.c.closes,
        ),
    )
)

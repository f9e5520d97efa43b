"""How completion grew over a period."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
import pandas as pd
from sqlalchemy import Connection, case, func, select

from weike.results.people import Branches, load_branches
from weike.results.periods import Period, day_start, local_date
from weike.results.scores import find_branch
from weike.results.snapshot import last_instant, the_period
from weike.results.store import Store
from weike.results.tables import finished, grade
from weike.results.tasks import Lessons, Tasks, load_tasks

COLUMNS: Final = (
    *("branch", "name", "path", "level", "parent"),
    *("day", "assigned", "completed", "completion"),
)
_LONG = 31  # days; a longer period is told week by week


def completion_history(
    store: Store,
    *,
    period: str | Period | None = None,
    branch: str | None = None,
    now: datetime,
) -> pd.DataFrame:
    """A row for each branch and each `day`: what was complete at its end.

    Days of a month, weeks of a longer period, and the last day that counts. `assigned` are the
    assignments as `branch_scores` counts them at the end, so that every line ends at its
    `completion`; `completed` of them were complete on that day, `completion` is their share (NaN
    where nothing is assigned). Further columns: `branch` id, `name`, `path`, `level`, `parent`.

    `branch` (an id, a path or a name) keeps that branch and what is beneath it.
    """
    span = the_period(store, period, now)
    until = last_instant(store, span, now)
    with store.read() as connection:
        tree = load_branches(connection)
        tasks = load_tasks(connection, span, until, begun=until >= span.start(store.zone))
        done = _completions(connection, tasks.lessons, until)
    days = told_days(span, local_date(until, store.zone))
    ends = [day_start(day + timedelta(days=1), store.zone) for day in days]
    frame = _frame(tree, tasks, _of_tasks(tasks, done), days, ends)
    if branch is not None:
        frame = frame[frame["branch"].isin(tree.subtree(find_branch(tree, branch).id))]
    return frame.reset_index(drop=True)


def told_days(period: Period, last: date) -> list[date]:
    """The days at whose end the figures are told; none before the period has begun."""
    step = 1 if (period.after - period.first).days <= _LONG else 7
    end = min(last, period.after - timedelta(days=1))
    days = [period.first + timedelta(days=n) for n in range(0, (end - period.first).days + 1, step)]
    return days if not days or days[-1] == end else [*days, end]


def _completions(connection: Connection, lessons: Lessons, until: datetime) -> pd.DataFrame:
    """`member`, `slug` and the instant `at` which the lesson was complete."""
    rows: list[tuple[str, str, datetime]] = []
    refs = [ref for quizzes in lessons.quizzes.values() for ref in quizzes]
    if refs:
        needed = case(
            {slug: len(quizzes) for slug, quizzes in lessons.quizzes.items()}, value=grade.c.slug
        )
        by_quiz = (
            select(grade.c.member_id, grade.c.slug, func.max(grade.c.submitted_at))
            .where(grade.c.number == 1, grade.c.submitted_at <= until, grade.c.quiz.in_(refs))
            .group_by(grade.c.member_id, grade.c.slug)
            .having(func.count() >= needed)
        )
        rows += [(row[0], row[1], row[2]) for row in connection.execute(by_quiz)]
    without_quiz = [slug for slug in lessons.versions if slug not in lessons.quizzes]
    by_end = select(finished.c.member_id, finished.c.slug, finished.c.at).where(
        finished.c.slug.in_(without_quiz), finished.c.at <= until
    )
    rows += [(row[0], row[1], row[2]) for row in connection.execute(by_end)]
    found = pd.DataFrame(rows, columns=["member", "slug", "at"])
    return found.assign(at=pd.to_datetime(found["at"], utc=True))


def _of_tasks(tasks: Tasks, done: pd.DataFrame) -> pd.DataFrame:
    """The completions that count: of members on the roster, of lessons that they have to do."""
    known = done[done["member"].isin(tasks.roster.index)]
    numbers = pd.Series(tasks.of, index=tasks.roster.index)
    of = known["member"].map(numbers)
    has_to = [
        slug in tasks.sets[int(number)] for slug, number in zip(known["slug"], of, strict=True)
    ]
    return known[np.array(has_to, dtype=bool)]


def _frame(
    tree: Branches, tasks: Tasks, done: pd.DataFrame, days: list[date], ends: list[datetime]
) -> pd.DataFrame:
    nodes = list(tree)
    place = {one.id: i for i, one in enumerate(nodes)}
    where = np.array([place[id] for id in tasks.roster], dtype=int)
    sizes = np.array([len(slugs) for slugs in tasks.sets], dtype=float)
    assigned = np.bincount(where, weights=sizes[tasks.of], minlength=len(nodes))
    counts = np.zeros((len(nodes), len(days) + 1))
    slots = np.searchsorted(pd.DatetimeIndex(ends), pd.DatetimeIndex(done["at"]), side="right")
    branches = np.array([place[id] for id in done["member"].map(tasks.roster)], dtype=int)
    np.add.at(counts, (branches, slots), 1)
    completed = counts.cumsum(axis=1)[:, : len(days)]
    for i, one in reversed(list(enumerate(nodes))):  # parents stand before their children
        if one.parent_id is not None:
            completed[place[one.parent_id]] += completed[i]
            assigned[place[one.parent_id]] += assigned[i]
    rows = [
        (
            *(one.id, one.name, one.path, one.level, one.parent_id, day),
            *(int(assigned[i]), int(completed[i, k])),
            completed[i, k] / assigned[i] if assigned[i] else np.nan,
        )
        for i, one in enumerate(nodes)
        for k, day in enumerate(days)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))

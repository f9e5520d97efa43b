"""How completion grew over a period."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from weike.results.assigning.tasks import Tasks
from weike.results.people import Branches
from weike.results.periods import Period, day_start, local_date
from weike.results.scores import find_branch
from weike.results.scoring.ledger import NEVER, Ledger
from weike.results.scoring.snapshot import current_snapshot, last_instant, the_period
from weike.results.scoring.tallies import end_of, micros_of
from weike.results.store import Store

COLUMNS: Final = (
    *("branch", "name", "path", "level", "parent"),
    *("day", "assigned", "completed", "completion"),
)
_MOMENT = timedelta(microseconds=1)
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
    snapshot = current_snapshot(store)
    tree, tasks = snapshot.tree, snapshot.tasks(store, span, now)
    days = told_days(span, local_date(until, store.zone))
    last = [day_start(day + timedelta(days=1), store.zone) - _MOMENT for day in days]
    ends = [min(end, until) for end in last]
    counts = _completed(tree, tasks, snapshot.ledger, [micros_of(end) for end in ends])
    frame = _frame(tree, tasks, days, counts)
    if branch is not None:
        frame = frame[frame["branch"].isin(tree.subtree(find_branch(tree, branch).id))]
    return frame.reset_index(drop=True)


def told_days(period: Period, last: date) -> list[date]:
    """The days at whose end the figures are told; none before the period has begun."""
    step = 1 if (period.after - period.first).days <= _LONG else 7
    end = min(last, period.after - timedelta(days=1))
    days = [period.first + timedelta(days=n) for n in range(0, (end - period.first).days + 1, step)]
    return days if not days or days[-1] == end else [*days, end]


def _completed(
    tree: Branches, tasks: Tasks, ledger: Ledger, ends: Sequence[int]
) -> npt.NDArray[np.int64]:
    """How many assignments were complete, by branch (in the tree's order) and end of a day."""
    where = _places(tree, tasks)
    numbers = np.array([ledger.members.get(id, -1) for id in tasks.roster.index], dtype=np.intp)
    found = np.zeros((len(tree.by_id), len(ends) + 1), dtype=np.int64)
    for slug in tasks.lessons.versions:
        whose = np.array([slug in slugs for slugs in tasks.sets], dtype=bool)[tasks.of]
        quizzes = tasks.lessons.quizzes.get(slug) or [end_of(slug)]
        moments = [_submitted(ledger, quiz, numbers) for quiz in quizzes]
        complete = np.max(moments, axis=0)[whose]
        slots = np.searchsorted(ends, complete)  # what comes at the very end counts
        np.add.at(found, (where[whose], slots), 1)
    return found.cumsum(axis=1)[:, : len(ends)]


def _submitted(ledger: Ledger, quiz: str, numbers: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
    """When each of these members of the ledger first submitted the quiz, or `NEVER`."""
    moments = np.full(len(ledger.members) + 1, NEVER, dtype=np.int64)
    if column := ledger.columns.get(quiz):
        moments[column.members] = column.submitted
    return moments[numbers]  # who is not in the ledger has -1: the last, which is free


def _places(tree: Branches, tasks: Tasks) -> npt.NDArray[np.intp]:
    place = {id: i for i, id in enumerate(tree.by_id)}
    return np.array([place[id] for id in tasks.roster], dtype=np.intp)


def _frame(
    tree: Branches, tasks: Tasks, days: Sequence[date], completed: npt.NDArray[np.int64]
) -> pd.DataFrame:
    nodes = list(tree)
    place = {one.id: i for i, one in enumerate(nodes)}
    sizes = np.array([len(slugs) for slugs in tasks.sets], dtype=float)
    assigned = np.bincount(_places(tree, tasks), sizes[tasks.of], minlength=len(nodes))
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

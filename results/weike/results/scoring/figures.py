"""What each member of a frozen roster did up to an instant; every branch figure stands on it.

Pure: tasks and a ledger in, a table of members out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from weike.results.assigning.tasks import Tasks
from weike.results.scoring.ledger import Column, Floats, Ledger
from weike.results.scoring.tallies import end_of, micros_of

_FEW: Final = 1_000  # members who are looked up one by one
_COUNTS: Final = ("lessons", "assigned", "completed", "submitted", "passed", "passed_first")


def member_figures(ledger: Ledger, tasks: Tasks, until: datetime) -> pd.DataFrame:
    """One row for each member of the roster who is not excused, by member id:

    - `branch`: where the member counts,
    - `mark`: the mean of *first* attempts over the assigned lessons attempted, 0-1, NaN where none,
    - `lessons`: how many of the assigned lessons were attempted,
    - `assigned`: how many lessons the member has to do,
    - `completed`: how many of them are complete: every counted quiz submitted, or the end reached
      where there is none,
    - `submitted`, `passed`: their quizzes submitted at least once, and passed at least once: a
      make-up test counts; `passed_first`: passed without one,
    - `started`: whether the member has begun any of them.

    `attrs["excused"]` gives the branch's id by the member's for those who do not count.
    """
    size = len(tasks.roster)
    sums = {name: np.zeros(size, dtype=np.int64) for name in _COUNTS}
    marks, started = np.zeros(size), np.zeros(size, dtype=bool)
    for _slug, whose, lesson in by_lesson(ledger, tasks, until):
        sums["assigned"] += whose
        for name in ("completed", "submitted", "passed", "passed_first"):
            sums[name] += np.where(whose, lesson[name], 0)
        attempted = whose & ~np.isnan(lesson["mark"])
        sums["lessons"] += attempted
        marks[attempted] += lesson["mark"][attempted]
        started |= whose & lesson["started"]
    mark = np.full(size, np.nan)
    np.divide(marks, sums["lessons"], out=mark, where=sums["lessons"] > 0)
    columns = {"branch": tasks.roster.to_numpy(), "mark": mark, **sums, "started": started}
    figures = pd.DataFrame(columns, index=tasks.roster.index.rename("member"))
    figures.attrs["excused"] = tasks.excused
    return figures


def by_lesson(
    ledger: Ledger, tasks: Tasks, until: datetime
) -> Iterator[tuple[str, npt.NDArray[np.bool_], dict[str, npt.NDArray[Any]]]]:
    """Each lesson that somebody has to do: its slug, who has to, and what everybody did.

    Arrays in the order of the roster: `completed`, `started`, `mark` (the mean of the first
    attempts at its quizzes, or NaN), and how many of its quizzes were `submitted`, `passed`,
    `passed_first`.
    """
    roster = _Roster(ledger, tasks.roster.index.to_numpy(dtype=object), micros_of(until))
    for slug in sorted(tasks.lessons.versions):
        whose = np.array([slug in slugs for slugs in tasks.sets], dtype=bool)[tasks.of]
        if whose.any():
            yield slug, whose, roster.lesson(slug, sorted(tasks.lessons.quizzes.get(slug, ())))


def patched(
    figures: pd.DataFrame, newer: pd.DataFrame, places: npt.NDArray[np.intp]
) -> pd.DataFrame:
    """The table with the rows at these places replaced by newer ones."""
    columns: dict[str, Any] = {"branch": figures["branch"]}
    for name in figures.columns.drop("branch"):
        columns[name] = figures[name].to_numpy(copy=True)
        columns[name][places] = newer[name].to_numpy()
    # Nobody else has these arrays; column by column, pandas would take thrice as long.
    found = pd.DataFrame(columns, index=figures.index, copy=False)
    found.attrs = figures.attrs
    return found


class _Roster:
    """The members of a roster in its order, and what the ledger tells of them as of a moment."""

    def __init__(self, ledger: Ledger, ids: Iterable[str], until: int) -> None:
        self._columns, self._until = ledger.columns, until
        numbers = np.array([ledger.members.get(id, -1) for id in ids], dtype=np.intp)
        self._size, known = len(numbers), numbers >= 0
        self._few = np.sort(numbers[known]) if self._size < _FEW else None
        # Where each numbered member stands in the roster; those who do not: -1.
        self._place = np.full(len(ledger.members), -1, dtype=np.intp)
        self._place[numbers[known]] = np.flatnonzero(known)

    def lesson(self, slug: str, quizzes: list[str]) -> dict[str, npt.NDArray[Any]]:
        """One lesson, member by member; `mark` is the mean of its quizzes or NaN."""
        started = np.zeros(self._size, dtype=bool)
        counts = {
            name: np.zeros(self._size, dtype=np.int64)
            for name in ("submitted", "passed", "passed_first")
        }
        total, marked = np.zeros(self._size), np.zeros(self._size, dtype=np.int64)
        for quiz in quizzes:
            for column in self._column(quiz):
                place = self._of(column)
                inside = place >= 0
                place = place[inside]
                started[place[(column.begun <= self._until)[inside]]] = True
                for name, count in counts.items():
                    count[place[(getattr(column, name) <= self._until)[inside]]] += 1
                has = ((column.submitted <= self._until) & ~np.isnan(column.mark))[inside]
                total[place[has]] += column.mark[inside][has]
                marked[place[has]] += 1
        ended = np.zeros(self._size, dtype=bool)
        for column in self._column(end_of(slug)):
            place = self._of(column)
            ended[place[(place >= 0) & (column.submitted <= self._until)]] = True
        mark: Floats = np.full(self._size, np.nan)
        np.divide(total, marked, out=mark, where=marked > 0)
        completed = counts["submitted"] >= len(quizzes) if quizzes else ended
        return {"completed": completed, "mark": mark, "started": started | ended, **counts}

    def _column(self, quiz: str) -> Iterable[Column]:
        found = self._columns.get(quiz)
        if found is None:
            return ()
        return (found if self._few is None else found.of_members(self._few),)

    def _of(self, column: Column) -> npt.NDArray[np.intp]:
        # Members who came into the ledger after the roster was looked up stand on none.
        return self._place[column.members]

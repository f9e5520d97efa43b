"""How far the members of a branch have come, lesson by lesson."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, select, tuple_

from weike.results.assigning.tasks import Lessons
from weike.results.people import Branches
from weike.results.periods import Period
from weike.results.scoring.figures import by_lesson
from weike.results.scoring.snapshot import current_snapshot, last_instant, the_period
from weike.results.store import Store
from weike.results.tables import lesson_quiz, lesson_version

COUNTS: Final = ("assigned", "started", "completed", "passed", "attempted", "marks")
SHARES: Final = ("started", "completed", "passed")


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonInfo:
    """A lesson as it was at the instant that counts; its counted quizzes by ref, with titles."""

    slug: str
    title: str
    topic: str
    language: str
    quizzes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonFigures:
    """What the members of a subtree did, added up by lesson and by branch.

    `lessons` are those that somebody has to do, by slug, in the order of the catalogue.

    `sums`, by slug and branch id (of the branch in the frozen roster): `assigned` members, and of
    them those who have `started`, `completed` and `passed` the lesson (every counted quiz at least
    once; NaN where there is none), `attempted` with a mark, and the sum of their `marks` (first
    attempts, 0-1 each).
    """

    lessons: Mapping[str, LessonInfo]
    sums: pd.DataFrame
    tree: Branches

    def by_lesson(self) -> dict[str, dict[str, Any]]:
        """The shares of the whole subtree by slug (see `shares`)."""
        return {slug: shares(_total(self._of(slug))) for slug in self.lessons}

    def of_lesson(self, slug: str, groups: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The shares of one lesson by branch, each with everything beneath it."""
        rows = self._of(slug)
        found = {}
        for group in groups:
            inside = rows[rows.index.isin(self.tree.subtree(group))]
            found[group] = shares(_total(inside))
        return found

    def _of(self, slug: str) -> pd.DataFrame:
        """The sums of one lesson by branch."""
        return self.sums[self.sums.index.get_level_values("slug") == slug].droplevel("slug")


def shares(sums: pd.Series[float]) -> dict[str, Any]:
    """`assigned` and `attempted` as counts, `started`, `completed`, `passed` and `mean` as shares.

    None where nothing can be said: nobody was assigned, nobody attempted, nothing can be passed.
    """
    assigned, attempted = float(sums["assigned"]), float(sums["attempted"])
    assigned, attempted = np.nan_to_num(assigned), np.nan_to_num(attempted)
    found: dict[str, Any] = {"assigned": int(assigned), "attempted": int(attempted)}
    for name in SHARES:
        known = assigned and not np.isnan(sums[name])
        found[name] = float(sums[name] / assigned) if known else None
    found["mean"] = float(sums["marks"] / attempted) if attempted else None
    return found


def _total(rows: pd.DataFrame) -> pd.Series[float]:
    total: pd.Series[float] = rows.sum(min_count=1)
    return total


def lesson_figures(
    store: Store, *, branch: str, period: str | Period | None = None, now: datetime
) -> LessonFigures:
    """The lessons that members of a branch (its id) or beneath it have to do in the period.

    The roster, the lessons and the instant that counts are those of `branch_scores`.
    """
    span = the_period(store, period, now)
    until = last_instant(store, span, now)
    snapshot = current_snapshot(store)
    tasks = snapshot.tasks(store, span, now)
    inside = np.asarray(tasks.roster.isin(snapshot.tree.subtree(branch)), dtype=bool)
    parts = {}
    for slug, whose, lesson in by_lesson(snapshot.ledger, tasks, until):
        reached = whose & inside
        if reached.any():
            quizzes = len(tasks.lessons.quizzes.get(slug, ()))
            figures = _of_members(lesson, quizzes)[reached]
            parts[slug] = figures.groupby(tasks.roster.to_numpy()[reached]).sum(min_count=1)
    with store.read() as connection:
        lessons = _lessons(connection, tasks.lessons, parts.keys())
    sums = pd.concat(parts) if parts else _NOTHING
    sums = sums.rename_axis(["slug", "branch"])
    return LessonFigures(lessons=lessons, sums=sums, tree=snapshot.tree)


def _of_members(lesson: Mapping[str, npt.NDArray[Any]], quizzes: int) -> pd.DataFrame:
    """One lesson, member by member, as what is to be added up."""
    attempted = ~np.isnan(lesson["mark"])
    passed = lesson["passed"] >= quizzes if quizzes else np.nan
    columns = {
        "assigned": 1.0,
        "started": lesson["started"],
        "completed": lesson["completed"],
        "passed": passed,
        "attempted": attempted,
        "marks": np.where(attempted, lesson["mark"], 0.0),
    }
    return pd.DataFrame(columns, index=range(len(attempted))).astype(float)


_NOTHING = pd.DataFrame(
    columns=list(COUNTS), index=pd.MultiIndex.from_arrays([[], []]), dtype=float
)


def _lessons(
    connection: Connection, lessons: Lessons, wanted: Collection[str]
) -> dict[str, LessonInfo]:
    keys = [(slug, version) for slug, version in lessons.versions.items() if slug in wanted]
    quizzes: dict[str, dict[str, str]] = {slug: {} for slug, _version in keys}
    within = tuple_(lesson_quiz.c.slug, lesson_quiz.c.version).in_(keys)
    for row in connection.execute(
        select(lesson_quiz).where(within).order_by(lesson_quiz.c.position)
    ):
        if row.quiz in lessons.quizzes.get(row.slug, ()):
            quizzes[row.slug][row.quiz] = row.title
    of = lesson_version.c
    rows = connection.execute(
        select(of.slug, of.title, of.topic, of.language)
        .where(tuple_(of.slug, of.version).in_(keys))
        .order_by(of.position, of.slug)
    )
    return {
        row.slug: LessonInfo(
            slug=row.slug,
            title=row.title,
            topic=row.topic or "",
            language=row.language,
            quizzes=quizzes[row.slug],
        )
        for row in rows
    }

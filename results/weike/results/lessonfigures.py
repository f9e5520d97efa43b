"""How far the members of a branch have come, lesson by lesson."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Table, case, distinct, func, select, true, tuple_

from weike.results.people import Branches, load_branches
from weike.results.periods import Period
from weike.results.snapshot import last_instant, the_period
from weike.results.store import Store
from weike.results.tables import attempt, finished, grade, lesson_quiz, lesson_version
from weike.results.tasks import Lessons, Tasks, load_tasks

COUNTS: Final = ("assigned", "started", "completed", "passed", "attempted", "marks")
SHARES: Final = ("started", "completed", "passed")
_FEW = 5_000  # members that a query names one by one; more are read with everybody else


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
    with store.read() as connection:
        tree = load_branches(connection)
        tasks = load_tasks(connection, span, until, begun=until >= span.start(store.zone))
        inside = np.asarray(tasks.roster.isin(tree.subtree(branch)), dtype=bool)
        members = list(tasks.roster.index[inside])
        rows = _assigned(tasks, inside)
        lessons = _lessons(connection, tasks.lessons, set(rows.index.get_level_values("slug")))
        for name, found in _done(connection, tasks.lessons, members, until).items():
            rows[name] = rows.index.map(found).to_numpy(dtype=float, na_value=np.nan)
    quizzes = {slug: len(refs) for slug, refs in tasks.lessons.quizzes.items()}
    slugs = rows.index.get_level_values("slug")
    needed = slugs.map(quizzes).to_numpy(dtype=float, na_value=np.nan)
    without = np.isnan(needed)
    submitted, passed = rows["submitted"].fillna(0.0), rows["passed"].fillna(0.0)
    members_figures = pd.DataFrame(
        {
            "branch": rows["branch"],
            "assigned": 1.0,
            "started": rows["started"].fillna(0.0) > 0,
            "completed": np.where(without, rows["finished"].fillna(0.0) > 0, submitted >= needed),
            "passed": np.where(without, np.nan, (passed >= needed).astype(float)),
            "attempted": rows["mark"].notna(),
            "marks": rows["mark"].fillna(0.0),
        }
    )
    grouped = members_figures.reset_index("slug").groupby(["slug", "branch"])[list(COUNTS)]
    sums = grouped.sum(min_count=1).astype(float)
    return LessonFigures(lessons=lessons, sums=sums, tree=tree)


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


def _assigned(tasks: Tasks, inside: np.ndarray) -> pd.DataFrame:
    """A row for each member inside and each lesson that this member has to do."""
    parts = []
    for number, slugs in enumerate(tasks.sets):
        members = tasks.roster[inside & (tasks.of == number)]
        for slug in sorted(slugs):
            parts.append(pd.DataFrame({"branch": members, "slug": slug}))
    whole = pd.concat(parts) if parts else pd.DataFrame({"branch": [], "slug": []}, dtype=object)
    whole.index.name = "member"
    return whole.set_index("slug", append=True)


def _done(
    connection: Connection, lessons: Lessons, members: Sequence[str], until: datetime
) -> Mapping[str, dict[tuple[str, str], float]]:
    """Each figure by member and slug."""
    refs = [ref for quizzes in lessons.quizzes.values() for ref in quizzes]
    first = grade.c.number == 1
    graded = connection.execute(
        select(
            grade.c.member_id,
            grade.c.slug,
            func.avg(case((first, grade.c.first_score / func.nullif(grade.c.first_max, 0.0)))),
            func.sum(case((first, 1), else_=0)),
            func.count(distinct(case((grade.c.passed, grade.c.quiz)))),
        )
        .where(grade.c.submitted_at <= until, grade.c.quiz.in_(refs), _among(grade, members))
        .group_by(grade.c.member_id, grade.c.slug)
    ).all()
    begun = connection.execute(
        select(attempt.c.member_id, attempt.c.quiz)
        .where(attempt.c.started <= until, attempt.c.quiz.in_(refs), _among(attempt, members))
        .where(attempt.c.number == 1)
    ).all()
    read = connection.execute(
        select(finished.c.member_id, finished.c.slug).where(
            finished.c.at <= until, _among(finished, members)
        )
    ).all()
    ended = {(row[0], row[1]): 1.0 for row in read}
    return {
        "mark": {(row[0], row[1]): row[2] for row in graded if row[2] is not None},
        "submitted": {(row[0], row[1]): float(row[3]) for row in graded},
        "passed": {(row[0], row[1]): float(row[4]) for row in graded},
        "started": {(row[0], row[1].partition("/")[0]): 1.0 for row in begun} | ended,
        "finished": ended,
    }


def _among(table: Table, members: Collection[str]) -> ColumnElement[bool]:
    return true() if len(members) > _FEW else table.c.member_id.in_(list(members))

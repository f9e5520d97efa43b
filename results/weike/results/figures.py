"""What each member of a frozen roster did up to an instant; every branch figure stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, and_, case, distinct, func, select, union

from weike.results.tables import attempt, finished, grade
from weike.results.tasks import Tasks

_SUMS = ("mark", "lessons", "completed", "submitted", "passed", "passed_first")
COLUMNS = ("branch", "mark", "lessons", "assigned", *_SUMS[2:], "started")


def member_figures(connection: Connection, tasks: Tasks, until: datetime) -> pd.DataFrame:
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
    parts = []
    for number, slugs in enumerate(tasks.sets):
        members = tasks.roster.index[tasks.of == number]
        parts.append(_of_set(connection, tasks, slugs, members, until))
    figures = (
        pd.concat(parts).reindex(tasks.roster.index)
        if parts
        else pd.DataFrame(columns=[*_SUMS, "assigned", "started"], dtype=float)
    )
    figures["started"] = figures["started"].astype(bool)
    figures["branch"] = tasks.roster
    figures = figures[list(COLUMNS)]
    figures.index.name = "member"
    figures.attrs["excused"] = tasks.excused
    return figures


def _of_set(
    connection: Connection,
    tasks: Tasks,
    slugs: frozenset[str],
    members: pd.Index[str],
    until: datetime,
) -> pd.DataFrame:
    """The figures of the members who have exactly these lessons to do."""
    quizzes = {slug: refs for slug, refs in tasks.lessons.quizzes.items() if slug in slugs}
    without_quiz = [slug for slug in slugs if slug not in quizzes]
    rows = connection.execute(_figures(quizzes, until)) if quizzes else ()
    figures = (
        pd.DataFrame(map(tuple, rows), columns=["member", *_SUMS])
        .set_index("member")
        .reindex(members)
        .astype(float)
    )
    counts = list(_SUMS[1:])
    figures[counts] = figures[counts].fillna(0.0)
    ended = (
        select(finished.c.member_id, func.count().label("lessons"))
        .where(finished.c.slug.in_(without_quiz), finished.c.at <= until)
        .group_by(finished.c.member_id)
    )
    read = {row.member_id: row.lessons for row in connection.execute(ended)}
    figures["completed"] += figures.index.map(read).to_numpy(dtype=float, na_value=0.0)
    figures["assigned"] = float(len(slugs))
    figures["started"] = figures.index.isin(_started(connection, slugs, quizzes, until))
    return figures


def _started(
    connection: Connection,
    slugs: frozenset[str],
    quizzes: Mapping[str, frozenset[str]],
    until: datetime,
) -> np.ndarray:
    refs = [ref for refs in quizzes.values() for ref in refs]
    begun = union(
        select(attempt.c.member_id).where(attempt.c.quiz.in_(refs), attempt.c.started <= until),
        select(finished.c.member_id).where(finished.c.slug.in_(slugs), finished.c.at <= until),
    )
    return np.array(connection.execute(begun).scalars().all(), dtype=object)


def _figures(quizzes: Mapping[str, frozenset[str]], until: datetime) -> Select[Any]:
    """Lesson by lesson, then member by member, all in the database."""
    first = grade.c.number == 1
    alone = and_(grade.c.passed, attempt.c.mode != "makeup")
    by_lesson = (
        select(
            grade.c.member_id,
            grade.c.slug,
            func.avg(
                case((first, grade.c.first_score / func.nullif(grade.c.first_max, 0.0)))
            ).label("mark"),
            func.sum(case((first, 1), else_=0)).label("submitted"),
            func.count(distinct(case((grade.c.passed, grade.c.quiz)))).label("passed"),
            func.count(distinct(case((alone, grade.c.quiz)))).label("passed_first"),
        )
        .join(attempt, attempt.c.id == grade.c.attempt_id)
        .where(
            grade.c.submitted_at <= until,
            grade.c.quiz.in_([ref for refs in quizzes.values() for ref in refs]),
        )
        .group_by(grade.c.member_id, grade.c.slug)
        .subquery()
    )
    needed = case({slug: len(refs) for slug, refs in quizzes.items()}, value=by_lesson.c.slug)
    return select(
        by_lesson.c.member_id,
        func.avg(by_lesson.c.mark),
        func.count(by_lesson.c.mark),
        func.sum(case((by_lesson.c.submitted >= needed, 1), else_=0)),
        func.sum(by_lesson.c.submitted),
        func.sum(by_lesson.c.passed),
        func.sum(by_lesson.c.passed_first),
    ).group_by(by_lesson.c.member_id)

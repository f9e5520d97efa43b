"""What each member of a frozen roster did up to an instant; every branch figure stands on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    distinct,
    func,
    select,
    tuple_,
)

from weike.results.tables import finished, grade, lesson_quiz, membership, publication

COLUMNS = ("mark", "lessons", "completed", "submitted", "passed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """The lessons that everyone has to do: each published one, with the refs of its quizzes."""

    versions: Mapping[str, str]
    quizzes: Mapping[str, frozenset[str]]

    def __len__(self) -> int:
        return len(self.versions)

    @property
    def without_quiz(self) -> list[str]:
        return [slug for slug in self.versions if not self.quizzes.get(slug)]


NO_LESSONS = Assigned(versions={}, quizzes={})


def assigned_lessons(connection: Connection, until: datetime) -> Assigned:
    """Until assigned otherwise: what was published at `until`, in the version of that moment."""
    last = (
        select(func.max(publication.c.id))
        .where(publication.c.at <= until)
        .group_by(publication.c.slug)
    )
    versions = {
        row.slug: row.version
        for row in connection.execute(
            select(publication.c.slug, publication.c.version).where(
                publication.c.id.in_(last), publication.c.version.is_not(None)
            )
        )
    }
    quizzes: dict[str, set[str]] = {}
    if versions:
        for row in connection.execute(
            select(lesson_quiz.c.slug, lesson_quiz.c.quiz).where(_of_versions(versions))
        ):
            quizzes.setdefault(row.slug, set()).add(row.quiz)
    return Assigned(
        versions=versions, quizzes={slug: frozenset(refs) for slug, refs in quizzes.items()}
    )


def frozen_roster(connection: Connection, day: date) -> pd.Series[str]:
    """Branch id by member id, for everyone who belonged to a branch at the period's start.

    The first import ever is the start of a period that began before it: nobody could have been on
    a roster that was not there.
    """
    first = connection.execute(select(func.min(membership.c.since))).scalar()
    frozen_on = day if first is None else max(day, first)
    rows = connection.execute(
        select(membership.c.member_id, membership.c.branch_id)
        .where(membership.c.since <= frozen_on)
        .order_by(membership.c.since)
    )
    last = {row.member_id: row.branch_id for row in rows}
    return pd.Series(
        {member_id: branch_id for member_id, branch_id in last.items() if branch_id},
        name="branch",
        dtype=object,
    )


def member_figures(
    connection: Connection, roster: pd.Series[str], assigned: Assigned, until: datetime
) -> pd.DataFrame:
    """One row for each member of the roster, by member id:

    - `branch`: where the member counts,
    - `mark`: the mean of *first* attempts over the lessons attempted, 0-1, NaN where none was,
    - `lessons`: how many of them were attempted,
    - `completed`: how many are complete: every quiz submitted, or the end reached without one,
    - `submitted`, `passed`: quizzes submitted at least once, and passed at least once: a make-up
      test counts.
    """
    attempted = pd.DataFrame(
        map(tuple, connection.execute(_figures(assigned, until))) if assigned.quizzes else [],
        columns=["member", *COLUMNS],
    ).set_index("member")
    figures = attempted.reindex(roster.index)
    counts = list(COLUMNS[1:])
    figures[counts] = figures[counts].astype(float).fillna(0.0)
    figures["mark"] = figures["mark"].astype(float)
    if assigned.without_quiz:
        rows = connection.execute(
            select(finished.c.member_id, func.count().label("lessons"))
            .where(finished.c.slug.in_(assigned.without_quiz), finished.c.at <= until)
            .group_by(finished.c.member_id)
        )
        read = {row.member_id: row.lessons for row in rows}
        figures["completed"] += figures.index.map(read).to_numpy(dtype=float, na_value=0.0)
    figures.insert(0, "branch", roster)
    return figures


def _figures(assigned: Assigned, until: datetime) -> Select[Any]:
    """Lesson by lesson, then member by member, all in the database."""
    first = grade.c.number == 1
    refs = [ref for quizzes in assigned.quizzes.values() for ref in quizzes]
    by_lesson = (
        select(
            grade.c.member_id,
            grade.c.slug,
            func.avg(
                case((first, grade.c.first_score / func.nullif(grade.c.first_max, 0.0)))
            ).label("mark"),
            func.sum(case((first, 1), else_=0)).label("submitted"),
            func.count(distinct(case((grade.c.passed, grade.c.quiz)))).label("passed"),
        )
        .where(grade.c.submitted_at <= until, grade.c.quiz.in_(refs))
        .group_by(grade.c.member_id, grade.c.slug)
        .subquery()
    )
    needed = case(
        {slug: len(refs) for slug, refs in assigned.quizzes.items()}, value=by_lesson.c.slug
    )
    return select(
        by_lesson.c.member_id,
        func.avg(by_lesson.c.mark),
        func.count(by_lesson.c.mark),
        func.sum(case((by_lesson.c.submitted >= needed, 1), else_=0)),
        func.sum(by_lesson.c.submitted),
        func.sum(by_lesson.c.passed),
    ).group_by(by_lesson.c.member_id)


def _of_versions(versions: Mapping[str, str]) -> ColumnElement[bool]:
    return tuple_(lesson_quiz.c.slug, lesson_quiz.c.version).in_(list(versions.items()))

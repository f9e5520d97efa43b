"""Who has completed which lessons: what lists by name and the progress of assignments stand on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, case, func, select, union

from weike.results.tables import attempt, finished, grade, membership
from weike.results.tasks import Lessons

_FEW = 2_000  # branches that can be named in a query


def completed(
    connection: Connection, lessons: Lessons, until: datetime, branches: Collection[str]
) -> pd.DataFrame:
    """Columns `member` and `slug`: every lesson that was complete at `until`.

    All counted quizzes were submitted, or the end was reached where there is none. Only members
    who belong to one of the branches, or once did; with very many branches, everybody.
    """
    refs = [ref for quizzes in lessons.quizzes.values() for ref in quizzes]
    parts: list[tuple[Any, ...]] = []
    if refs:
        needed = case(
            {slug: len(quizzes) for slug, quizzes in lessons.quizzes.items()}, value=grade.c.slug
        )
        by_quiz = (
            select(grade.c.member_id, grade.c.slug)
            .where(
                grade.c.number == 1,
                grade.c.submitted_at <= until,
                grade.c.quiz.in_(refs),
                *_of(grade.c.member_id, branches),
            )
            .group_by(grade.c.member_id, grade.c.slug)
            .having(func.count() >= needed)
        )
        parts += map(tuple, connection.execute(by_quiz))
    without_quiz = [slug for slug in lessons.versions if slug not in lessons.quizzes]
    if without_quiz:
        by_end = select(finished.c.member_id, finished.c.slug).where(
            finished.c.slug.in_(without_quiz),
            finished.c.at <= until,
            *_of(finished.c.member_id, branches),
        )
        parts += map(tuple, connection.execute(by_end))
    return pd.DataFrame(parts, columns=["member", "slug"])


def begun(
    connection: Connection, until: datetime, branches: Collection[str]
) -> frozenset[tuple[str, str]]:
    """(member, slug) for every lesson in which an attempt was made or the end reached."""
    tried = select(attempt.c.member_id, attempt.c.quiz).where(
        attempt.c.started <= until, *_of(attempt.c.member_id, branches)
    )
    ended = select(finished.c.member_id, finished.c.slug).where(
        finished.c.at <= until, *_of(finished.c.member_id, branches)
    )
    rows = connection.execute(union(tried, ended))
    return frozenset((member_id, ref.partition("/")[0]) for member_id, ref in rows)


def _of(column: ColumnElement[str], branches: Collection[str]) -> list[ColumnElement[bool]]:
    if len(branches) > _FEW:
        return []
    members = select(membership.c.member_id).where(membership.c.branch_id.in_(branches))
    return [column.in_(members)]

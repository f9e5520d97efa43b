"""Who has to do which lessons in a period: assignments, excusals, and what is published.

An assignment counts for a period that its own overlaps, unless it was withdrawn. It reaches the
members whose branch, in the roster frozen at the period's start, lies in its subtree and whose post
is one of its posts. Whom none reaches has every published lesson to do, until assigned otherwise.
A lesson that was never open in the period, or is not for this branch or post, is in no set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from weike.results.authoring.releases import Release, load_releases
from weike.results.enrolling.rosterrow import same_name
from weike.results.people import load_branches
from weike.results.periods import Period
from weike.results.tables import (
    assignment,
    excusal,
    identity,
    lesson_quiz,
    membership,
    publication,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """The lessons published at a moment, with the refs of their counted quizzes.

    A pre-test is not counted: a lesson with nothing else is one without a quiz.
    """

    versions: Mapping[str, str]
    quizzes: Mapping[str, frozenset[str]]

    def __len__(self) -> int:
        return len(self.versions)

    def without(self, slugs: Set[str]) -> Lessons:
        return Lessons(
            versions={slug: one for slug, one in self.versions.items() if slug not in slugs},
            quizzes={slug: one for slug, one in self.quizzes.items() if slug not in slugs},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """What each member of a period's roster has to do.

    `roster` and `excused` give the branch's id by the member's; nobody is in both. `sets` are the
    different sets of lessons, `of` the number of each roster member's in them.
    """

    lessons: Lessons
    roster: pd.Series[str]
    excused: pd.Series[str]
    sets: Sequence[frozenset[str]]
    of: np.ndarray

    def slugs(self, member_id: str) -> frozenset[str]:
        """The lessons of one member; none for whom is excused or not on the roster."""
        if member_id not in self.roster.index:
            return frozenset()
        return self.sets[int(self.of[self.roster.index == member_id][0])]

    def among(self, member_ids: Sequence[str]) -> Tasks:
        """The tasks of some members; whoever is not on the roster is left out."""
        wanted: pd.Index[Any] = pd.Index(np.array(member_ids, dtype=object))
        places = self.roster.index.get_indexer(wanted)
        places = places[places >= 0]
        return replace(self, roster=self.roster.iloc[places], of=self.of[places])


def load_tasks(
    connection: Connection, period: Period, until: datetime, *, zone: tzinfo, begun: bool = True
) -> Tasks:
    """The tasks of a period with the lessons published at `until`; none before it has begun."""
    releases = load_releases(connection, until)
    never = {slug for slug, one in releases.items() if not one.overlaps(period.start(zone), until)}
    lessons = published_lessons(connection, until).without(never) if begun else NO_LESSONS
    everyone = frozen_roster(connection, period.first)
    is_excused = everyone.index.isin(_excused(connection, period))
    roster = everyone[~is_excused]
    sets, of = _sets(connection, period, roster, frozenset(lessons.versions), releases)
    return Tasks(lessons=lessons, roster=roster, excused=everyone[is_excused], sets=sets, of=of)


def published_lessons(connection: Connection, until: datetime) -> Lessons:
    """What was published at `until`, in the version of that moment."""
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
            if counts(row.quiz):
                quizzes.setdefault(row.slug, set()).add(row.quiz)
    return Lessons(
        versions=versions, quizzes={slug: frozenset(refs) for slug, refs in quizzes.items()}
    )


def counts(quiz_ref: str) -> bool:
    """Whether a quiz takes part in marks, passing and completion: all but a lesson's pre-test."""
    return quiz_ref.partition("/")[2] != "pre"


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


def _excused(connection: Connection, period: Period) -> list[str]:
    return list(
        connection.execute(
            select(excusal.c.member_id).where(
                excusal.c.first < period.after,
                excusal.c.after > period.first,
                excusal.c.withdrawn_at.is_(None),
            )
        ).scalars()
    )


def _sets(
    connection: Connection,
    period: Period,
    roster: pd.Series[str],
    published: frozenset[str],
    releases: Mapping[str, Release],
) -> tuple[list[frozenset[str]], np.ndarray]:
    """The different sets of lessons, and for each member of the roster the number of the own."""
    rows = connection.execute(
        select(assignment).where(
            assignment.c.first < period.after,
            assignment.c.after > period.first,
            assignment.c.withdrawn_at.is_(None),
        )
    ).all()
    bounds = [releases[slug] for slug in releases if slug in published]
    bounds = [one for one in bounds if one.branches or one.posts]
    if not rows and not bounds:
        return [published], np.zeros(len(roster), dtype=np.intp)
    by_post = any(row.posts for row in rows) or any(one.posts for one in bounds)
    posts = _posts(connection) if by_post else {}
    reach = _Reach(rows, connection)
    groups = [
        (branch_id, posts.get(member_id, ""))
        for member_id, branch_id in zip(roster.index, roster, strict=True)
    ]
    numbers: dict[frozenset[str], int] = {}
    of_group = {}
    for group in set(groups):
        not_for = {one.slug for one in bounds if not one.reaches(*group)}
        lessons = _lessons(reach.of(*group), published) - not_for
        of_group[group] = numbers.setdefault(lessons, len(numbers))
    return list(numbers), np.array([of_group[group] for group in groups], dtype=np.intp)


class _Reach:
    """Which assignments reach the members of a branch with a post."""

    def __init__(self, rows: Sequence[Any], connection: Connection) -> None:
        tree = load_branches(connection)
        self._rows = [
            (
                row.slug,
                None if row.branch_id is None else tree.subtree(row.branch_id),
                {same_name(post) for post in row.posts or ()},
            )
            for row in rows
        ]

    def of(self, branch_id: str, post: str) -> set[str | None]:
        """The slugs named; None among them stands for every published lesson."""
        return {
            slug
            for slug, subtree, posts in self._rows
            if (subtree is None or branch_id in subtree) and (not posts or post in posts)
        }


def _lessons(named: set[str | None], published: frozenset[str]) -> frozenset[str]:
    if not named or None in named:
        return published
    return frozenset(slug for slug in named if slug in published)


def _posts(connection: Connection) -> dict[str, str]:
    rows = connection.execute(
        select(identity.c.member_id, identity.c.post).where(identity.c.post.is_not(None))
    )
    return {row.member_id: same_name(row.post) for row in rows}


def _of_versions(versions: Mapping[str, str]) -> ColumnElement[bool]:
    return tuple_(lesson_quiz.c.slug, lesson_quiz.c.version).in_(list(versions.items()))


NO_LESSONS = Lessons(versions={}, quizzes={})

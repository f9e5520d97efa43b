"""学习任务: which lessons whom concern in a period, and until when.

Until something is assigned to a member, every published lesson is. From the first assignment that
reaches a member on, the member has exactly the lessons that assignments name (see `tasks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from weike.quizzes.errors import Problem, ProblemsError, WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.meant import meant
from weike.results.assigning.decisions import around, as_period, running, take_back
from weike.results.audit import record
from weike.results.catalogue import load_published
from weike.results.enrolling.rosterrow import same_name, tidy
from weike.results.people import Branches, load_branches
from weike.results.periods import Period, local_date
from weike.results.scores import find_branch
from weike.results.store import Store
from weike.results.tables import assignment, identity


class AssignmentError(ProblemsError):
    """An assignment that cannot be made as it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One lesson for a subtree of branches.

    Without `slug` every published lesson, without `branch_id` everyone, without `posts` whatever
    the post. `due` is the last day. `created_by` is a member's id or "command".
    """

    id: str
    slug: str | None
    branch_id: str | None
    posts: tuple[str, ...]
    period: Period
    due: date | None
    created: datetime
    created_by: str


def assign(
    store: Store,
    *,
    by: str,
    lessons: Sequence[str] | None,
    period: str | Period,
    branch: str | None = None,
    posts: Sequence[str] = (),
    due: date | None = None,
    now: datetime,
) -> list[str]:
    """Assign lessons by their slugs (None: every published one); the ids of the new assignments.

    `branch` is an id, a path or a name. What is assigned already in just this way is left alone.
    Raises `WeikeError`, with everything that is wrong with lessons, posts and due date at once.
    """
    span = running(store, period, now)

    def write(connection: Connection) -> list[str]:
        tree = load_branches(connection)
        top = find_branch(tree, branch).id if branch is not None else None
        wanted = _posts(posts)
        problems = [
            *_lesson_problems(connection, store, lessons),
            *_post_problems(connection, wanted),
            *_due_problems(due, span, local_date(now, store.zone)),
        ]
        if problems:
            raise AssignmentError(_("the assignment"), problems)
        slugs: list[str | None] = [None] if lessons is None else list(dict.fromkeys(lessons))
        known = {
            _key(one)
            for one in _load(connection, span)
            if (one.branch_id, one.period) == (top, span)
        }
        rows = [
            {"id": uuid4().hex, "slug": slug, "branch_id": top, "posts": wanted or None}
            | {"first": span.first, "after": span.after, "due": due}
            | {"created": now, "created_by": by}
            for slug in slugs
            if (slug, _post_keys(wanted), due) not in known
        ]
        if not rows:
            raise WeikeError(_("all of this is assigned already"))
        connection.execute(insert(assignment), rows)
        detail = {
            "lessons": lessons and list(lessons),
            "period": str(span),
            "posts": wanted,
            "due": due and due.isoformat(),
        }
        record(connection, by, "assigned", top or "everyone", now, detail=detail)
        return [str(row["id"]) for row in rows]

    return store.writer.run(write)


def withdraw(store: Store, id: str, *, by: str, now: datetime) -> None:
    """Take an assignment back. Raises `WeikeError` where there is none, or none any more."""
    store.writer.run(
        lambda connection: take_back(
            connection, assignment, id, "withdrew assignment", by=by, now=now
        )
    )


def assignments(
    store: Store, *, period: str | Period, branch: str | None = None
) -> list[Assignment]:
    """What counts for the period, in the order in which it was assigned.

    With `branch`, only what concerns its members: assigned to it, above it or beneath it.
    """
    with store.read() as connection:
        found = _load(connection, as_period(period))
        if branch is None:
            return found
        tree = load_branches(connection)
    near = around(tree, find_branch(tree, branch).id)
    return [one for one in found if one.branch_id is None or one.branch_id in near]


def load_assignments(connection: Connection, first: date, after: date) -> list[Assignment]:
    """What is assigned for any day from `first` until the day before `after`."""
    rows = connection.execute(
        select(assignment)
        .where(
            assignment.c.first < after,
            assignment.c.after > first,
            assignment.c.withdrawn_at.is_(None),
        )
        .order_by(assignment.c.created, assignment.c.slug, assignment.c.id)
    )
    return [_assignment(row) for row in rows]


def _load(connection: Connection, period: Period) -> list[Assignment]:
    return load_assignments(connection, period.first, period.after)


class Reach:
    """Whom assignments reach: members by the branch where they count, and their post."""

    def __init__(self, tree: Branches, assignments: Iterable[Assignment]) -> None:
        self._rows = [
            (
                one,
                None if one.branch_id is None else tree.subtree(one.branch_id),
                _post_keys(one.posts),
            )
            for one in assignments
        ]

    def of(self, branch_id: str, post: str | None) -> list[Assignment]:
        """The assignments that reach a member of this branch with this post."""
        key = same_name(post or "")
        return [
            one
            for one, subtree, posts in self._rows
            if (subtree is None or branch_id in subtree) and (not posts or key in posts)
        ]


def due_days(reached: Iterable[Assignment], slugs: Iterable[str]) -> dict[str, date | None]:
    """The day on which each of the lessons is due: the earliest that an assignment names."""
    by_slug: dict[str | None, list[date]] = {}
    for one in reached:
        by_slug.setdefault(one.slug, []).extend([one.due] if one.due else [])
    everything = by_slug.get(None, [])
    return {slug: min([*by_slug.get(slug, []), *everything], default=None) for slug in slugs}


def _assignment(row: Any) -> Assignment:
    return Assignment(
        id=row.id,
        slug=row.slug,
        branch_id=row.branch_id,
        posts=tuple(row.posts or ()),
        period=Period(row.first, row.after),
        due=row.due,
        created=row.created,
        created_by=row.created_by,
    )


def _key(one: Assignment) -> tuple[str | None, frozenset[str], date | None]:
    return one.slug, _post_keys(one.posts), one.due


def _posts(posts: Sequence[str]) -> list[str]:
    """As they are kept: trimmed, each once."""
    return list({same_name(post): tidy(post) for post in posts if tidy(post)}.values())


def _post_keys(posts: Iterable[str]) -> frozenset[str]:
    return frozenset(same_name(post) for post in posts)


def _lesson_problems(
    connection: Connection, store: Store, lessons: Sequence[str] | None
) -> list[Problem]:
    if lessons is None:
        return []
    if not lessons:
        return [Problem(message=_("no lesson is named"), repair=_("name one at least"))]
    published = [one.slug for one in load_published(connection, store).lessons]
    return [
        Problem(
            message=_("there is no published lesson {slug}").format(slug=slug),
            repair=meant(slug, published, else_all=False),
        )
        for slug in lessons
        if slug not in published
    ]


def _post_problems(connection: Connection, posts: Sequence[str]) -> list[Problem]:
    if not posts:
        return []
    known = connection.execute(
        select(identity.c.post).where(identity.c.post.is_not(None)).distinct()
    ).scalars()
    by_key = {same_name(post): post for post in known}
    return [
        Problem(
            message=_("nobody has the post {post}").format(post=post),
            repair=meant(post, list(by_key.values()), else_all=False),
        )
        for post in posts
        if same_name(post) not in by_key
    ]


def _due_problems(due: date | None, period: Period, today: date) -> list[Problem]:
    if due is None:
        return []
    if not period.first <= due < period.after:
        return [
            Problem(
                message=_("the due date {due} lies outside the period {period}").format(
                    due=due, period=period
                ),
                repair=_("choose a day of the period"),
            )
        ]
    if due < today:
        return [
            Problem(
                message=_("the due date {due} has passed").format(due=due),
                repair=_("choose today or a later day"),
            )
        ]
    return []

"""How far assignments have come: how many of those they reach have completed how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, select

from weike.quizzes.i18n import _
from weike.results.assignments import Assignment, Reach, load_assignments
from weike.results.catalogue import published
from weike.results.completed import completed
from weike.results.decisions import people
from weike.results.people import Branches, branches, load_branches
from weike.results.periods import Period
from weike.results.rosterrow import same_name
from weike.results.sheet import Column, Sheet
from weike.results.snapshot import last_instant
from weike.results.store import Store
from weike.results.tables import identity
from weike.results.tasks import Tasks, load_tasks


@dataclass(frozen=True, slots=True)
class Headway:
    """`completed` of `assigned` lessons, counted once for each of the `members`."""

    members: int
    completed: int
    assigned: int

    @property
    def share(self) -> float | None:
        return self.completed / self.assigned if self.assigned else None


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a new assignment would reach: `members`, and how many of them have had none so far."""

    members: int
    first: int


def headway(
    store: Store,
    assignments: Sequence[Assignment],
    *,
    period: Period,
    branches: Collection[str],
    now: datetime,
) -> Mapping[str, Headway]:
    """By the id of the assignment; only members who count in one of the branches.

    Those who are excused, or came after the period's start, are not in it.
    """
    if not assignments:
        return {}
    with store.read() as connection:
        tree = load_branches(connection)
        until = last_instant(store, period, now)
        tasks = load_tasks(connection, period, until, begun=until >= period.start(store.zone))
        done = completed(connection, tasks.lessons, until, branches)
        post = _posts(connection, tasks)
    found = {}
    for one in assignments:
        reached = _reached(tree, tasks, post, one.branch_id, one.posts, branches)
        slugs = [one.slug] if one.slug in tasks.lessons.versions else []
        slugs = list(tasks.lessons.versions) if one.slug is None else slugs
        hits = done["member"].isin(reached) & done["slug"].isin(slugs)
        found[one.id] = Headway(len(reached), int(hits.sum()), len(reached) * len(slugs))
    return found


def audience(
    store: Store, *, period: Period, branch: str | None, posts: Sequence[str], now: datetime
) -> Audience:
    """Whom an assignment of lessons to the branch (by its id) and the posts would reach."""
    with store.read() as connection:
        tree = load_branches(connection)
        tasks = load_tasks(connection, period, last_instant(store, period, now))
        post = _posts(connection, tasks)
        known = Reach(tree, load_assignments(connection, period.first, period.after))
    reached = _reached(tree, tasks, post, branch, posts, frozenset(tree.by_id))
    groups = Counter(zip(tasks.roster[reached], post[reached], strict=True))
    first = sum(n for (at, of), n in groups.items() if not known.of(at, of))
    return Audience(len(reached), first)


def assignments_sheet(
    store: Store, assignments: Sequence[Assignment], progress: Mapping[str, Headway]
) -> Sheet:
    """The assignments with their headway, to take along."""
    tree, titles = branches(store), {one.slug: one.title for one in published(store)}
    with store.read() as connection:
        named = people(connection, {one.created_by for one in assignments})
    return Sheet(
        name="assignments",
        title=_("Assignments"),
        columns=[
            Column(key="lesson", title=_("Lesson")),
            Column(key="branch", title=_("Branch")),
            Column(key="posts", title=_("Posts")),
            Column(key="period", title=_("Period")),
            Column(key="due", title=_("Due"), kind="day"),
            Column(key="members", title=_("Members"), kind="count"),
            Column(key="completed", title=_("Completed"), kind="count"),
            Column(key="assigned", title=_("Assigned"), kind="count"),
            Column(key="share", title=_("Completion"), kind="share"),
            Column(key="by", title=_("Assigned by")),
            Column(key="created", title=_("Assigned on"), kind="time"),
        ],
        rows=[
            {
                "id": one.id,
                "lesson": _("All lessons") if one.slug is None else titles.get(one.slug, one.slug),
                "branch": tree.by_id[one.branch_id].path if one.branch_id else _("Everyone"),
                "posts": "、".join(one.posts),
                "period": str(one.period),
                "due": one.due,
                "members": progress[one.id].members,
                "completed": progress[one.id].completed,
                "assigned": progress[one.id].assigned,
                "share": progress[one.id].share,
                "by": named[one.created_by].name
                if one.created_by in named
                else _("the command line"),
                "created": one.created,
            }
            for one in assignments
        ],
    )


def _posts(connection: Connection, tasks: Tasks) -> pd.Series[str]:
    """Of everybody on the roster, as they are compared."""
    rows = connection.execute(select(identity.c.member_id, identity.c.post)).all()
    posts = {row.member_id: same_name(row.post or "") for row in rows}
    ids = tasks.roster.index
    return pd.Series([posts.get(id, "") for id in ids], index=ids, dtype=object)


def _reached(
    tree: Branches,
    tasks: Tasks,
    post: pd.Series[str],
    branch: str | None,
    posts: Sequence[str],
    inside: Collection[str],
) -> pd.Index[str]:
    """The ids of the roster's members of these branches whom an assignment reaches."""
    where = tasks.roster
    here = where.isin(inside)
    if branch is not None:
        here &= where.isin(tree.subtree(branch))
    if posts:
        here &= post.isin([same_name(name) for name in posts])
    return where.index[here]

"""How far assignments have come: how many of those they reach have completed how much."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select

from weike.quizzes.i18n import _, listed
from weike.results.assigning.assignments import Assignment, Reach, load_assignments
from weike.results.assigning.decisions import people
from weike.results.assigning.tasks import Tasks
from weike.results.catalogue import published
from weike.results.enrolling.rosterrow import same_name
from weike.results.people import Branches, branches
from weike.results.periods import Period
from weike.results.reporting.sheet import Column, Sheet
from weike.results.scoring.figures import by_lesson
from weike.results.scoring.snapshot import current_snapshot, last_instant
from weike.results.store import Store
from weike.results.tables import identity


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
    snapshot = current_snapshot(store)
    tasks = snapshot.tasks(store, period, now)
    until = last_instant(store, period, now)
    done, whose = {}, {}
    for slug, mine, lesson in by_lesson(snapshot.ledger, tasks, until):
        done[slug] = np.asarray(lesson["completed"], dtype=bool)
        whose[slug] = mine  # a lesson may be for some branches or posts only
    post = _posts(store, tasks) if any(one.posts for one in assignments) else None
    found = {}
    for one in assignments:
        reached = _reached(snapshot.tree, tasks, post, one.branch_id, one.posts, branches)
        slugs = list(tasks.lessons.versions) if one.slug is None else [one.slug]
        slugs = [slug for slug in slugs if slug in done]
        if slugs:
            reached = reached & np.logical_or.reduce([whose[slug] for slug in slugs])
        found[one.id] = Headway(
            members=int(reached.sum()),
            completed=sum(int((done[slug] & whose[slug] & reached).sum()) for slug in slugs),
            assigned=sum(int((whose[slug] & reached).sum()) for slug in slugs),
        )
    return found


def audience(
    store: Store, *, period: Period, branch: str | None, posts: Sequence[str], now: datetime
) -> Audience:
    """Whom an assignment of lessons to the branch (by its id) and the posts would reach."""
    snapshot = current_snapshot(store)
    tasks = snapshot.tasks(store, period, now)
    with store.read() as connection:
        assigned = load_assignments(connection, period.first, period.after)
    known = Reach(snapshot.tree, assigned)
    asked = bool(posts) or any(one.posts for one in assigned)
    post = _posts(store, tasks) if asked else None
    everywhere = frozenset(snapshot.tree.by_id)
    reached = _reached(snapshot.tree, tasks, post, branch, posts, everywhere)
    where = tasks.roster[reached]
    groups = Counter(zip(where, post[reached] if post is not None else where, strict=True))
    first = sum(n for (at, of), n in groups.items() if not known.of(at, of))
    return Audience(int(reached.sum()), first)


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
                "posts": listed(one.posts),
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


def _posts(store: Store, tasks: Tasks) -> npt.NDArray[Any]:
    """Of everybody on the roster, in its order, as they are compared."""
    with store.read() as connection:
        rows = connection.execute(select(identity.c.member_id, identity.c.post)).all()
    posts = {row.member_id: same_name(row.post or "") for row in rows}
    return np.array([posts.get(id, "") for id in tasks.roster.index], dtype=object)


def _reached(
    tree: Branches,
    tasks: Tasks,
    post: npt.NDArray[Any] | None,
    branch: str | None,
    posts: Sequence[str],
    inside: Collection[str],
) -> npt.NDArray[np.bool_]:
    """Who on the roster belongs to these branches and is reached by an assignment."""
    here = np.asarray(tasks.roster.isin(inside), dtype=bool)
    if branch is not None:
        here = here & np.asarray(tasks.roster.isin(tree.subtree(branch)), dtype=bool)
    if posts:
        assert post is not None, "posts are asked for and not loaded"
        here = here & np.isin(post, [same_name(name) for name in posts])
    return here

"""How far assignments have come: how many of those they reach have completed how much."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import select

from weike.results.assignments import Assignment
from weike.results.completed import completed
from weike.results.people import load_branches
from weike.results.periods import Period
from weike.results.rosterrow import same_name
from weike.results.snapshot import last_instant
from weike.results.store import Store
from weike.results.tables import identity
from weike.results.tasks import load_tasks


@dataclass(frozen=True, slots=True)
class Headway:
    """`completed` of `assigned` lessons, counted once for each of the `members`."""

    members: int
    completed: int
    assigned: int


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
        posts = dict(
            map(tuple, connection.execute(select(identity.c.member_id, identity.c.post)).all())
        )
    roster = tasks.roster[tasks.roster.isin(branches)]
    post = pd.Series(
        [same_name(posts.get(id) or "") for id in roster.index], index=roster.index, dtype=object
    )
    found = {}
    for one in assignments:
        reached = roster
        if one.branch_id is not None:
            reached = roster[roster.isin(tree.subtree(one.branch_id))]
        if one.posts:
            reached = reached[post[reached.index].isin({same_name(name) for name in one.posts})]
        slugs = [one.slug] if one.slug in tasks.lessons.versions else []
        slugs = list(tasks.lessons.versions) if one.slug is None else slugs
        hits = done["member"].isin(reached.index) & done["slug"].isin(slugs)
        found[one.id] = Headway(len(reached), int(hits.sum()), len(reached) * len(slugs))
    return found

"""Who has not finished, by name: for people with a duty for the branch, whatever its size.

Each look belongs into the audit log (`audit.audit`); whoever shows the list writes the entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

import pandas as pd
from sqlalchemy import Connection, select, tuple_

from weike.quizzes.i18n import _
from weike.results.assignments import Reach, due_days, load_assignments
from weike.results.completed import begun, completed
from weike.results.decisions import as_period, branches_of
from weike.results.people import load_branches
from weike.results.periods import Period, local_date
from weike.results.scores import find_branch
from weike.results.sheet import Column, Sheet
from weike.results.snapshot import last_instant
from weike.results.store import Store
from weike.results.tables import identity, lesson_version
from weike.results.tasks import load_tasks

COLUMNS = (
    "code",
    "name",
    "post",
    "branch",
    "assigned",
    "completed",
    "missing",
    "due",
    "overdue",
    "started",
    "left",
)


def unfinished(store: Store, *, branch: str, period: str | Period, now: datetime) -> pd.DataFrame:
    """Every member of the branch and beneath it with a lesson still to do, by member id.

    The roster is the one frozen at the period's start without those who are excused; figures stand
    as of the period's end or `now`, whichever is earlier. Sorted by branch and code.

    Columns: `code`, `name`, `post`, `branch` (path); `assigned` and `completed` (counts);
    `missing` (a tuple of titles, the first due first); `due` (the earliest day of a missing
    lesson, or None), `overdue` (whether that day is over), `started` (whether any assigned lesson
    was begun), `left` (whether the member has left since). `attrs`: `branch` (path), `period`.
    """
    span = as_period(period)
    with store.read() as connection:
        tree = load_branches(connection)
        top = find_branch(tree, branch)
        inside = tree.subtree(top.id)
        until = last_instant(store, span, now)
        tasks = load_tasks(connection, span, until, begun=until >= span.start(store.zone))
        roster = tasks.roster[tasks.roster.isin(inside)]
        done = completed(connection, tasks.lessons, until, inside)
        tried = begun(connection, until, inside)
        titles = _titles(connection, tasks.lessons.versions)
        known = {row.member_id: row for row in connection.execute(select(identity))}
        here = branches_of(connection)
        reach = Reach(tree, load_assignments(connection, span.first, span.after))
    done_by: dict[str, set[str]] = {}
    for member_id, slug in zip(done["member"], done["slug"], strict=True):
        done_by.setdefault(member_id, set()).add(slug)
    today = local_date(now, store.zone)
    rows = {}
    for member_id, branch_id in roster.items():
        mine, person = tasks.slugs(str(member_id)), known.get(str(member_id))
        missing = mine - done_by.get(str(member_id), set())
        if not missing:
            continue
        due = due_days(reach.of(branch_id, person.post if person else None), missing)
        first = min((day for day in due.values() if day), default=None)
        rows[member_id] = {
            "code": person.code if person else None,
            "name": person.name if person else None,
            "post": person.post if person else None,
            "branch": tree.by_id[branch_id].path,
            "assigned": len(mine),
            "completed": len(mine) - len(missing),
            "missing": tuple(titles[slug] for slug in _by_due(missing, due, titles)),
            "due": first,
            "overdue": first is not None and first < today,
            "started": any((member_id, slug) in tried for slug in mine),
            "left": member_id not in here,
        }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))
    frame["due"] = frame["due"].astype(object).where(frame["due"].notna(), None)
    frame.index.name = "member"
    frame = frame.sort_values(["branch", "code"], na_position="last")
    frame.attrs = {"branch": top.path, "period": str(span)}
    return frame


def unfinished_sheet(frame: pd.DataFrame) -> Sheet:
    """The list of `unfinished` to take along."""
    return Sheet(
        name="unfinished",
        title=_("Not finished yet"),
        columns=[
            Column(key="code", title=_("Code")),
            Column(key="name", title=_("Name")),
            Column(key="post", title=_("Post")),
            Column(key="branch", title=_("Branch")),
            Column(key="completed", title=_("Completed"), kind="count"),
            Column(key="assigned", title=_("Assigned"), kind="count"),
            Column(key="missing", title=_("Still to do")),
            Column(key="due", title=_("Due"), kind="day"),
            Column(key="overdue", title=_("Overdue"), kind="flag"),
            Column(key="started", title=_("Begun"), kind="flag"),
            Column(key="left", title=_("Has left since"), kind="flag"),
        ],
        rows=[
            {
                **{str(key): value for key, value in row.items()},
                "missing": "、".join(row["missing"]),
            }
            for row in frame.to_dict("records")
        ],
        note=_("{branch}, period {period}: everybody with a lesson still to do.").format(
            branch=frame.attrs["branch"], period=frame.attrs["period"]
        ),
    )


def _by_due(
    slugs: Iterable[str], due: Mapping[str, date | None], titles: Mapping[str, str]
) -> list[str]:
    return sorted(slugs, key=lambda slug: (due[slug] or date.max, titles[slug]))


def _titles(connection: Connection, versions: Mapping[str, str]) -> dict[str, str]:
    if not versions:
        return {}
    key = tuple_(lesson_version.c.slug, lesson_version.c.version)
    rows = connection.execute(
        select(lesson_version.c.slug, lesson_version.c.title).where(key.in_(list(versions.items())))
    )
    return {row.slug: row.title for row in rows}

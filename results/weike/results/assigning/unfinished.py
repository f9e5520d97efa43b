"""Who has not finished, by name: for people with a duty for the branch, whatever its size.

Each look belongs into the audit log (`audit.audit`); whoever shows the list writes the entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection, select, tuple_

from weike.quizzes.i18n import _, listed
from weike.results.assigning.assignments import Reach, due_days, load_assignments
from weike.results.assigning.decisions import as_period, branches_of, identities
from weike.results.assigning.tasks import Tasks
from weike.results.periods import Period, local_date
from weike.results.reporting.sheet import Column, Sheet
from weike.results.scores import find_branch
from weike.results.scoring.figures import by_lesson
from weike.results.scoring.snapshot import Snapshot, current_snapshot, last_instant
from weike.results.store import Store
from weike.results.tables import lesson_version

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
    snapshot = current_snapshot(store)
    top = find_branch(snapshot.tree, branch)
    tasks = snapshot.tasks(store, span, now)
    inside = np.asarray(tasks.roster.isin(snapshot.tree.subtree(top.id)), dtype=bool)
    done = _Done.of(snapshot, tasks, inside, last_instant(store, span, now))
    ids = [tasks.roster.index[place] for place in done.missing]
    with store.read() as connection:
        titles = _titles(connection, tasks.lessons.versions)
        known = identities(connection, ids)
        here = branches_of(connection, ids)
        reach = Reach(snapshot.tree, load_assignments(connection, span.first, span.after))
    today, where = local_date(now, store.zone), tasks.roster.to_numpy()
    kinds: dict[object, tuple[tuple[str, ...], date | None]] = {}  # many miss the same
    rows = {}
    for id, (place, missing) in zip(ids, done.missing.items(), strict=True):
        person, at = known.get(id), where[place]
        post = person.post if person else None
        kind = (at, post, tuple(missing))
        if kind not in kinds:
            due = due_days(reach.of(at, post), missing)
            wanted = tuple(titles[slug] for slug in _by_due(missing, due, titles))
            kinds[kind] = wanted, min((day for day in due.values() if day), default=None)
        wanted, first = kinds[kind]
        rows[id] = {
            "code": person.code if person else None,
            "name": person.name if person else None,
            "post": post,
            "branch": snapshot.tree.by_id[at].path,
            "assigned": int(done.assigned[place]),
            "completed": int(done.assigned[place]) - len(missing),
            "missing": wanted,
            "due": first,
            "overdue": first is not None and first < today,
            "started": bool(done.started[place]),
            "left": id not in here,
        }
    frame = pd.DataFrame(list(rows.values()), index=list(rows), columns=list(COLUMNS))
    frame["due"] = frame["due"].astype(object).where(frame["due"].notna(), None)
    frame.index.name = "member"
    frame = frame.sort_values(["branch", "code"], na_position="last")
    frame.attrs = {"branch": top.path, "period": str(span)}
    return frame


@dataclass(frozen=True, slots=True)
class _Done:
    """By the place on the roster: how much is assigned, whether any was begun, what is missing."""

    assigned: npt.NDArray[np.int64]
    started: npt.NDArray[np.bool_]
    missing: Mapping[int, list[str]]

    @classmethod
    def of(
        cls, snapshot: Snapshot, tasks: Tasks, inside: npt.NDArray[np.bool_], until: datetime
    ) -> _Done:
        assigned = np.zeros(len(inside), dtype=np.int64)
        started = np.zeros(len(inside), dtype=bool)
        missing: dict[int, list[str]] = {}
        for slug, whose, lesson in by_lesson(snapshot.ledger, tasks, until):
            mine = whose & inside
            assigned += mine
            started |= mine & lesson["started"]
            for place in np.flatnonzero(mine & ~lesson["completed"]).tolist():
                missing.setdefault(place, []).append(slug)
        return cls(assigned, started, dict(sorted(missing.items())))


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
                "missing": listed(row["missing"]),
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

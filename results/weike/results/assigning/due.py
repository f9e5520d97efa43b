"""What one member has to do now, and until when: for the home page and the API.

Hardly anything changes between two looks, so assignments and excusals are kept in memory, and a
look at the database only asks whether something was decided since.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, func, select

from weike.results.answering.personal import Window, open_windows
from weike.results.assigning.assignments import Assignment, Reach, due_days, load_assignments
from weike.results.catalogue import load_published
from weike.results.people import Branches, Member, load_branches
from weike.results.periods import Period, local_date
from weike.results.store import Kept, Store
from weike.results.tables import assignment, attempt, branch, excusal, grade, membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is set to one member today.

    `days` gives the last day (or None) by the slug of each lesson that assignments set; it is None
    where none reaches the member: then every published lesson is to be done, without a day.
    `excused` says why the member does not count now. `makeups` are make-up tests by quiz, open or
    to be opened, that were neither taken nor made needless by passing.
    """

    days: Mapping[str, date | None] | None
    excused: str | None
    makeups: Mapping[str, Window]
    today: date

    def assigned(self, slug: str) -> bool:
        return self.excused is None and (self.days is None or slug in self.days)

    def day(self, slug: str) -> date | None:
        """The last day for this lesson, where it has one."""
        return None if self.excused or self.days is None else self.days.get(slug)


def due_of(store: Store, member: Member, now: datetime) -> Due:
    """Two or three short queries, whatever was assigned."""
    with store.read() as connection:
        return load_due(connection, store, member, now)


def load_due(connection: Connection, store: Store, member: Member, now: datetime) -> Due:
    """`due_of` inside a transaction that is already there."""
    today = local_date(now, store.zone)
    decided = _decided(connection, store, today)
    return Due(
        days=_days(connection, store, decided, member, now),
        excused=decided.excused.get(member.id),
        makeups=_makeups(connection, store, member, now),
        today=today,
    )


@dataclass(frozen=True, slots=True)
class _Decided:
    """What holds on a day."""

    marker: tuple[object, ...]
    assignments: Mapping[Period, list[Assignment]]
    reach: Mapping[Period, Reach]
    excused: Mapping[str, str]
    first_roster: date | None


@dataclass(slots=True)
class _Memory:
    decided: _Decided | None = field(default=None)


_memory: Kept[_Memory] = Kept(_Memory)


def _decided(connection: Connection, store: Store, today: date) -> _Decided:
    memory = _memory(store)
    marker = (today, *connection.execute(_MARKER).one())
    known = memory.decided
    if known is None or known.marker != marker:
        known = memory.decided = _load(connection, marker, today)
    return known


def _load(connection: Connection, marker: tuple[object, ...], today: date) -> _Decided:
    by_period: dict[Period, list[Assignment]] = {}
    for one in load_assignments(connection, today, date.fromordinal(today.toordinal() + 1)):
        by_period.setdefault(one.period, []).append(one)
    tree = load_branches(connection) if by_period else Branches({})
    return _Decided(
        marker=marker,
        assignments=by_period,
        reach={period: Reach(tree, rows) for period, rows in by_period.items()},
        excused={
            row.member_id: row.reason for row in connection.execute(_EXCUSED, {"today": today})
        },
        first_roster=connection.execute(select(func.min(membership.c.since))).scalar(),
    )


def _days(
    connection: Connection, store: Store, decided: _Decided, member: Member, now: datetime
) -> Mapping[str, date | None] | None:
    """In each period the member counts where the frozen roster has them; who came later, where
    they are now."""
    reached: list[Assignment] = []
    for period, reach in decided.reach.items():
        frozen_on = max(period.first, decided.first_roster or period.first)
        where = connection.execute(_FROZEN, {"id": member.id, "day": frozen_on}).scalar()
        at = where or member.branch_id
        reached += reach.of(at, member.post) if at else []
    if not reached:
        return None
    published = [one.slug for one in load_published(connection, store).open_to(member, now)]
    named = {one.slug for one in reached}
    slugs = published if None in named else [slug for slug in published if slug in named]
    return due_days(reached, slugs)


def _makeups(
    connection: Connection, store: Store, member: Member, now: datetime
) -> Mapping[str, Window]:
    windows = open_windows(connection, store, member.id, now)
    found = {}
    for quiz, every in windows.items():
        key = {"id": member.id, "quiz": quiz}
        if connection.execute(_PASSED, key).first() is not None:
            continue
        last = connection.execute(_LAST, key).scalar()
        left = [one for one in every if last is None or last < one.opens]
        if left:
            found[quiz] = left[0]
    return found


def by_day(due: Due, slugs: Collection[str]) -> list[str]:
    """The lessons in the order in which they are due, those without a day last."""
    return sorted(slugs, key=lambda slug: due.day(slug) or date.max)


# All of them only grow: a row is added, or it is withdrawn for good.
_MARKER = select(
    *(
        select(func.count(column)).scalar_subquery()
        for table in (assignment, excusal)
        for column in (table.c.id, table.c.withdrawn_at)
    ),
    select(func.count()).select_from(branch).scalar_subquery(),
)
_EXCUSED = select(excusal.c.member_id, excusal.c.reason).where(
    excusal.c.first <= bindparam("today"),
    excusal.c.after > bindparam("today"),
    excusal.c.withdrawn_at.is_(None),
)
_FROZEN = (
    select(membership.c.branch_id)
    .where(membership.c.member_id == bindparam("id"), membership.c.since <= bindparam("day"))
    .order_by(membership.c.since.desc())
    .limit(1)
)
_PASSED = select(grade.c.id).where(
    grade.c.member_id == bindparam("id"), grade.c.quiz == bindparam("quiz"), grade.c.passed
)
_LAST = select(func.max(attempt.c.started)).where(
    attempt.c.member_id == bindparam("id"), attempt.c.quiz == bindparam("quiz")
)

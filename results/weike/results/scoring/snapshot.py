"""The organisation's figures in memory, brought up to date by what was recorded since."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from sqlalchemy import (
    Connection,
    LargeBinary,
    Select,
    bindparam,
    cast,
    func,
    literal_column,
    null,
    select,
)

from weike.results.assigning.tasks import Tasks, load_tasks
from weike.results.people import Branches, load_branches
from weike.results.periods import Period
from weike.results.scoring.figures import member_figures, patched
from weike.results.scoring.ledger import (
    NEVER,
    Column,
    Ledger,
    Version,
    changed,
    packed,
    unpacked,
)
from weike.results.scoring.method import Method
from weike.results.scoring.rollup import Totals, branch_frame
from weike.results.scoring.tallies import micros_of
from weike.results.store import Kept, Store
from weike.results.tables import (
    assignment,
    audit,
    branch,
    excusal,
    grade,
    membership,
    override,
    publication,
    release,
    tally,
)

T = TypeVar("T")

_KEPT = 24  # of each kind
_FEW = 1_000  # members whose rows are replaced one by one
_MANY = 20_000  # changed tallies from which on all are read again
_END = datetime(9999, 1, 1, tzinfo=UTC)
IMPORTED = "imported the roster"  # the act of an import


@dataclass(frozen=True, slots=True)
class Figures:
    """The whole organisation's frame, and its rows with None for NaN. Callers change neither."""

    frame: pd.DataFrame
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class When:
    """A period, and the last instant that counts in it.

    `until` is None where nothing that has happened is later: figures as of any such moment are the
    same. `publications` is how many there had been; before its start nothing is assigned.
    """

    period: Period
    until: datetime | None
    publications: int
    begun: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The organisation and its figures as of one state of the store. Callers change nothing.

    `published` are the moments at which lessons were published, withdrawn, opened or closed, or at
    which it was decided for whom they are.
    """

    tree: Branches
    published: Sequence[datetime]
    ledger: Ledger
    kept_tasks: dict[When, Tasks] = field(default_factory=dict)
    kept_members: dict[When, pd.DataFrame] = field(default_factory=dict)
    kept_totals: dict[When, Totals] = field(default_factory=dict)
    kept_figures: dict[When, Figures] = field(default_factory=dict)

    def figures(self, store: Store, period: str | Period | None, now: datetime) -> Figures:
        span = the_period(store, period, now)
        when = self._when(store, span, now)

        def make() -> Figures:
            totals, lessons = self.totals(store, span, now)
            past = self.totals(store, span.before, now)[0] if when.begun else None
            method = Method.of(store.weights, store.award)
            frame = branch_frame(totals, past, lessons=lessons, levels=store.levels, method=method)
            frame.attrs["period"] = str(span)
            return Figures(frame, _rows(frame))

        return _kept(self.kept_figures, when, make)

    def totals(self, store: Store, span: Period, now: datetime) -> tuple[Totals, int]:
        """A period's sums by branch, and how many lessons there were; see `Totals`."""
        when = self._when(store, span, now)

        def make() -> Totals:
            return Totals.of(self.tree, self.members(store, span, now))

        return _kept(self.kept_totals, when, make), len(self.tasks(store, span, now).lessons)

    def members(self, store: Store, span: Period, now: datetime) -> pd.DataFrame:
        """The members' figures, by member id; see `figures.member_figures`."""
        when = self._when(store, span, now)

        def make() -> pd.DataFrame:
            until = last_instant(store, span, now)
            return member_figures(self.ledger, self.tasks(store, span, now), until)

        return _kept(self.kept_members, when, make)

    def tasks(self, store: Store, span: Period, now: datetime) -> Tasks:
        """What the members have to do, and who is excused."""
        when = replace(self._when(store, span, now), until=None)

        def make() -> Tasks:
            with store.read() as connection:
                until = last_instant(store, span, now)
                return load_tasks(connection, span, until, zone=store.zone, begun=when.begun)

        return _kept(self.kept_tasks, when, make)

    def updated(
        self, ledger: Ledger, new: Mapping[str, Column], member_ids: Sequence[str]
    ) -> Snapshot:
        """The snapshot with another ledger, of which this is new, and about whom it tells.

        Figures of the past stay where nothing has changed as of their moment. In the others, the
        members of whom there is something new get another row.
        """
        moments = {when.until for when in list(self.kept_members) if when.until is not None}
        same = {one for one in moments if not self.ledger.differs(new, micros_of(one))}

        def still(kept: Mapping[When, T]) -> dict[When, T]:
            return {when: found for when, found in list(kept.items()) if when.until in same}

        members, totals = still(self.kept_members), still(self.kept_totals)
        for when, figures in list(self.kept_members.items()):
            tasks = self.kept_tasks.get(replace(when, until=None))
            if when not in members and tasks is not None and len(member_ids) < _FEW:
                newer = member_figures(ledger, tasks.among(member_ids), when.until or _END)
                places = figures.index.get_indexer(newer.index)
                members[when] = patched(figures, newer, places)
                if when in self.kept_totals:
                    totals[when] = self.kept_totals[when].patched(members[when], places)
        return Snapshot(
            tree=self.tree,
            published=self.published,
            ledger=ledger,
            kept_tasks=dict(self.kept_tasks),
            kept_members=members,
            kept_totals=totals,
            kept_figures=still(self.kept_figures),
        )

    def _when(self, store: Store, span: Period, now: datetime) -> When:
        until = last_instant(store, span, now)
        return When(
            period=span,
            until=until if micros_of(until) < self.ledger.newest else None,
            publications=sum(at <= until for at in self.published),
            begun=until >= span.start(store.zone),
        )


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows with None for whatever is unknown; column by column, which is quick."""
    bare = frame.copy(deep=False)
    bare.attrs = {}  # pandas would copy them with every column
    columns: dict[str, list[Any]] = {"branch": frame.index.tolist()}
    for name, column in bare.items():
        values = column.tolist()
        if column.dtype.kind not in "bi" or name == "rank":
            for place in np.flatnonzero(column.isna().to_numpy()):
                values[place] = None
        columns[str(name)] = values
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _kept(kept: dict[When, T], when: When, make: Callable[[], T]) -> T:
    found = kept.get(when)
    if found is None:
        found = make()
        while len(kept) >= _KEPT:
            kept.pop(next(iter(kept)), None)
        kept[when] = found
    return found


class _Memory:
    """The snapshot of one store, and what the store was like when it was taken."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.snapshot: Snapshot | None = None
        self.structure: tuple[object, ...] = ()
        self.grade: int | None = None
        self.floors: deque[tuple[float, int]] = deque()
        self.seen: frozenset[Version] = frozenset()  # above the floor, and in the snapshot

    def current(self, store: Store) -> Snapshot:
        with self.lock, store.read() as connection:
            floor = self.floors[0][1] if self.floors else NEVER
            structure, grade, versions = _look(connection, floor)
            new, snapshot = versions - self.seen, self.snapshot
            if snapshot is None or len(new) > _MANY:
                snapshot = _taken(connection, Ledger.read(connection))
                self.floors.clear()
                floor = self._raise_floor(store, connection.execute(_HIGHEST).scalar_one())
                versions = _look(connection, floor)[2]
            elif new or structure != self.structure or grade != self.grade:
                rows = changed(connection, new)
                ledger, columns = snapshot.ledger.updated(rows)
                if structure != self.structure:
                    snapshot = _taken(connection, ledger)
                else:
                    member_ids = sorted({row.member_id for row in rows})
                    snapshot = snapshot.updated(ledger, columns, member_ids)
                last = self.floors[-1][1]
                floor = self._raise_floor(store, max([last, *(change for change, _by in new)]))
            if snapshot is not self.snapshot:
                self.seen = frozenset(one for one in versions if one[0] > floor)
                self.snapshot, self.structure, self.grade = snapshot, structure, grade
            return snapshot

    def _raise_floor(self, store: Store, highest: int) -> int:
        """Up to where changes are known. Where several write at once, a transaction may be seen
        after one with a higher number: those of the last minute are looked at again."""
        now = time.monotonic()
        if store.sqlite:
            self.floors.clear()
        elif not self.floors:
            self.floors.append((now - _LAG, highest - _BEFORE))
        self.floors.append((now, highest))
        while len(self.floors) > 1 and self.floors[1][0] <= now - _LAG:
            self.floors.popleft()
        return self.floors[0][1]


_memories: Kept[_Memory] = Kept(_Memory)
_LAG = 60  # seconds
_BEFORE = 1_000  # changes that may have been on their way when all tallies were read


def current_snapshot(store: Store) -> Snapshot:
    """The snapshot of the facts there are now: the kept one, unless something came since."""
    return _memories(store).current(store)


def _taken(connection: Connection, ledger: Ledger) -> Snapshot:
    published = list(connection.execute(select(publication.c.at)).scalars())
    for moment in (release.c.at, release.c.opens, release.c.closes):
        published += connection.execute(select(moment).where(moment.is_not(None))).scalars()
    return Snapshot(tree=load_branches(connection), published=published, ledger=ledger)


def _look(
    connection: Connection, floor: int
) -> tuple[tuple[object, ...], int | None, frozenset[Version]]:
    """What tells whether something was recorded: the structure, the last grade (it may be another
    although its tally is not), and which tallies there are above the floor."""
    numbers, by, grade, *structure = connection.execute(
        _looked_at(connection.dialect.name), {"floor": floor}
    ).one()
    changes = unpacked(numbers).tolist() if numbers else []
    return tuple(structure), grade, frozenset(zip(changes, _transactions(by, changes), strict=True))


def _transactions(packed: bytes | None, changes: Sequence[int]) -> Sequence[int]:
    return np.frombuffer(packed, dtype=">u4").tolist() if packed else [0] * len(changes)


@cache
def _looked_at(dialect: str) -> Select[Any]:
    by: Any = null()
    if dialect != "sqlite":
        by = func.string_agg(func.xidsend(literal_column("tally.xmin")), cast(b"", LargeBinary))
    return select(
        packed(tally.c.change, dialect),
        by,
        select(func.max(grade.c.id)).scalar_subquery(),
        *_STRUCTURE,
    ).where(tally.c.change > bindparam("floor"))


# Cheap to ask, different as soon as something is recorded.
_STRUCTURE = (
    select(func.max(publication.c.id)).scalar_subquery(),
    select(func.max(release.c.id)).scalar_subquery(),
    select(func.max(membership.c.recorded)).scalar_subquery(),
    select(func.count()).select_from(membership).scalar_subquery(),
    select(func.count()).select_from(branch).scalar_subquery(),
    select(func.max(audit.c.id)).where(audit.c.act == IMPORTED).scalar_subquery(),  # posts
    # Few rows, added and withdrawn.
    *(
        select(what).select_from(table).scalar_subquery()
        for table in (assignment, excusal, override)
        for what in (func.count(), func.count(table.c.withdrawn_at))
    ),
)
_HIGHEST = select(func.coalesce(func.max(tally.c.change), 0))


def the_period(store: Store, period: str | Period | None, now: datetime) -> Period:
    """The period that is meant; without one, the current quarter of the organisation."""
    if isinstance(period, Period):
        return period
    return Period.current(now, store.zone) if period is None else Period.parse(period)


def last_instant(store: Store, period: Period, now: datetime) -> datetime:
    """The last instant that counts."""
    return min(now, period.end(store.zone) - timedelta(microseconds=1))

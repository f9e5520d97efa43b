"""Figures kept in memory for as long as nothing is recorded that could change them."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Connection, func, select

from weike.results.figures import member_figures
from weike.results.method import Method
from weike.results.people import Branches, load_branches
from weike.results.periods import Period
from weike.results.rollup import Totals, branch_frame
from weike.results.store import Kept, Store
from weike.results.tables import (
    assignment,
    branch,
    excusal,
    finished,
    grade,
    membership,
    override,
    publication,
    rescoring,
)
from weike.results.tasks import Tasks, load_tasks


@dataclass(frozen=True, slots=True)
class Figures:
    """The whole organisation's frame, and its rows with None for NaN. Callers change neither."""

    frame: pd.DataFrame
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The organisation and the figures computed as long as no fact has come since.

    `newest` is the latest fact's instant: figures as of any moment after it are the same.
    """

    tree: Branches
    newest: datetime
    kept: dict[tuple[Period, datetime, bool], Figures] = field(default_factory=dict)
    sums: dict[tuple[Period, datetime, bool], tuple[Totals, int]] = field(default_factory=dict)

    def figures(self, store: Store, period: str | Period | None, now: datetime) -> Figures:
        span = the_period(store, period, now)
        until = last_instant(store, span, now)
        begun = until >= span.start(store.zone)
        until = min(until, self.newest)
        found = self.kept.get((span, until, begun))
        if found is None:
            totals, lessons = self.totals(store, span, until, begun=begun)
            past = self.totals(store, span.before, until)[0] if begun else None
            method = Method.of(store.weights, store.award)
            frame = branch_frame(totals, past, lessons=lessons, levels=store.levels, method=method)
            frame.attrs["period"] = str(span)
            found = Figures(frame, [_row(row) for row in frame.reset_index().to_dict("records")])
            if len(self.kept) >= _KEPT:
                self.kept.clear()
            self.kept[span, until, begun] = found
        return found

    def totals(
        self, store: Store, span: Period, until: datetime, *, begun: bool = True
    ) -> tuple[Totals, int]:
        """A period's sums by branch, and how many lessons there were; see `Totals`."""
        until = min(last_instant(store, span, until), self.newest)
        found = self.sums.get((span, until, begun))
        if found is None:
            with store.read() as connection:
                members, tasks = members_of(connection, span, until, begun=begun)
            found = Totals.of(self.tree, members), len(tasks.lessons)
            if len(self.sums) >= _KEPT:
                self.sums.clear()
            self.sums[span, until, begun] = found
        return found


def _row(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}


_snapshots: Kept[dict[tuple[object, ...], Snapshot]] = Kept(dict)
_KEPT = 16
_NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)


def current_snapshot(store: Store) -> Snapshot:
    """The snapshot of the facts there are now: the kept one, unless something came since."""
    kept = _snapshots(store)
    with store.read() as connection:
        marker = (*connection.execute(_MARKER).one(), *_minute(store))
        snapshot = kept.get(marker)
        if snapshot is None:
            newest = [connection.execute(select(func.max(c))).scalar() for c in _INSTANTS]
            snapshot = Snapshot(
                tree=load_branches(connection),
                newest=max((at for at in newest if at is not None), default=_NOTHING_YET),
            )
            kept.clear()
            kept[marker] = snapshot
    return snapshot


def _minute(store: Store) -> tuple[int, ...]:
    """On PostgreSQL a transaction may commit after one with a higher id; look again each minute."""
    return () if store.sqlite else (int(time.monotonic() // 60),)


# Cheap to ask, different as soon as something is recorded: ids and instants that only grow.
_MARKER = select(
    select(func.max(grade.c.id)).scalar_subquery(),
    select(func.max(finished.c.at)).scalar_subquery(),
    select(func.max(publication.c.id)).scalar_subquery(),
    select(func.max(membership.c.recorded)).scalar_subquery(),
    select(func.count()).select_from(membership).scalar_subquery(),
    select(func.count()).select_from(branch).scalar_subquery(),
    select(func.max(rescoring.c.id)).scalar_subquery(),
    # Few rows, added and withdrawn.
    *(
        select(what).select_from(table).scalar_subquery()
        for table in (assignment, excusal, override)
        for what in (func.count(), func.count(table.c.withdrawn_at))
    ),
)
_INSTANTS = (grade.c.submitted_at, finished.c.at, publication.c.at)


def the_period(store: Store, period: str | Period | None, now: datetime) -> Period:
    """The period that is meant; without one, the current quarter of the organisation."""
    if isinstance(period, Period):
        return period
    return Period.current(now, store.zone) if period is None else Period.parse(period)


def last_instant(store: Store, period: Period, now: datetime) -> datetime:
    """The last instant that counts."""
    return min(now, period.end(store.zone) - timedelta(microseconds=1))


def members_of(
    connection: Connection, period: Period, until: datetime, *, begun: bool = True
) -> tuple[pd.DataFrame, Tasks]:
    """The members' figures, and what they have to do; nothing before the period has begun."""
    tasks = load_tasks(connection, period, until, begun=begun)
    return member_figures(connection, tasks, until), tasks

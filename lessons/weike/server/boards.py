"""The branches' figures for the pages, computed at most every now and then."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

import pandas as pd

from weike.results.people import Branch, Member, branches
from weike.results.periods import Period, local_date
from weike.results.scores import branch_scores
from weike.results.store import Store

LEAST = 5  # marks of fewer people are shown only to those with a duty for them
FRESH = 1.0
PATIENCE = 20  # how many times longer than it took to compute a table may be shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One branch on the board, as this viewer may see it; shares are from 0 to 1.

    `hidden` says that the marks are withheld, because they would tell about single persons.
    """

    id: str
    name: str
    path: str
    above: str
    level: int
    members: int
    attempted: int
    coverage: float | None
    completion: float | None
    mean: float | None
    adjusted: float | None
    low: float | None
    high: float | None
    own: bool
    duty: bool
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The figures of one period for one viewer, the best adjusted mean first."""

    period: Period
    until: datetime
    rows: Sequence[Row]
    no_difference: bool


@dataclass(slots=True)
class _Table:
    frame: pd.DataFrame
    until: float


class Boards:
    """`branch_scores` with a short memory, so that a full hall looking at once costs one query."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tables: dict[str, _Table] = {}
        self._lock = Lock()

    def period(self, wished: str | None, now: datetime) -> Period:
        """The period asked for, else the current quarter. Raises `WeikeError` for nonsense."""
        return Period.parse(wished) if wished else Period.current(now, self._store.zone)

    def periods(self, now: datetime, *, quarters: int = 4) -> Sequence[Period]:
        """The current quarter and the ones before it."""
        day = local_date(now, self._store.zone)
        found = []
        for back in range(quarters):
            month = day.year * 12 + day.month - 1 - 3 * back
            found.append(Period.of(day.replace(year=month // 12, month=month % 12 + 1, day=1)))
        return found

    def board(self, viewer: Member, period: Period, now: datetime) -> Board:
        tree = branches(self._store).by_id
        frame = self._frame(period, now)
        rows = [
            _row(tree[str(branch_id)], values, viewer)
            for branch_id, values in frame.to_dict("index").items()
            if str(branch_id) in tree
        ]
        return Board(
            period=period,
            until=min(now, period.end(self._store.zone)),
            rows=sorted(rows, key=_rank),
            no_difference=bool(frame.attrs.get("no_difference")),
        )

    def _frame(self, period: Period, now: datetime) -> pd.DataFrame:
        key = str(period)
        with self._lock:
            table = self._tables.get(key)
            if table is None or table.until < time.monotonic():
                begun = time.monotonic()
                frame = branch_scores(self._store, period=period, now=now)
                ended = time.monotonic()
                fresh = max(FRESH, PATIENCE * (ended - begun))
                table = self._tables[key] = _Table(frame, ended + fresh)
                while len(self._tables) > 16:
                    del self._tables[next(iter(self._tables))]
            return table.frame


def _row(branch: Branch, values: Mapping[object, object], viewer: Member) -> Row:
    members = int(_number(values["members"]) or 0)
    attempted = int(_number(values["attempted"]) or 0)
    duty = viewer.can_see_branch(branch.id)
    small = not duty and members < LEAST
    hidden = small or (not duty and 0 < attempted < LEAST)

    def figure(name: str, withheld: bool) -> float | None:
        return None if withheld else _number(values[name])

    return Row(
        id=branch.id,
        name=branch.name,
        path=branch.path,
        above=branch.path.rpartition("/")[0].replace("/", " / "),
        level=branch.level,
        members=members,
        attempted=attempted,
        coverage=figure("coverage", small),
        completion=figure("completion", small),
        mean=figure("mean", hidden),
        adjusted=figure("adjusted", hidden),
        low=figure("low", hidden),
        high=figure("high", hidden),
        own=branch.id == viewer.branch_id,
        duty=duty,
        hidden=hidden,
    )


def _rank(row: Row) -> tuple[bool, float, str]:
    return row.adjusted is None, -(row.adjusted or 0), row.path


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type]  # pandas scalars

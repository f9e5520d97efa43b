"""Every tally in memory, as arrays: figures for any period and any moment come from it at once.

It is read in one go and then brought up to date by the tallies that have changed. A ledger never
changes; a newer one shares what is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    Select,
    Text,
    bindparam,
    cast,
    func,
    select,
)

from weike.results.scoring.tallies import MARK
from weike.results.tables import tally

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Version = tuple[int, int]  # of a tally: its change, and the transaction that wrote it

NEVER = 1 << 62
_MOMENTS = ("begun", "submitted", "passed", "passed_first")
_ID = 32  # letters of a member's id


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One quiz: `members` as numbers, ascending; moments in microseconds or `NEVER`; marks or NaN.

    `begun` and `submitted` are those of the first attempt, whose mark it is.
    """

    members: npt.NDArray[np.intp]
    begun: Ints
    submitted: Ints
    mark: Floats
    passed: Ints
    passed_first: Ints

    @classmethod
    def of(cls, members: Sequence[int] | npt.NDArray[np.intp], mark: Ints, *moments: Ints) -> Self:
        order = np.argsort(members)
        return cls(
            members=np.asarray(members, dtype=np.intp)[order],
            mark=np.where(mark < 0, np.nan, mark / MARK)[order],
            **{name: ints[order] for name, ints in zip(_MOMENTS, moments, strict=True)},
        )

    def updated(self, newer: Column) -> Column:
        """This column with the members of another replaced or added."""
        places = np.searchsorted(self.members, newer.members)
        known = np.isin(newer.members, self.members[places[places < len(self.members)]])

        def merged(name: str) -> Any:
            values, others = getattr(self, name).copy(), getattr(newer, name)
            values[places[known]] = others[known]
            return values if known.all() else np.insert(values, places[~known], others[~known])

        return Column(**{name: merged(name) for name in ("members", *_FIGURES)})

    def as_of(self, until: int) -> tuple[Any, ...]:
        """What can be told of the column at a moment: equal where figures must be equal."""
        begun = self.begun <= until
        handed = (self.submitted <= until)[begun]
        return (
            self.members[begun].tolist(),
            handed.tolist(),
            self.mark[begun][handed].tobytes(),
            (self.passed <= until)[begun].tolist(),
            (self.passed_first <= until)[begun].tolist(),
        )

    def of_members(self, members: npt.NDArray[np.intp]) -> Column:
        """The rows of these members, whose numbers ascend."""
        places = np.searchsorted(self.members, members)
        places = places[places < len(self.members)]
        places = places[np.isin(self.members[places], members)]
        return Column(
            members=self.members[places],
            **{name: getattr(self, name)[places] for name in _FIGURES},
        )

    @property
    def newest(self) -> int:
        """The last moment at which anything has happened."""
        known = [ints[ints < NEVER].max(initial=0) for ints in self._moments()]
        return int(max(known))

    def _moments(self) -> Iterable[Ints]:
        return (getattr(self, name) for name in _MOMENTS)


_FIGURES = (*_MOMENTS, "mark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The columns by their quiz, and a number for every member who stands in one.

    `members` only ever grows, so ledgers share it. `newest` is a moment after which nothing has
    happened.
    """

    members: dict[str, int]
    columns: Mapping[str, Column]
    newest: int

    @classmethod
    def read(cls, connection: Connection) -> Self:
        """All tallies, each quiz as a few long values."""
        members: dict[str, int] = {}
        columns = {}
        for row in connection.execute(_all(connection.dialect.name)):
            ids = (row.members[at : at + _ID] for at in range(0, len(row.members), _ID))
            columns[row.quiz] = Column.of(
                [members.setdefault(id, len(members)) for id in ids], *map(unpacked, row[2:])
            )
        newest = max((column.newest for column in columns.values()), default=0)
        return cls(members=members, columns=columns, newest=newest)

    def updated(self, rows: Sequence[Row[Any]]) -> tuple[Ledger, Mapping[str, Column]]:
        """The ledger with these tallies, and what is new of it, by quiz."""
        by_quiz: dict[str, list[Row[Any]]] = {}
        for row in rows:
            by_quiz.setdefault(row.quiz, []).append(row)
        new = {quiz: self._column(changed) for quiz, changed in by_quiz.items()}
        columns = dict(self.columns)
        for quiz, column in new.items():
            columns[quiz] = columns[quiz].updated(column) if quiz in columns else column
        newest = max([self.newest, *(column.newest for column in new.values())])
        return Ledger(members=self.members, columns=columns, newest=newest), new

    def differs(self, new: Mapping[str, Column], until: int) -> bool:
        """Whether any figure as of a moment may be another with these columns."""
        return any(
            column.as_of(until) != self._as_of(quiz, column.members, until)
            for quiz, column in new.items()
        )

    def _as_of(self, quiz: str, members: npt.NDArray[np.intp], until: int) -> tuple[Any, ...]:
        column = self.columns.get(quiz)
        return _EMPTY if column is None else column.of_members(members).as_of(until)

    def _column(self, rows: Sequence[Row[Any]]) -> Column:
        members = [self.members.setdefault(row.member_id, len(self.members)) for row in rows]

        def ints(name: str, missing: int) -> Ints:
            values = (getattr(row, name) for row in rows)
            return np.array([missing if value is None else value for value in values], np.int64)

        return Column.of(members, ints("mark", -1), *(ints(name, NEVER) for name in _MOMENTS))


def changed(connection: Connection, versions: Collection[Version]) -> Sequence[Row[Any]]:
    """The tallies with these changes; there may be more than one with the same."""
    found: list[Row[Any]] = []
    changes = sorted({change for change, _by in versions})
    for start in range(0, len(changes), _AT_ONCE):
        found += connection.execute(_CHANGED, {"changes": changes[start : start + _AT_ONCE]})
    return found


def packed(figure: ColumnElement[int], dialect: str) -> ColumnElement[Any]:
    """All values of a column as one, in the order of the other columns'; see `unpacked`.

    To read them row by row takes four times as long.
    """
    if dialect == "sqlite":
        return func.aggregate_strings(cast(figure, Text), ",")
    # Eight bytes for each: to write digits and to read them takes longer than all the rest.
    return func.string_agg(func.int8send(cast(figure, BigInteger)), cast(b"", LargeBinary))


def unpacked(values: str | bytes) -> Ints:
    if isinstance(values, str):
        return np.fromstring(values, dtype=np.int64, sep=",")
    return np.frombuffer(values, dtype=">i8").astype(np.int64)


@cache
def _all(dialect: str) -> Select[Any]:
    """A row for each quiz: all members' ids in a row, then each figure of them."""
    missing = {"mark": -1, **dict.fromkeys(_MOMENTS, NEVER)}
    return select(
        tally.c.quiz,
        func.aggregate_strings(tally.c.member_id, "").label("members"),
        *(packed(func.coalesce(tally.c[name], none), dialect) for name, none in missing.items()),
    ).group_by(tally.c.quiz)


_AT_ONCE = 1_000
_CHANGED = select(tally).where(tally.c.change.in_(bindparam("changes", expanding=True)))
_EMPTY: tuple[Any, ...] = ([], [], b"", [], [])

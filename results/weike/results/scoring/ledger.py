"""Every tally in memory, as arrays: figures for any period and any moment come from it at once.

It is read in one go and then brought up to date by the tallies that have changed. A ledger never
changes; a newer one shares what is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Row, Text, cast, func, select

from weike.results.scoring.tallies import MARK
from weike.results.tables import tally

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

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
        kept = ~np.isin(self.members, newer.members)
        members = np.concatenate([self.members[kept], newer.members])
        order = np.argsort(members, kind="stable")

        def merged(name: str) -> Any:
            return np.concatenate([getattr(self, name)[kept], getattr(newer, name)])[order]

        return Column(members=members[order], **{name: merged(name) for name in _FIGURES})

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
        """All tallies, each quiz as a few long texts: row by row takes four times as long."""
        members: dict[str, int] = {}
        columns = {}
        for row in connection.execute(_PACKED):
            ids = (row.members[at : at + _ID] for at in range(0, len(row.members), _ID))
            columns[row.quiz] = Column.of(
                [members.setdefault(id, len(members)) for id in ids],
                *(np.fromstring(text, dtype=np.int64, sep=",") for text in row[2:]),
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


def changed_since(connection: Connection, change: int) -> Sequence[Row[Any]]:
    """The tallies whose change is higher."""
    return connection.execute(select(tally).where(tally.c.change > change)).all()


def _packed(name: str, missing: int) -> Any:
    value = func.coalesce(tally.c[name], missing)
    return func.aggregate_strings(cast(value, Text), ",")


_EMPTY: tuple[Any, ...] = ([], [], b"", [], [])
_PACKED = select(
    tally.c.quiz,
    func.aggregate_strings(tally.c.member_id, "").label("members"),
    _packed("mark", -1),
    *(_packed(name, NEVER) for name in _MOMENTS),
).group_by(tally.c.quiz)

"""What holds for one member in one quiz instead of its own rules: overrides and make-up tests.

Almost nobody has either, and every opening of a quiz asks. So all that is in force is kept in
memory, and the database is asked at most once a second whether it still is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from weike.quizzes.attempt import Attempt
from weike.quizzes.rules import Rules
from weike.results.people import Member
from weike.results.store import Kept, Store
from weike.results.tables import branch, makeup, makeup_member, override

# Columns of the table `override` → names in `Rules.overridden`.
RULES: Final = {"opens": "open", "closes": "close", "limit": "limit", "attempts": "attempts"}
_LOOK_AGAIN = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """When a member may take a make-up test."""

    opens: datetime
    closes: datetime

    def offers(self, last: Attempt | None, now: datetime) -> bool:
        """Whether it is open and not used: the first attempt in it is the make-up."""
        used = last is not None and last.started >= self.opens
        return self.opens <= now < self.closes and not used


@dataclass(frozen=True, slots=True)
class Terms:
    """One member's own terms in one quiz; `windows` are those that are not over yet."""

    changes: Mapping[str, Any]
    windows: tuple[Window, ...]

    def offer(self, last: Attempt | None, now: datetime) -> Window | None:
        """The make-up test that the next attempt would be."""
        return next((one for one in self.windows if one.offers(last, now)), None)

    def rules(self, rules: Rules, last: Attempt | None, now: datetime) -> Rules:
        """The rules by which the next attempt starts. A make-up is one more, and waits for none."""
        rules = rules.overridden(self.changes)
        window = self.offer(last, now)
        if window is None:
            return rules
        made = 0 if last is None else last.number
        return replace(rules, open=window.opens, close=window.closes, attempts=made + 1, wait=None)

    def silent_until(self, now: datetime) -> datetime | None:
        """The end of the last window: until then this exam is still to be taken by somebody."""
        return max((one.closes for one in self.windows if now < one.closes), default=None)


@dataclass(frozen=True, slots=True)
class _InForce:
    """Everything in force as of a look; rules by quiz and member or quiz and branch."""

    marker: tuple[int, ...]
    at: datetime
    of_members: Mapping[tuple[str, str], Mapping[str, Any]]
    of_branches: Mapping[tuple[str, str], Mapping[str, Any]]
    windows: Mapping[str, Mapping[str, tuple[Window, ...]]]  # by member, then by quiz
    parents: Mapping[str, str | None] = field(repr=False)

    def changes(self, quiz: str, member: Member) -> Mapping[str, Any]:
        """Rule by rule: the member's own, else that of the nearest branch that has one."""
        found: dict[str, Any] = dict(self.of_members.get((quiz, member.id), {}))
        at = member.branch_id
        while at is not None and self.of_branches:
            found = {**self.of_branches.get((quiz, at), {}), **found}
            at = self.parents.get(at)
        return found


@dataclass(slots=True)
class _Memory:
    in_force: _InForce | None = None
    checked: datetime | None = None


_memory: Kept[_Memory] = Kept(_Memory)


def load_terms(
    connection: Connection, store: Store, member: Member, quiz: str, now: datetime
) -> Terms | None:
    """The member's own terms in this quiz; None, as nearly always, where there are none."""
    known = _in_force(connection, store, now)
    changes = known.changes(quiz, member)
    windows = known.windows.get(member.id, {}).get(quiz, ())
    windows = tuple(one for one in windows if now < one.closes)
    return Terms(changes, windows) if changes or windows else None


def forget(store: Store) -> None:
    """Look again: something was decided in this process. Others see it within a second."""
    _memory(store).checked = None


def open_windows(
    connection: Connection, store: Store, member_id: str, now: datetime
) -> Mapping[str, Sequence[Window]]:
    """The member's make-up tests by quiz, those that are open or will be."""
    of_member = _in_force(connection, store, now).windows.get(member_id, {})
    running = {
        quiz: [one for one in every if now < one.closes] for quiz, every in of_member.items()
    }
    return {quiz: every for quiz, every in running.items() if every}


def _in_force(connection: Connection, store: Store, now: datetime) -> _InForce:
    memory = _memory(store)
    known, checked = memory.in_force, memory.checked
    if known is not None and checked is not None and checked <= now < checked + _LOOK_AGAIN:
        return known
    marker = tuple(connection.execute(_MARKER).one())
    # A window that was over at the look is not kept; a clock that was set back needs it.
    if known is None or known.marker != marker or now < known.at:
        known = memory.in_force = _load(connection, marker, now)
    memory.checked = now
    return known


def _load(connection: Connection, marker: tuple[int, ...], now: datetime) -> _InForce:
    of_members: dict[tuple[str, str], Mapping[str, Any]] = {}
    of_branches: dict[tuple[str, str], Mapping[str, Any]] = {}
    for row in connection.execute(_OVERRIDES):
        changes = rules_of(row)
        if row.member_id is not None:
            of_members[row.quiz, row.member_id] = changes
        else:
            of_branches[row.quiz, row.branch_id] = changes
    windows: dict[str, dict[str, tuple[Window, ...]]] = {}
    for row in connection.execute(_WINDOWS, {"now": now}):
        of_member = windows.setdefault(row.member_id, {})
        window = Window(row.opens, row.closes)
        of_member[row.quiz] = tuple(sorted((*of_member.get(row.quiz, ()), window)))
    return _InForce(
        marker=marker,
        at=now,
        of_members=of_members,
        of_branches=of_branches,
        windows=windows,
        parents={row.id: row.parent_id for row in connection.execute(_PARENTS)}
        if of_branches
        else {},
    )


def rules_of(row: Any) -> dict[str, Any]:
    """What a row of the table `override` changes, as `Rules.overridden` takes it."""
    found = {name: getattr(row, column) for column, name in RULES.items()}
    if found["limit"] is not None:
        found["limit"] = timedelta(seconds=found["limit"])
    return {name: value for name, value in found.items() if value is not None}


# All of them only grow: a row is added, or it is withdrawn for good.
_MARKER = select(
    *(
        select(func.count(column)).scalar_subquery()
        for table in (override, makeup)
        for column in (table.c.id, table.c.withdrawn_at)
    ),
    select(func.count()).select_from(branch).scalar_subquery(),
)
# The latest last, so that it is the one that stays.
_OVERRIDES = (
    select(override)
    .where(override.c.withdrawn_at.is_(None))
    .order_by(override.c.created, override.c.id)
)
_WINDOWS = (
    select(makeup.c.quiz, makeup.c.opens, makeup.c.closes, makeup_member.c.member_id)
    .join(makeup_member, makeup_member.c.makeup_id == makeup.c.id)
    .where(makeup.c.withdrawn_at.is_(None), makeup.c.closes > bindparam("now"))
)
_PARENTS = select(branch.c.id, branch.c.parent_id)

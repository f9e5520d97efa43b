"""A roster compared with the store: what an import would change, before it changes anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from sqlalchemy import Connection, select

from weike.quizzes.errors import Problem, WeikeError
from weike.quizzes.i18n import _
from weike.results.enrolling.roster import Roster
from weike.results.enrolling.rosterrow import BranchPath, RosterRow, same_name
from weike.results.people import Branches, load_branches
from weike.results.store import Store
from weike.results.tables import identity, membership, role_grant

# A path as it is compared: width, case and white space of the names aside.
PathKey: TypeAlias = tuple[str, ...]
Grants: TypeAlias = frozenset[tuple[str, PathKey | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who the store knows under a code. `branch` is None for one who left on `since`."""

    id: str
    code: str
    name: str
    post: str | None
    branch: PathKey | None
    branch_id: str | None
    since: date | None
    grants: Grants


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to one person who is known already. None: that stays as it is."""

    person: Person
    line: int | None = None
    name: str | None = None
    post: str | None = None
    branch: BranchPath | None = None
    since: date | None = None
    leaves: date | None = None
    grants: Grants | None = None

    @property
    def empty(self) -> bool:
        changes = (self.name, self.post, self.branch, self.leaves, self.grants)
        return all(change is None for change in changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """Everything an import would do, all of it from the day `since` on."""

    source: str
    since: date
    branches: tuple[BranchPath, ...]  # new ones, parents first, in the order of the file
    new: tuple[RosterRow, ...]
    changes: tuple[Change, ...]
    unchanged: int
    missing: tuple[Person, ...]  # known, in a branch, but not in the file
    gone: tuple[RosterRow, ...]  # unknown and left already: not imported
    problems: tuple[Problem, ...]
    names: Mapping[PathKey, str] = field(repr=False)  # how a known branch's path is written

    @property
    def moved(self) -> tuple[Change, ...]:
        return tuple(c for c in self.changes if c.branch is not None)

    @property
    def renamed(self) -> tuple[Change, ...]:
        return tuple(c for c in self.changes if c.name is not None)

    @property
    def reposted(self) -> tuple[Change, ...]:
        return tuple(c for c in self.changes if c.post is not None)

    @property
    def regranted(self) -> tuple[Change, ...]:
        return tuple(c for c in self.changes if c.grants is not None)

    @property
    def leaving(self) -> tuple[Change, ...]:
        return tuple(c for c in self.changes if c.leaves is not None)

    @property
    def rows(self) -> int:
        """How many people of the file are in the store after the import."""
        return len(self.new) + sum(c.line is not None for c in self.changes) + self.unchanged


def plan_import(
    store: Store, roster: Roster, *, since: date, today: date, leave_missing: bool = False
) -> ImportPlan:
    """Compare the good rows of a roster with the store; nothing is written.

    `since` is the day from which moves and new memberships hold. With `leave_missing`, who is not
    in the file leaves on that day. What is wrong stands in `problems`, each with its line.
    """
    if since > today:
        raise WeikeError(
            _("{since} has not come yet; import on that day, or choose an earlier one").format(
                since=since
            )
        )
    if leave_missing and roster.problems:
        raise WeikeError(
            _("who is missing can only leave by a file without problems; mend them first")
        )
    with store.read() as connection:
        tree = load_branches(connection)
        known = known_people(connection, tree)
    planner = _Planner(tree=tree, known=known, since=since)
    for row in roster.rows:
        planner.take(row)
    planner.check_scopes()
    in_file = {row.code for row in roster.rows}
    missing = tuple(p for p in known.values() if p.branch is not None and p.code not in in_file)
    if leave_missing:
        for person in missing:
            planner.leave(person, since, line=None)
    return ImportPlan(
        source=roster.source,
        since=since,
        branches=tuple(planner.branches.values()),
        new=tuple(planner.new),
        changes=tuple(planner.changes),
        unchanged=planner.unchanged,
        missing=() if leave_missing else missing,
        gone=tuple(planner.gone),
        problems=tuple(planner.problems),
        names=planner.names,
    )


def known_people(connection: Connection, tree: Branches) -> dict[str, Person]:
    """Everyone by code, with the last entry of each membership, a future one included."""
    key_of = {one.id: path_key(one.path.split("/")) for one in tree}
    last: dict[str, tuple[date, str | None]] = {}
    for row in connection.execute(
        select(membership.c.member_id, membership.c.since, membership.c.branch_id).order_by(
            membership.c.since
        )
    ):
        last[row.member_id] = (row.since, row.branch_id)
    grants: dict[str, set[tuple[str, PathKey | None]]] = {}
    for row in connection.execute(
        select(role_grant.c.member_id, role_grant.c.role, role_grant.c.branch_id).where(
            role_grant.c.revoked_at.is_(None)
        )
    ):
        scope = key_of[row.branch_id] if row.branch_id else None
        grants.setdefault(row.member_id, set()).add((row.role, scope))
    people: dict[str, Person] = {}
    for row in connection.execute(select(identity)):
        since, branch_id = last.get(row.member_id, (None, None))
        people[row.code] = Person(
            id=row.member_id,
            code=row.code,
            name=row.name,
            post=row.post,
            branch=key_of[branch_id] if branch_id else None,
            branch_id=branch_id,
            since=since,
            grants=frozenset(grants.get(row.member_id, ())),
        )
    return people


class _Planner:
    """Takes one row after the other and remembers what each would change."""

    def __init__(self, *, tree: Branches, known: Mapping[str, Person], since: date) -> None:
        self.known = known
        self.since = since
        self.names: dict[PathKey, str] = {path_key(one.path.split("/")): one.path for one in tree}
        self.branches: dict[PathKey, BranchPath] = {}
        self.new: list[RosterRow] = []
        self.changes: list[Change] = []
        self.gone: list[RosterRow] = []
        self.problems: list[Problem] = []
        self.unchanged = 0
        self._without_zeros = {_without_zeros(code): code for code in known}
        self._scopes: list[tuple[int, BranchPath]] = []

    def take(self, row: RosterRow) -> None:
        person = self.known.get(row.code)
        if person is None:
            self._join(row)
        elif row.left is not None:
            self.leave(person, row.left, line=row.line)
        else:
            self._change(person, row)

    def leave(self, person: Person, day: date, *, line: int | None) -> None:
        if person.branch is None:
            self.unchanged += line is not None
        elif self._in_order(person, day, line):
            self.changes.append(Change(person=person, line=line, leaves=day))

    def _join(self, row: RosterRow) -> None:
        other = self._without_zeros.get(_without_zeros(row.code))
        if row.code_was_number and other is not None:
            self.problems.append(
                Problem(
                    message=_("{code} is new, but there is {other}: zeros seem to be lost").format(
                        code=row.code, other=other
                    ),
                    repair=_("format the column as text and type the code again"),
                    line=row.line,
                )
            )
        elif row.left is not None and row.left <= self.since:
            self.gone.append(row)
        else:
            self._meet(row)
            self.new.append(row)

    def _change(self, person: Person, row: RosterRow) -> None:
        key = path_key(row.branch)
        moves = key != person.branch
        if moves and not self._in_order(person, self.since, row.line):
            return
        self._meet(row)
        grants = None if row.grants is None else grant_keys(row.grants)
        change = Change(
            person=person,
            line=row.line,
            name=row.name if row.name != person.name else None,
            post=row.post if row.post is not None and row.post != (person.post or "") else None,
            branch=row.branch if moves else None,
            since=self.since if moves else None,
            grants=grants if grants != person.grants else None,
        )
        if change.empty:
            self.unchanged += 1
        else:
            self.changes.append(change)

    def _in_order(self, person: Person, day: date, line: int | None) -> bool:
        """A new entry stands behind the person's last; one of the same day replaces it."""
        if person.since is None or day >= person.since:
            return True
        self.problems.append(
            Problem(
                message=_("{code} has an entry from {since} already, after {day}").format(
                    code=person.code, since=person.since, day=day
                ),
                repair=_("choose a later day with --since"),
                line=line,
            )
        )
        return False

    def _meet(self, row: RosterRow) -> None:
        """Note the branches of a row that are new, parents first; keep its scopes for later."""
        for depth in range(1, len(row.branch) + 1):
            key = path_key(row.branch[:depth])
            if key not in self.names:
                above = self.names[key[:-1]] + "/" if depth > 1 else ""
                self.names[key] = above + row.branch[depth - 1]
                self.branches[key] = row.branch[:depth]
        self._scopes += [(row.line, scope) for _role, scope in row.grants or () if scope]

    def check_scopes(self) -> None:
        """An organizer's branches are known, or stand in the file: a slip makes no new ones."""
        self.problems += [
            Problem(
                message=_("there is no branch {path}").format(path="/".join(scope)),
                repair=_("write the path as it stands in the column of branches"),
                line=line,
            )
            for line, scope in self._scopes
            if path_key(scope) not in self.names
        ]


def path_key(path: Iterable[str]) -> PathKey:
    return tuple(same_name(part) for part in path)


def grant_keys(grants: Iterable[tuple[str, BranchPath | None]]) -> Grants:
    return frozenset((role, None if scope is None else path_key(scope)) for role, scope in grants)


def _without_zeros(code: str) -> str:
    return code.lstrip("0") or "0"

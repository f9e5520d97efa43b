"""Members, their branch and their roles, as they are on a given day."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from weike.quizzes.text import INVISIBLE
from weike.results.store import Store
from weike.results.tables import branch, credential, identity, member, membership, role_grant

# Everyone is a "member"; the others are granted.
ROLES = ("member", "lecturer", "reviewer", "organizer", "administrator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """One branch. `level` counts from 0 at the top; `path` is the names from the top, with "/"."""

    id: str
    name: str
    parent_id: str | None
    level: int
    path: str


@dataclass(frozen=True, slots=True)
class Branches:
    """The tree of the organisation, parents before their children."""

    by_id: Mapping[str, Branch]

    def __iter__(self) -> Iterator[Branch]:
        return iter(self.by_id.values())

    def get(self, branch_id: str | None) -> Branch | None:
        return self.by_id.get(branch_id) if branch_id else None

    def subtree(self, branch_id: str) -> frozenset[str]:
        """The ids of a branch and of everything beneath it."""
        inside = {branch_id}
        for one in self:  # parents come first
            if one.parent_id in inside:
                inside.add(one.id)
        return frozenset(inside)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person who learns. `duty` holds every branch that an organizer answers for.

    `left` is true from the day on which the member belongs to no branch any more.
    """

    id: str
    code: str
    name: str
    branch_id: str | None
    post: str | None = None
    roles: frozenset[str] = frozenset({"member"})
    duty: frozenset[str] = field(default=frozenset(), repr=False)
    left: bool = False
    has_pin: bool = False

    def can_see_branch(self, branch_id: str | None) -> bool:
        """Whether this member has a duty for the branch: may see its people, not only its figures.

        Nobody has one for the own branch just by belonging to it.
        """
        if "administrator" in self.roles:
            return True
        return "organizer" in self.roles and branch_id is not None and branch_id in self.duty


def normal_code(code: str) -> str:
    """A member code as it is compared and kept: `ａ 1024` and `A1024` are the same."""
    seen = unicodedata.normalize("NFKC", code.translate(INVISIBLE))
    return "".join(seen.split()).upper()


def today(store: Store, now: datetime) -> date:
    """The day in the organisation's zone."""
    return now.astimezone(store.zone).date()


def find_member(
    store: Store, *, now: datetime, id: str | None = None, code: str | None = None
) -> Member | None:
    """The member with this id or this code, also one who left; None where there is none."""
    with store.read() as connection:
        return load_member(connection, day=today(store, now), id=id, code=code)


def load_member(
    connection: Connection, *, day: date, id: str | None = None, code: str | None = None
) -> Member | None:
    """`find_member` inside a transaction that is already there."""
    assert (id is None) != (code is None), "find a member by id or by code"
    if id is not None:
        rows = connection.execute(_BY_ID, {"day": day, "id": id}).all()
    else:
        values = {"day": day, "code": normal_code(code or "")}
        rows = connection.execute(_BY_CODE, values).all()
    return member_of(connection, rows)


def member_of(connection: Connection, rows: Sequence[Row[Any]]) -> Member | None:
    """The member of a query made from `MEMBERS`: of one member, a row for each duty or one row."""
    if not rows:
        return None
    row = rows[0]
    tops = {one.top for one in rows if one.role == "organizer" and one.top}
    duty: frozenset[str] = frozenset()
    if tops:
        tree = load_branches(connection)
        duty = frozenset[str]().union(*(tree.subtree(top) for top in tops))
    return Member(
        id=row.id,
        code=row.code,
        name=row.name,
        post=row.post,
        branch_id=row.branch_id,
        roles=frozenset({"member"}.union(one.role for one in rows if one.role)),
        duty=duty,
        left=row.since is not None and row.branch_id is None,
        has_pin=row.has_pin is not None,
    )


def branches(store: Store) -> Branches:
    """The whole tree; a parent stands before its children, siblings in the order of their names."""
    with store.read() as connection:
        return load_branches(connection)


def load_branches(connection: Connection) -> Branches:
    """`branches` inside a transaction that is already there."""
    children: dict[str | None, list[Any]] = {}
    for row in connection.execute(
        select(branch).order_by(branch.c.position, branch.c.created, branch.c.name)
    ):
        children.setdefault(row.parent_id, []).append(row)
    found: dict[str, Branch] = {}
    waiting = [(row, "", 0) for row in reversed(children.get(None, []))]
    while waiting:
        row, above, level = waiting.pop()
        path = f"{above}/{row.name}" if above else row.name
        found[row.id] = Branch(
            id=row.id, name=row.name, parent_id=row.parent_id, level=level, path=path
        )
        waiting += [(child, path, level + 1) for child in reversed(children.get(row.id, []))]
    return Branches(found)


def _members() -> Select[Any]:
    """Identity, the membership in force on the day `:day`, and a row for each duty, one at least.

    In one statement: whoever comes for the first time in half a minute is looked for like this.
    """
    latest = (
        select(membership.c.since)
        .where(membership.c.member_id == member.c.id, membership.c.since <= bindparam("day"))
        .order_by(membership.c.since.desc())
        .limit(1)
        .correlate(member)
        .scalar_subquery()
    )
    return (
        select(
            member.c.id,
            identity.c.code,
            identity.c.name,
            identity.c.post,
            membership.c.since,
            membership.c.branch_id,
            credential.c.member_id.label("has_pin"),
            role_grant.c.role,
            role_grant.c.branch_id.label("top"),
        )
        .join(identity, identity.c.member_id == member.c.id)
        .outerjoin(
            membership,
            (membership.c.member_id == member.c.id) & (membership.c.since == latest),
        )
        .outerjoin(credential, credential.c.member_id == member.c.id)
        .outerjoin(
            role_grant,
            (role_grant.c.member_id == member.c.id) & role_grant.c.revoked_at.is_(None),
        )
    )


MEMBERS = _members()
_BY_ID = MEMBERS.where(member.c.id == bindparam("id"))
_BY_CODE = MEMBERS.where(identity.c.code == bindparam("code"))

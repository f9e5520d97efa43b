"""What the decisions of organizers have in common: about whom, for when, and taking them back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, select, update

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.audit import record
from weike.results.people import Branches, Member, load_member
from weike.results.periods import Period, local_date
from weike.results.store import Store
from weike.results.tables import identity, membership

_FEW = 5_000  # so many can be named in a query; for more, all are read


@dataclass(frozen=True, slots=True)
class Named:
    """A person as a list shows one; an erased one has an empty code and name."""

    code: str
    name: str


def as_period(period: str | Period) -> Period:
    return period if isinstance(period, Period) else Period.parse(period)


def running(store: Store, period: str | Period, now: datetime) -> Period:
    """The period, unless it is over: then `WeikeError`."""
    span = as_period(period)
    if span.after <= local_date(now, store.zone):
        raise WeikeError(
            _("the period {period} is over; choose {current} or a later one").format(
                period=span, current=Period.current(now, store.zone)
            )
        )
    return span


def the_member(connection: Connection, wanted: str, day: date) -> Member:
    """The member with this id or this code; else `WeikeError`."""
    found = load_member(connection, day=day, id=wanted) or load_member(
        connection, day=day, code=wanted
    )
    if found is None:
        raise WeikeError(_("no member has the code {code}").format(code=wanted))
    return found


def around(tree: Branches, branch_id: str) -> frozenset[str]:
    """A branch, all beneath it and all above it: where a decision concerns its members."""
    above = set()
    at = tree.get(branch_id)
    while at is not None:
        above.add(at.id)
        at = tree.get(at.parent_id)
    return tree.subtree(branch_id) | above


def take_back(
    connection: Connection, table: Table, id: str, act: str, *, by: str, now: datetime
) -> None:
    """Withdraw a row for good; what it said stays on record."""
    row = connection.execute(select(table).where(table.c.id == id)).one_or_none()
    if row is None:
        raise WeikeError(_("there is nothing here"))
    if row.withdrawn_at is not None:
        raise WeikeError(_("this was withdrawn already"))
    connection.execute(
        update(table).where(table.c.id == id).values(withdrawn_at=now, withdrawn_by=by)
    )
    record(connection, by, act, id, now)


def identities(connection: Connection, ids: Collection[str]) -> Mapping[str, Any]:
    """The rows of the table `identity` of these members; whoever was erased is missing."""
    if not ids:
        return {}
    query = select(identity)
    if len(ids) <= _FEW:
        query = query.where(identity.c.member_id.in_(ids))
    return {row.member_id: row for row in connection.execute(query)}


def people(connection: Connection, ids: Collection[str]) -> Mapping[str, Named]:
    """How lists show these members; whoever was erased is missing."""
    found = identities(connection, ids)
    return {id: Named(row.code, row.name) for id, row in found.items() if id in ids}


def branches_of(connection: Connection, ids: Collection[str] | None = None) -> Mapping[str, str]:
    """Where these members (or all) belong by their last membership; who left is missing."""
    query = select(membership.c.member_id, membership.c.branch_id).order_by(membership.c.since)
    if ids is not None and len(ids) <= _FEW:
        query = query.where(membership.c.member_id.in_(ids))
    last = {row.member_id: row.branch_id for row in connection.execute(query)}
    return {member_id: branch_id for member_id, branch_id in last.items() if branch_id}

"""Who does not count in a period, why, and who decided so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.assigning.decisions import as_period, people, take_back, the_member
from weike.results.assigning.tasks import frozen_roster
from weike.results.audit import record
from weike.results.enrolling.rosterrow import tidy
from weike.results.people import load_branches
from weike.results.periods import Period, local_date
from weike.results.reporting.sheet import Column, Sheet
from weike.results.scores import find_branch
from weike.results.store import Store
from weike.results.tables import excusal

LONGEST_REASON = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Excusal:
    """`branch_id` is where the member would count, None where nowhere; `created_by` a member's id
    or "command", `created_by_name` how a list names that person."""

    id: str
    member_id: str
    code: str
    name: str
    branch_id: str | None
    branch: str
    period: Period
    reason: str
    created: datetime
    created_by: str
    created_by_name: str


def excuse(
    store: Store, *, member: str, period: str | Period, reason: str, by: str, now: datetime
) -> str:
    """Leave a member (by code or id) out of every figure of the period; the new excusal's id."""
    span = as_period(period)
    why = _reason(reason)

    def write(connection: Connection) -> str:
        found = the_member(connection, member, local_date(now, store.zone))
        known = select(excusal.c.id).where(
            excusal.c.member_id == found.id,
            excusal.c.first <= span.first,
            excusal.c.after >= span.after,
            excusal.c.withdrawn_at.is_(None),
        )
        if connection.execute(known).first() is not None:
            raise WeikeError(
                _("{name} is excused for {period} already").format(name=found.name, period=span)
            )
        key = uuid4().hex
        connection.execute(
            insert(excusal).values(
                id=key,
                member_id=found.id,
                first=span.first,
                after=span.after,
                reason=why,
                created=now,
                created_by=by,
            )
        )
        detail = {"excusal": key, "period": str(span), "reason": why}
        record(connection, by, "excused", found.id, now, detail=detail)
        return key

    return store.writer.run(write)


def withdraw_excusal(store: Store, id: str, *, by: str, now: datetime) -> None:
    """Let the member count again. Raises `WeikeError`."""
    store.writer.run(
        lambda connection: take_back(connection, excusal, id, "withdrew excusal", by=by, now=now)
    )


def excusals(store: Store, *, period: str | Period, branch: str | None = None) -> list[Excusal]:
    """Who is excused in any part of the period, by branch and code.

    With `branch`, only members who would count in it or beneath it.
    """
    span = as_period(period)
    query = select(excusal).where(
        excusal.c.first < span.after,
        excusal.c.after > span.first,
        excusal.c.withdrawn_at.is_(None),
    )
    with store.read() as connection:
        tree = load_branches(connection)
        rows = connection.execute(query).all()
        roster = frozen_roster(connection, span.first).to_dict() if rows else {}
        ids = {row.member_id for row in rows} | {row.created_by for row in rows}
        named = people(connection, ids)

    def of(row: Any) -> Excusal:
        person, decider = named.get(row.member_id), named.get(row.created_by)
        at = tree.get(roster.get(row.member_id))
        return Excusal(
            id=row.id,
            member_id=row.member_id,
            code=person.code if person else "",
            name=person.name if person else "",
            branch_id=at.id if at else None,
            branch=at.path if at else "",
            period=Period(row.first, row.after),
            reason=row.reason,
            created=row.created,
            created_by=row.created_by,
            created_by_name=decider.name if decider else _("the command line"),
        )

    found = [of(row) for row in rows]
    if branch is not None:
        inside = tree.subtree(find_branch(tree, branch).id)
        found = [one for one in found if one.branch_id in inside]
    return sorted(found, key=lambda one: (one.branch, one.code, one.created))


def excusals_sheet(found: list[Excusal]) -> Sheet:
    """The list to take along: reasons and who decided stand beside every name."""
    return Sheet(
        name="excusals",
        title=_("Excused members"),
        columns=[
            Column(key="code", title=_("Code")),
            Column(key="name", title=_("Name")),
            Column(key="branch", title=_("Branch")),
            Column(key="period", title=_("Period")),
            Column(key="reason", title=_("Reason")),
            Column(key="by", title=_("Decided by")),
            Column(key="created", title=_("Decided"), kind="time"),
        ],
        rows=[
            {
                "code": one.code,
                "name": one.name,
                "branch": one.branch,
                "period": str(one.period),
                "reason": one.reason,
                "by": one.created_by_name,
                "created": one.created,
            }
            for one in found
        ],
    )


def _reason(text: str) -> str:
    why = tidy(text)
    if not why:
        raise WeikeError(_("write the reason; it is shown beside the figures"))
    if len(why) > LONGEST_REASON:
        raise WeikeError(_("write the reason in {n} characters at most").format(n=LONGEST_REASON))
    return why

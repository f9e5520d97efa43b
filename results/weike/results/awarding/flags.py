"""The flag (流动红旗): who holds it for a period, and whether it was kept or taken over.

On approval it goes to the first of the level that competes; who is tied shares it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select

from weike.results.awarding.consents import consenting
from weike.results.awarding.rankinginputs import Inputs
from weike.results.periods import Period
from weike.results.store import Store
from weike.results.tables import branch, flag, identity, ranking

if TYPE_CHECKING:
    from weike.results.awarding.rankinglog import Ranking


@dataclass(frozen=True, slots=True)
class Winners:
    """Ids of the branches, and of the members, that are first."""

    branches: tuple[str, ...]
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """One holder in one period. `top` says in whose contest; None for the whole organisation.

    `name` is the branch's, or that of a member who still consents. `current`: nobody has taken the
    flag over since.
    """

    period: Period
    ranking: str
    top: str | None
    level: int
    branch: str | None
    member: str | None
    name: str
    kept: bool
    at: datetime
    reason: str | None
    current: bool


def winners(connection: Connection, store: Store, found: Ranking, inputs: Inputs) -> Winners:
    """The first of the competing level; with the course's leave, members who consented too."""
    first = tuple(
        row["branch"] for row in found.rows if row["level"] == found.level and row["rank"] == 1
    )
    if not store.award.persons:
        return Winners(first)
    agreed = consenting(connection)
    members = inputs.now[inputs.now.index.isin(list(agreed))]
    done = members[(members["assigned"] > 0) & (members["completed"] >= members["assigned"])]
    best = done[done["mark"] == done["mark"].max()]
    return Winners(first, tuple(best.index))


def hand_over(
    connection: Connection,
    found: Ranking,
    chosen: Winners,
    *,
    by: str,
    now: datetime,
    reason: str | None,
) -> None:
    """Write who holds the flag by this ranking; who held it in the period before keeps it."""
    held = _held_before(connection, found)
    pairs = [(id, None) for id in chosen.branches] + [(None, id) for id in chosen.members]
    for branch_id, member_id in pairs:
        connection.execute(
            insert(flag).values(
                ranking_id=found.id,
                level=found.level,
                branch_id=branch_id,
                member_id=member_id,
                kept=(branch_id or member_id) in held,
                at=now,
                by=by,
                reason=reason,
            )
        )


def history(store: Store) -> list[Flag]:
    """Every holder, the newest period first; of each period the last decision."""
    with store.read() as connection:
        return load_flags(connection)


def holders(store: Store) -> list[Flag]:
    """Who holds a flag now, of every contest."""
    return [one for one in history(store) if one.current]


def load_flags(connection: Connection) -> list[Flag]:
    """`history` inside a transaction that is already there."""
    rows = connection.execute(_FLAGS).all()
    agreed = consenting(connection)
    last: dict[tuple[Period, Any], str] = {}  # the ranking that decided a period last
    newest: dict[Any, Period] = {}
    for row in rows:
        period, contest = Period(row.first, row.after), _contest(row)
        last.setdefault((period, contest), row.ranking_id)
        newest.setdefault(contest, period)
    found = []
    for row in rows:
        period, contest = Period(row.first, row.after), _contest(row)
        named = row.branch_id is not None or row.member_id in agreed
        if last[period, contest] != row.ranking_id or not named:
            continue
        found.append(
            Flag(
                period=period,
                ranking=row.ranking_id,
                top=row.method["top"],
                level=row.level,
                branch=row.branch_id,
                member=row.member_id,
                name=row.name,
                kept=row.kept,
                at=row.at,
                reason=row.reason,
                current=newest[contest] == period,
            )
        )
    return found


def _held_before(connection: Connection, found: Ranking) -> frozenset[str]:
    earlier = [
        one
        for one in load_flags(connection)
        if one.top == found.top
        and one.level == found.level
        and one.period.first < found.period.first
    ]
    if not earlier:
        return frozenset()
    newest = max(one.period for one in earlier)
    return frozenset(one.branch or one.member or "" for one in earlier if one.period == newest)


def _contest(row: Any) -> tuple[str | None, int, int]:
    """Flags of one contest pass on: same subtree, same level, periods of the same length."""
    months = (row.after.year - row.first.year) * 12 + row.after.month - row.first.month
    return row.method["top"], row.level, months


_FLAGS = (
    select(
        flag,
        ranking.c.first,
        ranking.c.after,
        ranking.c.method,
        func.coalesce(branch.c.name, identity.c.name, "").label("name"),
    )
    .join(ranking, ranking.c.id == flag.c.ranking_id)
    .outerjoin(branch, branch.c.id == flag.c.branch_id)
    .outerjoin(identity, identity.c.member_id == flag.c.member_id)
    .order_by(ranking.c.first.desc(), ranking.c.revision.desc(), flag.c.id)
)

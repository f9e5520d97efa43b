"""Objections to a posted ranking, and their answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.audit import record
from weike.results.awarding.rankinglog import Ranking, find_ranking
from weike.results.people import Member
from weike.results.store import Store
from weike.results.tables import identity, objection

LONGEST: Final = 1000  # letters
MOST: Final = 5  # of one member to one ranking


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """`name` is None where the person has been erased."""

    id: int
    ranking: str
    member: str
    name: str | None
    at: datetime
    text: str
    answer: str | None
    answered_at: datetime | None


def may_object(ranking: Ranking, member: Member, now: datetime) -> bool:
    """Any member of a ranked branch, as long as the ranking is posted."""
    ranked = any(row["branch"] == member.branch_id for row in ranking.rows)
    until = ranking.posted_until
    return ranked and ranking.state == "posted" and until is not None and now < until


def object_to(store: Store, ranking_id: str, *, member: Member, text: str, now: datetime) -> int:
    """Raise an objection; its number. `WeikeError` where that cannot be."""
    ranking = find_ranking(store, ranking_id)
    if ranking is None or not may_object(ranking, member, now):
        raise WeikeError(_("objections to this ranking are not open to you, or not any more"))
    said = _text(text)

    def write(connection: Connection) -> int:
        own = (objection.c.ranking_id == ranking_id, objection.c.member_id == member.id)
        if connection.execute(select(func.count()).where(*own)).scalar_one() >= MOST:
            raise WeikeError(_("you have raised {n} objections already").format(n=MOST))
        found = connection.execute(
            insert(objection).values(ranking_id=ranking_id, member_id=member.id, at=now, text=said)
        )
        return int(found.inserted_primary_key.id)  # type: ignore[union-attr]  # one row

    return store.writer.run(write)


def answer(store: Store, objection_id: int, *, text: str, by: str, now: datetime) -> None:
    """Answer an objection, once: what has been said stays said."""
    said = _text(text)

    def write(connection: Connection) -> None:
        found = connection.execute(
            update(objection)
            .where(objection.c.id == objection_id, objection.c.answer.is_(None))
            .values(answer=said, answered_at=now, answered_by=by)
        )
        if not found.rowcount:
            raise WeikeError(_("there is no such objection, or it is answered already"))
        record(connection, by, "answered objection", str(objection_id), now)

    store.writer.run(write)


def objections(store: Store, ranking_id: str) -> list[Objection]:
    """All of a ranking, the oldest first."""
    query = (
        select(objection, identity.c.name)
        .outerjoin(identity, identity.c.member_id == objection.c.member_id)
        .where(objection.c.ranking_id == ranking_id)
        .order_by(objection.c.id)
    )
    with store.read() as connection:
        return [
            Objection(
                id=row.id,
                ranking=row.ranking_id,
                member=row.member_id,
                name=row.name,
                at=row.at,
                text=row.text,
                answer=row.answer,
                answered_at=row.answered_at,
            )
            for row in connection.execute(query)
        ]


def _text(text: str) -> str:
    said = text.replace("\0", "").strip()
    if not said:
        raise WeikeError(_("write a sentence"))
    if len(said) > LONGEST:
        raise WeikeError(_("write at most {n} letters").format(n=LONGEST))
    return said

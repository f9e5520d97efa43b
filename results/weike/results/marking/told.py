"""What a member is told of answers that a person reads: how many wait, what was given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from weike.quizzes.protocol import releases
from weike.results.analysis.distractors import plain_text
from weike.results.answering import log
from weike.results.marking.waiting import pending_of as pending_of  # told beside the marks
from weike.results.store import Store
from weike.results.tables import attempt, mark, response

_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One marked answer. `remark` is None where there is none, or where an exam keeps it back."""

    quiz: str
    stem: str
    points: float
    most: float
    remark: str | None
    at: datetime


def marks_of(store: Store, member_id: str, *, now: datetime) -> Sequence[Told]:
    """What this member's answers were given, the last one first; the last twenty."""
    found = []
    with store.read() as connection:
        rows = connection.execute(_marked(member_id)).all()
        if not rows:
            return ()
        moments = {row.event: row.at for row in rows}
        query = log.ATTEMPTS.where(attempt.c.id.in_({row.attempt_id for row in rows}))
        for logged in log.read(connection, store, query):
            for drawn in logged.attempt.paper.items:
                saved, given = logged.attempt.latest(drawn.item), logged.attempt.mark(drawn.item)
                if saved is None or given is None or saved.event not in moments:
                    continue
                question = logged.attempt.question(drawn.item)
                # When an exam tells its answers is also for others to wait for: see `Attempts`.
                shown = logged.attempt.rules.behaviour != "exam" and releases(
                    logged.attempt, drawn.item, now
                )
                found.append(
                    Told(
                        quiz=logged.quiz,
                        stem=plain_text(question.stem),
                        points=round(given.share * question.points, 2),
                        most=question.points,
                        remark=given.remark if shown else None,
                        at=moments[saved.event],
                    )
                )
    return sorted(found, key=lambda one: one.at, reverse=True)


def _marked(member_id: str) -> Select[Any]:
    at = func.max(mark.c.at).label("at")
    return (
        select(mark.c.event, response.c.attempt_id, at)
        .join(response, response.c.event == mark.c.event)
        .join(attempt, attempt.c.id == response.c.attempt_id)
        .where(attempt.c.member_id == member_id)
        .group_by(mark.c.event, response.c.attempt_id)
        .order_by(at.desc())
        .limit(_MOST)
    )

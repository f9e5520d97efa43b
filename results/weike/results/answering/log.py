"""Attempts read back from the log of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from weike.quizzes.attempt import Attempt, Mark, Saved, Waiver
from weike.quizzes.paper import Paper
from weike.results.correcting import corrections
from weike.results.store import Store
from weike.results.tables import attempt, mark, response, submission
from weike.results.versions import load_definition

# Statements are made once: to make one costs more than to run it.
ATTEMPTS = select(
    attempt, submission.c.submitted_at, submission.c.by, corrections.LAST.label("corrected")
).outerjoin(submission, submission.c.attempt_id == attempt.c.id)
BY_ID = ATTEMPTS.where(attempt.c.id == bindparam("attempt_id"))
_OF_MEMBER = ATTEMPTS.where(
    attempt.c.member_id == bindparam("member_id"), attempt.c.quiz == bindparam("quiz")
)
BY_NUMBER = _OF_MEMBER.where(attempt.c.number == bindparam("number"))

# In the order of arrival: within an attempt `received_at` only grows, whatever the clock does.
_ORDERED = select(response).order_by(
    response.c.attempt_id, response.c.received_at, response.c.seq, response.c.event
)
_OF_ONE = _ORDERED.where(response.c.attempt_id == bindparam("attempt_id"))
_OF_MANY = _ORDERED.where(response.c.attempt_id.in_(bindparam("ids", expanding=True)))
_BETWEEN = _ORDERED.where(response.c.attempt_id.between(bindparam("first"), bindparam("last")))
# The latest last, so that it is the one that stays.
_MARKS = (
    select(mark)
    .join(response, response.c.event == mark.c.event)
    .where(response.c.attempt_id.in_(bindparam("ids", expanding=True)))
    .order_by(mark.c.id)
)


@dataclass(slots=True, eq=False)
class Logged:
    """An attempt with what the store knows beside it.

    `versions` maps items to their versions, `events` the known events to their items. `by` is who
    submitted it: "member", "deadline" or nobody yet. `last` is when the last response came. `mode`
    is "quiz", or "makeup" for a make-up test. `corrected` is the last rescoring that it knows of.
    """

    attempt: Attempt
    member_id: str
    quiz: str
    by: str | None
    versions: Mapping[str, str]
    events: dict[str, str]
    last: datetime
    mode: str = "quiz"
    corrected: int | None = None


def read(
    connection: Connection,
    store: Store,
    query: Select[Any],
    *,
    close: bool = False,
    **values: Any,
) -> list[Logged]:
    """The attempts of a query made from `ATTEMPTS`, with all their responses.

    `close` says that it gives most of the attempts between its first and its last, by their ids:
    then it is quicker to read all responses there.
    """
    rows = connection.execute(query, values).all()
    if len(rows) == 1:  # by far the most frequent, and quicker without a list
        responses = connection.execute(_OF_ONE, {"attempt_id": rows[0].id}).all()
        return [_logged(connection, store, rows[0], responses, _marks(connection, store, rows))]
    of: dict[str, list[Row[Any]]] = {row.id: [] for row in rows}
    if close and rows:
        between = {"first": min(of), "last": max(of)}
        for one in connection.execute(_BETWEEN, between).all():
            if one.attempt_id in of:
                of[one.attempt_id].append(one)
    elif rows:
        for one in connection.execute(_OF_MANY, {"ids": list(of)}).all():
            of[one.attempt_id].append(one)
    marks = _marks(connection, store, rows)
    return [_logged(connection, store, row, of[row.id], marks) for row in rows]


def read_one(
    connection: Connection, store: Store, query: Select[Any], **values: Any
) -> Logged | None:
    found = read(connection, store, query, **values)
    return found[0] if found else None


def _marks(connection: Connection, store: Store, rows: Sequence[Row[Any]]) -> Mapping[str, Mark]:
    """What persons gave for responses to these attempts, by event; nearly always nothing."""
    ids = [
        row.id
        for row in rows
        if row.submitted_at is not None
        and load_definition(connection, store, row.quiz_version).by_person
    ]
    found = connection.execute(_MARKS, {"ids": ids}).all() if ids else ()
    return {one.event: Mark(points=one.points, most=one.most, remark=one.remark) for one in found}


def _logged(
    connection: Connection,
    store: Store,
    row: Row[Any],
    responses: Iterable[Row[Any]],
    marks: Mapping[str, Mark],
) -> Logged:
    answers: dict[str, list[Saved]] = {}
    events: dict[str, str] = {}
    last: datetime = row.started
    for one in responses:
        answers.setdefault(one.item, []).append(
            Saved(
                response=one.raw,
                seq=one.seq,
                event=one.event,
                answered_at=one.answered_at,
                received_at=one.received_at,
                late=one.late,
            )
        )
        events[one.event] = one.item
        last = max(last, one.received_at)
    paper = Paper.from_json(row.paper)
    definition = load_definition(connection, store, row.quiz_version)
    waived: dict[str, Waiver] = {}
    if row.corrected is not None:
        definition, waived = corrections.apply(connection, store, row, definition, paper)
    return Logged(
        attempt=Attempt(
            id=row.id,
            number=row.number,
            definition=definition,
            paper=paper,
            started=row.started,
            deadline=row.deadline,
            submitted=row.submitted_at,
            answers={item: tuple(saved) for item, saved in answers.items()},
            waived=waived,
            marks=marks if definition.by_person else {},
        ),
        member_id=row.member_id,
        quiz=row.quiz,
        by=row.by,
        versions={drawn.item: drawn.version for drawn in paper.items},
        events=events,
        last=last,
        mode=row.mode,
        corrected=row.corrected,
    )

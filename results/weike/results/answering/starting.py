"""The beginning of an attempt: its paper is drawn, and its row joins the others that wait.

When a whole company opens a lesson at eight, this is the hot path. So nothing is read back: what
was written is what was drawn, unless the row says that somebody else was first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress
from random import Random
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, bindparam, func, literal, select

from weike.quizzes.attempt import Attempt, deadline_of
from weike.quizzes.paper import draw_paper
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import Rules
from weike.results import tables
from weike.results.answering import log
from weike.results.answering.log import Logged, read_one
from weike.results.answering.personal import Terms, load_terms
from weike.results.catalogue import COUNT, load_published
from weike.results.correcting import corrections
from weike.results.people import Member
from weike.results.scoring import tallies
from weike.results.sql import insert_many_new
from weike.results.store import Store
from weike.results.versions import load_definition

_attempt, _submission, _response = tables.attempt, tables.submission, tables.response
_OF_MEMBER = _attempt.c.member_id == bindparam("member_id")
_PAPERS = select(_attempt.c.paper).where(_OF_MEMBER)
_NUMBERED = (
    select(_attempt.c.id)
    .where(_OF_MEMBER, _attempt.c.quiz == bindparam("quiz"))
    .order_by(_attempt.c.number.desc())
    .limit(1)
)
# All that an opening must ask, in one statement and always one row. What an attempt holds is only
# read where it has grown since this process has read it: that is what `responses` tells.
_LOOK = (
    select(
        COUNT.scalar_subquery().label("counter"),
        corrections.LAST.label("corrected"),
        select(tables.place.c.place)
        .where(
            tables.place.c.member_id == bindparam("member_id"),
            tables.place.c.slug == bindparam("slug"),
        )
        .scalar_subquery()
        .label("place"),
        select(func.count())
        .select_from(_attempt)
        .where(_OF_MEMBER)
        .scalar_subquery()
        .label("made"),
        _attempt.c.id,
        _submission.c.by,
        select(func.count())
        .select_from(_response)
        .where(_response.c.attempt_id == _attempt.c.id)
        .correlate(_attempt)
        .scalar_subquery()
        .label("responses"),
    )
    .select_from(select(literal(1).label("row")).subquery("one"))
    .outerjoin(_attempt, _attempt.c.id == _NUMBERED.scalar_subquery())
    .outerjoin(_submission, _submission.c.attempt_id == _attempt.c.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an opening finds: what is published now, and what the member did before.

    `definition` and `lesson_version` are None where the quiz is not published. `terms` are the
    member's own, and `rules` those by which another attempt starts. `met` counts how often the
    member was asked each item, in whatever quiz; empty where nothing is drawn. `place` is the block
    of the lesson where the member was.
    """

    definition: QuizDefinition | None
    rules: Rules | None
    terms: Terms | None
    lesson_version: str | None
    quiz_version: str | None
    last: Logged | None
    met: Mapping[str, int]
    place: int | None


def look(
    connection: Connection,
    store: Store,
    member: Member,
    quiz_ref: str,
    *,
    new: bool,
    now: datetime,
    known: Mapping[str, Logged],
) -> Look:
    """`new`: an attempt is wanted although there is one. `known`: the attempts in memory."""
    slug = quiz_ref.partition("/")[0]
    values = {"member_id": member.id, "quiz": quiz_ref, "slug": slug}
    row = connection.execute(_LOOK, values).one()
    published = load_published(connection, store, row.counter)
    lesson, quiz = published.quizzes.get(quiz_ref, (None, None))
    if not published.admits(slug, member, now):
        lesson = quiz = None
    definition = load_definition(connection, store, quiz.version) if quiz else None
    last = _last(connection, store, row, known)
    rules = definition.rules if definition is not None else None
    terms = load_terms(connection, store, member, quiz_ref, now)
    if terms is not None and rules is not None:
        rules = terms.rules(rules, last.attempt if last else None, now)
    starts = definition is not None and (last is None or new)
    draws = starts and definition is not None and definition.rules.draw is not None
    return Look(
        definition=definition,
        rules=rules,
        terms=terms,
        lesson_version=lesson.version if lesson else None,
        quiz_version=quiz.version if quiz else None,
        last=last,
        met=_met(connection, member.id) if draws and row.made else {},
        place=row.place,
    )


def _last(
    connection: Connection, store: Store, row: Any, known: Mapping[str, Logged]
) -> Logged | None:
    """The attempt in a row of `_LOOK`: from memory where that is still all there is of it."""
    if row.id is None:
        return None
    one = known.get(row.id)
    stands = (row.by, row.corrected, row.responses)
    if (
        one is not None
        and (one.by, one.corrected, len(one.events)) == stands
        and not _may_be_marked(one)
    ):
        return one
    return read_one(connection, store, log.BY_ID, attempt_id=row.id)


def _may_be_marked(one: Logged) -> bool:
    """Whether a person may have marked it meanwhile."""
    return one.by is not None and one.attempt.definition.by_person


def begin(
    found: Look, member: Member, quiz_ref: str, number: int, rng: Random, now: datetime
) -> tuple[dict[str, Any], Logged]:
    """Attempt `number` as a row for the log, and as it is once that row is committed."""
    definition, rules = found.definition, found.rules
    assert definition is not None, "only what is published is started"
    assert rules is not None
    paper = draw_paper(definition, rng, met=found.met)
    deadline = deadline_of(rules, now)
    before = found.last.attempt if found.last else None
    offer = found.terms and found.terms.offer(before, now)
    row: dict[str, Any] = {
        "id": uuid4().hex,
        "member_id": member.id,
        "branch_id": member.branch_id,
        "quiz": quiz_ref,
        "number": number,
        "quiz_version": found.quiz_version,
        "lesson_version": found.lesson_version,
        "mode": "makeup" if offer else "quiz",
        "paper": paper.to_json(),
        "started": now,
        "deadline": deadline,
    }
    attempt = Attempt(
        id=row["id"],
        number=number,
        definition=definition,
        paper=paper,
        started=now,
        deadline=deadline,
        submitted=None,
        answers={},
    )
    logged = Logged(
        attempt=attempt,
        member_id=member.id,
        quiz=quiz_ref,
        by=None,
        versions={drawn.item: drawn.version for drawn in paper.items},
        events={},
        last=now,
        mode=row["mode"],
    )
    return row, logged


def insert_attempts(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> list[bool]:
    """Add what is not there yet; False for a number that another request has just taken."""
    ids = insert_many_new(connection, tables.attempt, rows)
    added = [row["id"] in ids for row in rows]
    tallies.begin(connection, list(compress(rows, added)))
    return added


def _met(connection: Connection, member_id: str) -> dict[str, int]:
    met: dict[str, int] = {}
    for paper in connection.execute(_PAPERS, {"member_id": member_id}).scalars():
        for drawn in paper["items"]:
            met[drawn["item"]] = met.get(drawn["item"], 0) + 1
    return met

"""Which answers wait for a person, and which were marked already: by quiz, without names."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from weike.quizzes.question import Question
from weike.quizzes.types import known
from weike.results.catalogue import load_published
from weike.results.store import Kept, Store
from weike.results.tables import attempt, grade, item_grade, item_version, mark, response
from weike.results.versions import load_definition

_TYPES = sorted(name for name, cls in known().items() if cls.by_person)
_ASKED: Select[Any] = (
    select(
        attempt.c.quiz,
        attempt.c.member_id,
        attempt.c.id,
        item_grade.c.item,
        item_grade.c.item_version,
        item_grade.c.score,
        grade.c.submitted_at,
    )
    .select_from(item_version)
    .join(
        item_grade,
        (item_grade.c.item == item_version.c.item)
        & (item_grade.c.item_version == item_version.c.version),
    )
    .join(attempt, attempt.c.id == item_grade.c.attempt_id)
    .join(grade, grade.c.attempt_id == attempt.c.id)
    .where(item_version.c.type.in_(_TYPES), item_grade.c.answered)
)
_WAITING = _ASKED.where(item_grade.c.score.is_(None))
# Marked by somebody, not merely given to everyone by a rescoring.
_MARKED = _ASKED.where(
    item_grade.c.score.is_not(None),
    select(mark.c.id)
    .join(response, response.c.event == mark.c.event)
    .where(response.c.attempt_id == attempt.c.id, response.c.item == item_grade.c.item)
    .exists(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizToMark:
    """`waiting` answers have no mark yet, the oldest since `since`; `own` are the asker's own."""

    ref: str
    title: str
    lesson: str
    language: str
    waiting: int
    marked: int
    own: int
    since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One answer: an attempt and an item of it. `score` is None where it waits."""

    attempt: str
    item: str
    score: float | None
    submitted_at: datetime


def quizzes_to_mark(store: Store, *, by: str) -> tuple[QuizToMark, ...]:
    """Every quiz with answers that a person reads; those that have waited longest first."""
    with store.read() as connection:
        waiting = _rows(connection, store, _WAITING)
        marked = Counter(row.quiz for row in _rows(connection, store, _MARKED))
        found = [
            _quiz(connection, store, ref, [row for row in waiting if row.quiz == ref], marked, by)
            for ref in sorted({row.quiz for row in waiting} | marked.keys())
        ]
    return tuple(sorted(found, key=lambda one: (one.since is None, one.since, one.ref)))


def answers_of(store: Store, ref: str, *, by: str, marked: bool = False) -> tuple[Waiting, ...]:
    """The answers to one quiz that wait, or were marked, without the asker's own.

    All answers to one question come together, so that they are held to one standard. Each marker
    has an order of its own, which tells nothing about people and keeps two from the same answer.
    """
    query = (_MARKED if marked else _WAITING).where(attempt.c.quiz == bindparam("quiz"))
    with store.read() as connection:
        rows = _rows(connection, store, query, quiz=ref)
    found = [
        Waiting(attempt=row.id, item=row.item, score=row.score, submitted_at=row.submitted_at)
        for row in rows
        if row.member_id != by
    ]
    return tuple(sorted(found, key=lambda one: (one.item, _shuffled(by, one.attempt))))


def pending_of(store: Store, member_id: str) -> Mapping[str, int]:
    """By quiz, how many answers of a member wait for somebody to read them."""
    query = _WAITING.where(attempt.c.member_id == bindparam("member_id"))
    with store.read() as connection:
        return Counter(row.quiz for row in _rows(connection, store, query, member_id=member_id))


def _rows(connection: Connection, store: Store, query: Select[Any], **values: str) -> list[Any]:
    """Those of a query made from `_ASKED` that a person can mark.

    Not a material without an essay, and no broken question: that is the lecturer's to mend.
    """
    found = connection.execute(query, values).all()
    known = _known(store)
    unknown = {(row.item, row.item_version) for row in found} - known.keys()
    for item, version in unknown:
        data = connection.execute(_QUESTION, {"item": item, "version": version}).scalar_one()
        question = Question.from_json(data)
        known[item, version] = question.by_person and question.flaw() is None
    return [row for row in found if known[row.item, row.item_version]]


_QUESTION = select(item_version.c.question).where(
    item_version.c.item == bindparam("item"), item_version.c.version == bindparam("version")
)
_known: Kept[dict[tuple[str, str], bool]] = Kept(dict)


def _quiz(
    connection: Connection,
    store: Store,
    ref: str,
    waiting: Sequence[Any],
    marked: Mapping[str, int],
    by: str,
) -> QuizToMark:
    lesson, quiz = load_published(connection, store).quizzes.get(ref, (None, None))
    others = [row for row in waiting if row.member_id != by]
    return QuizToMark(
        ref=ref,
        title=quiz.title if quiz else _title(connection, store, ref),
        lesson=lesson.title if lesson else ref.partition("/")[0],
        language=lesson.language if lesson else "",
        waiting=len(others),
        marked=marked.get(ref, 0),
        own=len(waiting) - len(others),
        since=min((row.submitted_at for row in others), default=None),
    )


def _title(connection: Connection, store: Store, ref: str) -> str:
    """Of a quiz that is not published any more."""
    version = connection.execute(
        select(attempt.c.quiz_version).where(attempt.c.quiz == ref).limit(1)
    ).scalar_one()
    return load_definition(connection, store, version).title


def _shuffled(by: str, attempt: str) -> str:
    return hashlib.sha256(f"{by}{attempt}".encode()).hexdigest()

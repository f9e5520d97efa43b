"""A person gives points for an answer that no key can grade.

A mark is a fact like the answer itself: it is added, and a later one of the same answer takes its
place. Grades, tallies and rankings are derived again in the same breath.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select

from weike.quizzes.attempt import Mark
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.number import plain
from weike.quizzes.question import Pending, Question
from weike.results import tables
from weike.results.answering import log
from weike.results.answering.grading import grade_rows, replace_grades
from weike.results.answering.log import Logged
from weike.results.awarding.rankings import supersede_after_rescoring
from weike.results.people import load_branches, load_member
from weike.results.periods import local_date
from weike.results.store import Store

LONGEST: Final = 2_000  # letters of a remark
_LOCK = (
    select(tables.attempt.c.id)
    .where(tables.attempt.c.id == bindparam("attempt_id"))
    .with_for_update()
)
_LAST = (
    select(tables.mark)
    .where(tables.mark.c.event == bindparam("event"))
    .order_by(tables.mark.c.id.desc())
    .limit(1)
)


class MarkedMeanwhile(WeikeError):  # noqa: N818 - a refusal, not a fault
    """Somebody else has marked this answer since the page was opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer as whoever marks it sees it: without a name.

    `number` is the mark that counts now (0: none yet), which `give_mark` wants to be told.
    """

    attempt: str
    item: str
    question: Question
    text: str
    number: int
    mark: Mark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whose answer it is; of somebody who was erased only the id is left."""

    id: str
    name: str
    code: str
    branch_path: str


def answer_to_mark(store: Store, attempt: str, item: str, *, by: str) -> Answer:
    """The answer that counts of a submitted attempt; `WeikeError` where there is none to mark."""
    with store.read() as connection:
        known = log.read_one(connection, store, log.BY_ID, attempt_id=attempt)
        question, event, text = _to_mark(known, item, by)
        last = connection.execute(_LAST, {"event": event}).one_or_none()
    return Answer(
        attempt=attempt,
        item=item,
        question=question,
        text=text,
        number=last.id if last else 0,
        mark=Mark(points=last.points, most=last.most, remark=last.remark) if last else None,
    )


def give_mark(
    store: Store,
    attempt: str,
    item: str,
    *,
    points: float,
    remark: str = "",
    by: str,
    now: datetime,
    expected: int,
) -> None:
    """Add a mark and derive what stands on it. `by` is a member's id.

    `expected` is the `number` of the answer that was looked at: of two who mark at once the second
    is told (`MarkedMeanwhile`). The same mark sent twice counts once.
    """
    said = remark.replace("\r\n", "\n").strip()[:LONGEST] or None

    def write(connection: Connection) -> str | None:
        if not store.sqlite:
            connection.execute(_LOCK, {"attempt_id": attempt})
        known = log.read_one(connection, store, log.BY_ID, attempt_id=attempt)
        question, event, _text = _to_mark(known, item, by)
        assert known is not None, "there is an answer to it"
        _check(points, question)
        last = connection.execute(_LAST, {"event": event}).one_or_none()
        if last is not None and (last.by, last.points, last.remark) == (by, points, said):
            return None
        if (last.id if last else 0) != expected:
            raise MarkedMeanwhile(
                _("somebody else gave {points} points meanwhile; look at it again").format(
                    points=plain(last.points) if last else 0
                )
            )
        connection.execute(
            tables.mark.insert().values(
                event=event, points=points, most=question.points, remark=said, by=by, at=now
            )
        )
        fresh = log.read_one(connection, store, log.BY_ID, attempt_id=attempt)
        assert fresh is not None
        replace_grades(connection, [grade_rows(fresh)])
        return known.quiz

    quiz = store.writer.run(write)
    if quiz is not None:
        # What was published on the old marks stays as it is; a new revision takes its place.
        supersede_after_rescoring(store, quiz=quiz, by=by, now=now)


def who_answered(store: Store, attempt: str, item: str, *, by: str, now: datetime) -> Person:
    """Whose answer it is, where there is one to mark."""
    with store.read() as connection:
        known = log.read_one(connection, store, log.BY_ID, attempt_id=attempt)
        _to_mark(known, item, by)
        assert known is not None, "there is an answer to it"
        found = load_member(connection, day=local_date(now, store.zone), id=known.member_id)
        branch = load_branches(connection).get(found.branch_id if found else None)
    return Person(
        id=known.member_id,
        name=found.name if found else "",
        code=found.code if found else "",
        branch_path=branch.path if branch else "",
    )


def read_points(text: str, question: Question) -> float:
    """The points that a person typed, in whatever width; `WeikeError` where they are none."""
    folded = unicodedata.normalize("NFKC", text).strip().replace(",", ".")
    try:
        points = float(folded.removesuffix("分").strip())
    except ValueError as error:
        raise WeikeError(
            _("give points from 0 to {most}").format(most=plain(question.points))
        ) from error
    _check(points, question)
    return points


def _check(points: float, question: Question) -> None:
    if not 0 <= points <= question.points:
        raise WeikeError(_("give points from 0 to {most}").format(most=plain(question.points)))
    if round(points, 2) != points:
        raise WeikeError(_("give points with two decimals at most"))


def _to_mark(known: Logged | None, item: str, by: str) -> tuple[Question, str, str]:
    """The question, and the event and text of the response that counts."""
    if known is None or item not in known.versions:
        raise WeikeError(_("there is no such answer"))
    if known.member_id == by:
        raise WeikeError(_("nobody marks their own answers"))
    attempt = known.attempt
    saved = attempt.latest(item)
    if attempt.submitted is None or saved is None:
        raise WeikeError(_("this answer has not been handed in"))
    question = attempt.question(item)
    graded = attempt.grade(item)
    if not isinstance(graded, Pending) and attempt.mark(item) is None:
        raise WeikeError(_("this answer needs no mark"))
    response = question.decode(attempt.paper.layout(item), saved.response)
    return question, saved.event, question.to_read(response, graded)

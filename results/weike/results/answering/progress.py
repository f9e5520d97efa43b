"""How far one member has come: what the home page, `/me` and the API tell about oneself."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, select

from weike.quizzes.attempt import counted
from weike.quizzes.errors import AttemptRefused
from weike.results import tables
from weike.results.assigning.due import Due, load_due
from weike.results.catalogue import LessonSummary, Published, load_published
from weike.results.people import Member, load_branches
from weike.results.sql import put
from weike.results.store import Store
from weike.results.types import iso
from weike.results.versions import load_definition

Status = Literal["new", "started", "done"]

_FURTHEST = 100_000  # blocks of one lesson
_grade, _attempt, _submission = tables.grade, tables.attempt, tables.submission
_GRADES = (
    select(_grade, _attempt.c.quiz_version)
    .join(_attempt, _attempt.c.id == _grade.c.attempt_id)
    .where(_grade.c.member_id == bindparam("member_id"))
    .order_by(_grade.c.quiz, _grade.c.number)
)
_RUNNING = (
    select(_attempt.c.quiz, _attempt.c.started, _attempt.c.deadline)
    .outerjoin(_submission, _submission.c.attempt_id == _attempt.c.id)
    .where(_attempt.c.member_id == bindparam("member_id"), _submission.c.attempt_id.is_(None))
)
_PLACES = select(tables.place).where(tables.place.c.member_id == bindparam("member_id"))
_FINISHED = select(tables.finished).where(tables.finished.c.member_id == bindparam("member_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonProgress:
    """One published lesson for one member.

    `percent` is the counted result of its quizzes, None before the first; `passed` says that each
    was passed at least once; `place` is the block where the member was last (上次学到这里); `last`
    when the member did anything there.
    """

    lesson: LessonSummary
    status: Status
    percent: int | None = None
    passed: bool = False
    place: int | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One submitted attempt, as its member may see it. `percent` is None where nothing counted."""

    quiz: str
    title: str
    lesson: str
    number: int
    score: float
    max: float
    percent: int | None
    passed: bool
    submitted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The lessons that are open to the member, in the catalogue's order, and every result, newest
    first."""

    lessons: tuple[LessonProgress, ...]
    results: tuple[Result, ...]

    @property
    def next(self) -> LessonProgress | None:
        """What to learn next: where one was last and is not done, else the first new one."""
        started = [one for one in self.lessons if one.status == "started" and one.last is not None]
        if started:
            return max(started, key=lambda one: one.last or datetime.min)
        return next((one for one in self.lessons if one.status == "new"), None)


def member_progress(store: Store, member: Member, now: datetime) -> Progress:
    """Five short queries, whatever the member has done."""
    with store.read() as connection:
        return load_progress(connection, store, member, now)


def load_progress(connection: Connection, store: Store, member: Member, now: datetime) -> Progress:
    """`member_progress` inside a transaction that is already there."""
    key = {"member_id": member.id}
    published = load_published(connection, store)
    grades = connection.execute(_GRADES, key).all()
    running = connection.execute(_RUNNING, key).all()
    places = {row.slug: row for row in connection.execute(_PLACES, key)}
    ends = {row.slug: row.at for row in connection.execute(_FINISHED, key)}
    by_quiz: dict[str, list[Any]] = {}
    for row in grades:
        by_quiz.setdefault(row.quiz, []).append(row)
    started: dict[str, datetime] = {row.quiz: row.started for row in running}
    # Over, and graded with the next sweep.
    over = {row.quiz for row in running if row.deadline is not None and row.deadline <= now}

    def progress(lesson: LessonSummary) -> LessonProgress:
        refs = [quiz.ref for quiz in lesson.quizzes]
        place, end = places.get(lesson.slug), ends.get(lesson.slug)
        done = all(ref in by_quiz or ref in over for ref in refs) if refs else bool(end)
        moments = [row.submitted_at for ref in refs for row in by_quiz.get(ref, ())]
        moments += [started[ref] for ref in refs if ref in started]
        moments += [place.at] if place is not None else []
        moments += [end] if end is not None else []
        shares = (
            _counted(connection, store, quiz.version, by_quiz.get(quiz.ref, ()))
            for quiz in lesson.quizzes
        )
        return LessonProgress(
            lesson=lesson,
            status="done" if done else "started" if moments else "new",
            percent=_mean_percent(share for share in shares if share is not None),
            passed=done and all(any(row.passed for row in by_quiz.get(ref, ())) for ref in refs),
            place=None if place is None else place.place,
            last=max(moments, default=None),
        )

    results = [_result(connection, store, published, row) for row in grades]
    return Progress(
        lessons=tuple(map(progress, published.open_to(member, now))),
        results=tuple(sorted(results, key=lambda one: one.submitted_at, reverse=True)),
    )


def me(store: Store, member: Member, now: datetime) -> dict[str, Any]:
    """The body of `GET /api/me`, without the figures of the branch."""
    with store.read() as connection:
        progress = load_progress(connection, store, member, now)
        due = load_due(connection, store, member, now)
        branch = load_branches(connection).get(member.branch_id)
    return {
        "member": {
            "code": member.code,
            "name": member.name,
            "branch": branch and branch.name,
            "branch_path": branch and branch.path,
            "roles": sorted(member.roles),
        },
        "lessons": lessons_json(progress, due),
        "results": [
            {
                "quiz": one.quiz,
                "title": one.title,
                "lesson": one.lesson,
                "number": one.number,
                "score": one.score,
                "max": one.max,
                "percent": one.percent,
                "passed": one.passed,
                "submitted_at": iso(one.submitted_at),
            }
            for one in progress.results
        ],
        "branch": None,
    }


def member_lessons(store: Store, member: Member, now: datetime) -> list[dict[str, Any]]:
    """The list in `GET /api/lessons`."""
    with store.read() as connection:
        progress = load_progress(connection, store, member, now)
        return lessons_json(progress, load_due(connection, store, member, now))


def lessons_json(progress: Progress, due: Due) -> list[dict[str, Any]]:
    """Every published lesson: how far it is, whether it is to be done, until which day."""
    return [
        {
            "slug": one.lesson.slug,
            "title": one.lesson.title,
            "topic": one.lesson.topic,
            "minutes": one.lesson.minutes,
            "kind": one.lesson.kind,
            "status": one.status,
            "percent": one.percent,
            "place": one.place,
            "assigned": due.assigned(one.lesson.slug),
            "due": day.isoformat() if (day := due.day(one.lesson.slug)) else None,
            "quizzes": [
                {"ref": quiz.ref, "title": quiz.title, "questions": quiz.questions}
                for quiz in one.lesson.quizzes
            ],
        }
        for one in progress.lessons
    ]


async def set_place(
    store: Store, member: Member, slug: str, place: object, *, now: datetime
) -> None:
    """Remember where a member is in a lesson. Raises `AttemptRefused`."""
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place <= _FURTHEST:
        raise AttemptRefused("bad_response")

    def write(connection: Connection) -> None:
        published = load_published(connection, store)
        if all(one.slug != slug for one in published.open_to(member, now)):
            raise AttemptRefused("not_found")
        row = {"member_id": member.id, "slug": slug, "place": place, "at": now}
        put(connection, tables.place, row)

    await store.writer.submit(write)


def _counted(
    connection: Connection, store: Store, version: str, grades: Iterable[Any]
) -> float | None:
    """The share of the attempt that counts by the quiz's rules; None before the first."""
    shares = [row.score / row.max for row in grades if row.max]
    if not shares:
        return None
    return counted(load_definition(connection, store, version).rules.counts, shares)


def _result(connection: Connection, store: Store, published: Published, row: Any) -> Result:
    lesson, quiz = published.quizzes.get(row.quiz, (None, None))
    slug = row.quiz.partition("/")[0]
    return Result(
        quiz=row.quiz,
        title=quiz.title if quiz else load_definition(connection, store, row.quiz_version).title,
        lesson=lesson.title if lesson else slug,
        number=row.number,
        score=row.score,
        max=row.max,
        percent=_percent(row.score / row.max) if row.max else None,
        passed=row.passed,
        submitted_at=row.submitted_at,
    )


def _mean_percent(shares: Iterable[float]) -> int | None:
    known = list(shares)
    return _percent(sum(known) / len(known)) if known else None


def _percent(share: float) -> int:
    """Rounded down, so that it never shows a pass mark that was not reached."""
    return math.floor(share * 100 + 1e-6)

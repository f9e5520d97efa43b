"""What people have on record: submitted attempts and lessons read to their end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from weike.results.assigning.tasks import counts
from weike.results.periods import local_date
from weike.results.tables import attempt, finished, grade, lesson_quiz, lesson_version

T = TypeVar("T")
K = TypeVar("K")

CHUNK = 5_000  # members asked for at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One submitted attempt at a counted quiz, or the end of a lesson that has none.

    `quiz`, `number`, `share` (0-1) and `passed` are None where there is no quiz; `part` is its
    title where the lesson has several. `minutes` are the lesson's where this entry completed it,
    else 0: they count once in a calendar year.
    """

    member: str
    branch: str | None  # at that time
    slug: str
    lesson: str
    language: str
    part: str
    topic: str
    lesson_minutes: int
    quiz: str | None
    needed: frozenset[str]  # the counted quizzes of this version of the lesson
    number: int | None
    at: datetime
    share: float | None
    passed: bool | None
    makeup: bool
    minutes: int = 0


def credited(entries: Iterable[Entry], zone: tzinfo) -> list[Entry]:
    """One member's entries, the oldest first, with the minutes of those that completed a lesson.

    A lesson counts once in a calendar year of `zone`: repeating it the next year counts again,
    repeating it at once does not. Quizzes taken before New Year count towards the year in which
    the last one is taken.
    """
    done: dict[str, set[str]] = {}
    counted: dict[str, int] = {}
    found = []
    for entry in sorted(entries, key=attrgetter("at")):
        year = local_date(entry.at, zone).year
        taken = done.setdefault(entry.slug, set())
        if counted.get(entry.slug) != year:
            taken |= {entry.quiz} if entry.quiz else set()
            if entry.needed <= taken:
                counted[entry.slug] = year
                taken.clear()
                entry = replace(entry, minutes=entry.lesson_minutes)
        found.append(entry)
    return found


def load_entries(
    connection: Connection, members: Sequence[str], now: datetime, zone: tzinfo
) -> list[Entry]:
    """Everything these members have on record until `now`, member by member."""
    needed = _needed(connection)
    found: list[Entry] = []
    for chunk in chunks(members):
        rows = [
            *connection.execute(
                _ATTEMPTS.where(grade.c.member_id.in_(chunk), grade.c.submitted_at <= now)
            ),
            *connection.execute(_ENDS.where(finished.c.member_id.in_(chunk), finished.c.at <= now)),
        ]
        entries = (_entry(row, needed) for row in rows)
        counted = [entry for entry in entries if entry is not None]
        for own in grouped(counted, attrgetter("member")).values():
            found += credited(own, zone)
    return found


def _entry(row: Any, needed: Mapping[tuple[str, str], Mapping[str, str]]) -> Entry | None:
    """None for what is not counted: a pre-test, or the end of a lesson that has quizzes."""
    quizzes = needed.get((row.slug, row.version), {})
    values = row._mapping
    quiz = values.get("quiz")
    if (quiz is None) == bool(quizzes) or (quiz is not None and not counts(quiz)):
        return None
    several = quiz is not None and len(quizzes) > 1 and quiz in quizzes
    most = values.get("max")
    return Entry(
        member=row.member_id,
        branch=row.branch_id,
        slug=row.slug,
        lesson=row.title,
        language=row.language,
        part=quizzes[quiz] if several else "",
        topic=row.topic or "",
        lesson_minutes=row.minutes or 0,
        quiz=quiz,
        needed=frozenset(quizzes),
        number=values.get("number"),
        at=row.at,
        share=row.score / most if most else None,
        passed=values.get("passed"),
        makeup=values.get("mode") == "makeup",
    )


_LESSON = [lesson_version.c[name] for name in ("title", "language", "topic", "minutes")]
_ATTEMPTS = (
    select(
        grade.c.member_id,
        attempt.c.branch_id,
        grade.c.slug,
        attempt.c.lesson_version.label("version"),
        *_LESSON,
        grade.c.quiz,
        grade.c.number,
        grade.c.submitted_at.label("at"),
        grade.c.score,
        grade.c.max,
        grade.c.passed,
        attempt.c.mode,
    )
    .join(attempt, attempt.c.id == grade.c.attempt_id)
    .join(
        lesson_version,
        (lesson_version.c.slug == grade.c.slug)
        & (lesson_version.c.version == attempt.c.lesson_version),
    )
)
_ENDS = select(
    finished.c.member_id,
    finished.c.branch_id,
    finished.c.slug,
    finished.c.version,
    *_LESSON,
    finished.c.at,
).join(
    lesson_version,
    (lesson_version.c.slug == finished.c.slug) & (lesson_version.c.version == finished.c.version),
)


def _needed(connection: Connection) -> Mapping[tuple[str, str], Mapping[str, str]]:
    """The counted quizzes of every version of every lesson: titles by ref."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in connection.execute(select(lesson_quiz)):
        if counts(row.quiz):
            found.setdefault((row.slug, row.version), {})[row.quiz] = row.title
    return found


def grouped(things: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    """The things by their key, in the order in which they come."""
    found: dict[K, list[T]] = {}
    for thing in things:
        found.setdefault(key(thing), []).append(thing)
    return found


def chunks(members: Sequence[str]) -> Iterator[Sequence[str]]:
    """Few enough at once for a statement's parameters."""
    return (members[i : i + CHUNK] for i in range(0, len(members), CHUNK))

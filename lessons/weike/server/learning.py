"""What one member has learned, as the pages draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from weike.quizzes.i18n import _
from weike.results.analysis.suggestions import Suggestion, load_suggestions
from weike.results.answering.progress import LessonProgress, Progress, load_progress
from weike.results.assigning.due import Due, by_day, load_due
from weike.results.people import Member
from weike.server.days import due_words, moment_words
from weike.server.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRow:
    """One lesson in a list. `percent` is the counted result, `status` new, started or done.

    `due` says until when it is to be done, empty where that is not to be said; `late` whether that
    day is over.
    """

    slug: str
    title: str
    topic: str
    language: str
    minutes: int | None
    kind: str
    questions: int
    status: str
    percent: int | None
    passed: bool
    due: str = ""
    late: bool = False

    @classmethod
    def of(cls, progress: LessonProgress, due: Due) -> LessonRow:
        lesson = progress.lesson
        day = due.day(lesson.slug) if progress.status != "done" else None
        return cls(
            slug=lesson.slug,
            title=lesson.title,
            topic=lesson.topic or "",
            language=lesson.language,
            minutes=lesson.minutes,
            kind=lesson.kind,
            questions=sum(quiz.questions for quiz in lesson.quizzes),
            status=progress.status,
            percent=progress.percent,
            passed=progress.passed,
            due=due_words(day, due.today),
            late=day is not None and day < due.today,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeupRow:
    """A make-up test of this member: `open` now, else to be opened; `when` says until or from."""

    slug: str
    title: str
    language: str
    open: bool
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """The published lessons in their order, where to go on, and the member's branch.

    `tasks` are the lessons set to this member that are not done, the first due first; `set` says
    how many were set altogether, None where no assignment reaches the member. `excused` is the
    reason why the member does not count now, `makeups` the make-up tests still to be taken.
    `suggestions` say what to learn after `next`, and why.
    """

    lessons: Sequence[LessonRow]
    tasks: Sequence[LessonRow]
    set: int | None
    next: LessonRow | None
    excused: str | None
    makeups: Sequence[MakeupRow]
    suggestions: Sequence[Suggestion]
    branch_path: str

    @classmethod
    def load(cls, site: Site, member: Member, now: datetime) -> Learning:
        """Reads the store; for a thread."""
        with site.store.read() as connection:
            progress = load_progress(connection, site.store, member, now)
            due = load_due(connection, site.store, member, now)
            rows = {one.lesson.slug: LessonRow.of(one, due) for one in progress.lessons}
            set_to = [slug for slug in rows if due.days is not None and due.assigned(slug)]
            tasks = by_day(due, [slug for slug in set_to if rows[slug].status != "done"])
            first = _next(progress, rows, tasks)
            besides = {first.slug} if first else set()
            suggestions = load_suggestions(
                connection, site.store, member, progress, due, besides=besides
            )
        branch = site.branches().get(member.branch_id)
        return cls(
            lessons=list(rows.values()),
            tasks=[rows[slug] for slug in tasks],
            set=len(set_to) if set_to else None,
            next=first,
            excused=due.excused,
            makeups=_makeups(site, progress, due, now),
            suggestions=suggestions,
            branch_path=branch.path if branch else "",
        )

    @property
    def done(self) -> int:
        return sum(lesson.status == "done" for lesson in self.lessons)

    def topics(self) -> list[tuple[str, list[LessonRow]]]:
        """The lessons that are not among the tasks, topics in the order of their first lesson."""
        found: dict[str, list[LessonRow]] = {}
        for lesson in self.lessons:
            if lesson in self.tasks:
                continue
            found.setdefault(lesson.topic, []).append(lesson)
        return list(found.items())


def _next(progress: Progress, rows: dict[str, LessonRow], tasks: Sequence[str]) -> LessonRow | None:
    """Where one was last, then what is due first, then whatever is new."""
    found = progress.next
    if tasks and (found is None or found.status == "new" or found.lesson.slug not in tasks):
        return rows[tasks[0]]
    return rows[found.lesson.slug] if found else None


def _makeups(site: Site, progress: Progress, due: Due, now: datetime) -> list[MakeupRow]:
    zone, found = site.course.zone, []
    for one in progress.lessons:
        for quiz in one.lesson.quizzes:
            window = due.makeups.get(quiz.ref)
            if window is None:
                continue
            opened = window.opens <= now
            moment = (
                moment_words(window.closes, due.today, zone, end=True)
                if opened
                else moment_words(window.opens, due.today, zone)
            )
            words = _("until {moment}") if opened else _("from {moment}")
            found.append(
                MakeupRow(
                    slug=one.lesson.slug,
                    title=quiz.title,
                    language=one.lesson.language,
                    open=opened,
                    when=words.format(moment=moment),
                )
            )
    return found

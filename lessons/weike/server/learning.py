"""What one member has learned, as the pages draw it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from weike.results.people import Member
from weike.results.progress import LessonProgress, member_progress
from weike.server.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRow:
    """One lesson in a list. `percent` is the counted result, `status` new, started or done."""

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

    @classmethod
    def of(cls, progress: LessonProgress) -> LessonRow:
        lesson = progress.lesson
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
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """The published lessons in their order, where to go on, and the member's branch."""

    lessons: Sequence[LessonRow]
    next: LessonRow | None
    branch_path: str

    @classmethod
    def load(cls, site: Site, member: Member, now: datetime) -> Learning:
        """Reads the store; for a thread."""
        progress = member_progress(site.store, member, now)
        branch = site.branches().get(member.branch_id)
        return cls(
            lessons=[LessonRow.of(one) for one in progress.lessons],
            next=LessonRow.of(progress.next) if progress.next else None,
            branch_path=branch.path if branch else "",
        )

    @property
    def done(self) -> int:
        return sum(lesson.status == "done" for lesson in self.lessons)

    def topics(self) -> list[tuple[str, list[LessonRow]]]:
        """The lessons by topic, topics in the order of their first lesson."""
        found: dict[str, list[LessonRow]] = {}
        for lesson in self.lessons:
            found.setdefault(lesson.topic, []).append(lesson)
        return list(found.items())

"""Exam questions whose answers another quiz tells before the exam is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from weike.lessons.bankfile import find_bank, known_bank
from weike.lessons.catalogue import LessonSource
from weike.lessons.finding import Finding, warning
from weike.lessons.quizcell import QuizCell
from weike.quizzes.course import Course
from weike.quizzes.errors import Problem
from weike.quizzes.i18n import _


@dataclass(frozen=True, slots=True)
class _Asked:
    """The ids of the questions that one quiz may ask."""

    file: str
    cell: int
    exam: bool
    items: frozenset[str]

    @property
    def place(self) -> str:
        return f"{self.file}, {Problem(message='', cell=self.cell).place}"


def exposed(course: Course, quizzes: Iterable[tuple[LessonSource, QuizCell]]) -> Iterator[Finding]:
    """A warning for each exam that shares questions with a practice or a test.

    Item ids are course-wide, so the same question in both is seen under whichever bank it stands.
    """
    asked = [_asked(course, source, quiz) for source, quiz in quizzes if quiz.bank is not None]
    told = [one for one in asked if not one.exam]
    for exam in (one for one in asked if one.exam):
        for other in told:
            shared = len(exam.items & other.items)
            if shared:
                yield warning(
                    _("{n} questions of this exam are also asked in {place}").format(
                        n=shared, place=other.place
                    ),
                    _("that quiz tells their answers; give the exam questions of its own"),
                    file=exam.file,
                    cell=exam.cell,
                    line=1,
                )


def _asked(course: Course, source: LessonSource, quiz: QuizCell) -> _Asked:
    bank = quiz.bank
    assert bank is not None
    items = {question.id for question in bank.questions}
    path = find_bank(bank.bank, source.folder, course.root) if bank.bank else None
    return _Asked(
        source.name,
        quiz.cell.number,
        bank.rules.behaviour == "exam",
        frozenset(items | (_items(path, course) if path else set())),
    )


def _items(path: Path, course: Course) -> set[str]:
    bank = known_bank(path, course)  # what is wrong with it is said where it is checked
    return {question.id for question in bank or ()}

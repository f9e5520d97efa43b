"""Everything that is wrong with a course's lessons and banks, found before members find it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weike.lessons.bankfile import bank_files, check_bank, known_bank
from weike.lessons.build import Built
from weike.lessons.catalogue import (
    Catalogue,
    LessonSource,
    file_name,
    lesson_files,
    neighbours,
    read_lessons,
)
from weike.lessons.checking.exposed import exposed
from weike.lessons.finding import Finding, errors
from weike.lessons.items import Items
from weike.lessons.publish import Progress, build_all
from weike.lessons.quizcell import read_quiz_cells
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """`lessons` and `banks` count what was looked at."""

    lessons: int
    banks: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not errors(self.findings)

    def to_json(self) -> dict[str, Any]:
        """As `weike check --json` writes it; scripts rely on it."""
        return {
            "ok": self.ok,
            "lessons": self.lessons,
            "banks": self.banks,
            "findings": [finding.to_json() for finding in self.findings],
        }


def check_course(
    course: Course,
    *,
    files: Sequence[Path] | None = None,
    run: bool = True,
    progress: Progress | None = None,
    also: Callable[[Built], Iterable[Finding]] = lambda _built: (),
) -> CheckReport:
    """Check every lesson and bank, or only `files`; the others still count for what clashes.

    `also` is asked about each lesson that was built.
    Raises `WeikeError` for a file that is neither a lesson nor a bank of this course.
    """
    catalogue = read_lessons(course)
    banks = bank_files(course)
    names = _names([*lesson_files(course), *banks], files, course)
    findings = [*catalogue.findings, *_banks_and_items(catalogue, banks, course, names)]
    flawed = {finding.file for finding in errors(catalogue.findings)}
    lessons = [source for source in catalogue.lessons if source.name in names]
    sound = [source for source in lessons if source.name not in flawed]
    if run:
        for number, built in enumerate(build_all(course, catalogue, sound, warn=False), 1):
            findings += [*built.findings, *also(built)]
            if progress is not None:
                progress(built.source, number, len(sound))
    findings += _without_running(
        course, catalogue, [s for s in lessons if not run or s not in sound]
    )
    return CheckReport(
        lessons=sum(name.endswith(".ipynb") for name in names),
        banks=sum(not name.endswith(".ipynb") for name in names),
        findings=tuple(
            sorted(
                dict.fromkeys(finding for finding in findings if finding.file in names),
                key=lambda one: (
                    one.file or "",
                    one.cell or 0,
                    one.sheet or "",
                    one.line or 0,
                    one.severity,
                ),
            )
        ),
    )


def _names(known: Sequence[Path], files: Sequence[Path] | None, course: Course) -> set[str]:
    """What messages call the files that are asked for."""
    names = {path.resolve(): file_name(path, course) for path in known}
    if files is None:
        return set(names.values())
    for path in files:
        if path.resolve() not in names:
            raise WeikeError(
                _("{file} is neither a lesson nor a question bank of the course {title}").format(
                    file=path, title=course.title
                )
            )
    return {names[path.resolve()] for path in files}


def _banks_and_items(
    catalogue: Catalogue, banks: Sequence[Path], course: Course, names: Set[str]
) -> list[Finding]:
    findings: list[Finding] = []
    items = Items()
    for path in banks:
        name = file_name(path, course)
        if name in names:
            bank, said = check_bank(path, name, course)
            findings += said
        else:  # only what clashes with it is asked for
            bank = known_bank(path, course)
        if bank is not None:
            findings += items.add_bank(bank, name)
    quizzes = [
        (source, quiz)
        for source in catalogue.lessons
        for quiz in read_quiz_cells(source, course.zone)[0]
    ]
    for source, quiz in quizzes:
        if quiz.bank is not None:
            findings += items.add_bank(quiz.bank, source.name, quiz.cell.number)
    return [*findings, *exposed(course, quizzes)]


def _without_running(
    course: Course, catalogue: Catalogue, lessons: Sequence[LessonSource]
) -> list[Finding]:
    if not lessons:
        return []
    from weike.lessons.lint import lint

    return [
        finding
        for source in lessons
        for finding in lint(
            source, root=course.root, neighbours=neighbours(catalogue), zone=course.zone
        )
    ]

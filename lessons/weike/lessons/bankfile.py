"""The question banks of a course: where a name leads, and what is wrong with the files."""

from __future__ import annotations

from pathlib import Path

from weike.lessons.finding import Finding, error, found_in, warning
from weike.lessons.media import MediaError, Shelf
from weike.quizzes.bank import Bank, formats, load_bank
from weike.quizzes.course import Course
from weike.quizzes.errors import ProblemsError, WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.pictures import Picture, pictures


def find_bank(name: str, folder: Path, root: Path) -> Path | None:
    """The bank that a lesson in `folder` means, as the quiz component looks for it."""
    places = (root / "quizzes" / name, folder / name)
    return next((place for place in places if place.is_file()), None)


def bank_files(course: Course) -> list[Path]:
    """Every bank of the course: the files of a known format under `quizzes/`."""
    suffixes = {suffix for module in formats().values() for suffix in module.SUFFIXES}
    return sorted(
        path
        for path in course.quizzes.rglob("*")
        if path.suffix.lower() in suffixes
        and path.is_file()
        and _is_content(path.relative_to(course.quizzes).parts)
    )


def _is_content(parts: tuple[str, ...]) -> bool:
    return parts[0] != "weike" and not any(part.startswith((".", "_")) for part in parts)


def check_bank(path: Path, name: str, course: Course) -> tuple[Bank | None, list[Finding]]:
    """A bank, or None where it cannot be read; and what is wrong with it."""
    try:
        bank = load_bank(path, zone=course.zone)
    except ProblemsError as failure:
        return None, [found_in(problem, file=name) for problem in failure.problems]
    except WeikeError as failure:
        return None, [error(str(failure), file=name)]
    return bank, picture_findings(bank, Shelf(root=course.root), path.parent, file=name)


def picture_findings(
    bank: Bank, shelf: Shelf, folder: Path, *, file: str, cell: int | None = None
) -> list[Finding]:
    """Every picture of a question has to be there, and to be described."""
    findings = []
    for question in bank.questions:
        line = bank.lines.get(question.id)
        for picture in _pictures_of(bank, question.id):
            try:
                shelf.keep_file(picture.source, folder)
            except MediaError as failure:
                findings.append(
                    error(failure.message, failure.repair, file=file, cell=cell, line=line)
                )
            if not picture.description.strip():
                findings.append(
                    warning(
                        _("the picture {file} has no description").format(
                            file=picture.source[:100]
                        ),
                        describe(),
                        file=file,
                        cell=cell,
                        line=line,
                    )
                )
    return findings


def describe() -> str:
    return _("say in the square brackets what it shows: ![a red fire extinguisher](…)")


def _pictures_of(bank: Bank, item: str) -> list[Picture]:
    texts: list[str] = []

    def note(text: str) -> str:
        texts.append(text)
        return text

    for question in bank.questions:
        if question.id == item:
            question.map_texts(note)
    return [picture for text in texts for picture in pictures(text)]

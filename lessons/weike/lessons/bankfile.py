"""The question banks of a course: where a name leads, and what is wrong with the files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from weike.lessons.checking.description import empty_description, says_nothing
from weike.lessons.checking.questions import question_findings
from weike.lessons.finding import Finding, error, found_in, warning
from weike.lessons.media import MediaError, Shelf
from weike.lessons.unclean import inspect
from weike.quizzes.bank import Bank, load_bank, readable, suffixes
from weike.quizzes.course import Course
from weike.quizzes.errors import ProblemsError, WeikeError
from weike.quizzes.html import markdown_parser
from weike.quizzes.i18n import _
from weike.quizzes.pictures import Picture, pictures
from weike.quizzes.question import Question

PLAYER = re.compile(r"<(?:video|audio)\b", re.IGNORECASE)


def find_bank(name: str, folder: Path, root: Path) -> Path | None:
    """The bank that a lesson in `folder` means, as the quiz component looks for it."""
    places = (root / "quizzes" / name, folder / name, root / name)
    return next((place for place in places if os.path.isfile(place)), None)


def bank_files(course: Course) -> list[Path]:
    """Every bank of the course: the files of a known format under `quizzes/`."""
    endings = suffixes(readable())
    return sorted(
        path
        for path in course.quizzes.rglob("*")
        if path.suffix.lower() in endings
        and path.is_file()
        and _is_content(path.relative_to(course.quizzes).parts)
    )


def _is_content(parts: tuple[str, ...]) -> bool:
    return parts[0] != "weike" and not any(part.startswith((".", "_")) for part in parts)


def check_bank(path: Path, name: str, course: Course) -> tuple[Bank | None, list[Finding]]:
    """A bank, or None where it cannot be read; and what is wrong with it."""
    try:
        bank = known_bank(path, course) or load_bank(path, zone=course.zone)
    except ProblemsError as failure:
        return None, [found_in(problem, file=name) for problem in failure.problems]
    except WeikeError as failure:
        return None, [error(str(failure), file=name)]
    return bank, [
        *(replace(found_in(one, file=name), severity="warning") for one in bank.unread),
        *text_findings(bank, Shelf(root=course.root), path.parent, file=name),
        *question_findings(bank, file=name),
    ]


def known_bank(path: Path, course: Course) -> Bank | None:
    """The bank in a file, read once for as long as the file stays the same; None where it cannot be
    read: `load_bank` says why. `unread` may name what is wrong with a bank that can."""
    try:
        found = path.stat()
        return _known(path, found.st_mtime_ns, found.st_size, course.zone)
    except (OSError, WeikeError):
        return None


@lru_cache(maxsize=64)
def _known(path: Path, _written: int, _size: int, zone: ZoneInfo) -> Bank:
    return load_bank(path, zone=zone)


def text_findings(
    bank: Bank, shelf: Shelf, folder: Path, *, file: str, cell: int | None = None
) -> list[Finding]:
    """What the texts of questions may not hold, and their pictures: there, and described."""
    findings: list[Finding] = []
    parser = markdown_parser()
    for question in bank.questions:
        line, sheet = bank.lines.get(question.id), bank.sheets.get(question.id)
        said: list[Finding] = []
        for text in _texts(question):
            if "<" not in text and "[" not in text:
                continue  # neither HTML nor a link nor a picture
            raw = str(parser.render(text))
            found = inspect(raw, file=file, cell=cell or 0)
            said += [replace(one, cell=cell, line=line) for one in found]
            if PLAYER.search(raw):
                said.append(
                    error(
                        _("a question cannot hold a film or a sound"),
                        _("put it into the text above the quiz"),
                        file=file,
                        cell=cell,
                        line=line,
                    )
                )
            for picture in pictures(text):
                said += _picture(picture, shelf, folder, file=file, cell=cell, line=line)
        findings += [replace(one, sheet=sheet) for one in said] if sheet else said
    return list(dict.fromkeys(findings))


def _picture(
    picture: Picture, shelf: Shelf, folder: Path, *, file: str, cell: int | None, line: int | None
) -> Iterator[Finding]:
    try:
        shelf.keep_file(picture.source, folder)
    except MediaError as failure:
        yield error(failure.message, failure.repair, file=file, cell=cell, line=line)
    if not picture.description.strip():
        said = _("the picture {file} has no description").format(file=picture.source[:100])
    elif says_nothing(picture.description, picture.source):
        said = empty_description(picture.description)
    else:
        return
    yield warning(said, describe(), file=file, cell=cell, line=line)


def _texts(question: Question) -> list[str]:
    """Every Markdown text of a question, wherever its type keeps it."""
    texts: list[str] = []

    def note(text: str) -> str:
        texts.append(text)
        return text

    question.map_texts(note)
    return texts


def describe() -> str:
    return _(
        "say in a few words what it shows, in the field below it or between the square brackets:"
        " ![a red fire extinguisher](…)"
    )

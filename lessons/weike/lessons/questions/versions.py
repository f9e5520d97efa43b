"""What a question of a bank was before: every kept version of its file that changed it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from weike.lessons.questions.keeping import Keeping
from weike.quizzes.bank import Bank, open_content
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.formats import markdown
from weike.quizzes.question import Question
from weike.results.authoring.moves import stays
from weike.results.authoring.revisions import Revision, revision, revisions
from weike.results.store import Store

_MOST = 30  # versions of a file that are looked through


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A question as it was saved once; `question` is None where it was taken out.

    `revision` is that of the file `path` which held it then.
    """

    revision: str
    path: str
    at: datetime
    by: str
    question: Question | None
    difference: tuple[tuple[str, str], ...]  # ("+", line), ("-", line), (" ", line)


def history(
    store: Store, course: Course, keeping: Keeping, path: str, item: str
) -> Sequence[Version]:
    """The versions of a question, the newest first, each with what it changed.

    Those too that it had in another bank, from which it was moved here.
    """
    found: list[tuple[Revision, Question | None]] = []
    for one in _kept(store, path, item):
        bank = bank_of(store, keeping, course, one)
        if bank is None:
            continue
        question = next((q for q in bank.questions if q.id == item), None)
        if question is None and (not found or found[-1][0].path != one.path):
            continue  # before it was written, or before it came to this file
        if not found or _version(question) != _version(found[-1][1]):
            found.append((one, question))
    return [
        Version(
            revision=one.id,
            path=one.path,
            at=one.at,
            by=one.by,
            question=question,
            difference=difference(found[n - 1][1] if n else None, question) if n else (),
        )
        for n, (one, question) in reversed(list(enumerate(found)))
    ]


def _kept(store: Store, path: str, item: str) -> list[Revision]:
    """The versions of every file while it held the question, the oldest first."""
    found: list[Revision] = []
    for stay in stays(store, path, item):
        found += [one for one in revisions(store, stay.path) if stay.holds(one.at)]
    return found[:_MOST][::-1]


def bank_of(store: Store, keeping: Keeping, course: Course, one: Revision) -> Bank | None:
    """What a file held then; None where it could not be read."""
    kept = revision(store, one.id)
    return _bank(keeping, course, one.path, kept.content) if kept else None


def difference(old: Question | None, new: Question | None) -> tuple[tuple[str, str], ...]:
    """Line by line, as a bank in Markdown says it."""
    before, after = (_lines(one) for one in (old, new))
    return tuple(
        (line[0], line[2:]) for line in difflib.ndiff(before, after) if not line.startswith("?")
    )


def _lines(question: Question | None) -> list[str]:
    return markdown.dump_question(question).splitlines() if question else []


def _version(question: Question | None) -> str:
    return question.version if question else ""


def _bank(keeping: Keeping, course: Course, path: str, content: bytes) -> Bank | None:
    known = keeping.get(path, content)
    if known is not None:
        return known
    try:
        module, data = open_content(path, content)
        bank = module.loads(data, source=path, zone=course.zone)
    except WeikeError:
        return None  # a file that could not be read then
    keeping.put(path, content, bank)
    return bank

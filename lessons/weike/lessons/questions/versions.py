"""What a question of a bank was before: every kept version of its file that changed it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from weike.lessons.questions.keeping import Keeping
from weike.quizzes.bank import Bank, format_of, is_binary
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.formats import markdown
from weike.quizzes.question import Question
from weike.results.authoring.revisions import revision, revisions
from weike.results.store import Store

_MOST = 30  # versions of a file that are looked through


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A question as it was saved once; `question` is None where it was taken out."""

    at: datetime
    by: str
    question: Question | None
    difference: tuple[tuple[str, str], ...]  # ("+", line), ("-", line), (" ", line)


def history(
    store: Store, course: Course, keeping: Keeping, path: str, item: str
) -> Sequence[Version]:
    """The versions of a question, the newest first, each with what it changed."""
    found: list[tuple[datetime, str, Question | None]] = []
    for one in reversed(revisions(store, path)[:_MOST]):
        kept = revision(store, one.id)
        bank = _bank(keeping, course, path, kept.content) if kept else None
        if bank is None:
            continue
        question = next((q for q in bank.questions if q.id == item), None)
        last = found[-1][2] if found else None
        if not found and question is None:
            continue
        if not found or _version(question) != _version(last):
            found.append((one.at, one.by, question))
    return [
        Version(
            at=at,
            by=by,
            question=question,
            difference=difference(found[n - 1][2] if n else None, question) if n else (),
        )
        for n, (at, by, question) in reversed(list(enumerate(found)))
    ]


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
        module = format_of(Path(path))
        data = content if is_binary(module) else content.decode("utf-8-sig")
        bank = module.loads(data, source=path, zone=course.zone)
    except (WeikeError, UnicodeDecodeError):
        return None  # a file that could not be read then
    keeping.put(path, content, bank)
    return bank

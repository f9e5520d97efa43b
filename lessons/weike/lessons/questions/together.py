"""The questions of several banks of a course as one bank, to take them elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from weike.lessons.bankfile import bank_files
from weike.lessons.catalogue import file_name
from weike.quizzes.bank import Bank, load_bank
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, listed
from weike.quizzes.loss import Loss
from weike.quizzes.question import Question

_HEAD = ("title", "language", "rules", "bank")


def together(course: Course, names: Sequence[str]) -> tuple[Bank, tuple[Loss, ...]]:
    """The banks of these names, all of the course where there are none, and what joining cost.

    A bank alone stays as it is. Of several, a question without a topic gets that of its bank; one
    that stands in two banks is there once.
    """
    files = bank_files(course)
    chosen = [_named(name, files, course) for name in names] or files
    if not chosen:
        raise WeikeError(
            _("there is no question bank in {folder} yet").format(folder=course.quizzes)
        )
    banks = {
        file_name(path, course).removeprefix("quizzes/"): load_bank(path, zone=course.zone)
        for path in chosen
    }
    if len(banks) == 1:
        return next(iter(banks.values())), ()
    questions: dict[str, Question] = {}
    losses: list[Loss] = []
    for name, bank in banks.items():
        losses += _head_losses(name, bank)
        for question in _with_topic(bank):
            first = questions.setdefault(question.id, question)
            if replace(first, topic=question.topic) != question:
                what = _("left out of {name}, another question has its name").format(name=name)
                losses.append(Loss(item=question.id, what=what, left_out=True))
    return Bank(title=course.title, questions=tuple(questions.values())), tuple(losses)


def _named(name: str, files: Iterable[Path], course: Course) -> Path:
    """`fire.md`, `fire` where no other file is called so, or the path of the file."""
    wanted = Path(name)
    by_name = {file_name(path, course).removeprefix("quizzes/"): path for path in files}
    found = [
        path
        for known, path in by_name.items()
        if wanted.as_posix() in (known, f"quizzes/{known}", Path(known).with_suffix("").as_posix())
        or wanted.resolve() == path.resolve()
    ]
    if len(found) != 1:
        raise WeikeError(
            _("no question bank, or more than one, is called {name}; there are {known}").format(
                name=name, known=listed(by_name) or "–"
            )
        )
    return found[0]


def _with_topic(bank: Bank) -> Iterator[Question]:
    for question in bank.questions:
        yield question if question.topic or not bank.topic else replace(question, topic=bank.topic)


def _head_losses(name: str, bank: Bank) -> Iterator[Loss]:
    """The topic goes with the questions; what else a bank says of itself goes nowhere."""
    usual = Bank()
    for key in _HEAD:
        if getattr(bank, key) != getattr(usual, key):
            yield Loss(item=None, what=_("{name} is lost").format(name=f"{name}: {key}"))

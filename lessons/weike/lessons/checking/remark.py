"""What is to be said of one question, or of a bank as a whole, before it has a place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weike.lessons.finding import Severity
from weike.quizzes.bank import Bank
from weike.quizzes.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """`question` is None where the bank as a whole is meant."""

    question: Question | None
    message: str
    repair: str
    severity: Severity = "warning"


def asked(bank: Bank) -> Iterator[Question]:
    """Every question, the parts of a material for themselves; no notes."""
    for question in bank.questions:
        yield from _parts(question)


def _parts(question: Question) -> Iterator[Question]:
    inside = getattr(question, "questions", ())
    if inside:
        for part in inside:
            yield from _parts(part)
    elif question.asks:
        yield question


def brief(stem: str) -> str:
    """A stem for a message."""
    line = " ".join(stem.split())
    return line if len(line) <= 30 else line[:29] + "…"

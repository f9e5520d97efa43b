"""What is to be said of one question, or of a bank as a whole, before it has a place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from weike.lessons.finding import Severity
from weike.quizzes.bank import Bank
from weike.quizzes.question import Question
from weike.quizzes.types.material import Material


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
        for one in parts(question) or (question,):
            if one.asks:
                yield one


def inside(bank: Bank) -> Mapping[int, tuple[Question, int]]:
    """By identity, the questions of materials: the material, and which of its questions it is."""
    return {
        id(part): (question, number)
        for question in bank.questions
        for number, part in enumerate(parts(question), start=1)
    }


def parts(question: Question) -> tuple[Question, ...]:
    """The questions about a material; none for any other question."""
    return question.questions if isinstance(question, Material) else ()


def brief(stem: str) -> str:
    """A stem for a message."""
    line = " ".join(stem.split())
    return line if len(line) <= 30 else line[:29] + "…"

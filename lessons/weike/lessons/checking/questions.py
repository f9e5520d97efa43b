"""What is wrong with the questions of one bank, or of one `%%quiz` cell, as findings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from weike.lessons.checking.answerable import unanswerable
from weike.lessons.checking.guessable import guessable
from weike.lessons.finding import Finding
from weike.quizzes.bank import Bank


def question_findings(bank: Bank, *, file: str, cell: int | None = None) -> Iterator[Finding]:
    """What keeps members from answering, and what lets them guess."""
    first = min(bank.lines.values(), default=None)
    for remark in chain(unanswerable(bank), guessable(bank)):
        line = bank.lines.get(remark.question.id) if remark.question else first
        yield Finding(
            message=remark.message,
            repair=remark.repair,
            file=file,
            cell=cell,
            line=line,
            severity=remark.severity,
        )

"""What is wrong with the questions of one bank, or of one `%%quiz` cell, as findings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from weike.lessons.checking.answerable import unanswerable
from weike.lessons.checking.guessable import guessable
from weike.lessons.checking.remark import inside
from weike.lessons.finding import Finding
from weike.quizzes.bank import Bank
from weike.quizzes.i18n import _


def question_findings(bank: Bank, *, file: str, cell: int | None = None) -> Iterator[Finding]:
    """What keeps members from answering, and what lets them guess."""
    first = min(bank.lines, key=bank.lines.__getitem__, default="")
    materials = inside(bank)
    for remark in chain(unanswerable(bank), guessable(bank)):
        message, item = remark.message, first
        if remark.question is not None:
            whole, number = materials.get(id(remark.question), (remark.question, 0))
            item = whole.id
            if number:
                message = _("question {n}: {text}").format(n=number, text=message)
        yield Finding(
            message=message,
            repair=remark.repair,
            file=file,
            cell=cell,
            line=bank.lines.get(item),
            sheet=bank.sheets.get(item),
            severity=remark.severity,
        )

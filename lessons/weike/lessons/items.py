"""Questions are course-wide: one id for two of them mixes their statistics, and copies drift."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from weike.lessons.checking.remark import brief
from weike.lessons.checking.repeated import likeness
from weike.lessons.finding import Finding, error, warning
from weike.quizzes.bank import Bank
from weike.quizzes.errors import Problem
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.quizzes.text import normalise


@dataclass(frozen=True, slots=True)
class _Seen:
    question: Question
    stem: str
    file: str
    cell: int | None
    line: int | None

    @property
    def place(self) -> str:
        inside = Problem(message="", cell=self.cell, line=self.line).place
        return _("{file}, {place}").format(file=self.file, place=inside) if inside else self.file


@dataclass(slots=True)
class Items:
    """Every question that was met, by its id and by its stem, and where it stood first."""

    first: dict[str, _Seen] = field(default_factory=dict)
    stems: defaultdict[str, list[_Seen]] = field(default_factory=lambda: defaultdict(list))

    def add_bank(self, bank: Bank, file: str, cell: int | None = None) -> list[Finding]:
        """The clashes with what was met before."""
        findings = []
        for question in bank.questions:
            line = bank.lines.get(question.id)
            here = _Seen(question, normalise(question.stem), file, cell, line)
            there = self.first.setdefault(question.id, here)
            if there.stem != here.stem:
                findings.append(
                    error(
                        _("the id {id} belongs to another question in {place}").format(
                            id=question.id, place=there.place
                        ),
                        _("give this question an id of its own: {#some-id}"),
                        file=file,
                        cell=cell,
                        line=here.line,
                    )
                )
            else:
                findings += self._repeated(here)
        return findings

    def _repeated(self, here: _Seen) -> list[Finding]:
        if not here.question.asks:
            return []
        met = self.stems[here.stem]
        for there in met:
            alike = likeness(here.question, there.question)
            if alike is None:
                continue
            if alike == "same":
                message = _("“{question}” is also asked in {place}")
                repair = _("keep one; a quiz can name the bank that holds it, with bank:")
            else:
                message = _("“{question}” has another answer in {place}")
                repair = _("correct the wrong one, and keep one of the two")
            return [
                warning(
                    message.format(question=brief(here.question.stem), place=there.place),
                    repair,
                    file=here.file,
                    cell=here.cell,
                    line=here.line,
                )
            ]
        met.append(here)
        return []

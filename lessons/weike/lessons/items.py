"""Item ids are course-wide: two different questions under one id would share their statistics."""

from __future__ import annotations

from dataclasses import dataclass, field

from weike.lessons.finding import Finding, error
from weike.quizzes.bank import Bank
from weike.quizzes.errors import Problem
from weike.quizzes.i18n import _
from weike.quizzes.text import normalise


@dataclass(frozen=True, slots=True)
class _Seen:
    stem: str
    file: str
    cell: int | None
    line: int | None

    @property
    def place(self) -> str:
        inside = Problem(message="", cell=self.cell, line=self.line).place
        return f"{self.file}, {inside}" if inside else self.file


@dataclass(slots=True)
class Items:
    """Every item id that was met, and where it stood first."""

    first: dict[str, _Seen] = field(default_factory=dict)

    def add_bank(self, bank: Bank, file: str, cell: int | None = None) -> list[Finding]:
        """The clashes with what was met before."""
        findings = []
        for question in bank.questions:
            here = _Seen(normalise(question.stem), file, cell, bank.lines.get(question.id))
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
        return findings

"""Questions are course-wide: one id for two of them mixes their statistics, and copies drift."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from weike.lessons.checking.answerable import key_of
from weike.lessons.checking.remark import brief, parts
from weike.lessons.checking.repeated import likeness
from weike.lessons.finding import Finding, Severity, warning
from weike.quizzes.bank import Bank
from weike.quizzes.errors import Problem
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.quizzes.text import normalise


@dataclass(frozen=True, slots=True)
class _Seen:
    """`part`: which question of its material it is, 0 for one that stands alone."""

    question: Question
    stem: str
    file: str
    cell: int | None
    line: int | None
    sheet: str | None
    part: int = 0

    @property
    def place(self) -> str:
        inside = Problem(message="", cell=self.cell, line=self.line, sheet=self.sheet).place
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
            sheet = bank.sheets.get(question.id)
            here = _Seen(question, normalise(question.stem), file, cell, line, sheet)
            there = self.first.setdefault(question.id, here)
            if there.stem != here.stem:
                findings.append(_taken(here, there, "error"))
            elif there is not here and likeness(question, there.question) is None:
                # “Which is right?” over two lists of options; the id is the hash of these words.
                findings.append(_taken(here, there, "warning"))
            else:
                findings += self._repeated(here) or self._parts(here)
        return findings

    def _parts(self, material: _Seen) -> list[Finding]:
        """The questions about a material, each for itself: one of them may stand elsewhere too."""
        return [
            finding
            for number, part in enumerate(parts(material.question), start=1)
            for finding in self._repeated(
                replace(material, question=part, stem=normalise(part.stem), part=number)
            )
        ]

    def _repeated(self, here: _Seen) -> list[Finding]:
        if not here.question.asks or (here.part and key_of(here.question) is None):
            return []
        met = self.stems[here.stem]
        for there in met:
            alike = likeness(here.question, there.question)
            if alike is None or (alike == "contradicts" and (here.part or there.part)):
                continue  # “What was the cause?” has another answer in each material
            if alike == "same":
                message = _("“{question}” is also asked in {place}")
                repair = _("keep one; a quiz can name the bank that holds it, with bank:")
            else:
                message = _("“{question}” has another answer in {place}")
                repair = _("correct the wrong one, and keep one of the two")
            said = message.format(question=brief(here.question.stem), place=there.place)
            if here.part:
                said = _("question {n}: {text}").format(n=here.part, text=said)
            found = warning(said, repair, file=here.file, cell=here.cell, line=here.line)
            return [replace(found, sheet=here.sheet)]
        met.append(here)
        return []


def _taken(here: _Seen, there: _Seen, severity: Severity) -> Finding:
    return Finding(
        severity=severity,
        message=_("the id {id} belongs to another question in {place}").format(
            id=here.question.id, place=there.place
        ),
        repair=_("give this question an id of its own: {#some-id}"),
        file=here.file,
        cell=here.cell,
        line=here.line,
        sheet=here.sheet,
    )

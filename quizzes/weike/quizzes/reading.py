"""What came of reading a bank somebody else wrote: the good questions, and all that was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from weike.quizzes.bank import Bank
from weike.quizzes.errors import BankError, Problem
from weike.quizzes.fitting import Fits, compiled
from weike.quizzes.i18n import _, listed
from weike.quizzes.question import Question, content_hash
from weike.quizzes.schema import bank_schema, check


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A question that could not be taken: its source as it stood there, and why not."""

    source: Any
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`dropped` says what the source held beside its questions that a bank has no place for.

    `media` are pictures that the questions refer to, by their path from the bank's folder.
    """

    bank: Bank
    rejected: tuple[Rejected, ...] = ()
    dropped: tuple[str, ...] = ()
    media: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return tuple(problem for one in self.rejected for problem in one.problems)

    def whole(self, source: str) -> Bank:
        """The bank; raises `BankError` with every problem if any question was rejected."""
        if self.rejected:
            raise BankError(source, self.problems)
        return self.bank


@dataclass(slots=True)
class Collector:
    """Gathers questions one by one; a bad one is kept apart with its problems and loses nothing."""

    questions: list[Question] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    contents: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    rejected: list[Rejected] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def add(
        self, body: Mapping[str, Any], *, source: Any, line: int, sheet: str | None = None
    ) -> None:
        """Take a question in the JSON form if it can be asked.

        The same question a second time is rejected. Another one under the same words ("Which is
        right?") gets an id of its own.
        """
        found = [] if _fits()(body) else check(body, question_schema())
        if not found:
            question = Question.from_json(body)
            found = question.problems()
            if not found:
                self._take(question, source, line, sheet)
                return
        problems = tuple(Problem(line=line, sheet=sheet, message=text) for text in found)
        self.rejected.append(Rejected(source=source, problems=problems))

    def _take(self, question: Question, source: Any, line: int, sheet: str | None) -> None:
        content = content_hash({**question.to_json(), "id": ""})
        first = self.contents.setdefault(content, (line, sheet))
        if first != (line, sheet):
            self.reject(
                source,
                line,
                Problem(
                    message=_("the same question stands there twice"),
                    repair=_has_it_already(*first),
                ),
                sheet=sheet,
            )
            return
        if question.id in self.lines:
            question = replace(question, id=f"q-{content[:10]}")
        self.questions.append(question)
        self.lines[question.id] = line
        if sheet is not None:
            self.sheets[question.id] = sheet

    def reject(self, source: Any, line: int, *problems: Problem, sheet: str | None = None) -> None:
        placed = (p if p.line is not None else replace(p, line=line, sheet=sheet) for p in problems)
        self.rejected.append(Rejected(source=source, problems=tuple(placed)))

    def reading(self, **head: Any) -> Reading:
        bank = Bank(
            questions=tuple(self.questions),
            lines=dict(self.lines),
            sheets=dict(self.sheets),
            **head,
        )
        return Reading(
            bank=bank, rejected=tuple(self.rejected), dropped=tuple(dict.fromkeys(self.dropped))
        )


@cache
def _fits() -> Fits:
    return compiled(question_schema())


@cache
def question_schema() -> Mapping[str, Any]:
    schema = bank_schema()
    return {**schema["$defs"]["question"], "$defs": schema["$defs"]}


def _has_it_already(line: int, sheet: str | None) -> str:
    if sheet is None:
        return _("line {n} has it already; delete one").format(n=line)
    return _("“{sheet}” line {n} has it already; delete one").format(sheet=sheet, n=line)


def some(texts: Iterable[str], most: int = 5) -> str:
    """The first few of many, for a message."""
    found: Sequence[str] = list(texts)
    return listed(found[:most]) + (" …" if len(found) > most else "")

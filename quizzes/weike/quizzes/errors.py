"""What a person got wrong, said so that the person can mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weike.quizzes.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding: where it is, what is wrong, what to do.

    `line` and `cell` count from 1, as editors and people do.
    """

    message: str
    repair: str = ""
    file: str | None = None
    cell: int | None = None
    line: int | None = None
    column: str | None = None

    @property
    def place(self) -> str:
        parts = []
        if self.cell is not None:
            parts.append(_("cell {n}").format(n=self.cell))
        if self.line is not None:
            parts.append(_("line {n}").format(n=self.line))
        if self.column is not None:
            parts.append(_("column {name}").format(name=self.column))
        return ", ".join(parts)

    def __str__(self) -> str:
        text = f"{self.message}; {self.repair}" if self.repair else self.message
        return f"{self.place}: {text}" if self.place else text


class WeikeError(Exception):
    """A person's mistake or a refused wish; its text is shown as it is."""


class ProblemsError(WeikeError):
    """Everything that is wrong with one source, at once."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        assert problems, "an error without a problem helps nobody"
        self.source = source
        self.problems = tuple(problems)
        super().__init__(source, self.problems)

    def __str__(self) -> str:
        if len(self.problems) == 1:
            return _("{source} has 1 problem: {problem}").format(
                source=self.source, problem=self.problems[0]
            )
        head = _("{source} has {n} problems:").format(source=self.source, n=len(self.problems))
        return "\n  ".join([head, *map(str, self.problems)])


class BankError(ProblemsError):
    """A question bank, or one `%%quiz` cell, that cannot be read as it stands."""

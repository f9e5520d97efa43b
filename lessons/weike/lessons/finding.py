"""What a check says about a lesson: a problem, and whether it keeps the lesson from members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from weike.quizzes.errors import Problem

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding(Problem):
    """A problem with a severity: an error keeps the lesson back, a warning does not."""

    severity: Severity = "error"

    def to_json(self) -> dict[str, str | int | None]:
        return {
            "severity": self.severity,
            "file": self.file,
            "cell": self.cell,
            "sheet": self.sheet,
            "line": self.line,
            "column": self.column,
            "message": self.message,
            "repair": self.repair,
        }


def error(
    message: str,
    repair: str = "",
    *,
    file: Path | str | None = None,
    cell: int | None = None,
    line: int | None = None,
) -> Finding:
    return Finding(
        message=message, repair=repair, file=_text(file), cell=cell, line=line, severity="error"
    )


def warning(
    message: str,
    repair: str = "",
    *,
    file: Path | str | None = None,
    cell: int | None = None,
    line: int | None = None,
) -> Finding:
    return Finding(
        message=message, repair=repair, file=_text(file), cell=cell, line=line, severity="warning"
    )


def found_in(problem: Problem, *, file: Path | str | None, cell: int | None = None) -> Finding:
    """A problem reported by a reader of one text, placed in the file that holds the text."""
    return Finding(
        message=problem.message,
        repair=problem.repair,
        file=_text(file) or problem.file,
        cell=cell if cell is not None else problem.cell,
        line=problem.line,
        column=problem.column,
        sheet=problem.sheet,
        severity=problem.severity if isinstance(problem, Finding) else "error",
    )


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that keep a lesson from members."""
    return [finding for finding in findings if finding.severity == "error"]


def _text(file: Path | str | None) -> str | None:
    return None if file is None else str(file)

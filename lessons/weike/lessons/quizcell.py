"""The `%%quiz` cells of a lesson, read without running anything."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache

from weike.lessons.catalogue import LessonSource
from weike.lessons.finding import Finding, error, found_in
from weike.lessons.notebook import Cell
from weike.quizzes.bank import Bank
from weike.quizzes.errors import BankError
from weike.quizzes.formats import markdown
from weike.quizzes.i18n import _

MAGIC = re.compile(r"%%quiz(?:[ \t]+(\S+))?[^\n]*(?:\n|$)")
LOADS = re.compile(r"^[ \t]*%(?:re)?load_ext[ \t]+weike\.widgets[ \t]*(?:#.*)?$", re.MULTILINE)
QUIZ_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizCell:
    """One quiz of a lesson. `bank` is None where the text cannot be read."""

    cell: Cell
    id: str
    bank: Bank | None


def is_quiz(cell: Cell) -> bool:
    return cell.type == "code" and MAGIC.match(cell.source.lstrip()) is not None


def read_quiz_cells(
    source: LessonSource, zone: tzinfo | None = None
) -> tuple[list[QuizCell], list[Finding]]:
    """Every `%%quiz` cell, and what is wrong with them; lines count from the top of the cell."""
    found: list[QuizCell] = []
    findings: list[Finding] = []
    for cell in source.notebook.cells:
        if not is_quiz(cell):
            continue
        blank = len(cell.source) - len(cell.source.lstrip())
        match = MAGIC.match(cell.source, blank)
        assert match is not None
        name = match[1] or ""
        if not QUIZ_ID.fullmatch(name):
            findings.append(_bad_name(source, cell, name))
        first = cell.source.count("\n", 0, match.end()) + 1
        try:
            bank = _read(cell.source[match.end() :], zone, first)
        except BankError as failure:
            findings += [found_in(p, file=source.name, cell=cell.number) for p in failure.problems]
            bank = None
        found.append(QuizCell(cell=cell, id=name, bank=bank))
    return found, findings


@lru_cache(maxsize=1024)
def _read(text: str, zone: tzinfo | None, first_line: int) -> Bank:
    """The quiz of a text, read once: pages that edit one lesson look at all the others too."""
    return markdown.loads(text, zone=zone, first_line=first_line)


def _bad_name(source: LessonSource, cell: Cell, name: str) -> Finding:
    if not name:
        message = _("the quiz has no name")
    else:
        message = _("“{name}” cannot be the name of a quiz").format(name=name)
    return error(
        message,
        _("write one of letters, digits and hyphens behind %%quiz, for example: %%quiz fire-1"),
        file=source.name,
        cell=cell.number,
        line=1,
    )


def quiz_names(source: LessonSource) -> Iterator[tuple[Cell, str]]:
    """The names of all quizzes that can be seen without running: `%%quiz x` and `Quiz("x")`."""
    for cell in source.notebook.cells:
        if is_quiz(cell):
            match = MAGIC.match(cell.source.lstrip())
            if match is not None and match[1]:
                yield cell, match[1]
        elif cell.type == "code" and "Quiz(" in cell.source:
            yield from ((cell, name) for name in _constructed(cell.source))


def _constructed(code: str) -> Iterator[str]:
    # IPython's own lines are no Python; without them the rest can be read.
    plain = re.sub(r"^([ \t]*)[%!?].*$", r"\1pass", code, flags=re.MULTILINE)
    try:
        tree = ast.parse(plain)
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node.func) == "Quiz":
            named = [keyword.value for keyword in node.keywords if keyword.arg == "id"]
            for value in [*node.args[:1], *named]:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""

"""The quizzes that this kernel has shown, for the publisher. They hold keys and stay here:
neither an output nor a trait nor metadata ever carries them.

The publisher asks after the last cell, silently (`user_expressions`):
`__import__("weike.widgets.registry", fromlist=["export"]).export()`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from weike.quizzes.quiz import QuizDefinition

MIME = "application/vnd.weike.quizzes+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """`folder` is what picture paths in the questions are relative to."""

    definition: QuizDefinition
    folder: Path


_registered: dict[str, Registered] = {}


def register(definition: QuizDefinition, folder: Path) -> None:
    """Running a cell again replaces its quiz, and keeps its place in the order."""
    _registered[definition.id] = Registered(definition=definition, folder=folder)


def registered() -> Mapping[str, Registered]:
    """By quiz id, in the order in which they were first shown."""
    return dict(_registered)


def forget() -> None:
    """Begin anew, as in a fresh kernel."""
    _registered.clear()


class Export:
    """What `export()` hands to the publisher: `{"quizzes": [{"definition", "folder"}]}`."""

    def __init__(self, quizzes: Mapping[str, Registered]) -> None:
        self._quizzes = quizzes

    def __repr__(self) -> str:
        return f"<{len(self._quizzes)} quizzes>"

    def _repr_mimebundle_(self, **_options: Any) -> dict[str, Any]:
        quizzes = [
            {"definition": known.definition.to_json(), "folder": str(known.folder)}
            for known in self._quizzes.values()
        ]
        return {"text/plain": repr(self), MIME: {"quizzes": quizzes}}


def export() -> Export:
    return Export(registered())

"""The figures of a `Scope` asked from another process, at a socket that only this one may use.

A question is a line of JSON: `{"figure": "branch_scores", "period": "2026-Q4", "branch": "…"}`.
The answer is its length in eight bytes, then a pickled pair: True and the figure, or False and a
sentence. Pickles go one way only, from the server to the kernel that it started: the server reads
nothing but JSON.
"""

from __future__ import annotations

import json
import pickle
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _

if TYPE_CHECKING:
    import pandas as pd

    from weike.results.dashboards.scope import Scope
    from weike.results.reporting.sheet import Sheet

FIGURES: Final = "WEIKE_FIGURES"  # the environment variable that names the socket
LENGTH: Final = 8
LONGEST_QUESTION: Final = 4096
_PATIENCE = 60  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a dashboard's selectors offer: (value, words), a branch's words set in by its depth."""

    periods: Sequence[tuple[str, str]]
    branches: Sequence[tuple[str, str]]
    period: str
    branch: str
    language: str
    timezone: str
    made_up: bool = False


class Remote:
    """The methods of a `Scope`, answered by the server."""

    def __init__(self, path: Path) -> None:
        self._path = str(path)

    def choices(self) -> Choices:
        found: Choices = self._ask("choices")
        return found

    def branch_scores(self, *, period: str, branch: str) -> pd.DataFrame:
        return self._frame("branch_scores", period=period, branch=branch)

    def branch_sheet(self, *, period: str, branch: str) -> Sheet:
        return self._sheet("branch_sheet", period=period, branch=branch)

    def completion_history(self, *, period: str, branch: str) -> pd.DataFrame:
        return self._frame("completion_history", period=period, branch=branch)

    def topic_scores(self, *, period: str, branch: str) -> pd.DataFrame:
        return self._frame("topic_scores", period=period, branch=branch)

    def lesson_sheet(self, *, period: str, branch: str) -> Sheet:
        return self._sheet("lesson_sheet", period=period, branch=branch)

    def lesson_branch_sheet(self, *, period: str, branch: str, lesson: str) -> Sheet:
        return self._sheet("lesson_branch_sheet", period=period, branch=branch, lesson=lesson)

    def lesson_items(self, *, period: str, branch: str, lesson: str) -> pd.DataFrame:
        return self._frame("lesson_items", period=period, branch=branch, lesson=lesson)

    def _frame(self, figure: str, **chosen: str) -> pd.DataFrame:
        found: pd.DataFrame = self._ask(figure, **chosen)
        return found

    def _sheet(self, figure: str, **chosen: str) -> Sheet:
        found: Sheet = self._ask(figure, **chosen)
        return found

    def _ask(self, figure: str, **chosen: str) -> Any:
        question = json.dumps({"figure": figure, **chosen}).encode() + b"\n"
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(_PATIENCE)
                connection.connect(self._path)
                connection.sendall(question)
                length = int.from_bytes(_read(connection, LENGTH), "big")
                good, found = pickle.loads(_read(connection, length))  # noqa: S301 - see above
        except OSError as error:
            raise WeikeError(_("The figures cannot be reached. Please reload the page.")) from error
        if not good:
            raise WeikeError(found)
        return found


def _read(connection: socket.socket, length: int) -> bytes:
    found = bytearray()
    while len(found) < length:
        part = connection.recv(min(1 << 20, length - len(found)))
        if not part:
            raise OSError("the connection was closed")
        found += part
    return bytes(found)


def answer(scope: Scope, line: bytes) -> bytes:
    """What the server sends back for one line."""
    try:
        body = pickle.dumps((True, scope.ask(_question(line))))
    except WeikeError as error:
        body = pickle.dumps((False, str(error)))
    return len(body).to_bytes(LENGTH, "big") + body


def _question(line: bytes) -> Mapping[str, Any]:
    try:
        question = json.loads(line)
    except (ValueError, RecursionError):
        question = None
    if not isinstance(question, dict):
        raise WeikeError(_("a dashboard cannot ask this"))
    return question

"""A note: a text between the questions that asks nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from weike.quizzes.errors import ResponseError
from weike.quizzes.i18n import _
from weike.quizzes.question import Grade, Partial
from weike.quizzes.stem import StemOnly


@dataclass(frozen=True, kw_only=True)
class Note(StemOnly):
    """It is shown like a question and takes no response. In Markdown it says `{type=note}`."""

    type: ClassVar[str] = "note"
    asks: ClassVar[bool] = False

    points: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", 0.0)
        super().__post_init__()

    def unanswered(self) -> Grade:
        return Grade(score=0.0, max=0.0, correct=None)

    def check(self, response: object) -> None:
        raise ResponseError(_("this is a text, not a question"))

    def mark(self, response: None, partial: Partial) -> Grade:
        return self.unanswered()

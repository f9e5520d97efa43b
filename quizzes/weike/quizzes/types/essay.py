"""A short essay: a person reads it and gives the points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from weike.quizzes.i18n import _
from weike.quizzes.question import Partial, Pending
from weike.quizzes.stem import StemOnly
from weike.quizzes.text import check_text

LONGEST = 10_000


@dataclass(frozen=True, kw_only=True)
class Essay(StemOnly):
    """A response is a text. Until a person has read it, it counts neither for nor against.

    In Markdown it says `{type=essay}`; a quote at the end is shown when the rules release it, as
    what a good answer holds.
    """

    type: ClassVar[str] = "essay"
    by_person: ClassVar[bool] = True

    def check(self, response: object) -> str:
        return check_text(response, longest=LONGEST)

    def mark(self, response: str, partial: Partial) -> Pending:
        return Pending(reason=_("a person has not read it yet"))

"""A short essay: a person reads it and gives the points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from weike.quizzes.i18n import _
from weike.quizzes.question import Partial, Pending, Question
from weike.quizzes.text import check_text

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft

LONGEST = 10_000


@dataclass(frozen=True, kw_only=True)
class Essay(Question):
    """A response is a text. Until a person has read it, it counts neither for nor against.

    In Markdown it says `{type=essay}`; a quote at the end is shown when the rules release it, as
    what a good answer holds.
    """

    type: ClassVar[str] = "essay"
    by_person: ClassVar[bool] = True
    schema: ClassVar[Mapping[str, Any]] = {"properties": {}, "required": []}

    def check(self, response: object) -> str:
        return check_text(response, longest=LONGEST)

    def mark(self, response: str, partial: Partial) -> Pending:
        return Pending(reason=_("a person has not read it yet"))

    def body(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_body(cls, body: Mapping[str, Any], **common: Any) -> Self:
        return cls(**common)

    @classmethod
    def claims(cls, draft: Draft) -> bool:
        return False

    @classmethod
    def from_markdown(cls, draft: Draft) -> Self | None:
        return draft.build(cls, draft.whole())

    def to_markdown(self) -> tuple[str, str]:
        return self.stem, ""

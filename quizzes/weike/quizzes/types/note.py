"""A note: a text between the questions that asks nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from weike.quizzes.errors import ResponseError
from weike.quizzes.i18n import _
from weike.quizzes.question import Grade, Partial, Question

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft


@dataclass(frozen=True, kw_only=True)
class Note(Question):
    """It is shown like a question and takes no response. In Markdown it says `{type=note}`."""

    type: ClassVar[str] = "note"
    schema: ClassVar[Mapping[str, Any]] = {"properties": {}, "required": []}
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

"""Questions that are their stem and nothing more: what a file says of them is common to all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from weike.quizzes.question import Question

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft


@dataclass(frozen=True, kw_only=True)
class StemOnly(Question):
    """Markdown cannot tell such a type by its form, so it is named there: `{type=…}`."""

    schema: ClassVar[Mapping[str, Any]] = {"properties": {}, "required": []}

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

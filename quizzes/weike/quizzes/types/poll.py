"""A poll: everybody picks, nothing is right, nobody earns a point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from weike.quizzes.choice import (
    Choice,
    Option,
    option_markdown,
    options_schema,
    read_listed,
)
from weike.quizzes.html import render
from weike.quizzes.i18n import _
from weike.quizzes.question import Grade, Layout, Partial

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft


@dataclass(frozen=True, kw_only=True)
class Poll(Choice):
    """A response is the index of one option, in a browser its id."""

    type: ClassVar[str] = "poll"
    schema: ClassVar[Mapping[str, Any]] = options_schema("text")

    points: float = 0.0

    def __post_init__(self) -> None:
        # Points would change what everybody's paper is worth; a right option would be a question.
        options = tuple(Option(text=o.text, feedback=o.feedback) for o in self.options)
        object.__setattr__(self, "points", 0.0)
        object.__setattr__(self, "options", options)
        super().__post_init__()

    def flaw(self) -> str | None:
        return None

    def unanswered(self) -> Grade:
        return Grade(score=0.0, max=0.0, correct=None)

    def check(self, response: object) -> int:
        return self.check_index(response)

    def mark(self, response: int, partial: Partial) -> Grade:
        return self.unanswered()

    def decode(self, layout: Layout, response: object) -> int:
        if isinstance(response, list) and len(response) == 1:
            response = response[0]
        return self.decode_id(layout, response)

    def feedback(self, layout: Layout, response: int | None) -> dict[str, Any]:
        picked = None if response is None else self.options[response].feedback
        return {} if picked is None else {"message_html": render(picked)}

    def body(self) -> dict[str, Any]:
        return {
            "options": [
                {"text": o.text} | ({} if o.feedback is None else {"feedback": o.feedback})
                for o in self.options
            ]
        }

    @classmethod
    def from_body(cls, body: Mapping[str, Any], **common: Any) -> Self:
        options = [{"right": False} | dict(option) for option in body["options"]]
        return super().from_body({"options": options}, **common)

    @classmethod
    def claims(cls, draft: Draft) -> bool:
        rounds = [item.is_round for item in draft.items if item.mark]
        return bool(rounds) and all(rounds)

    @classmethod
    def from_markdown(cls, draft: Draft) -> Self | None:
        for item in draft.items:
            if not item.is_round:
                draft.problem(
                    item.line,
                    _("an option of a poll without its mark"),
                    _("begin every one with ( )"),
                )
        return draft.build(cls, draft.before_items(), options=read_listed(draft))

    def to_markdown(self) -> tuple[str, str]:
        return self.stem, "\n".join(option_markdown(option, "( )") for option in self.options)

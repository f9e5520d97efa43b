"""True or false."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from weike.quizzes.choice import Option, option_markdown, read_options
from weike.quizzes.errors import ResponseError
from weike.quizzes.html import render
from weike.quizzes.i18n import _
from weike.quizzes.question import Grade, Layout, Partial, Question
from weike.quizzes.text import TRUE_WORDS, has_chinese

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft


@dataclass(frozen=True, kw_only=True)
class Boolean(Question):
    """A response is a truth. Feedback is for the right and for the wrong response."""

    type: ClassVar[str] = "boolean"
    schema: ClassVar[Mapping[str, Any]] = {
        "properties": {
            "right": {"type": "boolean"},
            "feedback": {
                "type": "object",
                "properties": {"right": {"type": "string"}, "wrong": {"type": "string"}},
                "additionalProperties": False,
            },
        },
        "required": ["right"],
    }

    right: bool
    if_right: str | None = None
    if_wrong: str | None = None

    def check(self, response: object) -> bool:
        if isinstance(response, bool):
            return response
        raise ResponseError(_("an answer here is true or false"))

    def mark(self, response: bool, partial: Partial) -> Grade:
        return self.earned(1.0 if response is self.right else 0.0)

    def feedback(self, layout: Layout, response: bool | None) -> dict[str, Any]:
        message = None
        if response is not None:
            message = self.if_right if response is self.right else self.if_wrong
        shown: dict[str, Any] = {"key": self.right}
        return shown | ({"message_html": render(message)} if message else {})

    def body(self) -> dict[str, Any]:
        said = {"right": self.if_right, "wrong": self.if_wrong}
        feedback = {side: text for side, text in said.items() if text}
        return {"right": self.right} | ({"feedback": feedback} if feedback else {})

    @classmethod
    def from_body(cls, body: Mapping[str, Any], **common: Any) -> Self:
        feedback = body.get("feedback", {})
        return cls(
            **common,
            right=body["right"],
            if_right=feedback.get("right", "").strip() or None,
            if_wrong=feedback.get("wrong", "").strip() or None,
        )

    @classmethod
    def claims(cls, draft: Draft) -> bool:
        return draft.is_task_list and draft.says_true_and_false

    @classmethod
    def from_markdown(cls, draft: Draft) -> Self | None:
        if not draft.says_true_and_false:
            draft.problem(
                draft.line,
                _("a true/false question has other options than these two"),
                _("write 正确 and 错误, or true and false"),
            )
            return None
        options = read_options(draft)
        right = next((option for option in options if option.right), options[0])
        wrong = next((option for option in options if not option.right), options[0])
        if right is wrong and right.right:
            draft.problem(
                draft.line,
                _("both true and false are marked as right"),
                _("leave one [x]"),
            )
        return draft.build(
            cls,
            draft.before_items(),
            right=right.text.casefold() in TRUE_WORDS,
            if_right=right.feedback,
            if_wrong=wrong.feedback,
        )

    def to_markdown(self) -> tuple[str, str]:
        words = ("正确", "错误") if has_chinese(self.stem) else ("true", "false")
        options = [
            Option(
                text=word,
                right=side is self.right,
                feedback=self.if_right if side is self.right else self.if_wrong,
            )
            for word, side in zip(words, (True, False), strict=True)
        ]
        return self.stem, "\n".join(map(option_markdown, options))

    def map_own_texts(self, change: Callable[[str], str]) -> dict[str, Any]:
        return {
            "if_right": self.if_right and change(self.if_right),
            "if_wrong": self.if_wrong and change(self.if_wrong),
        }

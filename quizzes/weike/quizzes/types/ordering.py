"""Ordering: things to bring into the right order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, Self

from weike.quizzes.choice import ChoiceView, draw_ids
from weike.quizzes.errors import ResponseError
from weike.quizzes.html import render
from weike.quizzes.i18n import _
from weike.quizzes.question import Grade, Layout, Partial, Question
from weike.quizzes.text import normalise
from weike.quizzes.view import OptionView, QuestionView

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft


@dataclass(frozen=True, kw_only=True)
class Ordering(Question):
    """`items` stand in the right order. A response is all of them in some order: indexes or texts,
    in a browser ids.

    Under `per-option` every item in its own place earns a part; otherwise only the whole order
    earns anything.
    """

    type: ClassVar[str] = "ordering"
    schema: ClassVar[Mapping[str, Any]] = {
        "properties": {
            "items": {
                "type": "array",
                "minItems": 2,
                "items": {"type": "string", "minLength": 1},
            }
        },
        "required": ["items"],
    }

    items: tuple[str, ...]

    def flaw(self) -> str | None:
        return None if len(self.items) > 1 else _("there is nothing to bring into order")

    def problems(self) -> list[str]:
        found = super().problems()
        seen: set[str] = set()
        for text in map(normalise, self.items):
            if text in seen:
                found.append(_("{text} stands there twice").format(text=text))
            seen.add(text)
        return found

    def check(self, response: object) -> tuple[int, ...]:
        if not isinstance(response, list | tuple) or len(response) != len(self.items):
            raise ResponseError(_("an answer here is all {n} in order").format(n=len(self.items)))
        texts = [normalise(text) for text in self.items]
        order = []
        for part in response:
            if isinstance(part, str) and texts.count(normalise(part)) == 1:
                order.append(texts.index(normalise(part)))
            elif isinstance(part, int) and not isinstance(part, bool):
                order.append(part)
        if sorted(order) != list(range(len(self.items))):
            raise ResponseError(_("an answer here is all {n} in order").format(n=len(self.items)))
        return tuple(order)

    def mark(self, response: tuple[int, ...], partial: Partial) -> Grade:
        parts = tuple(float(index == place) for place, index in enumerate(response))
        whole = all(parts)
        share = sum(parts) / len(parts) if partial == "per-option" else float(whole)
        return self.earned(share, parts)

    def draw(self, rng: Random, *, shuffle: bool) -> dict[str, Any]:
        """Shuffled whatever the quiz says: the order as authored is the key, and never shown."""
        right = list(range(len(self.items)))
        order = list(right)
        while order == right and len(right) > 1:
            rng.shuffle(order)
        return {
            "options": [list(pair) for pair in zip(draw_ids(rng, len(order)), order, strict=True)]
        }

    def view(self, layout: Layout) -> QuestionView:
        return ChoiceView(
            **self.shown(),
            options=tuple(
                OptionView(id=id, html=render(self.items[index], inline=True))
                for id, index in layout["options"]
            ),
        )

    def decode(self, layout: Layout, response: object) -> tuple[int, ...]:
        indexes = {id: int(index) for id, index in layout["options"]}
        if not isinstance(response, list) or not all(
            isinstance(part, str) and part in indexes for part in response
        ):
            raise ResponseError(_("an answer here is all {n} in order").format(n=len(self.items)))
        return self.check([indexes[part] for part in response])

    def feedback(self, layout: Layout, response: tuple[int, ...] | None) -> dict[str, Any]:
        ids = {int(index): id for id, index in layout["options"]}
        return {"order": [ids[index] for index in range(len(self.items))]}

    def body(self) -> dict[str, Any]:
        return {"items": list(self.items)}

    @classmethod
    def from_body(cls, body: Mapping[str, Any], **common: Any) -> Self:
        return cls(**common, items=tuple(text.strip() for text in body["items"]))

    @classmethod
    def claims(cls, draft: Draft) -> bool:
        last = draft.body[-1] if draft.body else None
        numbered = last is not None and last.kind == "ordered_list"
        return numbered and not draft.is_task_list and not draft.fills

    @classmethod
    def from_markdown(cls, draft: Draft) -> Self | None:
        items = []
        for item in draft.items:
            text = f"{item.mark} {item.text}" if item.mark else item.text
            if item.feedback:
                draft.problem(
                    item.line,
                    _("a quote under one of the things to order"),
                    _("put it at the end of the question, as the explanation"),
                )
            if not text:
                draft.problem(item.line, _("an empty line"), _("write its text or delete the line"))
            items.append(text)
        if len(items) < 2:
            draft.problem(
                draft.line,
                _("there is nothing to bring into order"),
                _("write two or more lines that begin with 1. 2. 3."),
            )
        return draft.build(cls, draft.before_items(), items=tuple(items))

    def to_markdown(self) -> tuple[str, str]:
        lines = []
        for number, text in enumerate(self.items, start=1):
            head = f"{number}. "
            first, *rest = text.split("\n")
            lines += [head + first, *(f"{' ' * len(head)}{line}".rstrip() for line in rest)]
        return self.stem, "\n".join(lines)

    def map_own_texts(self, change: Callable[[str], str]) -> dict[str, Any]:
        return {"items": tuple(map(change, self.items))}

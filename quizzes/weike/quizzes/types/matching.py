"""Matching: everything on the left belongs to one thing on the right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, Self

from weike.quizzes.choice import draw_ids
from weike.quizzes.errors import ResponseError
from weike.quizzes.html import render
from weike.quizzes.i18n import _
from weike.quizzes.question import Grade, Layout, Partial, Question
from weike.quizzes.text import normalise
from weike.quizzes.view import OptionView, QuestionView

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft

_ARROW = re.compile(r"(?<!\\)(\\*)(->|→|－>|-＞)")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingView(QuestionView):
    left: tuple[OptionView, ...]
    right: tuple[OptionView, ...]


@dataclass(frozen=True, kw_only=True)
class Matching(Question):
    """`pairs` belong together; `distractors` belong to nothing. Two pairs may share a right side.

    A response is a list of pairs `[left, right]` or a mapping (indexes or texts, in a browser a
    list of ids); what is left out is wrong. Every pair earns an equal share, whatever rule the
    quiz has for options.
    """

    type: ClassVar[str] = "matching"
    schema: ClassVar[Mapping[str, Any]] = {
        "properties": {
            "pairs": {
                "type": "array",
                "minItems": 2,
                "items": {
                    "type": "array",
                    "minItems": 2,
                    "maxItems": 2,
                    "items": {"type": "string", "minLength": 1},
                },
            },
            "distractors": {"type": "array", "items": {"type": "string", "minLength": 1}},
        },
        "required": ["pairs"],
    }

    pairs: tuple[tuple[str, str], ...]
    distractors: tuple[str, ...] = ()

    @cached_property
    def rights(self) -> tuple[str, ...]:
        """What can be picked for a left side, each once."""
        found: dict[str, str] = {}
        for text in (*(right for _left, right in self.pairs), *self.distractors):
            found.setdefault(normalise(text), text)
        return tuple(found.values())

    @cached_property
    def key(self) -> tuple[int, ...]:
        """For each left side the index of its right side in `rights`."""
        places = {normalise(text): index for index, text in enumerate(self.rights)}
        return tuple(places[normalise(right)] for _left, right in self.pairs)

    def flaw(self) -> str | None:
        if len(self.pairs) < 2:
            return _("there is nothing to match")
        return None if len(self.rights) > 1 else _("everything belongs to the same right side")

    def problems(self) -> list[str]:
        found = super().problems()
        seen: set[str] = set()
        for left, _right in self.pairs:
            if normalise(left) in seen:
                found.append(_("{text} stands there twice").format(text=left))
            seen.add(normalise(left))
        return found

    def check(self, response: object) -> dict[int, int]:
        if isinstance(response, Mapping):
            response = list(response.items())
        if not isinstance(response, list | tuple):
            raise ResponseError(_("an answer here is a list of pairs"))
        lefts, rights = [left for left, _right in self.pairs], list(self.rights)
        picked: dict[int, int] = {}
        for pair in response:
            if not isinstance(pair, list | tuple) or len(pair) != 2:
                raise ResponseError(_("an answer here is a list of pairs"))
            left, right = _place(pair[0], lefts), _place(pair[1], rights)
            if left in picked:
                raise ResponseError(_("something on the left is matched twice"))
            picked[left] = right
        return picked

    def mark(self, response: dict[int, int], partial: Partial) -> Grade:
        parts = tuple(float(response.get(left) == right) for left, right in enumerate(self.key))
        return self.earned(sum(parts) / len(parts), parts)

    def draw(self, rng: Random, *, shuffle: bool) -> dict[str, Any]:
        """The right side is shuffled whatever the quiz says: its order is the key."""
        left, right = list(range(len(self.pairs))), list(range(len(self.rights)))
        if shuffle:
            rng.shuffle(left)
        rng.shuffle(right)
        ids = draw_ids(rng, len(left) + len(right))
        return {
            "left": [list(pair) for pair in zip(ids, left, strict=False)],
            "right": [list(pair) for pair in zip(ids[len(left) :], right, strict=True)],
        }

    def view(self, layout: Layout) -> QuestionView:
        lefts = [left for left, _right in self.pairs]
        return MatchingView(
            **self.shown(),
            left=_views(layout["left"], lefts),
            right=_views(layout["right"], self.rights),
        )

    def decode(self, layout: Layout, response: object) -> dict[int, int]:
        left = {id: int(index) for id, index in layout["left"]}
        right = {id: int(index) for id, index in layout["right"]}
        if not isinstance(response, list):
            raise ResponseError(_("an answer here is a list of pairs"))
        pairs = []
        for pair in response:
            if not isinstance(pair, list) or len(pair) != 2:
                raise ResponseError(_("an answer here is a list of pairs"))
            if not isinstance(pair[0], str) or not isinstance(pair[1], str):
                raise ResponseError(_("an answer here is a list of pairs"))
            if pair[0] not in left or pair[1] not in right:
                raise ResponseError(_("this is none of the options"))
            pairs.append([left[pair[0]], right[pair[1]]])
        return self.check(pairs)

    def feedback(self, layout: Layout, response: dict[int, int] | None) -> dict[str, Any]:
        right = {int(index): id for id, index in layout["right"]}
        picked = response or {}
        return {
            "pairs": [
                {
                    "left": id,
                    "right": right[self.key[int(index)]],
                    "correct": picked.get(int(index)) == self.key[int(index)],
                }
                for id, index in layout["left"]
            ]
        }

    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {"pairs": [list(pair) for pair in self.pairs]}
        return body | ({"distractors": list(self.distractors)} if self.distractors else {})

    @classmethod
    def from_body(cls, body: Mapping[str, Any], **common: Any) -> Self:
        return cls(
            **common,
            pairs=tuple((left.strip(), right.strip()) for left, right in body["pairs"]),
            distractors=tuple(text.strip() for text in body.get("distractors", ())),
        )

    @classmethod
    def claims(cls, draft: Draft) -> bool:
        if not draft.items or draft.body[-1].kind != "bullet_list" or draft.is_task_list:
            return False
        return all(_split(item.text) for item in draft.items)

    @classmethod
    def from_markdown(cls, draft: Draft) -> Self | None:
        pairs, distractors = [], []
        for item in draft.items:
            sides = _split(f"{item.mark} {item.text}" if item.mark else item.text)
            if item.feedback:
                draft.problem(
                    item.line,
                    _("a quote under a pair"),
                    _("put it at the end of the question, as the explanation"),
                )
            if sides is None or not sides[1]:
                draft.problem(
                    item.line,
                    _("a pair without two sides"),
                    _("write it as - left -> right; without a left side it belongs to nothing"),
                )
            elif sides[0]:
                pairs.append(sides)
            else:
                distractors.append(sides[1])
        if len(pairs) < 2 and not draft.failed:
            draft.problem(
                draft.line, _("there is nothing to match"), _("write two or more pairs: - a -> b")
            )
        return draft.build(
            cls, draft.before_items(), pairs=tuple(pairs), distractors=tuple(distractors)
        )

    def to_markdown(self) -> tuple[str, str]:
        lines = [f"- {_written(left)} -> {_written(right)}" for left, right in self.pairs]
        lines += [f"- -> {_written(text)}" for text in self.distractors]
        return self.stem, "\n".join(lines)

    def map_own_texts(self, change: Callable[[str], str]) -> dict[str, Any]:
        return {
            "pairs": tuple((change(left), change(right)) for left, right in self.pairs),
            "distractors": tuple(map(change, self.distractors)),
        }


def _place(part: object, texts: list[str]) -> int:
    """An index, or the text of exactly one."""
    if isinstance(part, str):
        found = [i for i, text in enumerate(texts) if normalise(text) == normalise(part)]
        if len(found) == 1:
            return found[0]
    elif isinstance(part, int) and not isinstance(part, bool) and 0 <= part < len(texts):
        return part
    raise ResponseError(_("this is none of the options"))


def _views(layout: list[list[Any]], texts: list[str] | tuple[str, ...]) -> tuple[OptionView, ...]:
    return tuple(
        OptionView(id=id, html=render(texts[int(index)], inline=True)) for id, index in layout
    )


def _split(text: str) -> tuple[str, str] | None:
    """The two sides of the first arrow that is not escaped."""
    for arrow in _ARROW.finditer(text):
        if len(arrow[1]) % 2 == 0:
            left = text[: arrow.start() + len(arrow[1])]
            return _read(left), _read(text[arrow.end() :])
    return None


def _read(side: str) -> str:
    return _ARROW.sub(lambda arrow: "\\" * (len(arrow[1]) // 2) + arrow[2], side).strip()


def _written(side: str) -> str:
    """On one line, with a backslash before every arrow that is text."""
    escaped = _ARROW.sub(lambda arrow: "\\" * (2 * len(arrow[1]) + 1) + arrow[2], side)
    return " ".join(escaped.split("\n"))

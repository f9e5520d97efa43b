"""Options to pick from: what single choice, multiple choice and polls share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, Self

from weike.quizzes.attributes import Attributes
from weike.quizzes.errors import ResponseError
from weike.quizzes.html import render
from weike.quizzes.i18n import _
from weike.quizzes.number import plain
from weike.quizzes.question import Layout, Question
from weike.quizzes.text import normalise
from weike.quizzes.view import OptionView, QuestionView

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft

# No look-alikes and no vowels: an id is never a word.
_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
_ID_LENGTH = 8

_LAST = (
    "以上",
    "上述",
    "all of the above",
    "all the above",
    "none of the above",
    "none of these",
    "all of these",
    "both of the above",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """`weight` is the share that picking it earns where the author says more than right or not."""

    text: str
    right: bool = False
    feedback: str | None = None
    weight: float | None = None

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"text": self.text, "right": self.right}
        if self.feedback is not None:
            body["feedback"] = self.feedback
        if self.weight is not None:
            body["weight"] = plain(self.weight)
        return body


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceView(QuestionView):
    options: tuple[OptionView, ...]


def options_schema(*required: str) -> dict[str, Any]:
    """Two options at least, each with the required fields."""
    option = {
        "text": {"type": "string", "minLength": 1},
        "right": {"type": "boolean"},
        "feedback": {"type": "string"},
        "weight": {"type": "number", "minimum": -1, "maximum": 1},
    }
    each = {
        "type": "object",
        "properties": option,
        "required": list(required),
        "additionalProperties": False,
    }
    return {
        "properties": {"options": {"type": "array", "minItems": 2, "items": each}},
        "required": ["options"],
    }


@dataclass(frozen=True, kw_only=True)
class Choice(Question):
    """A question with options. The layout is their order: `{"options": [[id, index], …]}`."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("text", "right")

    options: tuple[Option, ...]

    @property
    def key(self) -> frozenset[int]:
        return frozenset(index for index, option in enumerate(self.options) if option.right)

    def flaw(self) -> str | None:
        return None if self.key else _("no right answer")

    def problems(self) -> list[str]:
        found = super().problems()
        seen: set[str] = set()
        for option in self.options:
            spelling = " ".join(option.text.split())
            if spelling in seen:
                found.append(_("the option {text} stands there twice").format(text=option.text))
            seen.add(spelling)
        return found

    def check_index(self, response: object) -> int:
        """An index, or the text of exactly one option."""
        if isinstance(response, str):
            wanted = normalise(response)
            found = [i for i, o in enumerate(self.options) if normalise(o.text) == wanted]
            if len(found) == 1:
                return found[0]
        elif isinstance(response, bool) or not isinstance(response, int):
            pass
        elif 0 <= response < len(self.options):
            return response
        raise ResponseError(_("this is none of the options"))

    def draw(self, rng: Random, *, shuffle: bool) -> dict[str, Any]:
        order = list(range(len(self.options)))
        if shuffle:
            rng.shuffle(order)
            order.sort(key=lambda index: _stays_last(self.options[index].text))
        ids = draw_ids(rng, len(order))
        return {"options": [[id, index] for id, index in zip(ids, order, strict=True)]}

    def view(self, layout: Layout) -> QuestionView:
        return ChoiceView(
            **self.shown(),
            options=tuple(
                OptionView(id=id, html=render(self.options[index].text, inline=True))
                for id, index in layout["options"]
            ),
        )

    def decode_id(self, layout: Layout, response: object) -> int:
        for id, index in layout["options"]:
            if id == response:
                return int(index)
        raise ResponseError(_("this is none of the options"))

    def option_feedback(self, layout: Layout, picked: Sequence[int]) -> dict[str, Any]:
        """Which options are right, and what the author says to the picked ones."""
        options = []
        for id, index in layout["options"]:
            option = self.options[index]
            body: dict[str, Any] = {"id": id, "right": option.right}
            if index in picked and option.feedback:
                body["html"] = render(option.feedback, inline=True)
            options.append(body)
        return {"options": options}

    def body(self) -> dict[str, Any]:
        return {"options": [option.to_json() for option in self.options]}

    @classmethod
    def from_body(cls, body: Mapping[str, Any], **common: Any) -> Self:
        options = (
            Option(
                text=option["text"].strip(),
                right=option["right"],
                feedback=(option.get("feedback") or "").strip() or None,
                weight=option.get("weight"),
            )
            for option in body["options"]
        )
        return cls(**common, options=tuple(options))

    @classmethod
    def from_markdown(cls, draft: Draft) -> Self | None:
        options = read_options(draft)
        return draft.build(cls, draft.before_items(), options=options)

    def to_markdown(self) -> tuple[str, str]:
        return self.stem, "\n".join(map(option_markdown, self.options))

    def map_own_texts(self, change: Callable[[str], str]) -> dict[str, Any]:
        return {
            "options": tuple(
                replace(o, text=change(o.text), feedback=o.feedback and change(o.feedback))
                for o in self.options
            )
        }


def read_options(draft: Draft) -> tuple[Option, ...]:
    """The options of a task list; what is wrong with them is noted on the draft."""
    for item in draft.items:
        if item.mark is None:
            draft.problem(
                item.line,
                _("an option without a mark"),
                _("begin it with [x] if it is right, with [ ] if it is wrong"),
            )
        elif not item.ticked and not item.unticked:
            draft.problem(
                item.line,
                _("{mark} is no mark").format(mark=item.mark),
                _("write [x] for a right option, [ ] for a wrong one"),
            )
    crossed = [item for item in draft.items if item.crossed]
    if crossed and any(item.ticked and not item.crossed for item in draft.items):
        draft.problem(
            crossed[0].line,
            _("√ and x stand in one list, and x may mean wrong"),
            _("write [x] for a right option, [ ] for a wrong one"),
        )
    options = read_listed(draft)
    if not any(option.right for option in options):
        draft.problem(draft.line, _("no right answer"), _("mark one with [x]"))
    return options


def read_listed(draft: Draft) -> tuple[Option, ...]:
    """The list under a question as options, whatever their marks are."""
    options = []
    for item in draft.items:
        draft.swallowed(item)
        text, attributes = draft.attributes_at_end(item.text, item.line, known=("weight",))
        if not text:
            draft.problem(item.line, _("an empty option"), _("write its text or delete the line"))
        weight = attributes.number("weight", low=-1, high=1)
        options.append(Option(text=text, right=item.ticked, feedback=item.feedback, weight=weight))
    if len(options) == 1 and not draft.failed:
        draft.problem(draft.items[0].line, _("there is only one option"), _("write two or more"))
    seen: dict[str, int] = {}
    for item, option in zip(draft.items, options, strict=True):
        spelling = " ".join(option.text.split())
        first = seen.setdefault(spelling, item.line)
        if first != item.line and spelling:
            draft.problem(
                item.line,
                _("the option {text} stands there twice").format(text=option.text),
                _("line {n} has it already; change or delete one").format(n=first),
            )
    return tuple(options)


def option_markdown(option: Option, mark: str = "") -> str:
    attributes = Attributes.of(weight=option.weight)
    head = f"- {mark or ('[x]' if option.right else '[ ]')} "
    lines = attributes.behind(option.text).split("\n")
    if option.feedback:
        lines += [f"> {line}".rstrip() for line in option.feedback.split("\n")]
    return head + "\n".join([lines[0], *(f"  {line}".rstrip() for line in lines[1:])])


def draw_ids(rng: Random, count: int) -> list[str]:
    """Opaque ids, different from each other, for the parts of one question in one attempt."""
    ids: list[str] = []
    while len(ids) < count:
        letters = "".join(rng.choices(_ALPHABET, k=_ID_LENGTH * (count - len(ids))))
        ids += [letters[at : at + _ID_LENGTH] for at in range(0, len(letters), _ID_LENGTH)]
        ids = list(dict.fromkeys(ids))
    return ids


@lru_cache(maxsize=8192)
def _stays_last(text: str) -> bool:
    return normalise(text).startswith(_LAST)

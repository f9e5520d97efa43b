"""The same question in two places: its copies drift apart, and one paper may ask it twice."""

from __future__ import annotations

from typing import Any, Literal

from weike.quizzes.choice import Choice
from weike.quizzes.question import Question
from weike.quizzes.text import normalise
from weike.quizzes.types.poll import Poll

Likeness = Literal["same", "contradicts"]
_ALIKE = 0.5  # share of the options that two questions of one stem have in common


def likeness(one: Question, other: Question) -> Likeness | None:
    """How two questions of the same normalised stem are alike.

    None where only the words agree: “哪些做法是对的？” over two different lists of options.
    """
    if isinstance(one, Choice) and isinstance(other, Choice):
        return _of_options(one, other)
    if one.type != other.type:
        return "same"
    return "same" if _spelt(one.body()) == _spelt(other.body()) else "contradicts"


def _of_options(one: Choice, other: Choice) -> Likeness | None:
    ours, theirs = _options(one), _options(other)
    if ours.keys() == theirs.keys():
        asked = not isinstance(one, Poll) and not isinstance(other, Poll)
        return "contradicts" if asked and ours != theirs else "same"
    rights = {text for text, right in ours.items() if right}
    if rights and rights == {text for text, right in theirs.items() if right}:
        return "same"
    common = len(ours.keys() & theirs.keys()) / len(ours.keys() | theirs.keys())
    return "same" if common >= _ALIKE else None


def _options(question: Choice) -> dict[str, bool]:
    return {normalise(option.text): option.right for option in question.options}


def _spelt(value: Any) -> Any:
    """The key without what only explains it, in one spelling."""
    if isinstance(value, dict):
        return {name: _spelt(part) for name, part in value.items() if name != "feedback"}
    if isinstance(value, list):
        return [_spelt(part) for part in value]
    return normalise(value) if isinstance(value, str) else value

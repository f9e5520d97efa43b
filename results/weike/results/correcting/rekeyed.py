"""Whether two versions of a question ask the same, and what each takes for right."""

from __future__ import annotations

from random import Random
from typing import Any

from weike.quizzes.choice import Choice
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.essay import Essay
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.material import Material
from weike.quizzes.types.numeric import Numeric
from weike.quizzes.types.ordering import Ordering
from weike.results.analysis.distractors import plain_text
from weike.results.types import canonical

# What the author says to an answer, and where a question belongs, changes no mark.
_SAID = frozenset({"feedback", "explanation", "topic", "tags", "difficulty"})
_POINTS = frozenset({"points"})


def asks_the_same(one: Question, other: Question) -> bool:
    """Whether people saw the same question: the stem and the options, in the author's order.

    Answers are stored as places in that order, so they can be graded by another version only then.
    """
    return _asked(one) == _asked(other)


def same_key(one: Question, other: Question) -> bool:
    """Whether two versions that ask the same take the same for right."""
    return canonical(_without(one.body(), _SAID)) == canonical(_without(other.body(), _SAID))


def key_text(question: Question) -> str:
    """What counts as right, in one line for people."""
    match question:
        case Choice():
            return " + ".join(plain_text(one.text) for one in question.options if one.right)
        case Boolean():
            return _("true") if question.right else _("false")
        case Blank():
            return " | ".join(
                " / ".join(one.text for one in blank if one.weight == 1.0)
                for blank in question.blanks
            )
        case Numeric():
            return " / ".join(str(one) for one in question.answers if one.weight == 1.0)
        case Matching():
            return "; ".join(f"{plain_text(a)} → {plain_text(b)}" for a, b in question.pairs)
        case Ordering():
            return " → ".join(map(plain_text, question.items))
        case Essay():
            return ""
        case Material():
            keys = enumerate(map(key_text, question.questions), start=1)
            return "; ".join(f"({number}) {key}" for number, key in keys if key)
    return canonical(_without(question.body(), _SAID))


def _asked(question: Question) -> str:
    """All that a browser is shown but the points; the same draw gives both the same option ids."""
    layout = question.draw(Random(0), shuffle=False)  # noqa: S311 - any fixed draw will do
    return canonical(_without(question.view(layout).to_json(), _POINTS))


def _without(value: Any, names: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, names) for name, one in value.items() if name not in names}
    return [_without(one, names) for one in value] if isinstance(value, list) else value

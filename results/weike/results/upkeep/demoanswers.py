"""Answers that made-up people give: right or wrong on purpose, in the shape a browser sends."""

from __future__ import annotations

from random import Random
from typing import Any

from weike.quizzes.choice import Choice
from weike.quizzes.question import Layout, Question
from weike.quizzes.types.blank import Blank, Synonym
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.numeric import Numeric

_LOST = ("不清楚", "忘了", "不知道")


def demo_response(question: Question, layout: Layout, *, right: bool, rng: Random) -> Any | None:
    """A response to a drawn question; None for a type that nobody taught the made-up people."""
    match question:
        case Multiple():
            return _several(question, layout, right=right, rng=rng)
        case Choice():
            fitting = [id for id, i in layout["options"] if question.options[i].right is right]
            return rng.choice(fitting) if fitting else None
        case Boolean():
            return question.right is right
        case Blank():
            return [_text(blank, right, rng) for blank in question.blanks]
        case Numeric():
            return _number(question, right=right, rng=rng)
    return None


def _several(question: Multiple, layout: Layout, *, right: bool, rng: Random) -> list[str]:
    """The key, or the key with one option too few (mostly) or too many."""
    chosen = [id for id, i in layout["options"] if question.options[i].right]
    others = [id for id, i in layout["options"] if not question.options[i].right]
    if not right:
        if len(chosen) > 1 and (not others or rng.random() < 0.7):
            chosen.remove(rng.choice(chosen))
        elif others:
            chosen.append(rng.choice(others))
    return chosen


def _text(synonyms: tuple[Synonym, ...], right: bool, rng: Random) -> str:
    if not right:
        return rng.choice(_LOST)
    return rng.choice([synonym.text for synonym in synonyms if synonym.weight == 1.0])


def _number(question: Numeric, *, right: bool, rng: Random) -> str:
    answer = next(one for one in question.answers if one.weight == 1.0)
    if answer.value is not None:
        value, spread = answer.value, answer.tolerance
    else:
        low = answer.min if answer.min is not None else answer.max
        high = answer.max if answer.max is not None else answer.min
        assert low is not None
        assert high is not None
        value, spread = (low + high) / 2, (high - low) / 2
    if not right:
        value += (spread * 3 + max(1.0, abs(value) * 0.5)) * rng.choice((-1, 1))
    return f"{value:g}"

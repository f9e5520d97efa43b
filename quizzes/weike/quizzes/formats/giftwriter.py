"""One question as GIFT. What GIFT cannot say is left out; reading it back shows what that was."""

from __future__ import annotations

import re

from weike.quizzes.blocks import find_inline
from weike.quizzes.choice import Choice
from weike.quizzes.number import plain
from weike.quizzes.question import Question
from weike.quizzes.text import item_id
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.numeric import Answer, Numeric
from weike.quizzes.types.ordering import Ordering
from weike.quizzes.types.single import Single

_ESCAPED = "\\:#={}~"


def dump_question(question: Question) -> str:
    before, after = question.stem, ""
    if isinstance(question, Blank) and len(question.blanks) == 1:
        gaps = find_inline(question.stem, "gap")
        start, end = gaps[0]
        before, after = question.stem[:start], question.stem[end:]
    named = question.id != item_id(question.stem)
    notes = [f"[id:{question.id}]"] * named + [f"[tag:{tag}]" for tag in question.tags]
    head = f"// {' '.join(notes)}\n" if notes else ""
    block = _answers(question)
    stem = f"[markdown]{_escaped(before)}"
    if block is None:
        return head + stem
    if question.explanation:
        block = f"{block.rstrip()}\n####{_text(question.explanation)}"
    return f"{head}{stem}{{{block}}}{_escaped(after)}"


def _answers(question: Question) -> str | None:
    """What stands between the braces; None for a text without a question."""
    match question:
        case Single():
            return _options(question, single=True)
        case Multiple():
            return _options(question, single=False)
        case Boolean():
            said = [question.if_wrong or "", question.if_right or ""]
            while said and not said[-1]:
                said.pop()
            return ("TRUE" if question.right else "FALSE") + "".join(f"#{_text(s)}" for s in said)
        case Blank() if len(question.blanks) == 1:
            return "".join(
                f"={_weight(s.weight)}{_typed(s.text)}{_feedback(s.feedback)} "
                for s in question.blanks[0]
            ).strip()
        case Numeric():
            return "#" + "".join(
                f"\n={_weight(a.weight)}{_number(a)}{_feedback(a.feedback)}"
                for a in question.answers
            )
        case Matching():
            pairs = [*question.pairs, *(("", text) for text in question.distractors)]
            return "".join(f"\n={_text(left)} -> {_text(right)}" for left, right in pairs) + "\n"
        case Ordering():
            head = f">{len(question.items)} EXACT VERTICAL ABSOLUTE_POSITION SHOW"
            return "\n".join([head, *map(_text, question.items)]) + "\n"
        case _:
            return "" if question.type == "essay" else None


def _options(question: Choice, *, single: bool) -> str:
    share = 1 / max(1, len(question.key))
    lines = []
    for option in question.options:
        if single:
            head = "=" if option.right else f"~{_percent(option.weight)}"
        else:
            weight = option.weight if option.weight is not None else share * option.right
            head = f"~{_percent(weight)}"
        lines.append(f"\n{head}{_text(option.text)}{_feedback(option.feedback)}")
    return "".join(lines) + "\n"


def _percent(weight: float | None) -> str:
    return f"%{plain(round(100 * weight, 5))}%" if weight else ""


def _weight(weight: float) -> str:
    return "" if weight == 1 else _percent(weight)


def _number(answer: Answer) -> str:
    if answer.is_range and answer.min is not None and answer.max is not None:
        return f"{plain(answer.min)}..{plain(answer.max)}"
    if answer.value is None:
        return ""  # open at one end: GIFT has no way to say it
    spread = f":{plain(answer.tolerance)}" if answer.tolerance else ""
    return f"{plain(answer.value)}{spread}"


def _feedback(text: str | None) -> str:
    return f"#{_text(text)}" if text else ""


def _typed(text: str) -> str:
    """A text that people type; * alone would stand for any other."""
    return _text(text.replace("*", "\\*"))


def _text(text: str) -> str:
    # What looks like the name of a format would be taken for one.
    named = re.match(r"\s*\[(?:html|moodle|plain|markdown)\]", text, re.IGNORECASE)
    return ("[markdown]" if named else "") + _escaped(text)


def _escaped(text: str) -> str:
    escaped = "".join(f"\\{char}" if char in _ESCAPED else char for char in text)
    return escaped.replace("\n", "\\n")

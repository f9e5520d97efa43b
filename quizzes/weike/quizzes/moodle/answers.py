"""Options, typed texts and numbers: what several of Moodle's types have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from weike.quizzes.i18n import _
from weike.quizzes.moodle.entry import UnfitError, number

_FULL = 0.99999
_STAR = re.compile(r"(?<!\\)\*")


@dataclass(frozen=True, slots=True)
class Weighed:
    """An answer as Markdown or as typed, its share, and what is said to it."""

    text: str
    weight: float
    feedback: str | None = None
    tolerance: float = 0.0


def options(answers: Sequence[Weighed], *, single: bool, dropped: list[str]) -> dict[str, Any]:
    """A choice; raises `UnfitError` where no option is right."""
    found: list[dict[str, Any]] = []
    for answer in answers:
        if not answer.text and answer.weight <= 0:
            continue  # Moodle's form leaves empty ones behind
        option: dict[str, Any] = {"text": answer.text}
        if answer.feedback:
            option["feedback"] = answer.feedback
        right = answer.weight >= _FULL if single else answer.weight > 0
        if single and right and any(one["right"] for one in found):
            dropped.append(_("a second full answer of a single choice, which now earns 99 %"))
            right, option["weight"] = False, 0.99
        elif answer.weight and not (single and right):
            option["weight"] = round(answer.weight, 7)
        option["right"] = right
        found.append(option)
    if not any(option["right"] for option in found):
        raise UnfitError(
            _("no right answer"),
            _("give one answer 100 % in Moodle") if single else _("give one answer more than 0 %"),
        )
    if not single:
        _without_even_weights(found)
    return {"type": "single" if single else "multiple", "options": found}


def _without_even_weights(found: list[dict[str, Any]]) -> None:
    """Right options that share the points evenly need no weights."""
    rights = [option for option in found if option["right"]]
    if len({round(option["weight"], 3) for option in rights}) == 1:
        for option in rights:
            del option["weight"]


def synonyms(answers: Sequence[Weighed], dropped: list[str]) -> list[Any]:
    """The accepted texts of one blank; raises `UnfitError` where none is fully right."""
    found: list[Any] = []
    starred = False
    for answer in answers:
        if not answer.text:
            continue
        if answer.weight <= 0:
            if answer.feedback or answer.text != "*":
                dropped.append(_("answers that earn nothing, with what is said to them"))
            continue
        if _STAR.search(answer.text):
            starred = True
            continue
        text = answer.text.replace("\\*", "*")
        if answer.weight < _FULL or answer.feedback:
            said = {"feedback": answer.feedback} if answer.feedback else {}
            weight = 1 if answer.weight >= _FULL else round(answer.weight, 7)
            found.append({"text": text, "weight": weight, **said})
        else:
            found.append(text)
    full = any(isinstance(one, str) or one["weight"] == 1 for one in found)
    if starred and not full:
        raise UnfitError(
            _("the right answer has the wildcard *, which a bank does not know"),
            _("write out the answers that are right"),
        )
    if starred:
        dropped.append(_("answers with the wildcard *"))
    if not full:
        raise UnfitError(_("no right answer"), _("give one answer 100 % in Moodle"))
    return found


def numbers(answers: Sequence[Weighed], unit: str, dropped: list[str]) -> dict[str, Any]:
    """A numeric question; raises `UnfitError` where no number is right."""
    found = []
    for answer in answers:
        if answer.weight <= 0 or answer.text == "*":
            if answer.weight > 0:
                raise UnfitError(
                    _("every number is right here"), _("give the number that is right")
                )
            if answer.text and (answer.feedback or answer.text != "*"):
                dropped.append(_("answers that earn nothing, with what is said to them"))
            continue
        value = number(answer.text)
        if value is None:
            raise UnfitError(
                _("{text} is no number").format(text=answer.text[:40] or "—"),
                _("write the number alone"),
            )
        body: dict[str, Any] = {"value": value}
        if answer.tolerance:
            body["tolerance"] = abs(answer.tolerance)
        if unit:
            body["unit"] = unit
        if answer.weight < _FULL:
            body["weight"] = round(answer.weight, 7)
        if answer.feedback:
            body["feedback"] = answer.feedback
        found.append(body)
    if not any("weight" not in body for body in found):
        raise UnfitError(_("no right answer"), _("give one answer 100 % in Moodle"))
    return {"type": "numeric", "answers": found}

"""A number: exact, with a tolerance, or in a range; with a unit where the question names one."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from weike.quizzes.attributes import Attributes
from weike.quizzes.errors import ResponseError
from weike.quizzes.html import render
from weike.quizzes.i18n import _
from weike.quizzes.number import (
    NUMBER,
    DecimalCommaError,
    Quantity,
    decimal,
    plain,
    read_decimal,
    read_quantity,
    same_unit,
    spelling,
)
from weike.quizzes.question import Grade, Hint, Layout, Partial, Question, Ungraded
from weike.quizzes.text import check_text
from weike.quizzes.view import QuestionView

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft

_LONGEST = 100
_NUMBER = {"type": "number", "minimum": -1e300, "maximum": 1e300}
_PERCENT = "%"
_SYMBOLS = "%‰°℃℉′″'\"$¥€£Ω"
_RANGE_SIGN = r"\s*(?:\.\.+|~|～|至)\s*"
_PLUS_MINUS = r"\s*(?:±|\+/-|\+-)\s*"
_RANGE = re.compile(rf"({NUMBER})?{_RANGE_SIGN}({NUMBER})?(.*)")
_VALUE = re.compile(rf"({NUMBER})(\s*%)?(?:{_PLUS_MINUS}({NUMBER})(\s*%)?)?(.*)")
_NOMINAL = re.compile(rf"({NUMBER})\s*\(({NUMBER})?{_RANGE_SIGN}({NUMBER})?\)(.*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`min` to `max` if either is given, else `value` ± `tolerance`. `weight` under 1: partly."""

    value: float | None = None
    tolerance: float = 0.0
    min: float | None = None
    max: float | None = None
    unit: str | None = None
    weight: float = 1.0
    feedback: str | None = None

    @property
    def is_range(self) -> bool:
        return self.min is not None or self.max is not None

    def accepts(self, quantity: Quantity) -> bool:
        return any(self._spans(value) for value in self._readings(quantity))

    def _readings(self, quantity: Quantity) -> list[Decimal]:
        """What the writer may have meant, in this answer's unit."""
        if not quantity.unit or (self.unit and same_unit(quantity.unit, self.unit)):
            return [quantity.value]
        if not self.unit and same_unit(quantity.unit, _PERCENT):
            # Nobody said what 12% is to be counted in: 0.12 and 12 are both fair.
            return [quantity.value, quantity.value / 100]
        return []

    def _spans(self, value: Decimal) -> bool:
        if self.is_range:
            low = self.min is None or value >= decimal(self.min)
            return low and (self.max is None or value <= decimal(self.max))
        assert self.value is not None, "an answer has a value or a range"
        return abs(value - decimal(self.value)) <= decimal(self.tolerance)

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "value": self.value,
            "tolerance": self.tolerance or None,
            "min": self.min,
            "max": self.max,
            "unit": self.unit,
            "weight": None if self.weight == 1.0 else self.weight,
            "feedback": self.feedback,
        }
        return {
            key: plain(value) if isinstance(value, float) else value
            for key, value in body.items()
            if value is not None
        }

    def __str__(self) -> str:
        unit = "" if not self.unit else self.unit if self.unit == _PERCENT else f" {self.unit}"
        if self.is_range:
            span = f"{_number(self.min)}..{_number(self.max)}"
            return (span if self.value is None else f"{_number(self.value)} ({span})") + unit
        spread = f" ± {_number(self.tolerance)}" if self.tolerance else ""
        if unit == _PERCENT and spread:
            return f"{_number(self.value)}%{spread}%"
        return f"{_number(self.value)}{spread}{unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumericView(QuestionView):
    unit: str | None


@dataclass(frozen=True, kw_only=True)
class Numeric(Question):
    """A response is a text, because people write numbers in many ways.

    A comma that may be a decimal point or not, and a unit that the question does not name, are
    answered with a hint: neither saved nor marked.
    """

    type: ClassVar[str] = "numeric"
    schema: ClassVar[Mapping[str, Any]] = {
        "properties": {
            "answers": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": {
                        "value": _NUMBER,
                        "tolerance": _NUMBER | {"minimum": 0},
                        "min": _NUMBER,
                        "max": _NUMBER,
                        "unit": {"type": "string", "minLength": 1},
                        "weight": {"type": "number", "minimum": 0, "maximum": 1},
                        "feedback": {"type": "string"},
                    },
                    "additionalProperties": False,
                    "anyOf": [
                        {"required": ["value"]},
                        {"required": ["min"]},
                        {"required": ["max"]},
                    ],
                },
            }
        },
        "required": ["answers"],
    }

    answers: tuple[Answer, ...]

    @property
    def unit(self) -> str | None:
        return next((answer.unit for answer in self.answers if answer.unit), None)

    def flaw(self) -> str | None:
        if not any(answer.weight == 1.0 for answer in self.answers):
            return _("no right answer")
        for answer in self.answers:
            if answer.min is not None and answer.max is not None and answer.min > answer.max:
                return _("the range {answer} is empty").format(answer=answer)
        return None

    def check(self, response: object) -> str:
        if isinstance(response, int | float) and not isinstance(response, bool):
            response = str(response)
        return check_text(response, longest=_LONGEST)

    def mark(self, response: str, partial: Partial) -> Grade | Ungraded:
        if (hint := self.hint(response)) is not None:
            return Hint(reason=hint)
        found = self._best(response)
        return self.earned(0.0 if found is None else found.weight)

    def hint(self, response: str) -> str | None:
        """What to write instead where nobody can say what was meant; it does not tell the key."""
        try:
            quantity = read_quantity(response)
        except DecimalCommaError:
            return _(
                "write {text} without a comma: 3.14 with a point, 1200 without separators"
            ).format(text=response.strip())
        if quantity is None or self.unit or quantity.unit in ("", _PERCENT):
            return None
        return _("write the number alone, without {text}").format(text=quantity.unit)

    def _best(self, response: str) -> Answer | None:
        quantity = read_quantity(response)
        fitting = [a for a in self.answers if quantity is not None and a.accepts(quantity)]
        return max(fitting, key=lambda answer: answer.weight, default=None)

    def view(self, layout: Layout) -> QuestionView:
        return NumericView(**self.shown(), unit=self.unit)

    def decode(self, layout: Layout, response: object) -> str:
        text = self.check(response)
        if (hint := self.hint(text)) is not None:
            raise ResponseError(hint)
        return text

    def feedback(self, layout: Layout, response: str | None) -> dict[str, Any]:
        key = next(answer for answer in self.answers if answer.weight == 1.0)
        shown: dict[str, Any] = {"key": str(key)}
        found = self._best(response) if response is not None else None
        if found is not None and found.feedback:
            shown["message_html"] = render(found.feedback)
        return shown

    def body(self) -> dict[str, Any]:
        return {"answers": [answer.to_json() for answer in self.answers]}

    @classmethod
    def from_body(cls, body: Mapping[str, Any], **common: Any) -> Self:
        return cls(**common, answers=tuple(map(_answer, body["answers"])))

    @classmethod
    def claims(cls, draft: Draft) -> bool:
        return bool(draft.answers)

    @classmethod
    def from_markdown(cls, draft: Draft) -> Self | None:
        if not draft.answers:
            draft.problem(draft.line, _("no right answer"), _("write it as = 110 ± 10"))
        answers = []
        for line in draft.answers:
            text, attributes = draft.attributes_at_end(
                line.text, line.line, known=("weight", "feedback")
            )
            weight = attributes.number("weight", low=0, high=1, default=1.0)
            answer = read_answer(text)
            if answer is None:
                draft.problem(
                    line.line,
                    _("{text} is no number").format(text=text or "="),
                    _("write = 110, = 110 ± 10, = 3..5 or = 12%, and a unit behind it"),
                )
                continue
            answer = replace(
                answer,
                weight=1.0 if weight is None else weight,
                feedback=attributes.get("feedback"),
            )
            if answer.min is not None and answer.max is not None and answer.min > answer.max:
                draft.problem(
                    line.line,
                    _("the range {answer} is empty").format(answer=text),
                    _("write the smaller number first"),
                )
            answers.append(answer)
        if answers and not any(answer.weight == 1.0 for answer in answers):
            draft.problem(draft.line, _("no right answer"), _("give one answer its full weight"))
        return draft.build(cls, draft.before_answers(), answers=tuple(answers))

    def to_markdown(self) -> tuple[str, str]:
        return self.stem, "\n".join(map(_answer_markdown, self.answers))

    def map_own_texts(self, change: Callable[[str], str]) -> dict[str, Any]:
        return {
            "answers": tuple(
                replace(a, feedback=a.feedback and change(a.feedback)) for a in self.answers
            )
        }


def read_answer(text: str) -> Answer | None:
    """`110 ± 10 次`, `3..5 mm`, `12%`, `4 (3..5)`; None for anything else."""
    answer = _read_answer(spelling(text))
    return None if answer is None or not _is_unit(answer.unit) else answer


def _is_unit(text: str | None) -> bool:
    """What stands behind a number can be a unit: not `/2` and not `,14`."""
    return text is None or ((text[0].isalpha() or text[0] in _SYMBOLS) and ".." not in text)


def _read_answer(text: str) -> Answer | None:
    if found := _NOMINAL.fullmatch(text):
        value, low, high, unit = found.groups()
        if low is None and high is None:
            return None
        return Answer(value=_float(value), min=_float(low), max=_float(high), unit=_unit(unit))
    found = _RANGE.fullmatch(text)
    if found and (found[1] or found[2]):
        return Answer(min=_float(found[1]), max=_float(found[2]), unit=_unit(found[3]))
    if not (found := _VALUE.fullmatch(text)):
        return None
    value, percent, spread, spread_percent, unit = found.groups()
    if percent and unit.strip():
        return None
    number = read_decimal(value)
    tolerance = abs(read_decimal(spread)) if spread else Decimal(0)
    if spread_percent and not percent:
        # 110 ± 10% is a share of the value; 12% ± 1% counts in the same percent.
        tolerance = abs(number) * tolerance / 100
    return Answer(
        value=float(number),
        tolerance=float(tolerance),
        unit=_PERCENT if percent else _unit(unit),
    )


def _answer(data: Mapping[str, Any]) -> Answer:
    return Answer(
        value=data.get("value"),
        tolerance=data.get("tolerance", 0.0),
        min=data.get("min"),
        max=data.get("max"),
        unit=(data.get("unit") or "").strip() or None,
        weight=float(data.get("weight", 1.0)),
        feedback=(data.get("feedback") or "").strip() or None,
    )


def _answer_markdown(answer: Answer) -> str:
    weight = None if answer.weight == 1.0 else answer.weight
    attributes = Attributes.of(weight=weight, feedback=answer.feedback)
    return "= " + attributes.behind(str(answer))


def _float(number: str | None) -> float | None:
    return None if number is None else float(read_decimal(number))


def _unit(text: str) -> str | None:
    return text.strip() or None


def _number(value: float | None) -> str:
    return "" if value is None else str(plain(value))

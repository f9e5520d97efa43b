"""What a browser may know of a question. Right answers are not hidden in it: they are absent."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """The part that every question shows. A type that shows more derives its own view."""

    item: str
    type: str
    html: str
    points: int | float

    def to_json(self) -> dict[str, Any]:
        return _shown(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionView:
    """One thing to pick. The id is drawn by chance for each attempt and says nothing."""

    id: str
    html: str


def _shown(view: object) -> dict[str, Any]:
    body: dict[str, Any] = {}
    kind: Any = type(view)
    for name in _names(kind):
        value = getattr(view, name)
        if isinstance(value, tuple):
            body[name] = [_shown(part) if is_dataclass(part) else part for part in value]
        elif value is not None:
            body[name] = value
    return body


@cache
def _names(view: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(view))

"""`{#id difficulty=2 topic="操作"}` behind a heading, an option, an answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from weike.quizzes.i18n import _
from weike.quizzes.number import plain

_HALF_WIDTH = str.maketrans("｛｝＃＝“”　", '{}#="" ')
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\", "]": "]"}


class _NoAttributesError(ValueError):
    """These braces hold something else: a set, a formula, a word."""


@dataclass(frozen=True, slots=True)
class Attributes:
    """Values as written; the readers below note what is wrong through `problem`."""

    values: Mapping[str, str] = field(default_factory=dict)
    problem: Callable[[str, str], None] = lambda message, repair: None

    @classmethod
    def of(cls, **values: Any) -> Attributes:
        """Attributes to write; None and "" are left out."""
        kept = {k: v for k, v in values.items() if v is not None and v != ""}
        return cls({k: str(plain(v)) if isinstance(v, float) else str(v) for k, v in kept.items()})

    def get(self, name: str) -> str | None:
        return self.values.get(name) or None

    def number(
        self, name: str, *, low: float, high: float, default: float | None = None
    ) -> float | None:
        if (text := self.get(name)) is None:
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            self.problem(
                _("{name}={value} does not fit").format(name=name, value=text),
                _("write a number from {low} to {high}").format(low=plain(low), high=plain(high)),
            )
            return default
        return value

    def __str__(self) -> str:
        return "{" + " ".join(map(_written, self.values.items())) + "}"

    def behind(self, text: str) -> str:
        """The text with these attributes behind it, so that reading parts them again."""
        if self.values or split_attributes(text)[1] is not None:
            return f"{text} {self}".lstrip()
        return text


def split_attributes(text: str) -> tuple[str, dict[str, str] | None]:
    """The text without the attributes at its end, and these; None where there are none."""
    if "}" not in text and "｝" not in text:
        return text, None
    plain_text = text.rstrip().translate(_HALF_WIDTH)
    if not plain_text.endswith("}"):
        return text, None
    start = len(plain_text)
    while (start := plain_text.rfind("{", 0, start)) >= 0:
        if not _escaped(plain_text, start):
            try:
                values = dict(_read(plain_text[start + 1 : -1]))
            except _NoAttributesError:
                continue
            return text[:start].rstrip(), values
    return text, None


def _read(inside: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(inside):
        if inside[at].isspace():
            at += 1
        elif inside[at] == "#":
            value, at = _bare(inside, at + 1)
            yield "id", value
        else:
            name, equals, _rest = inside[at:].partition("=")
            if not equals or not name.isidentifier():
                raise _NoAttributesError
            at += len(name) + 1
            value, at = (_quoted if inside[at : at + 1] == '"' else _bare)(inside, at)
            yield name, value


def _bare(inside: str, at: int) -> tuple[str, int]:
    end = at
    while end < len(inside) and not inside[end].isspace():
        if inside[end] in '{}"':
            raise _NoAttributesError
        end += 1
    return inside[at:end], end


def _quoted(inside: str, at: int) -> tuple[str, int]:
    value = ""
    at += 1
    while at < len(inside):
        char = inside[at]
        if char == '"':
            return value, at + 1
        if char == "\\" and inside[at + 1 : at + 2] in _ESCAPES:
            char, at = _ESCAPES[inside[at + 1]], at + 1
        value, at = value + char, at + 1
    raise _NoAttributesError


def _written(item: tuple[str, str]) -> str:
    name, value = item
    if value and all(c.isascii() and (c.isalnum() or c in "._-") for c in value):
        return f"#{value}" if name == "id" else f"{name}={value}"
    for letter, char in (("\\", "\\"), ('"', '"'), ("n", "\n")):
        value = value.replace(char, f"\\{letter}")
    return f'{name}="{value}"'


def _escaped(text: str, at: int) -> bool:
    before = text[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1

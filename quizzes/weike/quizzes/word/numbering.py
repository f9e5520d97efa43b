"""The numbers that Word counts by itself: `1、`, `（1）`, `A.`, which stand in no text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from weike.quizzes.word.model import Mark
from weike.quizzes.word.package import W, value

_DIGITS = "零一二三四五六七八九"
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_ROMAN = (
    *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L")),
    *((40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
)


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str


@dataclass(slots=True)
class Numbering:
    """Counts as Word does, paragraph by paragraph, in the order of the document."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)  # list → the abstract one it counts in
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Element | None) -> Numbering:
        found = cls()
        if root is None:
            return found
        abstract = {
            one.get(f"{W}abstractNumId", ""): {
                int(level.get(f"{W}ilvl", "0")): _level(level) for level in one.iter(f"{W}lvl")
            }
            for one in root.iter(f"{W}abstractNum")
        }
        for one in root.findall(f"{W}num"):
            name, base = one.get(f"{W}numId", ""), value(one, "abstractNumId") or ""
            levels, own = dict(abstract.get(base, {})), False
            for override in one.findall(f"{W}lvlOverride"):
                number = int(override.get(f"{W}ilvl", "0"))
                level = override.find(f"{W}lvl")
                usual = _level(level) if level is not None else levels.get(number)
                start = value(override, "startOverride")
                if usual is not None:
                    levels[number] = _Level(
                        int(start) if start else usual.start, usual.format, usual.text
                    )
                own = own or bool(start)
            found.levels[name] = levels
            found.lists[name] = f"own {name}" if own else f"all {base}"
        return found

    def next(self, name: str, depth: int) -> Mark | None:
        """The mark of the next paragraph of a list; None where the list shows none."""
        levels = self.levels.get(name, {})
        level = levels.get(depth)
        if level is None:
            return None
        if level.format == "bullet":
            return Mark(label="•", level=depth, ordered=False)
        counts = self.counts.setdefault(self.lists[name], {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        if level.format == "none" or not level.text:
            return None

        def number(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            other = levels.get(place, level)
            counts.setdefault(place, other.start)
            # A Chinese chapter counts its own kind; in "1.2" below it Word shows digits.
            return _FORMATS.get(other.format, str)(counts[place])

        return Mark(
            label=re.sub(r"%([1-9])", number, level.text).strip(), level=depth, ordered=True
        )


def _level(level: Element) -> _Level:
    return _Level(
        start=int(value(level, "start") or 1),
        format=value(level, "numFmt") or "decimal",
        text=value(level, "lvlText") or "",
    )


def chinese(number: int, digits: str = _DIGITS, units: str = "十百千") -> str:
    """The number in Chinese, as headings count: 十一, 二十, 一百零三."""
    if not 0 < number < 10_000:
        return str(number)
    said, zero = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if not digit:
            zero = bool(said)
            continue
        said += "零" * zero + digits[digit] + (units[power - 1] if power else "")
        zero = False
    short = f"{digits[1]}{units[0]}"
    return said[1:] if said.startswith(short) and digits is _DIGITS else said


def _letters(number: int) -> str:
    """A … Z, AA, BB as Word goes on."""
    return chr(ord("A") + (number - 1) % 26) * min(1 + (number - 1) // 26, 10)


def _roman(number: int) -> str:
    said = ""
    for amount, letters in _ROMAN:
        said += letters * min(number // amount, 10)
        number %= amount
    return said


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 0 < number <= 20 else f"({number})"


_FORMATS: dict[str, Callable[[int], str]] = {
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "decimalZero": lambda number: f"{number:02}",
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "ideographDigital": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "chineseLegalSimplified": lambda number: chinese(number, _CAPITALS, "拾佰仟"),
}

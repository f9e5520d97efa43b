"""Numbers as people type them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from weike.quizzes.text import INVISIBLE

_DIGITS = r"(?:\d+(?:\.\d*)?|\.\d+)"
NUMBER = rf"[+-]?{_DIGITS}(?:[eE][+-]?\d{{1,3}}|\s*[×x*]\s*10\^[+-]?\d{{1,3}})?"
_NUMBER = re.compile(rf"({NUMBER})\s*(.*)", re.DOTALL)
# 1,234,567 or 1,234.5 can only be groups of thousands; 1,234 could as well be a decimal comma.
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:(?:,\d{3}){2,}(?!\d)|,\d{3}(?=\.\d))")
_COMMA = re.compile(r"[+-]?[\d.]*,\d")
_SIGNS = str.maketrans({"−": "-", "–": "-", "﹣": "-", "％": "%", "\u3000": " "})
_PUNCTUATION = " .。,、;:!?"


class DecimalCommaError(ValueError):
    """A comma that may be meant as a decimal point, or may not: nobody but the writer knows."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and whatever was written behind it."""

    value: Decimal
    unit: str


def spelling(text: str) -> str:
    """Half-width, one kind of minus, and a Chinese full stop between digits as the point it is.

    Not NFKC, which would turn 10² into 102.
    """
    seen = text.translate(INVISIBLE)
    narrow = (chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in seen)
    return re.sub(r"(?<=\d)。(?=\d)", ".", "".join(narrow).translate(_SIGNS)).strip()


def read_quantity(text: str) -> Quantity | None:
    """The number in `text`, None where there is none.

    Raises `DecimalCommaError` for `3,14`, and for `1,234` too: it is 1234 to one reader and 1.234
    to another, and neither may lose a mark by it.
    """
    plain = spelling(text)
    grouped = _GROUPED.match(plain)
    if grouped:
        plain = grouped.group().replace(",", "") + plain[grouped.end() :]
    if _COMMA.match(plain):
        raise DecimalCommaError(text)
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return None
    return Quantity(read_decimal(found[1]), found[2].rstrip(_PUNCTUATION))


def read_decimal(number: str) -> Decimal:
    return Decimal(re.sub(r"\s*[×x*]\s*10\^", "e", number))


def decimal(value: float) -> Decimal:
    """The number that was written, not its nearest binary fraction."""
    return Decimal(repr(value))


def plain(value: float) -> int | float:
    """A whole number without a point, so that 1 and 1.0 are written and hashed alike."""
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else value


def same_unit(given: str, wanted: str) -> bool:
    """Whether two spellings of a unit agree. MW is not mW; kg, Kg and KG are the same."""
    left, right = _unit(given), _unit(wanted)
    if left == right:
        return True
    prefixes = len(left) > 1 and left[:1] != right[:1] and left[:1] in "mM"
    return left.casefold() == right.casefold() and not prefixes


def _unit(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())

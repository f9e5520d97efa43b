"""What a number format makes of a number: a date, a time, a percentage, zeros in front."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from xml.etree.ElementTree import Element


class Kind(Enum):
    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Format:
    """`width` is the number of digits of a format such as 0000, else 0."""

    kind: Kind = Kind.NUMBER
    width: int = 0


GENERAL = Format()
_DATE, _TIME, _PERCENT = Format(Kind.DATE), Format(Kind.TIME), Format(Kind.PERCENT)

# Formats that a file names by number alone; 27-36 and 50-58 are dates of Chinese, Japanese and
# Korean editions, 32-35, 55 and 56 of them times of day.
_BUILT_IN: Mapping[int, Format] = {
    **dict.fromkeys((9, 10), _PERCENT),
    **dict.fromkeys((14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36), _DATE),
    **dict.fromkeys((50, 51, 52, 53, 54, 57, 58), _DATE),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56), _TIME),
}
# Text in quotes, escaped signs, colours and places in brackets (but not the hours of [h]:mm).
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_LAST_SERIAL = 2_958_465  # the last day of the year 9999
_DAYS_TO_1904 = 1_462


def format_of(code: str) -> Format:
    """The format that a code such as `yyyy/m/d` or `0.0%` describes."""
    first = _LITERAL.sub("", code).split(";")[0].strip().casefold()
    if not first or "general" in first:
        return GENERAL
    if re.search(r"[dy]", first) or re.fullmatch(r"[^hs]*m[^hs]*", first):
        return _DATE
    if re.search(r"[hs]", first):
        return _TIME
    if "%" in first:
        return _PERCENT
    return Format(width=len(first)) if not first.strip("0") else GENERAL


def formats(styles: Element | None) -> list[Format]:
    """The formats that cells name by their place (`s="3"`)."""
    if styles is None:
        return []
    own: dict[str, Format] = {}
    found: list[Format] = []
    for node in styles.iter():
        name = node.tag.rpartition("}")[2]
        if name == "numFmt":
            own[node.get("numFmtId", "")] = format_of(node.get("formatCode", ""))
        elif name == "cellXfs":
            for cell in node:
                number = cell.get("numFmtId", "0")
                usual = _BUILT_IN.get(int(number), GENERAL) if number.isdigit() else GENERAL
                found.append(own.get(number, usual))
    return found


def day_of(serial: float, *, since_1904: bool) -> date | None:
    """The day that a number stands for; None for a number that is none.

    Excel counts a 29 February 1900 that never was.
    """
    if not 0 <= serial < _LAST_SERIAL - (_DAYS_TO_1904 if since_1904 else 0):
        return None
    if since_1904:
        return date(1904, 1, 1) + timedelta(days=int(serial))
    return date(1899, 12, 31 if serial < 60 else 30) + timedelta(days=int(serial))


def time_of(serial: float) -> str:
    """The time of day of a number's fraction, to the second."""
    seconds = round(serial % 1 * 86_400) % 86_400
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"

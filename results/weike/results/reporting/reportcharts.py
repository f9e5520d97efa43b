"""The drawings of the report: SVG that needs neither script nor network."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from weike.quizzes.i18n import _
from weike.results.reporting.exports import display_width

_WIDTH = 690
_INK, _SOFT, _LINE, _TEAL, _SAND = "#16262b", "#5c6a6a", "#d5dfde", "#0b6464", "#d98e2b"
_ROW = 21
_LETTER = 6.6  # pixels of half a Chinese letter
_NAMES = 190  # pixels for the names of branches
_LONGEST = 26  # columns of a name; a Chinese letter takes two


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A branch's score with its possible range, all of 100; `own` is the report's."""

    name: str
    value: float
    low: float
    high: float
    own: bool = False


def range_chart(rows: Sequence[Range]) -> Markup:
    """One line for each branch in the order given: a dot, and a bar for where it may lie."""
    low = math.floor(min(row.low for row in rows) / 10) * 10
    high = max(low + 20, math.ceil(max(row.high for row in rows) / 10) * 10)

    def place(value: float) -> float:
        return _NAMES + (value - low) / (high - low) * (_WIDTH - _NAMES - 60)

    bottom = len(rows) * _ROW + 6
    parts = []
    for tick in range(low, high + 1, 10):
        x = place(tick)
        parts.append(_line(x, 0, x, bottom, _LINE))
        parts.append(_text(x, bottom + 14, str(tick), anchor="middle"))
    for i, row in enumerate(rows):
        y = i * _ROW + _ROW / 2 + 3
        colour = _SAND if row.own else _TEAL
        if row.own:
            parts.append(
                f'<rect x="0" y="{y - _ROW / 2:.1f}" width="{_WIDTH}" height="{_ROW}" rx="4"'
                ' fill="#fdf3e3"/>'
            )
        weight = "bold" if row.own else "normal"
        parts.append(
            _text(_NAMES - 12, y + 4, _short(row.name), anchor="end", colour=_INK, weight=weight)
        )
        parts.append(
            f'<rect x="{place(row.low):.1f}" y="{y - 4:.1f}" rx="4" height="8" fill="{colour}"'
            f' width="{max(2, place(row.high) - place(row.low)):.1f}" fill-opacity=".3"/>'
            f'<circle cx="{place(row.value):.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
        )
        parts.append(
            _text(_WIDTH - 6, y + 4, f"{row.value:.1f}", anchor="end", colour=_INK, weight=weight)
        )
    return _svg(bottom + 20, parts, _("Scores and their possible ranges"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Shares of 1 by day; `own` is drawn strong, others thin and dashed."""

    name: str
    points: Sequence[tuple[date, float]]
    own: bool = False


def line_chart(lines: Sequence[Line], *, first: date, last: date) -> Markup:
    """How shares grew from 0 to 100 % between two days."""
    words = {line.name: f"{_short(line.name)} {100 * line.points[-1][1]:.0f}%" for line in lines}
    widest = max(display_width(one) for one in words.values())
    height, left, right = 190, 44, _WIDTH - widest * _LETTER - 14
    days = max(1, (last - first).days)

    def x(day: date) -> float:
        return left + (day - first).days / days * (right - left)

    def y(share: float) -> float:
        return 10 + (1 - share) * height

    parts = []
    for percent in range(0, 101, 25):
        parts.append(_line(left, y(percent / 100), right, y(percent / 100), _LINE))
        parts.append(_text(left - 8, y(percent / 100) + 4, f"{percent}%", anchor="end"))
    for day in (one for one in _month_starts(first, last)):
        parts.append(_line(x(day), 10, x(day), 10 + height, _LINE))
        parts.append(_text(x(day), height + 26, f"{day:%m-%d}", anchor="middle"))
    labels: list[tuple[float, Line]] = []
    for line in lines:
        path = " ".join(
            f"{'L' if i else 'M'}{x(day):.1f} {y(share):.1f}"
            for i, (day, share) in enumerate(line.points)
        )
        stroke = (
            f'stroke="{_SAND}" stroke-width="3"'
            if line.own
            else f'stroke="{_TEAL}" stroke-width="1.6" stroke-dasharray="6 4"'
        )
        parts.append(f'<path d="{path}" fill="none" stroke-linejoin="round" {stroke}/>')
        labels.append((y(line.points[-1][1]), line))
    for place, line in _apart(labels, 16):
        colour = _SAND if line.own else _TEAL
        at = x(line.points[-1][0]) + 8
        parts.append(_text(at, place + 4, words[line.name], colour=colour, weight="bold"))
    return _svg(height + 34, parts, _("Completion over time"))


def _short(name: str) -> str:
    """The name, or as much of it as there is room for."""
    if display_width(name) <= _LONGEST:
        return name
    while display_width(name) > _LONGEST - 1:
        name = name[:-1]
    return f"{name}…"


def _apart(labels: list[tuple[float, Line]], least: float) -> list[tuple[float, Line]]:
    """Labels so far from each other that all can be read."""
    placed: list[tuple[float, Line]] = []
    for place, line in sorted(labels, key=lambda one: one[0]):
        above = placed[-1][0] + least if placed else place
        placed.append((max(place, above), line))
    return placed


def _month_starts(first: date, last: date) -> list[date]:
    found = [first]
    while found[-1] <= last:
        day = found[-1]
        found.append(date(day.year + day.month // 12, day.month % 12 + 1, 1))
    return [day for day in found if day <= last]


def _svg(height: float, parts: Sequence[str], title: str) -> Markup:
    body = "".join(parts)
    return Markup(  # noqa: S704 - numbers, and texts that were escaped
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" class="chart">'
        f"<title>{escape(title)}</title>{body}</svg>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
        ' stroke-width="1"/>'
    )


def _text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    colour: str = _SOFT,
    weight: str = "normal",
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="12"'
        f' font-weight="{weight}">{escape(words)}</text>'
    )

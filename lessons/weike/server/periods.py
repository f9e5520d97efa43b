"""Periods as pages offer them."""

from __future__ import annotations

from datetime import date

from weike.results.periods import Period

QUARTERS = 4
MONTHS = 6


def recent_quarters(day: date) -> list[Period]:
    """The quarter of a day and the ones before it."""
    return _before(day, QUARTERS, 3)


def recent_months(day: date) -> list[Period]:
    """The month of a day and the ones before it."""
    return _before(day, MONTHS, 1)


def _before(day: date, count: int, length: int) -> list[Period]:
    """The newest first: `count` periods of so many months, the last of which holds `day`."""
    last = (day.year * 12 + day.month - 1) // length * length
    starts = [divmod(last - length * back, 12) for back in range(count)]
    return [Period.months(year, month + 1, length) for year, month in starts]

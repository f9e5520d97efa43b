"""Periods of a figure: a year, a half, a quarter or a month of the course's own calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _

_FORM = re.compile(r"(?P<year>\d{4})(?:-?(?P<part>[QH])(?P<n>[1-4])|-(?P<month>\d{1,2}))?", re.I)
_MONTHS = {"Q": 3, "H": 6}
_YEARS = range(1970, 2200)  # those of a record that was brought along, and no slip of a key


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Whole months from `first` until the day before `after`.

    >>> Period.parse("2026-Q4")
    Period(first=datetime.date(2026, 10, 1), after=datetime.date(2027, 1, 1))
    """

    first: date
    after: date

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026`, `2026-H2`, `2026-Q4` or `2026-11`; `WeikeError` on anything else."""
        match = _FORM.fullmatch(text.strip())
        if match is not None and int(match["year"]) in _YEARS:
            year = int(match["year"])
            if match["month"]:
                if 1 <= int(match["month"]) <= 12:
                    return cls.months(year, int(match["month"]), 1)
            elif match["part"]:
                length = _MONTHS[match["part"].upper()]
                start = (int(match["n"]) - 1) * length + 1
                if start <= 12:
                    return cls.months(year, start, length)
            else:
                return cls.months(year, 1, 12)
        raise WeikeError(
            _(
                "{text} is no period; write a year, half, quarter or month:"
                " 2026, 2026-H2, 2026-Q4, 2026-11"
            ).format(text=text)
        )

    @classmethod
    def months(cls, year: int, month: int, count: int) -> Period:
        """`count` months from the first of `month`."""
        years, rest = divmod(month - 1 + count, 12)
        return cls(date(year, month, 1), date(year + years, rest + 1, 1))

    @classmethod
    def of(cls, day: date) -> Period:
        """The quarter that holds `day`."""
        return cls.months(day.year, (day.month - 1) // 3 * 3 + 1, 3)

    @classmethod
    def current(cls, now: datetime, zone: tzinfo) -> Period:
        """The quarter of `now` where the organisation is."""
        return cls.of(local_date(now, zone))

    @property
    def before(self) -> Period:
        """The one of the same length that ends where this one begins."""
        count = (self.after.year - self.first.year) * 12 + self.after.month - self.first.month
        months = self.first.year * 12 + self.first.month - 1 - count
        return Period.months(months // 12, months % 12 + 1, count)

    def start(self, zone: tzinfo) -> datetime:
        """The first instant, in UTC."""
        return day_start(self.first, zone)

    def end(self, zone: tzinfo) -> datetime:
        """The first instant after the period, in UTC."""
        return day_start(self.after, zone)

    def __str__(self) -> str:
        count = (self.after.year - self.first.year) * 12 + self.after.month - self.first.month
        match count:
            case 12:
                return f"{self.first.year}"
            case 6:
                return f"{self.first.year}-H{self.first.month // 6 + 1}"
            case 3:
                return f"{self.first.year}-Q{self.first.month // 3 + 1}"
            case _:
                return f"{self.first:%Y-%m}"


def period_words(period: Period) -> str:
    """`2026-Q4` as people say it."""
    year, _dash, part = str(period).partition("-")
    if part.startswith("Q"):
        return _("{year}, quarter {n}").format(year=year, n=part[1:])
    if part.startswith("H"):
        return _("{year}, half {n}").format(year=year, n=part[1:])
    if part:
        return _("{year}, month {n}").format(year=year, n=int(part))
    return year


def local_date(now: datetime, zone: tzinfo) -> date:
    """The calendar day of an aware instant where the organisation is."""
    assert now.tzinfo is not None, "instants are aware"
    return now.astimezone(zone).date()


def day_start(day: date, zone: tzinfo) -> datetime:
    """Midnight of `day` in `zone`, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)

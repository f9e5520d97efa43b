"""Weeks of the calendar, from Monday, and the lessons that belong to one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from sqlalchemy import select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.catalogue import LessonSummary, published
from weike.results.periods import local_date
from weike.results.store import Store
from weike.results.tables import assignment

_FORM = re.compile(r"(\d{4})-?W(\d{1,2})", re.I)


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """Seven days from the Monday `first`."""

    first: date

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026-W47`; `WeikeError` on anything else."""
        match = _FORM.fullmatch(text.strip())
        try:
            if match:
                return cls(date.fromisocalendar(int(match[1]), int(match[2]), 1))
        except ValueError:
            pass
        raise WeikeError(_("{text} is no week; write one such as 2026-W47").format(text=text))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day - timedelta(days=day.weekday()))

    @property
    def last(self) -> date:
        return self.first + timedelta(days=6)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        year, week, _day = self.first.isocalendar()
        return f"{year}-W{week:02}"

    def words(self) -> str:
        """As people say it, with its days."""
        year, week, _day = self.first.isocalendar()
        return _("week {week} of {year}: {first} to {last}").format(
            week=week,
            year=year,
            first=f"{self.first.month}/{self.first.day}",
            last=f"{self.last.month}/{self.last.day}",
        )


def week_lessons(store: Store, week: Week, *, slugs: Sequence[str] = ()) -> list[LessonSummary]:
    """These published lessons; without any, those first published or due in the week.

    Raises `WeikeError` where there is none, or where one of them is not published.
    """
    lessons = {one.slug: one for one in published(store)}
    if missing := [slug for slug in slugs if slug not in lessons]:
        raise WeikeError(_("there is no lesson {slug}").format(slug=", ".join(missing)))
    if slugs:
        return [lessons[slug] for slug in slugs]
    with store.read() as connection:
        due = {
            row.slug
            for row in connection.execute(
                select(assignment.c.slug).where(
                    assignment.c.withdrawn_at.is_(None),
                    assignment.c.due.between(week.first, week.last),
                )
            )
        }
    found = [
        one
        for one in lessons.values()
        if one.slug in due or local_date(one.since, store.zone) in week
    ]
    if not found:
        raise WeikeError(
            _("no lesson is new or due in {week}; name the lessons").format(week=week.words())
        )
    return found

"""Days and moments as people say them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from babel.dates import format_skeleton

from weike.quizzes.errors import AttemptRefused
from weike.quizzes.i18n import _, language
from weike.results.periods import local_date


def day_words(day: date, today: date) -> str:
    """`12月1日`; with the year where it is another."""
    skeleton = "MMMd" if day.year == today.year else "yMMMd"
    return format_skeleton(skeleton, day, locale=language().replace("-", "_"))


def moment_words(moment: datetime, today: date, zone: tzinfo, *, end: bool = False) -> str:
    """`12月1日 08:30` where the organisation is; the midnight that is an end belongs to its day."""
    here = moment.astimezone(zone)
    if end and (here.hour, here.minute) == (0, 0):
        return f"{day_words(here.date() - timedelta(days=1), today)} 24:00"
    return f"{day_words(here.date(), today)} {here:%H:%M}"


def due_words(due: date | None, today: date) -> str:
    """Until when something is to be done; empty where there is no day."""
    if due is None:
        return ""
    if due < today:
        return _("overdue since {day}").format(day=day_words(due, today))
    if due == today:
        return _("due today")
    return _("due {day}").format(day=day_words(due, today))


def refusal_words(refused: AttemptRefused, now: datetime, zone: tzinfo) -> str:
    """Why no attempt may start; with the moment where a quiz is not open yet, or no more."""
    said = {
        "not_open": _("This quiz opens on {moment}."),
        "closed": _("This quiz could be taken until {moment}."),
    }.get(refused.code)
    if said is None or refused.when is None:
        return str(refused)
    end = refused.code == "closed"
    return said.format(moment=moment_words(refused.when, local_date(now, zone), zone, end=end))

"""Pages for the printer: templates of this package, with figures and times as people write them."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from weike.quizzes.i18n import _, language
from weike.results.people import Branch

NOTHING = "–"


def page(template: str, *, zone: tzinfo, **values: Any) -> str:
    """`templates/<template>` as HTML in the current language; times in `zone`.

    Nothing in it needs a network or a script: `printing` would refuse both.
    """
    filters = {"moment": lambda at: moment(at, zone), "day": lambda at: day(at, zone)}
    return (
        _environment().get_template(template).render(language=language(), shown=filters, **values)
    )


def percent(share: float | None, digits: int = 0) -> str:
    return NOTHING if share is None or share != share else f"{100 * share:.{digits}f}%"


def points(value: float | None) -> str:
    """Of 100."""
    return NOTHING if value is None or value != value else f"{value:.1f}"


def moment(at: datetime | None, zone: tzinfo) -> str:
    return NOTHING if at is None else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def day(at: date | None, zone: tzinfo) -> str:
    if at is None:
        return NOTHING
    return (at.astimezone(zone).date() if isinstance(at, datetime) else at).isoformat()


def report_footer(organisation: str, branch: Branch, until: str) -> str:
    """What stands at the foot of every page; `until` as `moment` writes it."""
    words = _("figures as of {until}").format(until=until)
    return f"{organisation} · {branch.name} · {words}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("weike.results.reporting", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["_"] = _
    environment.filters.update(percent=percent, points=points)
    return environment

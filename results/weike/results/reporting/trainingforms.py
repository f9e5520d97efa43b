"""The training record as forms to print and sign."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from weike.quizzes.i18n import _
from weike.results.people import Branch, Branches
from weike.results.periods import Period, period_words
from weike.results.reporting.paper import day, page
from weike.results.reporting.training import Record, Session
from weike.results.reporting.trainingsheets import (
    hours,
    hours_words,
    name_of,
    participation_result,
    record_sheet,
    state,
)


def sessions_form(
    sessions: Sequence[Session],
    *,
    tree: Branches,
    branch: Branch,
    period: Period,
    organisation: str,
    per_hour: int,
    zone: tzinfo,
) -> str:
    """HTML with a page for each session: what it was, who took part, a column to sign."""
    return page(
        "sessions.html",
        zone=zone,
        heading=f"{_('Training session record')} · {branch.name} · {period_words(period)}",
        organisation=organisation,
        branch=branch.name,
        period=period_words(period),
        sessions=[_session(one, tree, per_hour, zone) for one in sessions],
        note=hours_words(per_hour),
    )


def records_form(
    records: Sequence[Record],
    *,
    tree: Branches,
    period: Period | None,
    organisation: str,
    per_hour: int,
    zone: tzinfo,
) -> str:
    """HTML with a page for each person: all that is on record, a column to sign."""
    words = period_words(period) if period else _("everything until now")
    return page(
        "records.html",
        zone=zone,
        heading=f"{_('Training record')} · {words}",
        organisation=organisation,
        period=words,
        records=[_record(one, tree, per_hour) for one in records],
        note=hours_words(per_hour),
    )


def _session(session: Session, tree: Branches, per_hour: int, zone: tzinfo) -> dict[str, Any]:
    homes = [tree.get(who.trainee.branch) for who in session.participants]
    first, last = day(session.first, zone), day(session.last, zone)
    with_quiz = any(who.passed is not None for who in session.participants)
    completed = sum(who.complete for who in session.participants)
    passed = sum(bool(who.passed) for who in session.participants)
    return {
        "title": session.title,
        "topic": session.topic,
        "minutes": session.minutes,
        "hours": hours(session.minutes, per_hour),
        "time": first if first == last else f"{first} – {last}",
        "people": len(session.participants),
        "outcome": _("{completed} completed, {passed} passed").format(
            completed=completed, passed=passed
        )
        if with_quiz
        else _("{n} read it to the end").format(n=completed),
        "branches": len({home.id for home in homes if home}) > 1,
        "rows": [
            {
                "name": name_of(who.trainee),
                "code": who.trainee.code,
                "branch": home.name if home else "–",
                "at": who.at,
                "first": who.first,
                "makeup": who.makeup,
                "attempts": who.attempts or "",
                "result": participation_result(who),
            }
            for who, home in zip(session.participants, homes, strict=True)
        ],
    }


def _record(record: Record, tree: Branches, per_hour: int) -> dict[str, Any]:
    home = tree.get(record.trainee.branch)
    return {
        "name": name_of(record.trainee),
        "code": record.trainee.code,
        "post": record.trainee.post,
        "branch": home.path.replace("/", " / ") if home else None,
        "state": state(record.trainee),
        "hours": hours(record.minutes, per_hour),
        "rows": record_sheet(record, per_hour).rows,
    }

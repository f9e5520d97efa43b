"""The training record as tables: sessions and who took part, people and what they did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from weike.quizzes.i18n import _
from weike.results.people import Branches
from weike.results.reporting.sheet import Column, Sheet
from weike.results.reporting.training import Participation, Record, Session, Trainee
from weike.results.reporting.trainingentries import Entry


def training_sheets(
    sessions: Sequence[Session], records: Sequence[Record], tree: Branches, per_hour: int
) -> list[Sheet]:
    """The sessions of a period, who took part, and the people with all their entries."""
    return [
        sessions_sheet(sessions, per_hour),
        participants_sheet(sessions, tree, per_hour),
        people_sheet(records, tree, per_hour),
        entries_sheet(records, tree, per_hour),
    ]


def sessions_sheet(sessions: Sequence[Session], per_hour: int) -> Sheet:
    """One row for each lesson that somebody took."""
    return Sheet(
        name="sessions",
        title=_("Sessions"),
        columns=[
            Column(key="title", title=_("Content")),
            Column(key="topic", title=_("Topic")),
            Column(key="first", title=_("From"), kind="time"),
            Column(key="last", title=_("Until"), kind="time"),
            Column(key="hours", title=_("Hours per person"), kind="number"),
            Column(key="people", title=_("Participants"), kind="count"),
            Column(key="completed", title=_("Completed by"), kind="count"),
            Column(key="passed", title=_("Passed by"), kind="count"),
        ],
        rows=[
            {
                "title": one.title,
                "topic": one.topic,
                "first": one.first,
                "last": one.last,
                "hours": hours(one.minutes, per_hour),
                "people": len(one.participants),
                "completed": sum(who.complete for who in one.participants),
                "passed": sum(bool(who.passed) for who in one.participants),
            }
            for one in sessions
        ],
        note=hours_words(per_hour),
    )


def participants_sheet(sessions: Sequence[Session], tree: Branches, per_hour: int) -> Sheet:
    """One row for each person in each session."""
    return Sheet(
        name="participants",
        title=_("Participants by session"),
        columns=[
            Column(key="title", title=_("Content")),
            *_person_columns(),
            Column(key="at", title=_("Time"), kind="time"),
            Column(key="hours", title=_("Hours"), kind="number"),
            Column(key="first", title=_("First attempt"), kind="share"),
            Column(key="makeup", title=_("Make-up result"), kind="share"),
            Column(key="attempts", title=_("Attempts"), kind="count"),
            Column(key="result", title=_("Result")),
        ],
        rows=[
            {
                "title": one.title,
                **_person(who.trainee, tree),
                "at": who.at,
                "hours": hours(who.minutes, per_hour),
                "first": who.first,
                "makeup": who.makeup,
                "attempts": who.attempts,
                "result": participation_result(who),
            }
            for one in sessions
            for who in one.participants
        ],
    )


def people_sheet(records: Sequence[Record], tree: Branches, per_hour: int) -> Sheet:
    """One row for each person: how much there is on record."""
    return Sheet(
        name="people",
        title=_("Everyone on record"),
        columns=[
            *_person_columns(),
            Column(key="state", title=_("State")),
            Column(key="lessons", title=_("Lessons taken"), kind="count"),
            Column(key="attempts", title=_("Attempts"), kind="count"),
            Column(key="hours", title=_("Hours"), kind="number"),
            Column(key="last", title=_("Last time"), kind="time"),
        ],
        rows=[
            {
                **_person(one.trainee, tree),
                "state": state(one.trainee),
                "lessons": len({entry.slug for entry in one.entries}),
                "attempts": sum(entry.quiz is not None for entry in one.entries),
                "hours": hours(one.minutes, per_hour),
                "last": max((entry.at for entry in one.entries), default=None),
            }
            for one in records
        ],
        note=hours_words(per_hour),
    )


def entries_sheet(records: Sequence[Record], tree: Branches, per_hour: int) -> Sheet:
    """One row for each attempt of each person."""
    return Sheet(
        name="records",
        title=_("Personal records"),
        columns=[*_person_columns(), *_entry_columns()],
        rows=[
            {**_person(one.trainee, tree), **row} for one in records for row in _rows(one, per_hour)
        ],
    )


def record_sheet(record: Record, per_hour: int) -> Sheet:
    """What one person did, the oldest first."""
    return Sheet(
        name="record",
        title=_("Training record"),
        columns=_entry_columns(),
        rows=list(_rows(record, per_hour)),
        note=hours_words(per_hour),
    )


def _person_columns() -> list[Column]:
    return [
        Column(key="name", title=_("Name")),
        Column(key="code", title=_("Member code")),
        Column(key="post", title=_("Post")),
        Column(key="branch", title=_("Branch")),
    ]


def _person(trainee: Trainee, tree: Branches) -> Mapping[str, Any]:
    home = tree.get(trainee.branch)
    return {
        "name": name_of(trainee),
        "code": trainee.code,
        "post": trainee.post,
        "branch": home.path if home else None,
    }


def _entry_columns() -> list[Column]:
    return [
        Column(key="no", title=_("Row"), kind="count"),
        Column(key="at", title=_("Time"), kind="time"),
        Column(key="content", title=_("Content")),
        Column(key="topic", title=_("Topic")),
        Column(key="hours", title=_("Hours"), kind="number"),
        Column(key="number", title=_("Attempt"), kind="count"),
        Column(key="share", title=_("Mark"), kind="share"),
        Column(key="result", title=_("Result")),
    ]


def _rows(record: Record, per_hour: int) -> Iterator[dict[str, Any]]:
    for i, entry in enumerate(record.entries, start=1):
        yield {
            "no": i,
            "at": entry.at,
            "content": content(entry),
            "language": entry.language,
            "topic": entry.topic,
            "hours": hours(entry.minutes, per_hour) if entry.minutes else None,
            "number": entry.number,
            "share": entry.share,
            "result": entry_result(entry),
        }


def hours(minutes: int, per_hour: int) -> float:
    """学时: teaching hours, to two digits."""
    return round(minutes / per_hour, 2)


def hours_words(per_hour: int) -> str:
    return _(
        "One hour of training is {n} minutes. A lesson counts with the minutes it says, once in a"
        " calendar year, when it was completed; repeating it adds nothing."
    ).format(n=per_hour)


def content(entry: Entry) -> str:
    return f"{entry.lesson} · {entry.part}" if entry.part else entry.lesson


def name_of(trainee: Trainee) -> str:
    """The name, or that it was erased, with what tells such persons apart."""
    return trainee.name or _("erased ({id})").format(id=trainee.id[:6])


def state(trainee: Trainee) -> str:
    if trainee.name is None:
        return _("erased")
    return _("has left") if trainee.left else _("active")


def entry_result(entry: Entry) -> str:
    if entry.passed is None:
        return _("read to the end")
    if not entry.passed:
        return _("not passed")
    return _("passed (make-up)") if entry.makeup else _("passed")


def participation_result(who: Participation) -> str:
    if not who.complete:
        return _("not completed")
    if who.passed is None:
        return _("read to the end")
    if not who.passed:
        return _("not passed")
    return _("passed (make-up)") if who.made_up else _("passed")

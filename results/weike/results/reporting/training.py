"""The training record (培训档案): who learned what and when, for how many hours, with what result.

It stands on the log alone: it stays when a person leaves, and without a name when a person's
identity is erased. A person's record goes with the person; a session (one lesson in one period)
stays with the branch in which it was taken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from operator import attrgetter

from sqlalchemy import Connection, select, union

from weike.results.people import Branches, load_branches
from weike.results.periods import Period, local_date
from weike.results.reporting.trainingentries import Entry, chunks, grouped, load_entries
from weike.results.scoring.snapshot import last_instant
from weike.results.store import Store
from weike.results.tables import attempt, finished, grade, identity, membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainee:
    """A person of the record. `code` and `name` are None once the identity is erased; `branch` is
    the branch's id, the last one of a person who `left`."""

    id: str
    code: str | None
    name: str | None
    post: str | None
    branch: str | None
    left: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """一人一档: a person's entries, the oldest first."""

    trainee: Trainee
    entries: Sequence[Entry]

    @property
    def minutes(self) -> int:
        return sum(entry.minutes for entry in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """What one person did in a session: the mean of first attempts, and of make-up tests, as shares
    of 1, how the quizzes ended, and how often the most repeated one was taken.

    `complete` says that nothing is missing, `passed` that each quiz was passed at last (None where
    there is none), `made_up` that it took a make-up test.
    """

    trainee: Trainee
    at: datetime
    first: float | None
    makeup: float | None
    complete: bool
    passed: bool | None
    made_up: bool
    attempts: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One lesson in one period, taken by people of one subtree of branches."""

    slug: str
    title: str
    topic: str
    minutes: int
    first: datetime
    last: datetime
    participants: Sequence[Participation]


def training_record(
    store: Store, member_id: str, *, now: datetime, period: Period | None = None
) -> Record:
    """All that one person has on record, or what falls into a period."""
    with store.read() as connection:
        (trainee,) = _trainees(connection, [member_id], now, store.zone)
        entries = load_entries(connection, [member_id], now, store.zone)
    return Record(trainee=trainee, entries=_within(entries, period, store.zone))


def branch_records(
    store: Store, *, branch: str, period: Period | None = None, now: datetime
) -> list[Record]:
    """The record of everyone whose branch lies in the subtree, also of those who have left from
    there and of those who did nothing, in the order of branches and codes."""
    with store.read() as connection:
        tree = load_branches(connection)
        homes = _homes(connection, now, store.zone)
        inside = tree.subtree(branch)
        members = [member for member, (home, _left) in homes.items() if home in inside]
        trainees = _trainees(connection, members, now, store.zone)
        entries = load_entries(connection, members, now, store.zone)
    by_member = grouped(entries, attrgetter("member"))
    records = [
        Record(trainee=one, entries=_within(by_member.get(one.id, ()), period, store.zone))
        for one in trainees
    ]
    order = _order(tree, trainees)
    return sorted(records, key=lambda record: order[record.trainee.id])


def branch_sessions(store: Store, *, branch: str, period: Period, now: datetime) -> list[Session]:
    """The sessions of a period in a subtree of branches, the first lesson begun first.

    Who has moved on or left since is still there, where the lesson was taken.
    """
    start, until = period.start(store.zone), last_instant(store, period, now)
    with store.read() as connection:
        tree = load_branches(connection)
        inside = tree.subtree(branch)
        members = _participants(connection, inside, start, until)
        entries = [
            entry
            for entry in load_entries(connection, members, now, store.zone)
            if entry.branch in inside and start <= entry.at <= until
        ]
        present = sorted({entry.member for entry in entries})
        trainees = {one.id: one for one in _trainees(connection, present, now, store.zone)}
    order = _order(tree, trainees.values())
    sessions = [
        _session(taken, trainees, order) for taken in grouped(entries, attrgetter("slug")).values()
    ]
    return sorted(sessions, key=lambda session: (session.first, session.slug))


def _session(
    entries: Sequence[Entry],
    trainees: Mapping[str, Trainee],
    order: Mapping[str, tuple[int, str]],
) -> Session:
    newest = max(entries, key=attrgetter("at"))
    by_member = grouped(entries, attrgetter("member"))
    return Session(
        slug=newest.slug,
        title=newest.lesson,
        topic=newest.topic,
        minutes=newest.lesson_minutes,
        first=min(entry.at for entry in entries),
        last=newest.at,
        participants=[
            _participation(trainees[id], by_member[id])
            for id in sorted(by_member, key=lambda id: order[id])
        ],
    )


def _participation(trainee: Trainee, entries: Sequence[Entry]) -> Participation:
    newest = max(entries, key=attrgetter("at"))
    attempts = [entry for entry in entries if entry.quiz is not None]
    passed = {entry.quiz for entry in attempts if entry.passed}
    alone = {entry.quiz for entry in attempts if entry.passed and not entry.makeup}
    complete = newest.needed <= {entry.quiz for entry in attempts}
    return Participation(
        trainee=trainee,
        at=newest.at,
        first=_mean(entry.share for entry in attempts if entry.number == 1),
        makeup=_mean(entry.share for entry in attempts if entry.makeup),
        complete=complete,
        passed=newest.needed <= passed if newest.needed else None,
        made_up=bool(newest.needed) and newest.needed <= passed and not newest.needed <= alone,
        attempts=max((len(of) for of in grouped(attempts, attrgetter("quiz")).values()), default=0),
        minutes=sum(entry.minutes for entry in entries),
    )


def _within(entries: Iterable[Entry], period: Period | None, zone: tzinfo) -> list[Entry]:
    return [
        entry
        for entry in entries
        if period is None or period.first <= local_date(entry.at, zone) < period.after
    ]


def _participants(
    connection: Connection, branches: Collection[str], start: datetime, until: datetime
) -> list[str]:
    """Who submitted or ended something in these branches in that time."""
    found = union(
        select(attempt.c.member_id)
        .join(grade, grade.c.attempt_id == attempt.c.id)
        .where(attempt.c.branch_id.in_(branches), grade.c.submitted_at.between(start, until)),
        select(finished.c.member_id).where(
            finished.c.branch_id.in_(branches), finished.c.at.between(start, until)
        ),
    )
    return sorted(connection.execute(found).scalars())


def _homes(connection: Connection, now: datetime, zone: tzinfo) -> dict[str, tuple[str, bool]]:
    """Where each member belongs today, or belonged last and has left."""
    homes: dict[str, tuple[str, bool]] = {}
    for row in connection.execute(
        select(membership)
        .where(membership.c.since <= local_date(now, zone))
        .order_by(membership.c.since)
    ):
        if row.branch_id is not None:
            homes[row.member_id] = (row.branch_id, False)
        elif row.member_id in homes:
            homes[row.member_id] = (homes[row.member_id][0], True)
    return homes


def _trainees(
    connection: Connection, members: Sequence[str], now: datetime, zone: tzinfo
) -> list[Trainee]:
    homes = _homes(connection, now, zone)
    people = {
        row.member_id: row
        for chunk in chunks(members)
        for row in connection.execute(select(identity).where(identity.c.member_id.in_(chunk)))
    }
    found = []
    for id in members:
        row = people.get(id)
        branch, left = homes.get(id, (None, False))
        found.append(
            Trainee(
                id=id,
                code=row.code if row else None,
                name=row.name if row else None,
                post=row.post if row else None,
                branch=branch,
                left=left,
            )
        )
    return found


def _order(tree: Branches, trainees: Iterable[Trainee]) -> dict[str, tuple[int, str]]:
    """By branch as the organisation lists them, then by code; who has no name comes last."""
    places = {id: i for i, id in enumerate(tree.by_id)}
    return {
        one.id: (places.get(one.branch or "", len(places)), one.code or f"\uffff{one.id}")
        for one in trainees
    }


def _mean(shares: Iterable[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return sum(known) / len(known) if known else None

"""From a draft to an approved version: who submitted what, who decided which step, and why.

What is reviewed is one stored version, never "whatever the file holds". A review is a row; what
became of it are rows that are only added. Each step is decided once, by somebody who neither wrote
nor submitted the lesson nor decided another step of the same review. The last approval publishes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, cast
from uuid import uuid4

from sqlalchemy import Connection, func, insert, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.audit import record
from weike.results.authoring.prepared import load_prepared, savers
from weike.results.authoring.works import load_authors
from weike.results.catalogue import published_version, record_event
from weike.results.people import Member, load_member, today
from weike.results.store import Store
from weike.results.tables import lesson, review, review_event, review_remark

Act = Literal["approved", "returned", "taken back"]
Status = Literal["waiting", "approved", "returned", "taken back", "replaced"]
REVIEWERS = frozenset({"reviewer", "administrator"})
LONGEST = 2_000


class ReviewError(WeikeError):
    """Somebody may not do this to a review, or comes too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A decision on one step, counted from 1. `by` is a member's id."""

    step: int
    act: Act
    remark: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What somebody says at a place of the page; without a place, of the whole lesson."""

    place: str
    quote: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One submission. `steps` are names; an empty one is a course without names for its steps."""

    id: str
    number: int
    slug: str
    version: str
    steps: tuple[str, ...]
    remark: str
    by: str
    at: datetime
    events: tuple[Event, ...] = ()
    remarks: tuple[Remark, ...] = field(default=(), repr=False)
    last: bool = True

    @property
    def status(self) -> Status:
        final = self.events[-1].act if self.events else None
        if final in ("returned", "taken back"):
            return cast("Status", final)
        if len(self.events) == len(self.steps):
            return "approved"
        return "waiting" if self.last else "replaced"

    @property
    def step(self) -> int:
        """The step that waits, or waited when all came to its end; counted from 1."""
        return min(len(self.events) + 1, len(self.steps))


def submit(
    store: Store,
    slug: str,
    version: str,
    *,
    steps: Sequence[str],
    by: str,
    now: datetime,
    remark: str = "",
) -> Review:
    """Ask for a review of a prepared version. An earlier review that still waits is replaced."""
    assert 1 <= len(steps) <= 3, steps

    def write(connection: Connection) -> str:
        _lock(connection, slug)
        if load_prepared(connection, slug, version) is None:
            raise ReviewError(_("prepare the lesson first, so that its content is fixed"))
        if published_version(connection, slug) == version:
            raise ReviewError(_("members see this version already; nothing has changed since"))
        before = _load(connection, slug)
        if before and before[0].status == "waiting" and before[0].version == version:
            raise ReviewError(_("this version waits for its review already"))
        key = uuid4().hex
        values = {"id": key, "number": before[0].number + 1 if before else 1, "slug": slug}
        values |= {"version": version, "steps": list(steps), "remark": _checked(remark)}
        connection.execute(insert(review).values(**values, by=by, at=now))
        record(connection, by, "submitted for review", slug, now, detail={"version": version})
        return key

    return _found(store, store.writer.run(write))


def decide(
    store: Store,
    id: str,
    act: Literal["approved", "returned"],
    *,
    step: int,
    by: str,
    now: datetime,
    remark: str = "",
) -> Review:
    """Approve or return the step that somebody has seen waiting; the last approval publishes.

    Raises `ReviewError`, also where another was quicker.
    """

    def write(connection: Connection) -> None:
        one = _waiting(connection, id, step)
        person = load_member(connection, day=today(store, now), id=by)
        if person is None or (why := _barred(connection, one, person)):
            raise ReviewError(why if person else _("there is no such member"))
        said = _checked(remark)
        own = [each for each in one.remarks if each.by == by]
        if act == "returned" and not said and not own:
            raise ReviewError(_("say what is to be changed: write a remark"))
        _decided(connection, one, act, said, by, now)
        if act == "approved" and step == len(one.steps):
            record_event(connection, one.slug, one.version, by, now)

    store.writer.run(write)
    return _found(store, id)


def take_back(store: Store, id: str, *, by: str, now: datetime) -> Review:
    """End a review that waits; for whoever submitted or wrote the lesson, and administrators."""

    def write(connection: Connection) -> None:
        one = _open(connection, id)
        person = load_member(connection, day=today(store, now), id=by)
        own = by in owners(connection, one)
        if person is None or not (own or "administrator" in person.roles):
            raise ReviewError(_("only whoever submitted a lesson can take it back"))
        _decided(connection, one, "taken back", "", by, now)

    store.writer.run(write)
    return _found(store, id)


def add_remark(
    store: Store, id: str, text: str, *, place: str = "", quote: str = "", by: str, now: datetime
) -> None:
    """Say something at a place of the page, while the review waits."""
    said = _checked(text)
    if not said:
        raise ReviewError(_("the remark is empty"))

    def write(connection: Connection) -> None:
        one = _open(connection, id)
        values = {"review_id": one.id, "place": place[:200], "quote": quote[:200], "text": said}
        connection.execute(insert(review_remark).values(**values, by=by, at=now))

    store.writer.run(write)


def reviews(store: Store, slug: str) -> tuple[Review, ...]:
    """Every submission of a lesson, the newest first."""
    with store.read() as connection:
        return _load(connection, slug)


def find_review(store: Store, id: str) -> Review | None:
    with store.read() as connection:
        return _find(connection, id)


def last_reviews(store: Store) -> dict[str, Review]:
    """The newest review of every lesson that has one, by slug; those that wait longest first."""
    with store.read() as connection:
        newest = (
            select(review.c.slug, func.max(review.c.number).label("number"))
            .group_by(review.c.slug)
            .subquery()
        )
        query = (
            select(review)
            .join(newest, (newest.c.slug == review.c.slug) & (newest.c.number == review.c.number))
            .order_by(review.c.at)
        )
        return {one.slug: one for one in _read(connection, query)}


def waiting_for(store: Store, member: Member) -> int:
    """How many lessons wait for a step that this member may decide."""
    if not member.roles & REVIEWERS:
        return 0
    open_ones = [one for one in last_reviews(store).values() if one.status == "waiting"]
    return sum(not barred(store, one, member) for one in open_ones)


def barred(store: Store, one: Review, member: Member) -> str:
    """Why this member may not decide the step that waits; empty where they may."""
    with store.read() as connection:
        return _barred(connection, one, member)


def owners(connection: Connection, one: Review) -> frozenset[str]:
    """Whose work it is: authors, whoever saved the file, and whoever submitted it."""
    wrote = load_authors(connection, [one.slug]).get(one.slug, frozenset())
    return wrote | savers(connection, one.slug, one.version) | {one.by}


def _barred(connection: Connection, one: Review, member: Member) -> str:
    if not member.roles & REVIEWERS or member.left:
        return _("only a reviewer or an administrator can decide this")
    if member.id in owners(connection, one):
        return _("nobody reviews a lesson that they wrote or submitted; ask another reviewer")
    if any(event.by == member.id for event in one.events):
        return _("you have decided another step of this review; ask another reviewer")
    return ""


def _waiting(connection: Connection, id: str, step: int) -> Review:
    one = _open(connection, id)
    if one.step != step:
        raise ReviewError(_("this step has been decided already; load the page again"))
    return one


def _open(connection: Connection, id: str) -> Review:
    """A review that waits, held against others who decide at this moment."""
    one = _find(connection, id)
    if one is None:
        raise ReviewError(_("there is no such review"))
    _lock(connection, one.slug)
    one = _find(connection, id)
    assert one is not None
    if one.status != "waiting":
        said = {
            "approved": _("it has been approved already"),
            "returned": _("it has been returned already"),
            "taken back": _("it has been taken back by its author"),
            "replaced": _("a newer version has been submitted; review that one"),
        }
        raise ReviewError(said[one.status])
    return one


def _decided(
    connection: Connection, one: Review, act: Act, remark: str, by: str, now: datetime
) -> None:
    connection.execute(
        insert(review_event).values(
            review_id=one.id, step=one.step, act=act, remark=remark, by=by, at=now
        )
    )
    detail = {"version": one.version, "step": one.step, "of": len(one.steps)}
    record(connection, by, f"{act} lesson", one.slug, now, detail=detail)


def _lock(connection: Connection, slug: str) -> None:
    """Other processes that decide on this lesson wait; on SQLite all writers wait anyhow."""
    connection.execute(select(lesson.c.slug).where(lesson.c.slug == slug).with_for_update())


def _checked(text: str) -> str:
    said = text.strip()
    if len(said) > LONGEST:
        raise ReviewError(_("a remark has {n} letters at most").format(n=LONGEST))
    return said


def _found(store: Store, id: str) -> Review:
    found = find_review(store, id)
    assert found is not None
    return found


def _find(connection: Connection, id: str) -> Review | None:
    return next(iter(_read(connection, select(review).where(review.c.id == id))), None)


def _load(connection: Connection, slug: str) -> tuple[Review, ...]:
    query = select(review).where(review.c.slug == slug).order_by(review.c.number.desc())
    return tuple(_read(connection, query))


def _read(connection: Connection, query: Any) -> list[Review]:
    rows = connection.execute(query).all()
    ids = [row.id for row in rows]
    slugs = {row.slug for row in rows}
    newest = select(review.c.slug, func.max(review.c.number).label("number")).group_by(
        review.c.slug
    )
    last = {
        row.slug: row.number for row in connection.execute(newest.where(review.c.slug.in_(slugs)))
    }
    events: dict[str, list[Event]] = {}
    for row in connection.execute(
        select(review_event)
        .where(review_event.c.review_id.in_(ids))
        .order_by(review_event.c.review_id, review_event.c.step)
    ):
        known = Event(step=row.step, act=row.act, remark=row.remark, by=row.by, at=row.at)
        events.setdefault(row.review_id, []).append(known)
    remarks: dict[str, list[Remark]] = {}
    for row in connection.execute(
        select(review_remark).where(review_remark.c.review_id.in_(ids)).order_by(review_remark.c.id)
    ):
        said = Remark(place=row.place, quote=row.quote, text=row.text, by=row.by, at=row.at)
        remarks.setdefault(row.review_id, []).append(said)
    return [
        Review(
            id=row.id,
            number=row.number,
            slug=row.slug,
            version=row.version,
            steps=tuple(row.steps),
            remark=row.remark,
            by=row.by,
            at=row.at,
            events=tuple(events.get(row.id, ())),
            remarks=tuple(remarks.get(row.id, ())),
            last=last[row.slug] == row.number,
        )
        for row in rows
    ]

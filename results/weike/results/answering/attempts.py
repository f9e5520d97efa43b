"""Attempts over the store: the protocol of `weike.quizzes.protocol`, made durable.

An answer is the hot path. What it needs of its attempt (the paper, the definition, the deadline)
never changes and is kept in memory, so an answer reads nothing: it is checked, joins the others
that wait, is committed with them and then acknowledged. What may have changed elsewhere is decided
by the database: whether an event is known, and whether the attempt was submitted meanwhile (see
`responses`). `open` and `submit` always look into the database.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random, SystemRandom
from typing import Any

from sqlalchemy import Connection, bindparam, select

from weike.quizzes import protocol
from weike.quizzes.attempt import (
    Attempt,
    Saved,
    attempts_left,
    check_start,
    wait_until,
)
from weike.quizzes.errors import AttemptRefused, ResponseError
from weike.quizzes.i18n import _
from weike.quizzes.rules import Rules
from weike.results import tables
from weike.results.answering import log
from weike.results.answering.grading import grade_rows, write_grades
from weike.results.answering.incoming import Incoming, check
from weike.results.answering.log import Logged, read_one
from weike.results.answering.responses import Row, insert_responses
from weike.results.answering.starting import Look, begin, insert_attempts, look
from weike.results.catalogue import load_published
from weike.results.correcting import corrections
from weike.results.people import Member
from weike.results.scoring import tallies
from weike.results.sql import insert_new
from weike.results.store import Store
from weike.results.types import iso

MOST_RESPONSES = 500  # to one item of one attempt
MANY = 100  # questions of one paper
_CHANCE = SystemRandom()
_TICK = timedelta(microseconds=1)
# An answer that another process is writing is in after this, or sees the submission.
_LOCK = (
    select(tables.attempt.c.id)
    .where(tables.attempt.c.id == bindparam("attempt_id"))
    .with_for_update()
)
_SUBMIT = tables.submission.insert()
_DECIDED = select(corrections.LAST)
_logger = logging.getLogger(__name__)


class Attempts:
    """The three requests of the protocol, and what belongs to them.

    `keep` bounds the attempts in memory, about 15 kB each; a further one is read again.
    """

    def __init__(self, store: Store, *, keep: int = 5_000) -> None:
        self._store = store
        self._keep = keep
        self._known: OrderedDict[str, Logged] = OrderedDict()
        self._decided: int | None = None

    async def open(
        self,
        member: Member,
        quiz_ref: str,
        *,
        now: datetime,
        new: bool = False,
        rng: Random | None = None,
        place: bool = False,
    ) -> dict[str, Any]:
        """The running attempt, else the last one with its result; with `new`, another.

        An untimed quiz starts with the first look at it; a timed one only with `new`. With `place`
        the answer also holds the block of the lesson where the member was.
        """
        found = await self._look(member, quiz_ref, new=new, now=now)
        body = await self._open(found, member, quiz_ref, new=new, now=now, rng=rng)
        return {**body, "place": found.place} if place else body

    async def _look(self, member: Member, quiz_ref: str, *, new: bool, now: datetime) -> Look:
        # Alone: what is read after its first statement is at most newer, and that is as right.
        return await self._store.fetch(
            lambda connection: look(
                connection, self._store, member, quiz_ref, new=new, now=now, known=self._known
            ),
            alone=True,
        )

    async def _open(
        self,
        found: Look,
        member: Member,
        quiz_ref: str,
        *,
        now: datetime,
        new: bool,
        rng: Random | None,
    ) -> dict[str, Any]:
        definition, rules, last = found.definition, found.rules, found.last
        if last is not None:
            last = await self._over(self._remember(last, fresh=True), now)
            if last.by is None or not new:
                return await _worked_out(last, partial(_opened, last, found, now))
        if definition is None or rules is None:
            raise AttemptRefused("not_found")
        # The numbers have no gaps, so the last one says how many there were.
        before = [last.attempt] * last.attempt.number if last is not None else []
        check_start(rules, before, now)
        if rules.limit is not None and not new:
            return _not_started(found, now)
        row, started = begin(found, member, quiz_ref, len(before) + 1, rng or _CHANCE, now)
        if not await self._store.writer.submit_row(insert_attempts, row):
            started = await self._first(row)
        started = self._remember(started, fresh=True)
        return await _worked_out(started, partial(_opened, started, found, now))

    async def answer(
        self, member: Member, attempt_id: str, item: str, body: object, *, now: datetime
    ) -> dict[str, Any]:
        """Save one response. The same event again gives the same answer and counts once."""
        known = await self._own(member, attempt_id)
        if item not in known.versions:
            raise AttemptRefused("not_found")
        incoming = check(body)
        if incoming.event in known.events:
            return _again(known, item, incoming.event)
        if known.by == "member":
            raise AttemptRefused("submitted")
        _decode(known, item, incoming.response)
        saved = _saved(known, incoming, now)
        row = Row(
            event=saved.event,
            attempt_id=attempt_id,
            item=item,
            item_version=known.versions[item],
            seq=saved.seq,
            raw=incoming.raw,
            answered_at=saved.answered_at,
            received_at=saved.received_at,
            late=saved.late,
        )
        outcome = await self._store.writer.submit_row(insert_responses, row)
        if outcome == "conflict":
            raise _taken()
        if outcome == "submitted":
            self._known.pop(attempt_id, None)
            raise AttemptRefused("submitted")
        if outcome == "known":  # sent twice at once, or saved by another process
            return _again(await self._read(attempt_id), item, incoming.event)
        known.attempt = known.attempt.with_answer(item, saved)
        known.events[incoming.event] = item
        if saved.late:
            await self._over(known, now)
        return _answered(known, item, saved)

    async def submit(self, member: Member, attempt_id: str, *, now: datetime) -> dict[str, Any]:
        """Hand in. A second time gives the same result."""
        known = await self._own(member, attempt_id)
        if known.by is None:
            known = await self._submit(attempt_id, now)
        elif known.attempt.definition.by_person:  # a person may have marked it since
            known = await self._read(attempt_id)
        attempt = known.attempt
        if attempt.rules.behaviour == "exam":
            found = await self._look(member, known.quiz, new=False, now=now)
            attempt = _kept_back(attempt, found, now)
        return await _worked_out(known, partial(protocol.submitted, attempt, now=now))

    async def finished(self, member: Member, slug: str, *, now: datetime) -> None:
        """The member has reached the end of a lesson. The first time counts."""

        def write(connection: Connection) -> None:
            for lesson in load_published(connection, self._store).open_to(member, now):
                if lesson.slug == slug:
                    row = {"member_id": member.id, "branch_id": member.branch_id, "slug": slug}
                    row |= {"version": lesson.version}
                    if insert_new(connection, tables.finished, {**row, "at": now}):
                        tallies.end(connection, member.id, slug, now)
                    return
            raise AttemptRefused("not_found")

        await self._store.writer.submit(write)

    async def look(self) -> None:
        """Read attempts anew once answers are graded otherwise, whichever process decided that."""
        last = await self._store.fetch(lambda connection: connection.execute(_DECIDED).scalar())
        if last != self._decided:
            self._decided = last
            self._known.clear()

    async def sweep(self, now: datetime, *, limit: int = 500) -> int:
        """Submit attempts whose deadline has passed; how many were due, `limit` at most."""
        attempt, submission = tables.attempt, tables.submission
        due = (
            select(attempt.c.id)
            .outerjoin(submission, submission.c.attempt_id == attempt.c.id)
            .where(attempt.c.deadline <= now, submission.c.attempt_id.is_(None))
            .order_by(attempt.c.deadline)
            .limit(limit)
        )
        ids = await self._store.fetch(lambda connection: connection.execute(due).scalars().all())
        results = await asyncio.gather(
            *(self._submit(one, now) for one in ids), return_exceptions=True
        )
        for attempt_id, result in zip(ids, results, strict=True):
            if isinstance(result, BaseException):
                _logger.error("attempt %s was not submitted", attempt_id, exc_info=result)
        return len(ids)

    async def _first(self, row: Mapping[str, Any]) -> Logged:
        """The attempt with this number that another request has just made."""
        key = {name: row[name] for name in ("member_id", "quiz", "number")}
        first = await self._store.fetch(
            lambda connection: read_one(connection, self._store, log.BY_NUMBER, **key)
        )
        assert first is not None, "only whoever was first can have taken the number"
        return first

    async def _own(self, member: Member, attempt_id: str) -> Logged:
        """The member's own attempt; "not_found" for anyone else's."""
        known = self._known.get(attempt_id)
        if known is None:
            known = await self._read(attempt_id, fresh=False)
        elif len(self._known) >= self._keep:
            self._known.move_to_end(attempt_id)
        if known.member_id != member.id:
            raise AttemptRefused("not_found")
        return known

    async def _read(self, attempt_id: str, *, fresh: bool = True) -> Logged:
        found = await self._store.fetch(
            lambda connection: read_one(connection, self._store, log.BY_ID, attempt_id=attempt_id)
        )
        if found is None:
            raise AttemptRefused("not_found")
        return self._remember(found, fresh=fresh)

    def _remember(self, known: Logged, *, fresh: bool) -> Logged:
        """Keep an attempt; what another request has kept meanwhile stays unless this is `fresh`."""
        key = known.attempt.id
        if fresh or key not in self._known:
            self._known[key] = known
            self._known.move_to_end(key)
            while len(self._known) > self._keep:
                self._known.popitem(last=False)
        return self._known[key]

    async def _over(self, known: Logged, now: datetime) -> Logged:
        """Submit an attempt whose deadline has passed."""
        if known.by is None and known.attempt.finished(now) is not None:
            return await self._submit(known.attempt.id, now)
        return known

    async def _submit(self, attempt_id: str, now: datetime) -> Logged:
        known = await self._store.writer.submit(
            lambda connection: self._write(connection, attempt_id, now)
        )
        return self._remember(known, fresh=True)

    def _write(self, connection: Connection, attempt_id: str, now: datetime) -> Logged:
        """Submission and grades in one transaction, over every response that was committed."""
        if not self._store.sqlite:  # where another process may be writing an answer just now
            connection.execute(_LOCK, {"attempt_id": attempt_id})
        known = read_one(connection, self._store, log.BY_ID, attempt_id=attempt_id)
        assert known is not None, "attempts are never removed"
        if known.by is not None:
            return known
        end = known.attempt.finished(now)
        known.by = "member" if end is None else "deadline"
        known.attempt = replace(known.attempt, submitted=end or now)
        row = {"attempt_id": attempt_id, "submitted_at": end or now, "by": known.by}
        connection.execute(_SUBMIT, row)
        write_grades(connection, [grade_rows(known)])
        return known


async def _worked_out(known: Logged, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The body of an answer. Where hundreds of texts may have to be drawn first, others go on."""
    return await asyncio.to_thread(work) if len(known.versions) > MANY else work()


def _opened(known: Logged, found: Look, now: datetime) -> dict[str, Any]:
    """A further attempt goes by the rules that are published now, and the member's own terms."""
    attempt = _kept_back(known.attempt, found, now)
    rules = found.rules or attempt.rules
    if found.terms is not None and found.rules is not None:
        attempt = _with_terms(attempt, found.rules)
    body = protocol.opened(
        attempt,
        now=now,
        attempts_left=attempts_left(rules, attempt.number),
        wait_until=wait_until(rules, attempt, now),
    )
    if known.mode == "makeup":
        body["mode"] = "makeup"
    return body | _offer(found, known.attempt, now)


def _not_started(found: Look, now: datetime) -> dict[str, Any]:
    definition, rules = found.definition, found.rules
    assert definition is not None
    assert rules is not None
    shown = definition if found.terms is None else replace(definition, rules=rules)
    left = attempts_left(rules, 0)
    body = protocol.not_started(shown, now=now, attempts_left=left)
    return body | _offer(found, None, now)


def _offer(found: Look, last: Attempt | None, now: datetime) -> dict[str, Any]:
    """`{"makeup": {"closes": …}}` where the next attempt would be a make-up test."""
    offer = found.terms and found.terms.offer(last, now)
    return {"makeup": {"closes": iso(offer.closes)}} if offer else {}


def _with_terms(attempt: Attempt, own: Rules) -> Attempt:
    """As its member sees it. When an exam tells its answers is not for one member to have."""
    close = attempt.rules.close if attempt.rules.behaviour == "exam" else own.close
    rules = replace(
        attempt.rules, open=own.open, close=close, limit=own.limit, attempts=own.attempts
    )
    return replace(attempt, definition=replace(attempt.definition, rules=rules))


def _kept_back(attempt: Attempt, found: Look, now: datetime) -> Attempt:
    """An exam whose close was put off tells nothing before the new one: others still take it."""
    rules, later = attempt.rules, found.rules or attempt.rules
    if rules.behaviour != "exam" or later.behaviour != "exam" or rules.close is None:
        return attempt
    close = later.close
    silent = found.terms and found.terms.silent_until(now)
    if close is not None and silent:
        close = max(close, silent)
    if close is not None and close <= rules.close:
        return attempt
    shown = replace(attempt.definition, rules=replace(rules, close=close))
    return replace(attempt, definition=shown)


def _decode(known: Logged, item: str, response: object) -> None:
    if len(known.attempt.answers.get(item, ())) >= MOST_RESPONSES:
        raise AttemptRefused("bad_response", _("this question was answered too often"))
    try:
        protocol.decode(known.attempt, item, response)
    except ResponseError as error:
        raise AttemptRefused("bad_response", str(error)) from error


def _saved(known: Logged, incoming: Incoming, now: datetime) -> Saved:
    """Strictly later than the one before, even when the clock was set back: it is the order."""
    received = known.last = max(now, known.last + _TICK)
    return Saved(
        response=incoming.response,
        seq=incoming.seq,
        event=incoming.event,
        answered_at=max(known.attempt.started, min(incoming.claimed, received)),
        received_at=received,
        late=known.by == "deadline" or known.attempt.finished(now) is not None,
    )


def _again(known: Logged, item: str, event: str) -> dict[str, Any]:
    """What this event was answered before."""
    if known.events.get(event) != item:
        raise _taken()
    saved = next(one for one in known.attempt.answers[item] if one.event == event)
    return _answered(known, item, saved)


def _answered(known: Logged, item: str, saved: Saved) -> dict[str, Any]:
    """The answer to one response by itself, as at the moment when it was received.

    So a retry is told the same, and a stale one nothing about a newer response.
    """
    alone = replace(known.attempt, submitted=None, answers={item: (saved,)})
    return protocol.answered(alone, item, now=saved.received_at, late=saved.late)


def _taken() -> AttemptRefused:
    return AttemptRefused("bad_response", _("this event belongs to another answer"))

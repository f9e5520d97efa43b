"""Rankings: drafted (草稿), posted for objections (公示), approved (审定), then immutable.

A ranking keeps what it was computed from, by what method, its figures, and a hash over them. It
never changes: a later revision of the same period supersedes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias
from uuid import uuid4

from sqlalchemy import Connection, func, insert, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results import tables
from weike.results.audit import record
from weike.results.flags import Winners, hand_over, winners
from weike.results.media import Media, keep, load
from weike.results.method import Method
from weike.results.people import Branches, Member
from weike.results.periods import Period, day_start, local_date
from weike.results.rankinginputs import Inputs
from weike.results.snapshot import last_instant, the_period
from weike.results.store import Store
from weike.results.types import canonical, iso

State: TypeAlias = Literal["draft", "posted", "approved", "superseded", "withdrawn"]
PUBLIC: Final = ("posted", "approved", "superseded")
_LIVE: Final = ("draft", "posted", "approved")
_table, _events, _objection = tables.ranking, tables.ranking_event, tables.objection


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step of a ranking. `by` is a member's id or "command"."""

    state: State
    at: datetime
    by: str
    until: datetime | None
    reason: str | None
    decision: Sequence[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """One revision. `top` is the branch whose subtree competes; None for the whole organisation.

    `figures` holds `branches`, rows as of `branch_scores`, and what was true of all. `until` is
    the moment that the figures stand for, `level` the one that competes for the flag.
    """

    id: str
    period: Period
    revision: int
    until: datetime
    top: str | None
    level: int
    method: Method
    inputs: str
    figures: Mapping[str, Any]
    hash: str
    created: datetime
    created_by: str
    events: tuple[Event, ...]

    @property
    def state(self) -> State:
        return self.events[-1].state

    @property
    def posted_until(self) -> datetime | None:
        return next((one.until for one in reversed(self.events) if one.state == "posted"), None)

    @property
    def approval(self) -> Event | None:
        return next((one for one in self.events if one.state == "approved"), None)

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.figures["branches"]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A ranking as it is announced on the board; `until`: when the posting ends."""

    id: str
    period: Period
    state: State
    until: datetime | None


def may_decide(member: Member, tree: Branches, top: str | None) -> bool:
    """Whether this member's duty is all that competes."""
    if "administrator" in member.roles:
        return True
    tops = [one.id for one in tree if one.parent_id is None] if top is None else [top]
    return "organizer" in member.roles and member.duty.issuperset(tops)


def draft(
    store: Store,
    *,
    period: str | Period | None,
    by: str,
    now: datetime,
    branch: str | None = None,
) -> str:
    """Compute a ranking of the period as of now and keep it; its id. Older drafts are withdrawn.

    `branch` (an id) lets the branches beneath it compete among themselves. `WeikeError` while
    another ranking of the period is posted, or before the period has begun.
    """
    span = the_period(store, period, now)
    if now < span.start(store.zone):
        raise WeikeError(_("{period} has not begun").format(period=span))
    return _keep(store, span, last_instant(store, span, now), top=branch, by=by, now=now)


def post(
    store: Store, ranking_id: str, *, by: str, now: datetime, days: int | None = None
) -> datetime:
    """Show a draft to all members for whole days (by default the course's); until when."""
    days = store.award.posted_days if days is None else days
    if days < 1:
        raise WeikeError(_("post a ranking for at least one day"))
    until = day_start(local_date(now, store.zone) + timedelta(days=days + 1), store.zone)

    def write(connection: Connection) -> None:
        _in_state(connection, ranking_id, "draft")
        _step(connection, ranking_id, "posted", by=by, now=now, until=until)

    store.writer.run(write)
    return until


def approve(
    store: Store,
    ranking_id: str,
    *,
    by: str,
    now: datetime,
    decision: Sequence[str] | None = None,
    reason: str | None = None,
) -> None:
    """Make a posted ranking final and hand the flag over.

    `WeikeError` before the posting has ended or an objection is answered. A committee may give the
    flag to other branches (ids of the competing level) than the figures do, with a `reason`.
    """
    text = (reason or "").strip() or None

    def write(connection: Connection) -> None:
        ranking = _in_state(connection, ranking_id, "posted")
        _may_be_approved(connection, ranking, store, now)
        computed = winners(connection, store, ranking, load_inputs(connection, store, ranking))
        chosen = computed if decision is None else _decided(ranking, computed, decision, text)
        _step(
            connection,
            ranking_id,
            "approved",
            by=by,
            now=now,
            reason=text,
            decision=None if chosen is computed else list(chosen.branches),
        )
        hand_over(connection, ranking, chosen, by=by, now=now, reason=text)
        for other in load_rankings(connection, _table.c.id != ranking_id):
            if _same_contest(other, ranking) and other.state == "approved":
                replaced = _("revision {n}").format(n=ranking.revision)
                _step(connection, other.id, "superseded", by=by, now=now, reason=replaced)

    store.writer.run(write)


def withdraw(store: Store, ranking_id: str, *, by: str, now: datetime, reason: str) -> None:
    """Take back a draft or a posted ranking, for instance to correct it after an objection."""
    if not reason.strip():
        raise WeikeError(_("say why the ranking is withdrawn"))

    def write(connection: Connection) -> None:
        _in_state(connection, ranking_id, "draft", "posted")
        _step(connection, ranking_id, "withdrawn", by=by, now=now, reason=reason.strip())

    store.writer.run(write)


def supersede_after_rescoring(store: Store, *, quiz: str, by: str, now: datetime) -> list[str]:
    """After answers were graded anew: a new draft for each ranking whose figures change; their ids.

    What was drafted, posted or approved stays as it is and is marked as superseded. The draft
    stands for the same moment, and goes its way anew.
    """
    found = []
    for ranking in rankings(store):
        if ranking.state not in _LIVE:
            continue
        with store.read() as connection:
            fresh = Inputs.of_log(connection, store, ranking.period, ranking.until, top=ranking.top)
            kept = load_inputs(connection, store, ranking)
        if next(kept.differences(fresh), None) is not None:
            because = _("answers of {quiz} were graded anew").format(quiz=quiz)
            found.append(_supersede(store, ranking, fresh, because=because, by=by, now=now))
    return found


def rankings(store: Store, *, period: Period | None = None) -> list[Ranking]:
    """Every ranking, or those of a period, the newest first."""
    with store.read() as connection:
        if period is None:
            return load_rankings(connection)
        return load_rankings(
            connection, _table.c.first == period.first, _table.c.after == period.after
        )


def public_rankings(store: Store) -> list[Announcement]:
    """What every member may open: the newest of each contest that is posted or approved."""
    query = select(_table.c.id, _table.c.first, _table.c.after, _table.c.method).order_by(
        _table.c.first.desc(), _table.c.revision.desc()
    )
    with store.read() as connection:
        events = _load_events(connection)
        found = []
        seen: set[object] = set()
        for row in connection.execute(query):
            contest = (row.first, row.after, row.method["top"])
            last = events[row.id][-1]
            if last.state not in ("posted", "approved") or contest in seen:
                continue
            seen.add(contest)
            until = last.until if last.state == "posted" else None
            found.append(
                Announcement(
                    id=row.id, period=Period(row.first, row.after), state=last.state, until=until
                )
            )
    return found


def find_ranking(store: Store, ranking_id: str) -> Ranking | None:
    with store.read() as connection:
        return next(iter(load_rankings(connection, _table.c.id == ranking_id)), None)


def load_rankings(connection: Connection, *where: Any) -> list[Ranking]:
    """`rankings` inside a transaction that is already there."""
    events = _load_events(connection)
    query = select(_table).where(*where).order_by(_table.c.first.desc(), _table.c.revision.desc())
    return [_ranking(row, events[row.id]) for row in connection.execute(query)]


def _load_events(connection: Connection) -> dict[str, list[Event]]:
    events: dict[str, list[Event]] = {}
    for row in connection.execute(select(_events).order_by(_events.c.id)):
        events.setdefault(row.ranking_id, []).append(
            Event(
                state=row.state,
                at=row.at,
                by=row.by,
                until=row.until,
                reason=row.reason,
                decision=row.decision,
            )
        )
    return events


def load_inputs(connection: Connection, store: Store, ranking: Ranking) -> Inputs:
    """What the ranking was computed from. `WeikeError` where it is gone."""
    return Inputs.loads(inputs_text(connection, store, ranking))


def inputs_text(connection: Connection, store: Store, ranking: Ranking) -> str:
    media = load(connection, store.media, ranking.inputs)
    if media is None:
        raise WeikeError(_("what this ranking was computed from is gone; restore a backup"))
    content = media.content if media.file is None else media.file.read_bytes()
    return (content or b"").decode("utf-8", errors="replace")


def seal(
    period: Period,
    until: datetime,
    method: Mapping[str, Any],
    inputs: str,
    figures: Mapping[str, Any],
) -> str:
    """The hash of a ranking: SHA-256 over canonical JSON; `inputs` is the SHA-256 of its text."""
    sealed = {
        "period": [str(period.first), str(period.after)],
        "until": iso(until),
        "method": method,
        "inputs": inputs,
        "figures": figures,
    }
    return hashlib.sha256(canonical(sealed).encode()).hexdigest()


def _keep(
    store: Store,
    span: Period,
    until: datetime,
    *,
    top: str | None,
    by: str,
    now: datetime,
) -> str:
    with store.read() as connection:
        inputs = Inputs.of_log(connection, store, span, until, top=top)
    if not inputs.tree.by_id:
        raise WeikeError(_("there are no branches to rank"))

    def write(connection: Connection) -> str:
        for other in _of_contest(connection, span, top):
            if other.state == "posted":
                raise WeikeError(
                    _("a ranking of {period} is posted; withdraw it first").format(period=span)
                )
            if other.state == "draft":
                again = _("drafted again")
                _step(connection, other.id, "withdrawn", by=by, now=now, reason=again)
        return _insert(connection, store, span, until, inputs, top=top, by=by, now=now)

    return store.writer.run(write)


def _supersede(
    store: Store, ranking: Ranking, fresh: Inputs, *, because: str, by: str, now: datetime
) -> str:
    def write(connection: Connection) -> str:
        _in_state(connection, ranking.id, *_LIVE)
        _step(connection, ranking.id, "superseded", by=by, now=now, reason=because)
        return _insert(
            connection,
            store,
            ranking.period,
            ranking.until,
            fresh,
            top=ranking.top,
            by=by,
            now=now,
            reason=because,
        )

    return store.writer.run(write)


def _insert(
    connection: Connection,
    store: Store,
    span: Period,
    until: datetime,
    inputs: Inputs,
    *,
    top: str | None,
    by: str,
    now: datetime,
    reason: str | None = None,
) -> str:
    method = Method.of(store.weights, store.award)
    told = {**method.to_json(), "level": _level(store, inputs.tree), "top": top}
    figures = inputs.figures(method, store.levels)
    blob = keep(connection, store.media, Media("application/json", inputs.text.encode()))
    same = (_table.c.first == span.first, _table.c.after == span.after)
    last = connection.execute(select(func.max(_table.c.revision)).where(*same)).scalar() or 0
    key = uuid4().hex
    connection.execute(
        insert(_table).values(
            id=key,
            first=span.first,
            after=span.after,
            revision=last + 1,
            until=until,
            method=told,
            inputs=blob,
            figures=figures,
            hash=seal(span, until, told, inputs.sha256, figures),
            created=now,
            created_by=by,
        )
    )
    _step(connection, key, "draft", by=by, now=now, reason=reason)
    return key


def _level(store: Store, tree: Branches) -> int:
    """The depth of the level that competes: the course's, or the lowest that there is."""
    depths = sorted({one.level for one in tree})
    if store.award.level in store.levels:
        wished = store.levels.index(store.award.level)
        if wished in depths:
            return wished
    return depths[-1]


def _may_be_approved(connection: Connection, ranking: Ranking, store: Store, now: datetime) -> None:
    until = ranking.posted_until
    assert until is not None, "a posted ranking has been posted"
    if now < until:
        day: date = local_date(until - timedelta(seconds=1), store.zone)
        raise WeikeError(_("objections are open until the end of {day}").format(day=day))
    open_ones = connection.execute(
        select(func.count()).where(
            _objection.c.ranking_id == ranking.id, _objection.c.answer.is_(None)
        )
    ).scalar_one()
    if open_ones:
        raise WeikeError(_("{n} objections have no answer yet").format(n=open_ones))


def _decided(
    ranking: Ranking, computed: Winners, decision: Sequence[str], reason: str | None
) -> Winners:
    chosen = tuple(dict.fromkeys(decision))
    if set(chosen) == set(computed.branches):
        return computed
    competing = {row["branch"] for row in ranking.rows if row["level"] == ranking.level}
    if not chosen or not competing.issuperset(chosen):
        raise WeikeError(_("choose among the branches of the level that competes"))
    if reason is None:
        raise WeikeError(_("say why the committee decides otherwise"))
    return Winners(branches=chosen, members=computed.members)


def _in_state(connection: Connection, ranking_id: str, *states: State) -> Ranking:
    found = next(iter(load_rankings(connection, _table.c.id == ranking_id)), None)
    if found is None:
        raise WeikeError(_("there is no such ranking"))
    if found.state not in states:
        raise WeikeError(_("the ranking is {state} by now").format(state=state_word(found.state)))
    return found


def _of_contest(connection: Connection, span: Period, top: str | None) -> list[Ranking]:
    same = (_table.c.first == span.first, _table.c.after == span.after)
    return [one for one in load_rankings(connection, *same) if one.top == top]


def _same_contest(one: Ranking, other: Ranking) -> bool:
    return (one.period, one.top) == (other.period, other.top)


def _step(
    connection: Connection,
    ranking_id: str,
    state: State,
    *,
    by: str,
    now: datetime,
    until: datetime | None = None,
    reason: str | None = None,
    decision: Sequence[str] | None = None,
) -> None:
    connection.execute(
        insert(_events).values(
            ranking_id=ranking_id,
            state=state,
            at=now,
            by=by,
            until=until,
            reason=reason,
            decision=decision,
        )
    )
    record(connection, by, f"ranking {state}", ranking_id, now)


def _ranking(row: Any, events: Sequence[Event]) -> Ranking:
    told = dict(row.method)
    return Ranking(
        id=row.id,
        period=Period(row.first, row.after),
        revision=row.revision,
        until=row.until,
        level=told.pop("level"),
        top=told.pop("top"),
        method=Method.from_json(told),
        inputs=row.inputs,
        figures=row.figures,
        hash=row.hash,
        created=row.created,
        created_by=row.created_by,
        events=tuple(events),
    )


def state_word(state: State) -> str:
    words: Mapping[State, Callable[[], str]] = {
        "draft": lambda: _("a draft"),
        "posted": lambda: _("posted for objections"),
        "approved": lambda: _("approved"),
        "superseded": lambda: _("superseded"),
        "withdrawn": lambda: _("withdrawn"),
    }
    return words[state]()

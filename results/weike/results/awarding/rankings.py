"""Rankings: drafted (草稿), posted for objections (公示), approved (审定), then immutable.

A ranking keeps what it was computed from, by what method, its figures, and a hash over them. It
never changes: a later revision of the same period supersedes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Connection, func, insert, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results import tables
from weike.results.audit import record
from weike.results.awarding.flags import Winners, hand_over, winners
from weike.results.awarding.rankinginputs import Inputs
from weike.results.awarding.rankinglog import (
    Ranking,
    State,
    find_ranking,
    load_inputs,
    load_rankings,
    rankings,
    seal,
    state_word,
)
from weike.results.media import Media, keep
from weike.results.people import Branches, Member
from weike.results.periods import Period, day_start, local_date
from weike.results.scoring.method import Method
from weike.results.scoring.snapshot import last_instant, the_period
from weike.results.store import Store

_LIVE: Final = ("draft", "posted", "approved")
_table, _events, _objection = tables.ranking, tables.ranking_event, tables.objection


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
    """Compute a ranking of the period as of now and keep it; its id. Older drafts are withdrawn,
    but one that says the same already stays the draft: pressed twice is drafted once.

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
    computed = _compute(store, inputs, top)

    def write(connection: Connection) -> str:
        for other in _of_contest(connection, span, top):
            if other.state == "posted":
                raise WeikeError(
                    _("a ranking of {period} is posted; withdraw it first").format(period=span)
                )
            if other.state == "draft":
                if computed.seal(span, other.until) == other.hash:
                    return other.id
                again = _("drafted again")
                _step(connection, other.id, "withdrawn", by=by, now=now, reason=again)
        return _insert(connection, store, span, until, computed, by=by, now=now)

    return store.writer.run(write)


def _supersede(
    store: Store, ranking: Ranking, fresh: Inputs, *, because: str, by: str, now: datetime
) -> str:
    computed = _compute(store, fresh, ranking.top)

    def write(connection: Connection) -> str:
        _in_state(connection, ranking.id, *_LIVE)
        _step(connection, ranking.id, "superseded", by=by, now=now, reason=because)
        return _insert(
            connection,
            store,
            ranking.period,
            ranking.until,
            computed,
            by=by,
            now=now,
            reason=because,
        )

    return store.writer.run(write)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Computed:
    """A ranking but for its moment."""

    inputs: Inputs
    method: Mapping[str, Any]
    figures: Mapping[str, Any]

    def seal(self, span: Period, until: datetime) -> str:
        return seal(span, until, self.method, self.inputs.sha256, self.figures)


def _compute(store: Store, inputs: Inputs, top: str | None) -> _Computed:
    method = Method.of(store.weights, store.award)
    return _Computed(
        inputs=inputs,
        method={**method.to_json(), "level": _level(store, inputs.tree), "top": top},
        figures=inputs.figures(method, store.levels),
    )


def _insert(
    connection: Connection,
    store: Store,
    span: Period,
    until: datetime,
    computed: _Computed,
    *,
    by: str,
    now: datetime,
    reason: str | None = None,
) -> str:
    content = Media("application/json", computed.inputs.text.encode())
    blob = keep(connection, store.media, content)
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
            method=computed.method,
            inputs=blob,
            figures=computed.figures,
            hash=computed.seal(span, until),
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


__all__ = [
    "Ranking",
    "approve",
    "draft",
    "find_ranking",
    "may_decide",
    "post",
    "rankings",
    "supersede_after_rescoring",
    "withdraw",
]

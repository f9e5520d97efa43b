"""What is recorded of rankings: their revisions, their steps, and what they were computed from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import Connection, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results import tables
from weike.results.awarding.rankinginputs import Inputs
from weike.results.media import load
from weike.results.people import load_branches
from weike.results.periods import Period
from weike.results.scoring.method import Method
from weike.results.store import Store
from weike.results.types import canonical, iso

State: TypeAlias = Literal["draft", "posted", "approved", "superseded", "withdrawn"]
PUBLIC: Final = ("posted", "approved", "superseded")
_table, _events = tables.ranking, tables.ranking_event


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
    """A ranking as it is announced on the board; `until`: when the posting ends.

    `among`: the name of the branch below which they compete; empty where everybody does.
    """

    id: str
    period: Period
    among: str
    state: State
    until: datetime | None


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
        tree = load_branches(connection)
        found = []
        seen: set[object] = set()
        for row in connection.execute(query):
            contest = (row.first, row.after, row.method["top"])
            last = events[row.id][-1]
            if last.state not in ("posted", "approved") or contest in seen:
                continue
            seen.add(contest)
            top = tree.get(row.method["top"])
            found.append(
                Announcement(
                    id=row.id,
                    period=Period(row.first, row.after),
                    among=top.name if top else "",
                    state=last.state,
                    until=last.until if last.state == "posted" else None,
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

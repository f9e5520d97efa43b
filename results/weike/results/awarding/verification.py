"""A ranking held against itself and against the log: is every number still what it says?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.awarding.rankinginputs import Inputs
from weike.results.awarding.rankinglog import Ranking, inputs_text, load_rankings, seal
from weike.results.scoring.method import RULE
from weike.results.scoring.tallies import differing
from weike.results.store import Store
from weike.results.tables import flag, identity, ranking

_NEAR: Final = 1e-6  # another version of numpy may add in another order
_LATER: Final = ("previous_members", "previous_attempted")  # older rankings were recorded without


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """`problems` tell that something differs, `notes` what could not be compared."""

    ranking: Ranking
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.problems


def verify(store: Store, ranking_id: str) -> Verification:
    """Recompute the hash and the figures from the stored inputs, and compare those with the log.

    Each difference is one sentence with its place: the branch or the member (by opaque id), the
    column, what is stored and what is there now. Of a person whose identity was erased the post is
    gone, by which lessons may have been assigned; what differs there is noted, not held against
    the ranking.
    """
    with store.read() as connection:
        found = next(iter(load_rankings(connection, ranking.c.id == ranking_id)), None)
        if found is None:
            raise WeikeError(_("there is no such ranking"))
        problems, notes = list(_flag_problems(connection, found)), list[str]()
        try:
            text = inputs_text(connection, store, found)
            inputs = Inputs.loads(text)
        except (WeikeError, ValueError, LookupError, TypeError) as error:
            reason = error if isinstance(error, WeikeError) else _("they cannot be read")
            problems.append(_("the stored inputs: {reason}").format(reason=reason))
            return Verification(ranking=found, problems=tuple(problems), notes=())
        problems += _seal_problems(connection, found, text)
        if found.method.rule != RULE:
            notes.append(
                _("computed by method version {old}; this Weike has version {new}").format(
                    old=found.method.rule, new=RULE
                )
            )
        else:
            problems += _figure_problems(found, inputs.figures(found.method, store.levels))
        if apart := differing(connection):
            problems.append(
                _("{n} tallies are not what the attempts make them; run: weike rebuild").format(
                    n=apart
                )
            )
        fresh = Inputs.of_log(connection, store, found.period, found.until, top=found.top)
        known = frozenset(connection.execute(select(identity.c.member_id)).scalars())
    for id, column, stored, now in inputs.differences(fresh):
        words = _("{id}: {column} was {stored}, the log says {now}").format(
            id=id, column=column, stored=_shown(stored), now=_shown(now)
        )
        person = id not in inputs.tree.by_id and id not in fresh.tree.by_id
        (notes if person and id not in known else problems).append(words)
    return Verification(ranking=found, problems=tuple(problems), notes=tuple(notes))


def _seal_problems(connection: Connection, found: Ranking, text: str) -> Iterator[str]:
    """The row, its inputs and its hash belong together."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    if sha256[:32] != found.inputs:
        yield _("the stored inputs are not those of their hash {hash}").format(hash=found.inputs)
    told = connection.execute(select(ranking.c.method).where(ranking.c.id == found.id)).scalar()
    assert isinstance(told, Mapping), "a ranking has a method"
    sealed = seal(found.period, found.until, told, sha256, found.figures)
    if sealed != found.hash:
        yield _("the hash is {stored}, but it should be {sealed}").format(
            stored=found.hash, sealed=sealed
        )


def _figure_problems(found: Ranking, fresh: Mapping[str, Any]) -> Iterator[str]:
    stored = {row["branch"]: row for row in found.rows}
    computed = {row["branch"]: row for row in fresh["branches"]}
    for id in {**stored, **computed}:
        if id not in stored or id not in computed:
            yield _("the branch {id} is only in one of stored and recomputed figures").format(id=id)
            continue
        for column, value in computed[id].items():
            if column in _LATER and column not in stored[id]:
                continue
            if column != "level_name" and not _same(stored[id].get(column), value):
                yield _("{branch}: {column} is stored as {stored}, recomputed {now}").format(
                    branch=computed[id]["path"],
                    column=column,
                    stored=_shown(stored[id].get(column)),
                    now=_shown(value),
                )
    for name in ("no_difference", "tau2", "weights"):
        if not _same(found.figures.get(name), fresh[name]):
            yield _("{column} is stored as {stored}, recomputed {now}").format(
                column=name, stored=_shown(found.figures.get(name)), now=_shown(fresh[name])
            )


def _flag_problems(connection: Connection, found: Ranking) -> Iterator[str]:
    """The flag went to whom the figures or the committee named."""
    if found.approval is None:
        return
    first = [r["branch"] for r in found.rows if r["level"] == found.level and r["rank"] == 1]
    wanted = set(first if found.approval.decision is None else found.approval.decision)
    rows = connection.execute(
        select(flag.c.branch_id).where(flag.c.ranking_id == found.id, flag.c.branch_id.is_not(None))
    )
    given = set(rows.scalars())
    if given != wanted:
        yield _("the flag is recorded for {given}, but the decision was {wanted}").format(
            given=_shown(sorted(given)), wanted=_shown(sorted(wanted))
        )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        return abs(one - other) <= _NEAR
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return bool(one == other)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:.6g}"
    return "–" if value in (None, "") else str(value)

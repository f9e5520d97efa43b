"""Which groups' figures are kept from a viewer, so that none can be worked out either.

The groups are a tree, so what is shown of it tells exactly this: for each shown group, the sum over
those of its people who stand in no shown group beneath it (its rest), and sums of such rests.
Hence nothing is told about few people where every rest is nobody or at least `LEAST`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

LEAST: Final = 5  # figures about fewer people would tell about single persons


def withheld(
    groups: Iterable[tuple[str, str | None, int]],
    *,
    known: Collection[str] = (),
    away: Collection[str] = (),
) -> frozenset[str]:
    """The ids whose figures stay hidden, of `(id, parent, people)`, parents before their children.

    A group of fewer than five is hidden unless it is `known` to the viewer, people and all; what is
    in `away` is hidden whatever its size. Where a shown group's rest, its own people included, is
    one to four people the viewer does not know, the smallest other group beneath it is hidden too,
    and where there is none left, the group itself.
    """
    listed = list(groups)
    people = {id: n for id, _parent, n in listed}
    hidden = {id for id, n in people.items() if 0 < n < LEAST and id not in known} | set(away)
    order = {id: (n, id) for id, n in people.items()}
    own = _own(listed, known)
    rest = dict(own)
    tops: dict[str, list[str]] = {id: [] for id in people}  # the highest shown groups beneath
    for id, parent, n in reversed(listed):  # children before their parents
        if id not in hidden and 0 < rest[id] < LEAST:
            _hide_beneath(id, rest, tops, hidden, known, order)
        if id in hidden:
            above, passed = tops[id], rest[id]
        else:
            above, passed = [id], 0
        if parent in rest and n:
            tops[parent] += above
            rest[parent] += passed
    return frozenset(hidden - (_told(listed, own, hidden) - set(away)))


def _own(groups: Collection[tuple[str, str | None, int]], known: Collection[str]) -> dict[str, int]:
    """How many people stand in a group itself and are not known."""
    own = {id: n for id, _parent, n in groups}
    for _id, parent, n in groups:
        if parent in own:
            own[parent] -= n
    return {id: 0 if id in known else n for id, n in own.items()}


def _told(
    groups: Collection[tuple[str, str | None, int]], own: dict[str, int], hidden: Collection[str]
) -> frozenset[str]:
    """Hidden groups whose people are all known or in shown ones beneath: hiding keeps nothing."""
    unknown, told = dict(own), set()
    for id, parent, n in reversed(list(groups)):
        if id in hidden and unknown[id] == 0 and n:
            told.add(id)
        if id in hidden and parent in unknown:
            unknown[parent] += unknown[id]
    return frozenset(told)


def _hide_beneath(
    id: str,
    rest: dict[str, int],
    tops: dict[str, list[str]],
    hidden: set[str],
    known: Collection[str],
    order: Mapping[str, tuple[int, str]],
) -> None:
    """Hide the smallest groups beneath a shown one until its rest is large enough, or itself."""
    while rest[id] < LEAST:
        others = [one for one in tops[id] if one not in known]
        if not others:
            hidden.add(id)
            return
        smallest = min(others, key=order.__getitem__)
        hidden.add(smallest)
        tops[id].remove(smallest)
        tops[id] += tops[smallest]
        rest[id] += rest[smallest]

"""Which groups' figures are kept from a viewer, so that none can be worked out either."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from weike.results.board import LEAST


def withheld(
    groups: Iterable[tuple[str, str | None, int]], *, known: Collection[str] = ()
) -> frozenset[str]:
    """The ids whose figures stay hidden, of `(id, parent, people)`, parents before their children.

    A group of fewer than five is hidden unless it is `known` to the viewer. What is hidden beneath
    a shown parent, its own people included, must be two groups and five people at least: else the
    parent's figure less the shown ones would tell. So the smallest other group is hidden too, and
    where there is none, the parent.
    """
    listed = list(groups)
    people = {id: n for id, _parent, n in listed}
    hidden = {id for id, n in people.items() if 0 < n < LEAST and id not in known}
    for parent in reversed([id for id, _parent, _n in listed]):
        children = [id for id, above, n in listed if above == parent and n]
        if not children or parent in hidden:
            continue
        own = people[parent] - sum(people[id] for id in children)
        while _tells([people[id] for id in children if id in hidden], own):
            others = [id for id in children if id not in hidden and id not in known]
            if not others:
                hidden.update({parent} - set(known))
                break
            hidden.add(min(others, key=lambda id: (people[id], id)))
    return frozenset(hidden)


def _tells(hidden: list[int], own: int) -> bool:
    """Whether the parent's figure less the shown children's is that of few people, or of one
    hidden group alone. `own` people stand in the parent itself."""
    away = sum(hidden) + own
    return 0 < away < LEAST or (len(hidden) == 1 and own == 0)

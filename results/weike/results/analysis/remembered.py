"""Analyses kept in memory: until a fact comes, and those that take long for some minutes more."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from weike.results.scoring.snapshot import Snapshot, current_snapshot
from weike.results.store import Kept, Store

T = TypeVar("T")

_SIZE = 200  # analyses of one store
_LONG = 1.0  # seconds; what takes less is made anew as soon as a fact has come
_TIMES = 60  # what takes a second may be a minute old, so that it takes a sixtieth of the time
_OLDEST = 600.0  # seconds


@dataclass(frozen=True, slots=True)
class _Entry:
    value: Any
    snapshot: Snapshot
    took: float
    made: float

    def holds(self, snapshot: Snapshot, now: float) -> bool:
        if self.snapshot is snapshot:
            return True
        return self.took > _LONG and now - self.made < min(_OLDEST, _TIMES * self.took)


_memory: Kept[OrderedDict[Hashable, _Entry]] = Kept(OrderedDict)


def remembered(
    store: Store,
    key: Hashable,
    make: Callable[[], T],
    *,
    clock: Callable[[], float] = time.monotonic,
) -> T:
    """What `make` gives for this key; callers do not change it."""
    snapshot, memory = current_snapshot(store), _memory(store)
    begun = clock()
    entry = memory.get(key)
    if entry is None or not entry.holds(snapshot, begun):
        value = make()
        ended = clock()
        entry = memory[key] = _Entry(value, snapshot, ended - begun, ended)
        memory.move_to_end(key)
        while len(memory) > _SIZE:
            memory.popitem(last=False)
    found: T = entry.value
    return found

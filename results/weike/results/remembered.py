"""What was computed from the facts, kept as long as no fact has come that could change it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from weike.results.snapshot import Snapshot, current_snapshot
from weike.results.store import Kept, Store

T = TypeVar("T")

_SIZE = 200  # analyses of one store


@dataclass(slots=True)
class _Memory:
    snapshot: Snapshot | None = None
    found: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)


_memory: Kept[_Memory] = Kept(_Memory)


def remembered(store: Store, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gives for this key; callers do not change it. Several threads may make it."""
    snapshot, memory = current_snapshot(store), _memory(store)
    if memory.snapshot is not snapshot:
        memory.snapshot, memory.found = snapshot, OrderedDict()
    kept = memory.found
    if key not in kept:
        kept[key] = make()
        if len(kept) > _SIZE:
            kept.popitem(last=False)
    found: T = kept[key]
    return found

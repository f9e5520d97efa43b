"""Chance that is each learner's own, although all copies begin as the same process."""

from __future__ import annotations

import random
import sys
import weakref
from collections.abc import Iterable
from functools import wraps
from typing import Any

_LARGEST_SEED = 1 << 64  # what a person writes is smaller than what the system gives
_seeded: weakref.WeakSet[random.Random] = weakref.WeakSet()


def remember_seeds() -> None:
    """From now on, know the `random.Random` objects to which an author gave a seed."""
    seed = random.Random.seed

    @wraps(seed)
    def seeding(self: random.Random, a: Any = None, version: int = 2) -> None:
        if a is None:
            _seeded.discard(self)
        else:
            _seeded.add(self)
        seed(self, a, version)

    random.Random.seed = seeding  # type: ignore[method-assign]


def reseed(values: Iterable[Any]) -> None:
    """In a copy: new chance for numpy, and for generators among `values` without a chosen seed.

    Python's own functions do so by themselves. A generator that an author seeded keeps its numbers.
    """
    for value in list(values):
        if type(value) is random.Random and value not in _seeded:
            value.seed()
    numpy = sys.modules.get("numpy.random")
    if numpy is None:
        return
    numpy.seed()
    for value in list(values):
        if isinstance(value, numpy.Generator) and _by_chance(value.bit_generator):
            value.bit_generator.state = type(value.bit_generator)().state


def _by_chance(bits: Any) -> bool:
    entropy = getattr(bits.seed_seq, "entropy", None)
    return isinstance(entropy, int) and entropy >= _LARGEST_SEED

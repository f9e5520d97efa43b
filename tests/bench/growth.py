"""Whether something grew: at rest before and after, and in use by its trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .watch import Sample

SHORTEST = 120.0  # seconds of use that have a trend


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """How much more at rest, and how much more in an hour of use, is no growth.

    Pools of threads fill up to their size, and each thread has its own connection to the store.
    """

    name: str
    unit: str
    rest: float
    hour: float | None


BOUNDS = {
    "server_mib": Bound(name="memory of the server", unit="MiB", rest=20, hour=40),
    "kernels_mib": Bound(name="memory beneath it", unit="MiB", rest=40, hour=None),
    "kernels": Bound(name="processes beneath it", unit="", rest=1, hour=None),
    "descriptors": Bound(name="descriptors", unit="", rest=24, hour=60),
    "threads": Bound(name="threads", unit="", rest=8, hour=16),
    "files": Bound(name="temporary files", unit="", rest=15, hour=None),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`hour` is the trend in an hour, without what copies take; None where it is not asked for."""

    what: str
    before: float
    after: float
    hour: float | None

    @property
    def bound(self) -> Bound:
        return BOUNDS[self.what]

    @property
    def grew(self) -> bool:
        bound = self.bound
        trend = self.hour is not None and bound.hour is not None and self.hour > bound.hour
        return self.after - self.before > bound.rest or trend


def verdicts(samples: Sequence[Sample], rests: Sequence[tuple[float, float]]) -> list[Verdict]:
    """`rests` are the seconds of the two rests; what lies between is use."""
    return [_verdict(what, samples, rests) for what in BOUNDS]


def _verdict(what: str, samples: Sequence[Sample], rests: Sequence[tuple[float, float]]) -> Verdict:
    def values(span: tuple[float, float]) -> list[float]:
        return [
            float(getattr(one, what))
            for one in samples
            if span[0] <= one.at <= span[1] and getattr(one, what) is not None
        ]

    between = [one for one in samples if rests[0][1] < one.at < rests[1][0]]
    trend = None
    if BOUNDS[what].hour is not None and rests[1][0] - rests[0][1] >= SHORTEST:
        moments = np.array([one.at / 3600 for one in between])
        copies = np.array([float(one.kernels) for one in between])
        columns = np.stack([np.ones(len(between)), moments, copies], axis=1)
        found = np.array([float(getattr(one, what)) for one in between])
        trend = float(np.linalg.lstsq(columns, found, rcond=None)[0][1])
    before, after = (float(np.median(values(span) or [0.0])) for span in rests)
    return Verdict(what=what, before=before, after=after, hour=trend)

"""A branch's learning score, its possible range, and who leads a level (rules of the field, §5).

Pure: sums over the branches of one level in, figures of the same branches out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from weike.results.scoring.method import Method
from weike.results.scoring.shrinkage import Z95, Shrinkage, change_sizes, pooled_variance, shrink

Floats: TypeAlias = NDArray[np.float64]
Counts: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

STEEP = 2.5  # a change of 0.2 of the marks takes improvement from the middle to its end
_SAME = 1e-9  # scores that differ by less differ by rounding


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Members' marks in one period: how many have one, their mean and sample variance (NaN)."""

    n: Counts
    mean: Floats
    variance: Floats

    def within(self) -> float | None:
        """s² of these branches."""
        return pooled_variance(*_plain(self.n, self.variance))


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the members of each branch had to do in a period, and did."""

    members: Counts
    covered: Counts  # with at least one lesson complete
    assigned: Counts  # lessons, over all members
    completed: Counts
    not_started: Counts  # members


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The figures of the branches of one level, in their order; NaN where undefined.

    `adjusted`, `error`, `completion`, `coverage`, `improvement` are shares of 1, `change` and
    `change_error` differences of shares; `score`, `low`, `high` go from 0 to 100. `rank` is 0 for
    a branch that is not eligible.
    """

    shrinkage: Shrinkage
    adjusted: Floats
    error: Floats
    completion: Floats
    coverage: Floats
    change: Floats
    change_error: Floats
    improvement: Floats
    score: Floats
    low: Floats
    high: Floats
    eligible: Flags
    leading: Flags
    rank: Counts


def composite(marks: Marks, before: Marks | None, work: Work, method: Method) -> Standing:
    """Score = 100 × (w_m adjusted mean + w_c completion + w_i improvement), weights adding to 1.

    improvement = clip(0.5 + 2.5 Δ, 0, 1), Δ the change of the branch's own mean since the period
    before, shrunk like the mean, with s² pooled over both periods. Where a branch has no such
    change the other two weights are scaled to 1.

    Standard error = 100 √((w_m SE_m)² + (2.5 w_i SE_Δ)²), the second term only inside the clip.
    Completion has none: it counts what was done and samples nothing. The range is the score
    ± 1.96 of it. It is undefined, not of no width, where the marks show no detectable difference
    (the model's error is 0 then) or do not vary at all.
    """
    found = shrink(*_plain(marks.n, marks.mean), marks.within())
    adjusted, error = _floats(found.means), _floats(found.errors)
    change, change_error = _change(marks, before)
    with np.errstate(invalid="ignore", divide="ignore"):
        completion = work.completed / work.assigned
        coverage = np.where(work.assigned > 0, work.covered / work.members, np.nan)
        straight = 0.5 + STEEP * change
        improvement = np.clip(straight, 0.0, 1.0)
        unclipped = (straight > 0) & (straight < 1)
        parts = np.stack([adjusted, completion, improvement])
        weights = _weights(method, known=~np.isnan(improvement))
        score = 100 * np.where(weights > 0, weights * parts, 0.0).sum(axis=0)
        slope = np.where(unclipped, STEEP * weights[2] * change_error, 0.0)
        width = Z95 * 100 * np.hypot(weights[0] * error, slope)
        width[(width == 0) | found.no_difference] = np.nan
        eligible = (coverage >= method.coverage) & (marks.n >= method.least) & ~np.isnan(score)
    leading = _leading(score, width, eligible, no_difference=found.no_difference)
    return Standing(
        shrinkage=found,
        adjusted=adjusted,
        error=error,
        completion=completion,
        coverage=coverage,
        change=change,
        change_error=change_error,
        improvement=improvement,
        score=score,
        low=np.maximum(0.0, score - width),
        high=np.minimum(100.0, score + width),
        eligible=eligible,
        leading=leading,
        rank=_ranks(score, completion, work.not_started, eligible, leading),
    )


def _change(marks: Marks, before: Marks | None) -> tuple[Floats, Floats]:
    """Δ of each branch, shrunk among those that have one, and its standard error."""
    unknown = np.full(len(marks.n), np.nan)
    if before is None:
        return unknown, unknown
    sizes = change_sizes(marks.n.tolist(), before.n.tolist())
    both = Marks(
        n=np.concatenate([marks.n, before.n]),
        mean=np.concatenate([marks.mean, before.mean]),
        variance=np.concatenate([marks.variance, before.variance]),
    )
    found = shrink(sizes, _plain(marks.n, marks.mean - before.mean)[1], both.within())
    return _floats(found.means), _floats(found.errors)


def _weights(method: Method, *, known: Flags) -> Floats:
    """Three rows (mean, completion, improvement) that add up to 1 for each branch."""
    wished = method.weights
    rows = np.array([[wished.mean], [wished.completion], [wished.improvement]], dtype=float)
    rows = np.repeat(rows, len(known), axis=1)
    rows[2, ~known] = 0.0
    total = rows.sum(axis=0)
    shares: Floats = np.divide(rows, total, out=np.full_like(rows, np.nan), where=total > 0)
    return shares


def _leading(score: Floats, width: Floats, eligible: Flags, *, no_difference: bool) -> Flags:
    """The eligible branches whose range covers the leader's score.

    All of them where the marks show no detectable difference: what then sets the scores apart is
    completion, which decides within the group, and noise.
    """
    if no_difference or not eligible.any():
        return eligible.copy()
    best = score[eligible].max()
    leading: Flags = eligible & (score + np.nan_to_num(width) >= best - _SAME)
    return leading


def _ranks(
    score: Floats, completion: Floats, not_started: Counts, eligible: Flags, leading: Flags
) -> Counts:
    """1 for the first, ties share and the next one counts them (1, 1, 3).

    The leading group by completion, then by fewer members who have not started; behind it the
    others by score.
    """
    keys = {
        i: (0, -completion[i], int(not_started[i]))
        if leading[i]
        else (1, -round(score[i] / _SAME), 0)
        for i in np.flatnonzero(eligible).tolist()
    }
    places: dict[tuple[int, float, int], int] = {}
    for place, key in enumerate(sorted(keys.values()), start=1):
        places.setdefault(key, place)
    return np.array([places[keys[i]] if i in keys else 0 for i in range(len(score))], dtype=int)


def _plain(n: Counts, values: Floats) -> tuple[list[int], list[float | None]]:
    """Counts and figures for `shrink`; what stands behind nobody is None."""
    return n.tolist(), [None if isnan(one) else one for one in values.tolist()]


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([np.nan if one is None else one for one in values], dtype=float)

"""Classical item statistics as Moodle defines them (rules of the field, §4). Pure numbers.

Within one item S counts the attempts whose paper holds it, x is its mark, T the attempt's total and
y = T − x what the other items earned; every variance and covariance divides by S − 1. Where a quiz
draws its questions, papers differ. Then an item is compared within the attempts that hold it, each
with its own T, as Moodle does. P and ΣV(x), which only the internal consistency (CIC) asks for,
have a meaning for the same questions only: they come from the attempts that hold every item.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Array: TypeAlias = NDArray[np.float64]

_ROUNDING = 1e-12  # what arithmetic may leave of a zero, as a share of the largest number in it


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFigures:
    """One item. `facility` is a share, `sd` in points, the other three in percent; else None.

    `weight` is None where the item's covariance with the total is negative.
    """

    item: str
    attempts: int
    mean: float | None
    facility: float | None
    sd: float | None
    discrimination: float | None
    efficiency: float | None
    weight: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStatistics:
    """The items in their order, and the quiz as a whole.

    `mean`, `sd` and `standard_error` are in points, `cic` and `error_ratio` in percent.
    """

    items: tuple[ItemFigures, ...]
    attempts: int
    mean: float | None
    sd: float | None
    skewness: float | None
    kurtosis: float | None
    cic: float | None
    error_ratio: float | None
    standard_error: float | None


def item_statistics(marks: pd.DataFrame, maxima: Sequence[float]) -> ItemStatistics:
    """The statistics of `marks`: one row for each attempt, one column for each item, in points.

    NaN where an attempt's paper does not hold the item (an unanswered one has earned 0). A row
    without any mark is no attempt. `maxima` are the points that each column can earn.
    """
    x = marks.to_numpy(dtype=float)
    assert x.shape[1] == len(maxima), "one maximum for each column"
    held = ~np.isnan(x)
    some = held.any(axis=1) if x.size else np.zeros(len(x), dtype=bool)
    x, held = x[some], held[some]
    total = np.nansum(x, axis=1)
    at = [np.flatnonzero(held[:, i]) for i in range(x.shape[1])]
    shared = [_covariance(x[rows, i], total[rows]) for i, rows in enumerate(at)]
    roots = [None if c is None or c < 0 else float(np.sqrt(c)) for c in shared]
    whole = sum(root for root in roots if root is not None)
    items = tuple(
        _item(
            str(name),
            x[rows, i],
            total[rows] - x[rows, i],
            maximum,
            None if root is None or not whole else 100 * root / whole,
        )
        for i, (name, rows, maximum, root) in enumerate(
            zip(marks.columns, at, maxima, roots, strict=True)
        )
    )
    sd = _root(_covariance(total, total))
    cic = _consistency(x, held)
    ratio = None if cic is None else _error_ratio(cic)
    return ItemStatistics(
        items=items,
        attempts=len(total),
        mean=float(total.mean()) if len(total) else None,
        sd=sd,
        skewness=_skewness(total),
        kurtosis=_kurtosis(total),
        cic=cic,
        error_ratio=ratio,
        standard_error=None if ratio is None or sd is None else ratio * sd / 100,
    )


def _item(name: str, x: Array, y: Array, maximum: float, weight: float | None) -> ItemFigures:
    vx, vy, c = _covariance(x, x), _covariance(y, y), _covariance(x, y)
    paired = _covariance(np.sort(x), np.sort(y))
    mean = float(x.mean()) if len(x) else None
    return ItemFigures(
        item=name,
        attempts=len(x),
        mean=mean,
        facility=mean / maximum if mean is not None and maximum else None,
        sd=_root(vx),
        discrimination=100 * c / float(np.sqrt(vx * vy)) if c is not None and vx and vy else None,
        efficiency=100 * c / paired if c is not None and paired else None,
        weight=weight,
    )


def _covariance(a: Array, b: Array) -> float | None:
    """None for less than two attempts. What only rounding has left of a zero is a zero."""
    if len(a) < 2:
        return None
    da, db = _deviations(a), _deviations(b)
    found = float(da @ db) / (len(a) - 1)
    smallest = _ROUNDING * float(np.abs(da).max()) * float(np.abs(db).max())
    return 0.0 if abs(found) <= smallest else found


def _deviations(a: Array) -> Array:
    """a − ā, and exactly 0 where every value is the same."""
    found = a - a.mean()
    return np.where(np.abs(found) <= _ROUNDING * np.abs(a).max(initial=0.0), 0.0, found)


def _moments(total: Array) -> tuple[float, float, float]:
    """m2, m3 and m4: the mean powers of T − T̄."""
    d = _deviations(total)
    return float((d**2).mean()), float((d**3).mean()), float((d**4).mean())


def _skewness(total: Array) -> float | None:
    s = len(total)
    k2 = _covariance(total, total)
    if s < 3 or not k2:
        return None
    _m2, m3, _m4 = _moments(total)
    k3 = s**2 * m3 / ((s - 1) * (s - 2))
    return k3 / float(k2**1.5)


def _kurtosis(total: Array) -> float | None:
    s = len(total)
    k2 = _covariance(total, total)
    if s < 4 or not k2:
        return None
    m2, _m3, m4 = _moments(total)
    k4 = s**2 * ((s + 1) * m4 - 3 * (s - 1) * m2**2) / ((s - 1) * (s - 2) * (s - 3))
    return k4 / k2**2


def _consistency(x: Array, held: NDArray[np.bool_]) -> float | None:
    """The coefficient of internal consistency (Cronbach's alpha, in percent)."""
    ever = held.any(axis=0) if held.size else np.zeros(x.shape[1], dtype=bool)
    p = int(ever.sum())
    complete = x[:, ever][held[:, ever].all(axis=1)] if p else x[:0]
    total = complete.sum(axis=1)
    k2 = _covariance(total, total)
    if p < 2 or not k2:
        return None
    single = [_covariance(complete[:, i], complete[:, i]) for i in range(p)]
    return 100 * p / (p - 1) * (1 - sum(v for v in single if v is not None) / k2)


def _error_ratio(cic: float) -> float:
    """Only rounding can bring a CIC above 100."""
    return 100 * float(np.sqrt(max(0.0, 1 - cic / 100)))


def _root(variance: float | None) -> float | None:
    return None if variance is None else float(np.sqrt(variance))

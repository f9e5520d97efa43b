"""Item statistics against a second computation: exact fractions, written from the definitions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from random import Random
from statistics import stdev

import numpy as np
import pandas as pd
import pytest

from weike.results.analysis.itemstats import ItemFigures, ItemStatistics, item_statistics

Rows = Sequence[Sequence[Fraction | None]]
NEAR = {"rel": 1e-9, "abs": 1e-9}


def frame(rows: Rows) -> pd.DataFrame:
    """Columns q1, q2, …; None is an item that the attempt's paper does not hold."""
    width = len(rows[0]) if rows else 0
    return pd.DataFrame(
        [[math.nan if x is None else float(x) for x in row] for row in rows],
        columns=[f"q{n + 1}" for n in range(width)],
        dtype=float,
    )


def ints(*rows: Sequence[int | None]) -> list[list[Fraction | None]]:
    return [[None if x is None else Fraction(x) for x in row] for row in rows]


# The second computation


def cov(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    """From sums of products, not from deviations."""
    n = len(a)
    cross = sum((p * q for p, q in zip(a, b, strict=True)), Fraction(0))
    return (cross - sum(a, Fraction(0)) * sum(b, Fraction(0)) / n) / (n - 1)


def item_by_hand(rows: Rows, i: int, most: Fraction) -> dict[str, float | None]:
    pairs = [(row[i], sum((x for x in row if x is not None), Fraction(0))) for row in rows]
    x = [mark for mark, _total in pairs if mark is not None]
    y = [total - mark for mark, total in pairs if mark is not None]
    told: dict[str, float | None] = dict.fromkeys(
        ("facility", "sd", "discrimination", "efficiency"), None
    )
    if x and most:
        told["facility"] = float(sum(x) / len(x) / most)
    if len(x) > 1:
        told["sd"] = math.sqrt(cov(x, x))
        spread = cov(x, x) * cov(y, y)
        if spread:
            told["discrimination"] = 100 * float(cov(x, y)) / math.sqrt(spread)
        if best := cov(sorted(x), sorted(y)):
            told["efficiency"] = float(100 * cov(x, y) / best)
    return told


def weights_by_hand(rows: Rows) -> list[float | None]:
    roots: list[float | None] = []
    for i in range(len(rows[0])):
        held = [row for row in rows if row[i] is not None]
        x = [row[i] or Fraction(0) for row in held]
        t = [sum((one for one in row if one is not None), Fraction(0)) for row in held]
        c = cov(x, t) if len(x) > 1 else None
        roots.append(None if c is None or c < 0 else math.sqrt(c))
    whole = sum(root for root in roots if root is not None)
    return [None if root is None or not whole else 100 * root / whole for root in roots]


def quiz_by_hand(totals: Sequence[Fraction]) -> dict[str, float | None]:
    """Skewness and kurtosis as statisticians write them: G1 and G2 of the sample."""
    n = len(totals)
    told: dict[str, float | None] = {"sd": None, "skewness": None, "kurtosis": None}
    if n < 2:
        return told
    told["sd"] = stdev(map(float, totals)) if len(set(totals)) > 1 else 0.0
    mean = sum(totals, Fraction(0)) / n
    m2, m3, m4 = (sum(((t - mean) ** p for t in totals), Fraction(0)) / n for p in (2, 3, 4))
    if m2 and n > 2:
        told["skewness"] = float(m3) / float(m2) ** 1.5 * math.sqrt(n * (n - 1)) / (n - 2)
    if m2 and n > 3:
        excess = m4 / m2**2 - 3
        told["kurtosis"] = float(((n + 1) * excess + 6) * (n - 1) / ((n - 2) * (n - 3)))
    return told


def alpha_by_hand(rows: Rows) -> float | None:
    """Cronbach's alpha from the mean covariance of all pairs of items, in percent."""
    full = [[x for x in row if x is not None] for row in rows if None not in row]
    k = len(rows[0])
    if k < 2 or len(full) < 2:
        return None
    columns = list(zip(*full, strict=True))
    variances = sum((cov(c, c) for c in columns), Fraction(0))
    between = sum(
        (cov(columns[i], columns[j]) for i in range(k) for j in range(k) if i != j), Fraction(0)
    )
    if variances + between == 0:
        return None
    return float(100 * Fraction(k, k - 1) * between / (variances + between))


def assert_near(found: float | None, expected: float | None, what: str) -> None:
    if expected is None:
        assert found is None, what
    else:
        assert found == pytest.approx(expected, **NEAR), what


def assert_as_by_hand(rows: Rows, maxima: Sequence[Fraction]) -> ItemStatistics:
    found = item_statistics(frame(rows), [float(m) for m in maxima])
    for i, (item, weight) in enumerate(zip(found.items, weights_by_hand(rows), strict=True)):
        for name, value in item_by_hand(rows, i, maxima[i]).items():
            assert_near(getattr(item, name), value, f"{item.item} {name}")
        assert_near(item.weight, weight, f"{item.item} weight")
    totals = [sum((x for x in row if x is not None), Fraction(0)) for row in rows]
    for name, value in quiz_by_hand(totals).items():
        assert_near(getattr(found, name), value, name)
    cic = alpha_by_hand(rows)
    assert_near(found.cic, cic, "cic")
    if cic is not None and found.sd is not None:
        ratio = 100 * math.sqrt(max(0, 1 - cic / 100))
        # A root near zero magnifies rounding.
        assert found.error_ratio == pytest.approx(ratio, rel=1e-6, abs=1e-5)
        assert found.standard_error == pytest.approx(ratio * found.sd / 100, rel=1e-6, abs=1e-5)
    return found


# Random and degenerate input


@pytest.mark.parametrize("seed", range(40))
def test_every_figure_is_that_of_the_exact_computation(seed: int) -> None:
    rng = Random(seed)
    points = [
        Fraction(rng.choice((1, 2, 3, 5)), rng.choice((1, 2, 3))) for _n in range(rng.randint(1, 9))
    ]
    rows = [
        [point * rng.choice((0, Fraction(1, 2), Fraction(2, 3), 1)) for point in points]
        for _n in range(rng.choice((2, 3, 4, 7, 40)))
    ]
    assert_as_by_hand(rows, points)


@pytest.mark.parametrize("seed", range(20))
def test_where_papers_differ_an_item_stands_among_the_attempts_that_hold_it(seed: int) -> None:
    rng = Random(1000 + seed)
    width, drawn = rng.randint(3, 8), rng.randint(1, 3)
    rows: list[list[Fraction | None]] = []
    for _n in range(rng.choice((3, 12, 60))):
        kept = rng.sample(range(width), drawn)
        rows.append([Fraction(rng.randint(0, 2)) if i in kept else None for i in range(width)])
    held = [i for i in range(width) if any(row[i] is not None for row in rows)]
    rows = [[row[i] for i in held] for row in rows]
    assert_as_by_hand(rows, [Fraction(2)] * len(held))


def test_a_worked_example_has_the_units_that_reports_print() -> None:
    # Four attempts, three items; worked on paper.
    found = item_statistics(frame(ints((1, 1, 1), (1, 1, 0), (1, 0, 0), (0, 0, 0))), [1, 1, 1])
    first, second, third = found.items
    assert (first.facility, second.facility, third.facility) == (0.75, 0.5, 0.25)
    assert first.sd == pytest.approx(0.5)
    # x = 1 1 1 0, y = 2 1 0 0: C = 1/4, V(x) = 1/4, V(y) = 11/12.
    assert first.discrimination == pytest.approx(100 * 0.25 / math.sqrt(0.25 * 11 / 12))
    assert first.efficiency == pytest.approx(100)  # nobody weaker was right where one was not
    # C(x, T) = 1/2, 2/3, 1/2 with T = 3 2 1 0.
    roots = [math.sqrt(1 / 2), math.sqrt(2 / 3), math.sqrt(1 / 2)]
    assert second.weight == pytest.approx(100 * roots[1] / sum(roots))
    assert sum(item.weight or 0 for item in found.items) == pytest.approx(100)
    # ΣV(x) = 1/4 + 1/3 + 1/4, k2 = 5/3, P = 3.
    assert found.cic == pytest.approx(150 * (1 - (5 / 6) / (5 / 3)))
    assert found.error_ratio == pytest.approx(50)
    assert found.standard_error == pytest.approx(0.5 * math.sqrt(5 / 3))
    assert (found.mean, found.skewness) == (1.5, pytest.approx(0))
    assert found.kurtosis == pytest.approx(-1.2)


NOTHING = ("sd", "discrimination", "efficiency", "weight")
NO_QUIZ = ("sd", "skewness", "kurtosis", "cic", "error_ratio", "standard_error")


def nothing(figures: ItemFigures | ItemStatistics, names: Sequence[str]) -> bool:
    return all(getattr(figures, name) is None for name in names)


def test_nobody_and_one_attempt_have_no_spread() -> None:
    empty = item_statistics(frame([]).reindex(columns=["q1", "q2"]), [1, 1])
    assert (empty.attempts, empty.mean) == (0, None)
    assert nothing(empty, NO_QUIZ)
    assert all(nothing(item, (*NOTHING, "facility", "mean")) for item in empty.items)
    one = item_statistics(frame(ints((2, 1))), [2, 2])
    assert (one.attempts, one.mean) == (1, 3)
    assert [item.facility for item in one.items] == [1, 0.5]
    assert nothing(one, NO_QUIZ)
    assert all(nothing(item, NOTHING) for item in one.items)


def test_two_attempts_have_an_index_and_no_shape() -> None:
    found = assert_as_by_hand(ints((1, 1), (0, 0)), [Fraction(1), Fraction(1)])
    assert [item.discrimination for item in found.items] == [pytest.approx(100)] * 2
    assert (found.skewness, found.kurtosis) == (None, None)
    assert found.cic == pytest.approx(100)
    assert found.error_ratio == pytest.approx(0, abs=1e-5)


def test_one_item_has_nothing_to_be_compared_with() -> None:
    found = assert_as_by_hand(ints((1,), (0,), (1,)), [Fraction(1)])
    assert nothing(found.items[0], ("discrimination", "efficiency"))
    assert found.items[0].weight == pytest.approx(100)
    assert found.cic is None


def test_where_all_earn_the_same_nothing_is_made_of_rounding() -> None:
    tenths = pd.DataFrame([[0.1, 0.2, 0.7]] * 7, columns=["a", "b", "c"])
    found = item_statistics(tenths, [1, 1, 1])
    assert [item.sd for item in found.items] == [0, 0, 0]
    assert all(nothing(item, ("discrimination", "efficiency", "weight")) for item in found.items)
    assert found.sd == 0
    assert nothing(found, ("skewness", "kurtosis", "cic", "error_ratio", "standard_error"))


def test_an_item_that_all_know_weighs_nothing_beside_others() -> None:
    found = assert_as_by_hand(ints((1, 0, 1), (1, 1, 0), (1, 1, 1)), [Fraction(1)] * 3)
    assert nothing(found.items[0], ("discrimination", "efficiency"))
    assert found.items[0].weight == 0


def test_an_item_against_the_total_has_no_weight_and_negative_discrimination() -> None:
    rows = ints((0, 3, 3), (0, 2, 3), (1, 1, 1), (1, 0, 0))
    found = assert_as_by_hand(rows, [Fraction(1), Fraction(3), Fraction(3)])
    against = found.items[0]
    assert against.weight is None
    assert (against.discrimination or 0) < -80
    assert (against.efficiency or 0) < 0
    assert sum(item.weight or 0 for item in found.items) == pytest.approx(100)


def test_internal_consistency_is_asked_of_complete_attempts_only() -> None:
    rows = ints((1, 1, 1), (1, 0, 0), (0, 0, 0), (None, 1, 1), (1, None, None))
    found = assert_as_by_hand(rows, [Fraction(1)] * 3)
    alone = item_statistics(frame(rows[:3]), [1, 1, 1])
    assert found.cic == pytest.approx(alone.cic)
    assert [item.attempts for item in found.items] == [4, 4, 4]
    assert item_statistics(frame(ints((1, None), (None, 1), (0, None))), [1, 1]).cic is None


def test_an_item_nobody_was_asked_and_a_row_without_marks_change_nothing() -> None:
    rows = ints((1, 1), (0, 1), (0, 0), (1, 0), (1, 1))
    plain = item_statistics(frame(rows), [1, 1])
    more = frame(rows).assign(unasked=np.nan)
    more.loc[len(more)] = np.nan
    found = item_statistics(more, [1, 1, 1])
    assert found.items[:2] == plain.items
    assert (found.items[2].attempts, found.items[2].facility) == (0, None)
    assert (found.attempts, found.cic) == (plain.attempts, plain.cic)


def test_an_item_without_points_has_no_facility() -> None:
    found = item_statistics(frame(ints((0, 1), (0, 0))), [0, 1])
    assert found.items[0].facility is None
    assert found.items[1].facility == 0.5

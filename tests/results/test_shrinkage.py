from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weike.results.scoring.shrinkage import Shrinkage, change_sizes, pooled_variance, shrink

N = (4, 10, 30, 60, 15)
M = (0.95, 0.90, 0.87, 0.84, 0.70)


def test_the_published_vector_comes_out_to_four_decimals() -> None:
    found = shrink(N, M, 0.20**2)
    assert [round(mean, 4) for mean in found.means if mean is not None] == [
        0.8652,
        0.8656,
        0.8606,
        0.8398,
        0.7638,
    ]
    assert found.mu == pytest.approx(0.8387, abs=5e-5)
    assert found.tau2 == pytest.approx(0.00313, abs=5e-6)
    assert not found.no_difference


def test_the_variance_is_pooled_over_members_not_over_branches() -> None:
    assert pooled_variance((3, 1, 5), (0.02, None, 0.05)) == pytest.approx(
        (2 * 0.02 + 4 * 0.05) / 6
    )


def test_an_interval_stays_within_the_marks_range() -> None:
    found = shrink((5, 5, 5), (0.99, 0.5, 0.02), 0.04)
    assert found.interval(0) == (
        pytest.approx(found.means[0] - 1.96 * found.errors[0], abs=1e-3),
        1,
    )  # type: ignore[operator]
    low = found.interval(2)
    assert low is not None
    assert low[0] == 0


def test_one_branch_alone_keeps_its_mean() -> None:
    found = shrink((8,), (0.75,), 0.08)
    assert found.means == (0.75,)
    assert found.errors == (pytest.approx(0.1),)
    assert found.tau2 is None
    assert not found.no_difference


def test_no_branch_at_all_says_nothing() -> None:
    assert shrink((), (), None) == Shrinkage(
        mu=None, s2=None, tau2=None, weights=(), means=(), errors=()
    )


def test_a_branch_that_nobody_attempted_gets_none_and_changes_nothing() -> None:
    with_empty = shrink((*N, 0), (*M, None), 0.04)
    without = shrink(N, M, 0.04)
    assert with_empty.means == (*without.means, None)
    assert with_empty.interval(5) is None


def test_branches_of_one_member_each_cannot_be_told_from_chance() -> None:
    assert pooled_variance((1, 1, 1), (None, None, None)) is None
    found = shrink((1, 1, 1), (0.2, 0.6, 1.0), None)
    assert found.mu == pytest.approx(0.6)
    assert found.means == (None, None, None)
    assert found.tau2 is None


def test_equal_branches_show_no_detectable_difference() -> None:
    found = shrink((4, 9, 20), (0.8, 0.8, 0.8), 0.03)
    assert found.no_difference
    assert found.means == (pytest.approx(0.8),) * 3
    assert found.errors == (0, 0, 0)
    assert found.interval(0) is None


def test_zero_variance_everywhere_is_not_divided_by() -> None:
    equal = shrink((4, 9), (0.7, 0.7), 0.0)
    assert equal.no_difference
    assert equal.means == (pytest.approx(0.7),) * 2
    different = shrink((4, 9), (0.7, 0.9), 0.0)
    assert different.means == (pytest.approx(0.7), pytest.approx(0.9))
    assert different.errors == (0, 0)


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.floats(0, 1), st.floats(0, 0.25)), min_size=1, max_size=20
    )
)
def test_an_adjusted_mean_lies_between_the_branch_and_the_whole(
    branches: list[tuple[int, float, float]],
) -> None:
    n = [b[0] for b in branches]
    m = [b[1] if b[0] else None for b in branches]
    s2 = pooled_variance(n, [b[2] if b[0] > 1 else None for b in branches])
    found = shrink(n, m, s2)
    for own, adjusted, error in zip(m, found.means, found.errors, strict=True):
        if adjusted is not None and own is not None and found.mu is not None:
            low, high = sorted((own, found.mu))
            assert low - 1e-9 <= adjusted <= high + 1e-9
            assert error is None or 0 <= error < 1


def test_a_change_is_as_uncertain_as_one_mean_over_fewer_members() -> None:
    # s²(1/10 + 1/40) = s²/8; who was not there before has no change.
    assert change_sizes((10, 7), (40, 0)) == [pytest.approx(8), 0]


def test_changes_of_equal_size_are_shrunk_by_hand() -> None:
    # Sizes 5 and 5: μ = .05, MSB = 5(.15² + .15²) = .225, n₀ = 5, τ² = (.225 - .01)/5 = .043.
    found = shrink((5.0, 5.0), (0.2, -0.1), 0.01)
    assert found.tau2 == pytest.approx(0.043)
    assert found.means == (
        pytest.approx(0.05 + 0.15 * 43 / 45),
        pytest.approx(0.05 - 0.15 * 43 / 45),
    )
    assert found.errors[0] == pytest.approx((43 / 45 * 0.01 / 5) ** 0.5)


@given(
    st.lists(st.tuples(st.floats(0.3, 60), st.floats(-1, 1)), min_size=2, max_size=12),
    st.floats(0.001, 0.25),
)
def test_sizes_stand_for_sampling_variances(branches: list[tuple[float, float]], s2: float) -> None:
    """DerSimonian and Laird: τ² = max(0, (Q - (k - 1))/(Σw - Σw²/Σw)) with w = 1/variance."""
    found = shrink([b[0] for b in branches], [b[1] for b in branches], s2)
    w = [size / s2 for size, _ in branches]
    mu = sum(a * b[1] for a, b in zip(w, branches, strict=True)) / sum(w)
    q = sum(a * (b[1] - mu) ** 2 for a, b in zip(w, branches, strict=True))
    tau2 = (q - (len(w) - 1)) / (sum(w) - sum(a * a for a in w) / sum(w))
    assert found.tau2 == pytest.approx(max(0.0, tau2), abs=1e-9)

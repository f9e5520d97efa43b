"""Hand-computed standings. Expected values are fractions worked out here, not by the code."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isnan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weike.quizzes.course import Weights
from weike.results.scoring.composite import Marks, Standing, Work, composite
from weike.results.scoring.method import Method, method_sheet, method_words

Z = 1.959964
N = (4, 10, 30, 60, 15)
M = (0.95, 0.90, 0.87, 0.84, 0.70)


def marks(n: Sequence[int], mean: Sequence[float], variance: Sequence[float] | float) -> Marks:
    spread = [variance] * len(n) if isinstance(variance, float) else variance
    return Marks(
        n=np.array(n, dtype=int),
        mean=np.array(mean, dtype=float),
        variance=np.array(spread, dtype=float),
    )


def work(
    members: Sequence[int],
    completed: Sequence[int] | None = None,
    *,
    lessons: int = 10,
    covered: Sequence[int] | None = None,
    not_started: Sequence[int] | None = None,
) -> Work:
    """Everything complete unless said otherwise."""
    roster = np.array(members, dtype=int)
    return Work(
        members=roster,
        covered=roster if covered is None else np.array(covered, dtype=int),
        assigned=roster * lessons,
        completed=roster * lessons if completed is None else np.array(completed, dtype=int),
        not_started=np.zeros_like(roster)
        if not_started is None
        else np.array(not_started, dtype=int),
    )


def stand(now: Marks, done: Work, before: Marks | None = None, **method: object) -> Standing:
    return composite(now, before, done, Method(**method))  # type: ignore[arg-type]


def test_without_a_previous_period_the_score_is_five_parts_mean_and_three_parts_completion() -> (
    None
):
    found = stand(marks(N, M, 0.04), work(N, [20, 80, 270, 600, 120]))
    completion = [
        Fraction(20, 40),
        Fraction(80, 100),
        Fraction(270, 300),
        Fraction(600, 600),
        Fraction(120, 150),
    ]
    adjusted = [0.8652, 0.8656, 0.8606, 0.8398, 0.7638]  # the published vector
    for i in range(5):
        expected = 100 * (0.5 * adjusted[i] + 0.3 * float(completion[i])) / 0.8
        assert found.score[i] == pytest.approx(expected, abs=0.005)
        assert found.completion[i] == float(completion[i])
    assert np.isnan(found.improvement).all()
    assert np.isnan(found.change).all()


def test_the_range_is_the_published_standard_error_times_the_share_of_the_mean() -> None:
    found = stand(marks(N, M, 0.04), work(N, [0, 0, 0, 0, 0]))
    tau2 = 0.003129  # to the digits of the vector, .00313
    for i, n in enumerate(N):
        error = sqrt(tau2 / (tau2 + 0.04 / n) * 0.04 / n)
        assert found.error[i] == pytest.approx(error, rel=1e-3)
        assert found.high[i] - found.score[i] == pytest.approx(
            Z * 100 * (0.5 / 0.8) * error, rel=1e-3
        )
        assert found.score[i] - found.low[i] == pytest.approx(found.high[i] - found.score[i])


# Two branches of 10 and 10: before .6 and .6, now .8 and .5; s² .01 in both periods. By hand:
# size of a change 1/(1/10 + 1/10) = 5; Δ = .2 and -.1, μ = .05;
# MSB = 5(.15² + .15²) = .225; n₀ = 10 - 50/10 = 5; τ² = (.225 - .01)/5 = .043;
# B = .043/(.043 + .01/5) = 43/45; Δ' = .05 ± .15·43/45 = .05 ± 43/300.
RISE = Fraction(1, 20) + Fraction(43, 300)
FALL = Fraction(1, 20) - Fraction(43, 300)


def test_improvement_is_the_shrunk_change_on_a_steep_line() -> None:
    before = marks((10, 10), (0.6, 0.6), 0.01)
    found = stand(marks((10, 10), (0.8, 0.5), 0.01), work((10, 10)), before)
    assert found.change == pytest.approx([float(RISE), float(FALL)])
    # .5 + 2.5·.19333 = .98333; .5 - 2.5·.09333 = .26667
    assert found.improvement == pytest.approx([float(Fraction(59, 60)), float(Fraction(4, 15))])
    assert found.change_error == pytest.approx([sqrt(43 / 45 * 0.002)] * 2)


def test_all_three_parts_and_both_errors_make_the_score_and_its_range() -> None:
    before = marks((10, 10), (0.6, 0.6), 0.01)
    found = stand(marks((10, 10), (0.8, 0.5), 0.01), work((10, 10), [100, 40]), before)
    # The mean: μ .65, MSB = 10(.15² + .15²) = .45, n₀ = 10, τ² = .044, B = .044/.045 = 44/45.
    mean = [
        Fraction(13, 20) + Fraction(3, 20) * Fraction(44, 45),
        Fraction(13, 20) - Fraction(3, 20) * Fraction(44, 45),
    ]
    expected = [
        100 * (Fraction(1, 2) * mean[0] + Fraction(3, 10) * 1 + Fraction(1, 5) * Fraction(59, 60)),
        100
        * (
            Fraction(1, 2) * mean[1]
            + Fraction(3, 10) * Fraction(2, 5)
            + Fraction(1, 5) * Fraction(4, 15)
        ),
    ]
    assert found.score == pytest.approx([float(one) for one in expected])
    error = 100 * sqrt(0.25 * (44 / 45 * 0.001) + 0.25 * (43 / 45 * 0.002))
    assert found.low[1] == pytest.approx(float(expected[1]) - Z * error, rel=1e-6)
    assert found.high[1] == pytest.approx(float(expected[1]) + Z * error, rel=1e-6)


def test_a_change_outside_the_clip_adds_nothing_to_the_range() -> None:
    before = marks((10, 10), (0.2, 0.6), 0.01)
    found = stand(marks((10, 10), (0.8, 0.5), 0.01), work((10, 10)), before)
    assert found.improvement[0] == 1
    assert found.score[0] - found.low[0] == pytest.approx(
        Z * 100 * 0.5 * sqrt(44 / 45 * 0.001), rel=1e-6
    )


def test_a_branch_that_is_new_leans_on_mean_and_completion_among_others_that_are_not() -> None:
    before = marks((10, 0), (0.6, np.nan), (0.01, np.nan))
    found = stand(marks((10, 10), (0.8, 0.5), 0.01), work((10, 10), [100, 40]), before)
    assert isnan(found.improvement[1])
    new = (
        100 * (0.5 * float(Fraction(13, 20) - Fraction(3, 20) * Fraction(44, 45)) + 0.3 * 0.4) / 0.8
    )
    assert found.score[1] == pytest.approx(new)
    # Alone with a change, the other keeps its own: .2 → improvement 1, at the end of the line.
    assert found.change[0] == pytest.approx(0.2)


def test_weights_of_the_course_are_scaled_to_make_up_the_whole() -> None:
    found = stand(
        marks((10, 10), (0.8, 0.5), 0.01),
        work((10, 10), [50, 40]),
        weights=Weights(mean=0, completion=2, improvement=0),
    )
    assert found.score == pytest.approx([50, 40])


def test_eligible_needs_four_fifths_coverage_and_five_members_with_a_mark() -> None:
    found = stand(
        marks((4, 5, 8, 10), (0.9, 0.8, 0.7, 0.6), 0.04),
        work((5, 5, 10, 10), covered=(5, 4, 8, 7)),
    )
    assert found.coverage == pytest.approx([1, 0.8, 0.8, 0.7])
    assert found.eligible.tolist() == [False, True, True, False]
    assert found.rank[[0, 3]].tolist() == [0, 0]
    assert not found.leading[[0, 3]].any()


# Three branches of 20 with .95, .93 and .30, s² .04: τ² is large, so the first two stand together.
def three(**done: Sequence[int]) -> Standing:
    return stand(marks((20, 20, 20), (0.95, 0.93, 0.30), 0.04), work((20, 20, 20), **done))


def test_whoever_reaches_the_leader_leads_too_and_completion_decides_between_them() -> None:
    found = three(completed=(198, 200, 200))
    assert found.score[0] > found.score[1]
    assert found.leading.tolist() == [True, True, False]
    assert found.rank.tolist() == [2, 1, 3]


def test_with_equal_completion_fewer_who_have_not_started_decide_then_they_share() -> None:
    completed = (190, 190, 200)
    assert three(completed=completed, not_started=(2, 1, 0)).rank.tolist() == [2, 1, 3]
    assert three(completed=completed, not_started=(1, 1, 0)).rank.tolist() == [1, 1, 3]


def test_without_detectable_difference_all_eligible_lead_and_no_range_pretends_to_know() -> None:
    found = stand(marks((20, 20, 20), (0.8, 0.81, 0.79), 0.04), work((20, 20, 20), [150, 180, 160]))
    assert found.shrinkage.no_difference
    assert found.adjusted == pytest.approx([0.8] * 3)
    assert found.leading.all()
    assert found.rank.tolist() == [3, 1, 2]
    assert np.isnan(found.low).all()
    assert np.isnan(found.high).all()


def test_all_equal_share_the_first_place() -> None:
    found = stand(marks((9, 9, 9), (0.8, 0.8, 0.8), 0.0), work((9, 9, 9)))
    assert found.rank.tolist() == [1, 1, 1]
    assert found.score == pytest.approx([100 * (0.5 * 0.8 + 0.3) / 0.8] * 3)


def test_one_branch_alone_keeps_its_mean_and_the_range_of_its_own_sample() -> None:
    found = stand(marks((8,), (0.75,), 0.08), work((8,)))
    assert found.score == pytest.approx([100 * (0.5 * 0.75 + 0.3) / 0.8])
    # √(.08/8) = .1, times 100·.5/.8 = 62.5
    assert found.high - found.score == pytest.approx([min(Z * 6.25, 100 - found.score[0])])
    assert (found.leading.tolist(), found.rank.tolist()) == ([True], [1])


def test_marks_that_do_not_vary_give_no_range_rather_than_one_of_no_width() -> None:
    found = stand(marks((8,), (0.75,), 0.0), work((8,)))
    assert np.isnan([found.low[0], found.high[0]]).all()


def test_a_branch_without_marks_or_without_anybody_has_no_score_and_changes_nothing() -> None:
    found = stand(
        marks((*N, 0, 0), (*M, np.nan, np.nan), (*[0.04] * 5, np.nan, np.nan)),
        work((*N, 7, 0), [10, 20, 30, 40, 50, 0, 0]),
    )
    without = stand(marks(N, M, 0.04), work(N, [10, 20, 30, 40, 50]))
    assert found.score[:5] == pytest.approx(without.score)
    assert np.isnan(found.score[5:]).all()
    assert found.completion[5] == 0
    assert isnan(found.completion[6])
    assert not found.eligible[5:].any()


def test_one_huge_branch_is_not_moved_and_tiny_ones_are_drawn_to_it() -> None:
    n = (3000, *[2] * 30)
    m = (0.80, *[0.95, 0.65] * 15)
    found = stand(marks(n, m, 0.04), work(n))
    # Means .15 apart of two members, s² .04: √(.04/2) = .14, as much as chance gives.
    assert found.adjusted[0] == pytest.approx(0.80, abs=0.001)
    assert (abs(found.adjusted[1:] - 0.8) < 0.10).all()
    assert found.eligible.tolist() == [True, *[False] * 30]
    assert found.rank.tolist() == [1, *[0] * 30]


def test_members_of_one_branch_each_have_no_common_spread_and_no_score() -> None:
    found = stand(marks((1, 1), (0.4, 0.9), (np.nan, np.nan)), work((1, 1)))
    assert np.isnan(found.score).all()


@given(
    st.lists(
        st.tuples(
            st.integers(1, 60),
            st.floats(0, 1),
            st.floats(0, 0.25),
            st.floats(0, 1),
            st.floats(0, 1),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_scores_and_ranges_stay_on_the_scale_and_somebody_eligible_leads(
    branches: list[tuple[int, float, float, float, float]],
) -> None:
    n = [b[0] for b in branches]
    spread = [b[2] if b[0] > 1 else np.nan for b in branches]
    now, before = (marks(n, [b[column] for b in branches], spread) for column in (1, 4))
    found = stand(now, work(n, [int(b[3] * 10 * b[0]) for b in branches]), before)
    known = ~np.isnan(found.score)
    assert ((found.score[known] >= -1e-9) & (found.score[known] <= 100 + 1e-9)).all()
    ranged = ~np.isnan(found.low)
    assert (found.low[ranged] <= found.score[ranged] + 1e-9).all()
    assert (found.high[ranged] >= found.score[ranged] - 1e-9).all()
    assert found.eligible.any() == found.leading.any()
    assert not (found.leading & ~found.eligible).any()
    if found.eligible.any():
        assert (found.rank[found.eligible] >= 1).all()
        assert found.leading[found.rank == 1].all()


def test_a_method_survives_json_and_is_explained_with_its_numbers() -> None:
    method = Method(weights=Weights(mean=2, completion=1, improvement=1), coverage=0.9, least=7)
    assert Method.from_json(method.to_json()) == method
    words = " ".join(text for _, text in method_words(method))
    assert all(number in words for number in ("50%", "25%", "90%", "7"))
    assert len(method_sheet(method).rows) == len(method_words(method))

"""Simulated competitions: who wins by chance, and whether the better branches come first.

Twenty branches of 4 to 60 members, s = 0.2 between members, as in the rules of the field. Where
nothing differs, members' marks *and* what they complete are chance: a branch of five then reaches
full completion more often than one of fifty, and that, too, must not fill the leading group.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from weike.results.scoring.composite import Counts, Floats, Marks, Standing, Work, composite
from weike.results.scoring.method import Method

COMPETITIONS = 1000
BRANCHES = 20
SPREAD = 0.2
LESSONS = 6
BANDS = ((5, 9), (10, 19), (20, 39), (40, 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class Competition:
    sizes: Counts
    truth: Floats  # what the score would be if nothing were chance
    raw: Floats
    found: Standing


def competitions(
    seed: int, *, differ: float = 0.0, chance_completion: bool = False, previous: bool = False
) -> Iterator[Competition]:
    """`differ`: the standard deviation of what branches can, and of how much they have learned."""
    rng = np.random.default_rng(seed)
    for _ in range(COMPETITIONS):
        sizes = rng.integers(4, 61, BRANCHES)
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        skill = 0.7 + differ * rng.standard_normal(BRANCHES)
        now = _marks(rng, sizes, starts, skill)
        learned = differ * rng.standard_normal(BRANCHES)
        before = _marks(rng, sizes, starts, skill - learned) if previous else None
        improvement = 0.2 * np.clip(0.5 + 2.5 * learned, 0, 1) if previous else 0.0
        # A member completes each lesson with a propensity of the member's own: .8 on average.
        own = rng.beta(0.8, 0.2, sizes.sum()) if chance_completion else np.full(sizes.sum(), 1.0)
        done = rng.binomial(LESSONS, own)
        work = Work(
            members=sizes,
            covered=sizes,  # everyone is eligible: it is the score that is looked at
            assigned=sizes * LESSONS,
            completed=np.add.reduceat(done, starts),
            not_started=np.add.reduceat((done == 0).astype(int), starts),
        )
        yield Competition(
            sizes=sizes,
            truth=0.5 * skill + improvement,
            raw=now.mean,
            found=composite(now, before, work, Method()),
        )


def _marks(rng: np.random.Generator, sizes: Counts, starts: Counts, skill: Floats) -> Marks:
    each = np.repeat(skill, sizes) + SPREAD * rng.standard_normal(sizes.sum())
    mean = np.add.reduceat(each, starts) / sizes
    squares = np.add.reduceat((each - np.repeat(mean, sizes)) ** 2, starts)
    return Marks(n=sizes, mean=mean, variance=squares / (sizes - 1))


@pytest.mark.parametrize("previous", [False, True], ids=["first period", "second period"])
@pytest.mark.parametrize("chance_completion", [False, True], ids=["marks", "marks and completion"])
def test_without_a_difference_no_size_band_leads_more_than_its_share_allows(
    chance_completion: bool, previous: bool
) -> None:
    eligible = np.zeros(len(BANDS))
    leading = np.zeros(len(BANDS))
    for one in competitions(7, differ=0.0, chance_completion=chance_completion, previous=previous):
        for i, (low, high) in enumerate(BANDS):
            band = one.found.eligible & (one.sizes >= low) & (one.sizes <= high)
            eligible[i] += band.sum()
            leading[i] += (band & one.found.leading).sum()
    ratio = (leading / leading.sum()) / (eligible / eligible.sum())
    assert (ratio <= 1.6).all(), ratio
    assert (ratio >= 1 / 1.6).all(), ratio


def test_the_raw_mean_would_fail_the_same_competitions() -> None:
    """So that the one above is no test that everything passes."""
    won = np.zeros(len(BANDS))
    there = np.zeros(len(BANDS))
    for one in competitions(7):
        best = np.where(one.found.eligible, one.raw, -1).argmax()
        for i, (low, high) in enumerate(BANDS):
            band = one.found.eligible & (one.sizes >= low) & (one.sizes <= high)
            there[i] += band.sum()
            won[i] += band[best]
    ratio = (won / won.sum()) / (there / there.sum())
    assert ratio[0] > 1.6


@pytest.mark.parametrize("previous", [False, True], ids=["first period", "second period"])
@pytest.mark.parametrize("differ", [0.03, 0.06, 0.12])
def test_with_a_difference_scores_order_branches_at_least_as_truly_as_raw_means(
    differ: float, previous: bool
) -> None:
    """Among the competitions in which a difference is seen: in the others nobody is ranked by it.

    In a second period branches differ in what they have learned as well, as the score means it.
    """
    scored, raw = [], []
    for one in competitions(11, differ=differ, previous=previous):
        if not one.found.shrinkage.no_difference:
            scored.append(_rank_correlation(one.found.score, one.truth))
            raw.append(_rank_correlation(one.raw, one.truth))
    assert len(scored) > COMPETITIONS / 2
    assert np.mean(scored) >= np.mean(raw)


def _rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's; marks and scores of continuous chance have no ties."""
    ranks = [values.argsort().argsort() for values in (one, other)]
    return float(np.corrcoef(*ranks)[0, 1])

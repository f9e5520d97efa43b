"""Branch means, pulled towards the common mean as far as their size asks for.

Empirical-Bayes means of a one-way random-effects model (method of moments). A branch of four with
a lucky start no longer leads, and a large one is hardly touched. Pure: numbers in, numbers out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrinkage:
    """What can be said about k branches; None wherever the data cannot say it.

    `means` and `errors` are in the order of the branches given. `weights` are the B_i of the model:
    the share of a branch's own mean in its adjusted mean.
    """

    mu: float | None
    s2: float | None
    tau2: float | None
    weights: tuple[float | None, ...]
    means: tuple[float | None, ...]
    errors: tuple[float | None, ...]

    @property
    def no_difference(self) -> bool:
        """The branches differ no more than chance would have it."""
        return self.tau2 == 0

    def interval(self, i: int) -> tuple[float, float] | None:
        """95 % interval of branch `i`, kept inside the marks' own range 0-1.

        None also where the branches show no difference: the model's standard error is 0 then,
        which says that all share one mean, not that this mean is known exactly.
        """
        mean, error = self.means[i], self.errors[i]
        if mean is None or error is None or self.no_difference:
            return None
        return max(0.0, mean - Z95 * error), min(1.0, mean + Z95 * error)


def pooled_variance(n: Sequence[int], v: Sequence[float | None]) -> float | None:
    """s² = Σ(n_i - 1)v_i / (N - k): the variance between members of one branch.

    `v` are sample variances; None stands for "one member, none". None when no branch has two.
    """
    freedom = sum(n_i - 1 for n_i in n if n_i > 1)
    if freedom == 0:
        return None
    total = 0.0
    for n_i, v_i in zip(n, v, strict=True):
        if n_i > 1:
            assert v_i is not None, "two members have a variance"
            total += (n_i - 1) * max(0.0, v_i)
    return total / freedom


def change_sizes(now: Sequence[int], before: Sequence[int]) -> list[float]:
    """Sizes for `shrink` where each figure is a difference of two means.

    Two independent means with s² between members differ with the variance s²(1/n + 1/n'), which is
    that of one mean over 1/(1/n + 1/n') members; 0 where a branch lacks one of the two. Most of
    the same people stand behind both, so this is rather too much than too little.
    """
    return [a * b / (a + b) if a and b else 0.0 for a, b in zip(now, before, strict=True)]


def shrink(n: Sequence[float], m: Sequence[float | None], s2: float | None) -> Shrinkage:
    """Adjusted means of branches with `n[i]` members and mean mark `m[i]` (0-1).

    μ = Σn_i m_i/N; n₀ = (N - Σn_i²/N)/(k - 1); MSB = Σn_i(m_i - μ)²/(k - 1);
    τ² = max(0, (MSB - s²)/n₀); B_i = τ²/(τ² + s²/n_i);
    adjusted mean = μ + B_i(m_i - μ); standard error = √(B_i s²/n_i).

    Branches with n = 0 take no part and get None. One branch alone has nothing to lean on: it keeps
    its mean, with the standard error √(s²/n). Without s² (nobody has a colleague) chance cannot be
    told from difference, so of several branches none is adjusted. All marks equal: B = 0.

    Only s²/n_i, the sampling variance, enters. For figures with other ones (see `change_sizes`)
    n_i is the size of the sample that would have it; μ, τ² are then those of DerSimonian and
    Laird, "Meta-analysis in clinical trials", Controlled Clinical Trials 7 (1986).
    """
    assert len(n) == len(m)
    taking_part = [
        (i, n_i, m_i)
        for i, (n_i, m_i) in enumerate(zip(n, m, strict=True))
        if n_i > 0 and m_i is not None
    ]
    weights: list[float | None] = [None] * len(n)
    means: list[float | None] = [None] * len(n)
    errors: list[float | None] = [None] * len(n)
    k = len(taking_part)
    total = sum(n_i for _, n_i, _ in taking_part)
    mu = sum(n_i * m_i for _, n_i, m_i in taking_part) / total if total else None
    tau2: float | None = None
    assert s2 is None or (isfinite(s2) and s2 >= 0)
    if k == 1:
        i, n_i, m_i = taking_part[0]
        weights[i], means[i] = 1.0, m_i
        errors[i] = None if s2 is None else sqrt(s2 / n_i)
    elif k > 1 and s2 is not None:
        assert mu is not None
        n0 = (total - sum(n_i * n_i for _, n_i, _ in taking_part) / total) / (k - 1)
        msb = sum(n_i * (m_i - mu) ** 2 for _, n_i, m_i in taking_part) / (k - 1)
        tau2 = max(0.0, (msb - s2) / n0)
        if tau2 < _ROUNDING:
            tau2 = 0.0
        for i, n_i, m_i in taking_part:
            b = tau2 / (tau2 + s2 / n_i) if tau2 else 0.0
            weights[i], means[i], errors[i] = b, mu + b * (m_i - mu), sqrt(b * s2 / n_i)
    return Shrinkage(
        mu=mu,
        s2=s2,
        tau2=tau2,
        weights=tuple(weights),
        means=tuple(means),
        errors=tuple(errors),
    )


# Equal means leave a trace of floating point behind; a true difference of 10⁻⁶ marks is above it.
_ROUNDING = 1e-14

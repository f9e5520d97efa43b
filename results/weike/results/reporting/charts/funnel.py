"""Branches by size and mean mark, with the range that chance alone would give."""

from __future__ import annotations

from math import floor, isfinite, log10, sqrt
from statistics import NormalDist
from typing import Any, Final

import numpy as np
import pandas as pd

from weike.quizzes.i18n import _
from weike.results.reporting.charts.labels import place
from weike.results.reporting.charts.look import Look, listed, names_layer
from weike.results.reporting.charts.vega import alt

# (share of all branches without a real difference, z, dashes)
LIMITS: Final = tuple(
    (share, NormalDist().inv_cdf(0.5 + share / 2), dash)
    for share, dash in ((0.95, [6, 3]), (0.998, [2, 3]))
)
_LIMIT = "limit"


def funnel(frame: pd.DataFrame, *, level: int | None = None, look: Look | None = None) -> Any:
    """A funnel plot of one level of `branch_scores`, the lowest where none is named.

    Each branch stands at the number n of its members who have a mark and at their mean mark. The
    curves are μ ± z·√(s²/n) with the level's μ and s² (`attrs`): among branches without a real
    difference 95 % (z = 1.96) and 99.8 % (z = 3.09) lie between them (Spiegelhalter 2005). Where
    s² is unknown there are no curves. It is not the adjusted mean, which has chance taken out
    already, nor the learning score: completion is no sample, so there are no such limits to it.
    """
    look = look or Look()
    shown = frame[frame["attempted"] > 0]
    if level is None:
        level = int(shown["level"].max()) if len(shown) else 0
    shown = shown[shown["level"] == level].sort_values("attempted")
    mu = frame.attrs.get("mu", {}).get(level)
    s2 = frame.attrs.get("s2", {}).get(level)
    points = _judged(shown, mu, s2)
    most = int(max(points["n"], default=1))
    curves = _curves(mu, s2, most)
    width, height = look.width - 60, 300 if look.narrow else 380
    low, high = _range(points, mu, s2)
    log = most > 60
    first = 0.8 if log else 0.0
    last = most * (1.3 if log else 1.12)
    x = alt.X(
        "n:Q",
        title=_("Members with a mark"),
        scale=alt.Scale(type="log" if log else "linear", domain=[first, last], nice=False),
        axis=alt.Axis(grid=False, tickMinStep=1, format="d", tickCount=5 if look.narrow else 8),
    )
    y = alt.Y(
        "mean:Q",
        title=_("Mean mark"),
        scale=alt.Scale(domain=[low, high], nice=False),
        axis=alt.Axis(format=".0%", tickCount=6),
    )
    layers = [
        alt.Chart(curves)
        .mark_line(clip=True, strokeWidth=1.3, color=look.muted)
        .encode(
            x=x,
            y=y,
            detail="side:N",
            strokeDash=alt.StrokeDash(
                f"{_LIMIT}:N",
                scale=alt.Scale(
                    domain=[_limit_words(share) for share, _z, _dash in LIMITS],
                    range=[dash for _share, _z, dash in LIMITS],
                ),
                legend=alt.Legend(
                    symbolType="stroke",
                    symbolSize=200,
                    orient="bottom" if look.narrow else "top",
                ),
            ),
        )
    ]
    if mu is not None:
        layers.append(
            alt.Chart(pd.DataFrame({"mean": [mu]}))
            .mark_rule(color=look.muted, strokeWidth=1)
            .encode(y=y)
        )
    words = [_("above the range"), _("within the range"), _("below the range")]
    layers.append(
        alt.Chart(points)
        .mark_point(filled=True, size=130, opacity=1, stroke=look.ground, strokeWidth=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "side:N",
                scale=alt.Scale(domain=words, range=[look.good, look.muted, look.bad]),
                legend=alt.Legend(columns=2 if look.narrow else 3),
            ),
            shape=alt.Shape(
                "side:N",
                scale=alt.Scale(domain=words, range=["triangle-up", "circle", "triangle-down"]),
                legend=alt.Legend(columns=2 if look.narrow else 3),
            ),
            tooltip=["name:N", "n:Q", alt.Tooltip("mean:Q", format=".1%")],
        )
    )

    def across(n: float) -> float:
        if log:
            return (log10(n) - log10(first)) / (log10(last) - log10(first)) * width
        return (n - first) / (last - first) * width

    spots = [
        (across(n), (high - mean) / (high - low) * height)
        for n, mean in zip(points["n"], points["mean"], strict=True)
    ]
    out = [i for i, side in enumerate(points["side"]) if side != words[1]]
    inside = [i for i in range(len(points)) if i not in set(out)]
    names = list(points["name"])
    few = len(points) <= 30
    placed = place(
        spots,
        names,
        [*out, *(reversed(inside) if few else [])],
        width=width,
        height=height,
        size=look.font_size - 1,
    )
    layers.append(names_layer(placed, names, look))
    chart = alt.layer(*layers).properties(width=width, height=height)
    level_name = str(shown["level_name"].iloc[0]) if len(shown) else ""
    return look.dress(chart, description=_sentence(level_name, points, words))


def _judged(shown: pd.DataFrame, mu: float | None, s2: float | None) -> pd.DataFrame:
    """Each branch with the side of the 95 % range that it lies on."""
    z = LIMITS[0][1]
    sides = []
    for n, mean in zip(shown["attempted"], shown["mean"], strict=True):
        reach = None if mu is None or s2 is None else z * sqrt(s2 / n)
        if mu is None or reach is None or abs(mean - mu) <= reach:
            sides.append(_("within the range"))
        else:
            sides.append(_("above the range") if mean > mu else _("below the range"))
    return pd.DataFrame(
        {
            "name": shown["name"].to_numpy(),
            "n": shown["attempted"].to_numpy(dtype=float),
            "mean": shown["mean"].to_numpy(dtype=float),
            "side": sides,
        }
    )


def _curves(mu: float | None, s2: float | None, most: int) -> pd.DataFrame:
    rows = []
    if mu is not None and s2 is not None:
        sizes = np.unique(np.concatenate([np.geomspace(0.8, most * 1.4, 60), [1.0]]))
        for share, z, _dash in LIMITS:
            for sign in (-1, 1):
                for n in sizes:
                    rows.append(
                        {
                            "n": float(n),
                            "mean": mu + sign * z * sqrt(s2 / n),
                            "side": f"{share} {sign}",
                            _LIMIT: _limit_words(share),
                        }
                    )
    return pd.DataFrame(rows, columns=["n", "mean", "side", _LIMIT])


def _limit_words(share: float) -> str:
    return _("{share} of chance").format(share=f"{100 * share:g} %")


def _range(points: pd.DataFrame, mu: float | None, s2: float | None) -> tuple[float, float]:
    """The marks that are shown, in whole tens: every branch, and the 95 % range of the smallest."""
    known = [float(mean) for mean in points["mean"] if isfinite(mean)]
    if mu is not None:
        reach = LIMITS[0][1] * sqrt((s2 or 0.0) / min(points["n"], default=1.0))
        known += [max(0.0, mu - reach), min(1.0, mu + reach)]
    low = floor(10 * min(known, default=0.0) - 0.5) / 10
    high = -floor(-10 * max(known, default=1.0) - 0.5) / 10
    return max(0.0, low), min(1.0, high)


def _sentence(level_name: str, points: pd.DataFrame, words: list[str]) -> str:
    above, below = (list(points["name"][points["side"] == words[k]]) for k in (0, 2))
    return _(
        "Mean marks by size, {level} ({n}). Above the range of chance: {above}. Below it: {below}."
    ).format(
        level=level_name,
        n=len(points),
        above=listed(above),
        below=listed(below),
    )

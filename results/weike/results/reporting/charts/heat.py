"""What is weak where: branches by topics."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from weike.quizzes.i18n import _
from weike.results.reporting.charts.labels import text_width
from weike.results.reporting.charts.look import Look, listed
from weike.results.reporting.charts.vega import alt

LEAST: Final = 10  # answers; a share of fewer is put in brackets
MOST_TOPICS: Final = {True: 7, False: 14}  # by "narrow"
MOST_BRANCHES: Final = 40
CELL: Final = 30  # px high
# Red, green and blue of a weak and a strong cell, by "dark": what is weak stands out.
_GROUNDS: Final = {
    False: ((11, 60, 93), (242, 246, 238)),
    True: ((250, 224, 170), (24, 52, 62)),
}


def topic_heatmap(frame: pd.DataFrame, *, look: Look | None = None) -> Any:
    """Share of first answers that were right, by branch (rows) and topic (columns).

    `frame` is that of `topic_scores`: `name`, `path`, `topic`, `facility` (0-1, NaN without
    answers) and `answers`. The weakest topic stands at the left, the weakest branch on top; of
    many only the weakest are drawn. Every cell says its number.
    """
    look = look or Look()
    known = frame[frame["facility"].notna()].copy()
    known["right"] = known["facility"] * known["answers"]
    twice = _twice(known)
    known["row"] = [
        path if name in twice else name
        for path, name in zip(known["path"], known["name"], strict=True)
    ]
    topics = _weakest(known, "topic", MOST_TOPICS[look.narrow])
    rows = _weakest(known, "row", MOST_BRANCHES)
    known = known[known["topic"].isin(topics) & known["row"].isin(rows)].copy()
    small = known["answers"] < LEAST
    known["words"] = [
        f"({share:.0%})" if few else f"{share:.0%}"
        for share, few in zip(known["facility"], small, strict=True)
    ]
    size = look.font_size - (2 if look.narrow else 1)
    label = min(
        max((text_width(row, look.font_size) for row in rows), default=0), look.width * 0.34
    )
    cell = max(24.0, min(86.0, (look.width - label - 24) / max(1, len(topics))))
    longest = max((text_width(topic, look.font_size) for topic in topics), default=0.0)
    upright = longest > cell - 4
    x = alt.X(
        "topic:N",
        sort=topics,
        title=None,
        axis=alt.Axis(
            orient="top",
            labelAngle=-90 if upright else 0,
            labelLimit=130,
            domain=False,
            ticks=False,
            labelColor=look.ink,
        ),
    )
    y = alt.Y(
        "row:N",
        sort=rows,
        title=None,
        axis=alt.Axis(domain=False, ticks=False, labelLimit=int(label) + 2, labelColor=look.ink),
    )
    known["color"] = [_shade(share, dark=look.dark) for share in known["facility"]]
    known["ink"] = [_ink(color) for color in known["color"]]
    tooltip = ["row:N", "topic:N", alt.Tooltip("facility:Q", format=".1%"), "answers:Q"]
    base = alt.Chart(known).encode(x=x, y=y)
    boxes = base.mark_rect(stroke=look.ground, strokeWidth=2).encode(
        color=alt.Color("color:N", scale=None), tooltip=tooltip
    )
    words = base.mark_text(fontSize=size).encode(
        text="words:N", color=alt.Color("ink:N", scale=None)
    )
    chart = alt.layer(boxes, words).properties(
        width=cell * max(1, len(topics)), height=CELL * max(1, len(rows))
    )
    return look.dress(chart, description=_sentence(known))


def _shade(share: float, *, dark: bool) -> str:
    """From weak at 30 % to strong at 100 %, by lightness: hues need not be told apart."""
    weak, strong = _GROUNDS[dark]
    part = min(1.0, max(0.0, (share - 0.3) / 0.7))
    mixed = (round(a + (b - a) * part) for a, b in zip(weak, strong, strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _ink(color: str) -> str:
    """Black or white, whichever has the higher contrast (WCAG's relative luminance)."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) ** 2 > 0.05 * 1.05 else "#ffffff"


def _twice(known: pd.DataFrame) -> set[str]:
    pairs = known[["name", "path"]].drop_duplicates()
    return set(pairs["name"][pairs["name"].duplicated(keep=False)])


def _weakest(known: pd.DataFrame, by: str, most: int) -> list[str]:
    """The values of a column from the lowest share of right answers to the highest."""
    sums = known.groupby(by)[["right", "answers"]].sum()
    order = (sums["right"] / sums["answers"]).sort_values(kind="stable")
    return [str(one) for one in order.index[:most]]


def _sentence(known: pd.DataFrame) -> str:
    sure = known[known["answers"] >= LEAST].nsmallest(3, "facility")
    weak = [
        _("{topic} in {branch} {share}").format(
            topic=row["topic"], branch=row["row"], share=f"{row['facility']:.0%}"
        )
        for _i, row in sure.iterrows()
    ]
    return _("Right first answers by branch and topic. The weakest: {weak}.").format(
        weak=listed(weak)
    )

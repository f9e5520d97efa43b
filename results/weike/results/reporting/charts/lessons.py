"""One lesson in every branch: who completed it, what they knew, who passed."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from weike.quizzes.i18n import N_, _
from weike.results.reporting.charts.labels import text_width
from weike.results.reporting.charts.look import Look, listed
from weike.results.reporting.charts.vega import alt

SERIES: Final = (
    ("completed", N_("Completed"), "circle"),
    ("mean", N_("Mean mark, first attempts"), "square"),
    ("passed", N_("Passed"), "triangle-up"),
)
MOST: Final = 40  # branches
ROW: Final = 34  # px


def lesson_detail(frame: pd.DataFrame, *, look: Look | None = None) -> Any:
    """One row for each branch, the lowest completion on top.

    `frame` has `name` and `path`, and of `LessonFigures.of_lesson`: `completed` and `passed` as
    shares of those who have the lesson to do, `mean` of first attempts (0-1, NaN unknown). The
    three differ in shape as well as in colour.
    """
    look = look or Look()
    shown = frame.sort_values(["completed", "mean"], na_position="last").head(MOST)
    twice = set(shown["name"][shown["name"].duplicated(keep=False)])
    rows = [
        str(path if name in twice else name)
        for name, path in zip(shown["name"], shown["path"], strict=True)
    ]
    words = [_(title) for _key, title, _shape in SERIES]
    points = pd.DataFrame(
        [
            {"row": row, "what": _(title), "share": float(value)}
            for key, title, _shape in SERIES
            for row, value in zip(rows, shown[key], strict=True)
            if value == value
        ],
        columns=["row", "what", "share"],
    )
    label = min(max((text_width(row, look.font_size) for row in rows), default=0), look.width * 0.4)
    y = alt.Y(
        "row:N",
        sort=rows,
        title=None,
        axis=alt.Axis(
            domain=False,
            ticks=False,
            grid=True,
            tickBand="extent",
            labelColor=look.ink,
            labelLimit=int(label) + 2,
        ),
    )
    chart = (
        alt.Chart(points)
        .mark_point(filled=True, size=100, opacity=1)
        .encode(
            x=alt.X(
                "share:Q",
                title=None,
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format=".0%", tickCount=3 if look.narrow else 5, orient="top"),
            ),
            y=y,
            yOffset=alt.YOffset("what:N", sort=words),  # equal shares do not hide each other
            color=alt.Color(
                "what:N",
                scale=alt.Scale(domain=words, range=list(look.series[: len(words)])),
                legend=alt.Legend(columns=1 if look.narrow else 3),
            ),
            shape=alt.Shape(
                "what:N",
                scale=alt.Scale(domain=words, range=[shape for _key, _title, shape in SERIES]),
                legend=alt.Legend(),
            ),
            tooltip=["row:N", "what:N", alt.Tooltip("share:Q", format=".1%")],
        )
        .properties(width=look.width - label - 40, height=ROW * max(1, len(rows)))
    )
    low = [
        f"{row} {value:.0%}"
        for row, value in zip(rows, shown["completed"], strict=True)
        if value == value
    ]
    said = _("Who completed and passed, and the mean mark, by branch. The lowest: {low}.")
    return look.dress(chart, description=said.format(low=listed(low, 3)))

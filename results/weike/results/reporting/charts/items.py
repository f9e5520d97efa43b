"""Which questions work: how easy each is, and how well it tells strong from weak."""

from __future__ import annotations

from typing import Any

import pandas as pd

from weike.quizzes.i18n import _
from weike.results.reporting.charts.labels import place
from weike.results.reporting.charts.look import Look, listed, names_layer
from weike.results.reporting.charts.vega import alt

SHOWN, SURE = 10, 30  # attempts
HARD, EASY = 0.2, 0.95


def item_map(frame: pd.DataFrame, *, look: Look | None = None) -> Any:
    """Items by facility (0-1) and discrimination (percent, -100 to 100).

    `frame` is `quiz_items(…).items`, or those of several quizzes. They are numbered in its order,
    or by a column `number`, for a table beside the chart. An item with under 10 attempts is not
    drawn, one with under 30 is hollow. A flagged one is a triangle. The bands at the sides are
    the facilities that are flagged.
    """
    look = look or Look()
    if "number" not in frame:
        frame = frame.assign(number=range(1, len(frame) + 1))
    known = frame[
        (frame["n"] >= SHOWN) & frame["facility"].notna() & frame["discrimination"].notna()
    ]
    width, height = look.width - 66, 320 if look.narrow else 400
    words = [_("in order"), _("look at it")]
    points = pd.DataFrame(
        {
            "number": [str(one) for one in known["number"]],
            "facility": known["facility"].to_numpy(dtype=float),
            "discrimination": known["discrimination"].to_numpy(dtype=float),
            "state": [words[bool(flags)] for flags in known["flags"]],
            "hollow": known["n"].to_numpy(dtype=float) < SURE,
        }
    )
    low = min(0.0, *points["discrimination"]) if len(points) else 0.0
    low = max(-100.0, 10 * ((low - 4) // 10)) if low < 0 else 0.0
    x = alt.X(
        "facility:Q",
        title=_("Facility: share of the marks that was earned"),
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".0%", tickCount=6),
    )
    y = alt.Y(
        "discrimination:Q",
        title=_("Discrimination index"),
        scale=alt.Scale(domain=[low, 100]),
        axis=alt.Axis(tickCount=6),
    )
    bands = pd.DataFrame(
        {
            "from": [0.0, EASY],
            "to": [HARD, 1.0],
            "words": [_("too hard"), _("too easy")],
            "at": [0.005, 0.995],
        }
    )
    ground = (
        alt.Chart(bands)
        .mark_rect(color=look.line, opacity=0.45)
        .encode(x=alt.X("from:Q"), x2="to:Q")
    )
    edge = alt.Chart(bands).encode(x="at:Q", y=alt.value(4), text="words:N")
    text: Any = {"baseline": "top", "color": look.muted, "fontSize": look.font_size - 1}
    names = [
        edge.transform_filter(alt.datum["from"] == 0).mark_text(align="left", **text),
        edge.transform_filter(alt.datum["from"] > 0).mark_text(align="right", **text),
    ]
    zero = (
        alt.Chart(pd.DataFrame({"discrimination": [0.0]}))
        .mark_rule(color=look.muted, strokeWidth=1)
        .encode(y="discrimination:Q")
    )
    color = alt.Color(
        "state:N", scale=alt.Scale(domain=words, range=[look.good, look.bad]), legend=alt.Legend()
    )
    shape = alt.Shape(
        "state:N",
        scale=alt.Scale(domain=words, range=["circle", "triangle-down"]),
        legend=alt.Legend(),
    )
    full, hollow = (
        alt.Chart(points[points["hollow"] == few])
        .mark_point(filled=not few, size=90, opacity=1, strokeWidth=1.6)
        .encode(
            x=x,
            y=y,
            color=color,
            shape=shape,
            tooltip=["number:N", alt.Tooltip("facility:Q", format=".0%"), "discrimination:Q"],
        )
        for few in (False, True)
    )
    spots = [
        (share * width, (100 - index) / (100 - low) * height)
        for share, index in zip(points["facility"], points["discrimination"], strict=True)
    ]
    flagged = [i for i, state in enumerate(points["state"]) if state == words[1]]
    rest = [i for i in range(len(points)) if points["state"].iloc[i] == words[0]]
    order = [*flagged, *(rest if len(points) <= 40 else [])]
    placed = place(
        spots,
        list(points["number"]),
        order,
        width=width,
        height=height,
        size=look.font_size - 1,
    )
    numbers = names_layer(placed, list(points["number"]), look)
    chart = alt.layer(ground, *names, zero, full, hollow, numbers)
    return look.dress(
        chart.properties(width=width, height=height), description=_sentence(frame, points, words)
    )


def _sentence(frame: pd.DataFrame, points: pd.DataFrame, words: list[str]) -> str:
    bad = [_("no. {n}").format(n=n) for n in points["number"][points["state"] == words[1]]]
    return _("{n} of {all} questions by facility and discrimination. To look at: {bad}.").format(
        n=len(points), all=len(frame), bad=listed(bad)
    )

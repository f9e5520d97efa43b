"""How completion grew over a period, branch by branch."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd

from weike.quizzes.i18n import _
from weike.results.reporting.charts.labels import text_width
from weike.results.reporting.charts.look import Look, listed
from weike.results.reporting.charts.vega import alt

ROOM: Final = 0.4  # of the width, for the names
MOST: Final = 6  # lines with a colour, a dash and a name of their own; the others are grey
DASHES: Final = ([1, 0], [6, 3], [2, 2], [8, 2, 2, 2], [4, 1], [10, 4])


def completion_over_time(frame: pd.DataFrame, *, look: Look | None = None) -> Any:
    """Lines of `completion_history`: completion (0-1) at the end of each `day`.

    The topmost branch of the frame is the heavy line, its children are thin ones. Of many children
    the three highest and the three lowest at the end are named, the others grey.
    """
    look = look or Look()
    known = frame[frame["completion"].notna()]
    top = int(known["level"].min()) if len(known) else 0
    known = known[known["level"] <= top + 1].copy()
    known["day"] = pd.to_datetime(known["day"])
    last = known.sort_values("day").groupby("branch", sort=False).last()
    named = _named(last, top)
    known["line"] = [names_of(last).get(id, "") for id in known["branch"]]
    room = max((text_width(f"{n} 100%", look.font_size - 1) for n in named), default=0.0)
    room = min(room, look.width * ROOM)
    width, height = look.width - 62 - room, 280 if look.narrow else 340
    x = alt.X(
        "day:T",
        title=None,
        axis=alt.Axis(format="%m-%d", grid=False, tickCount=4 if look.narrow else 8),
    )
    y = alt.Y(
        "completion:Q",
        title=_("Completion"),
        scale=alt.Scale(domain=[0, 1]),
        axis=alt.Axis(format=".0%", tickCount=5),
    )
    grey = known[~known["line"].isin(named)]
    bright = known[known["line"].isin(named)]
    colors = [look.ink if i == 0 else look.series[(i - 1) % MOST] for i in range(len(named))]
    dashes = [[1, 0] if i == 0 else DASHES[(i - 1) % MOST] for i in range(len(named))]
    scale = alt.Scale(domain=named, range=colors)
    lines = (
        alt.Chart(bright)
        .mark_line()
        .encode(
            x=x,
            y=y,
            color=alt.Color("line:N", scale=scale, legend=None),
            strokeDash=alt.StrokeDash(
                "line:N", scale=alt.Scale(domain=named, range=dashes), legend=None
            ),
            strokeWidth=alt.condition(alt.datum.level == top, alt.value(3.2), alt.value(1.8)),
            tooltip=["line:N", "day:T", alt.Tooltip("completion:Q", format=".1%")],
        )
    )
    others = (
        alt.Chart(grey)
        .mark_line(color=look.muted, strokeWidth=1, opacity=0.55)
        .encode(x=x, y=y, detail="branch:N")
    )
    ends = _ends(bright, named, height, look)
    labels = (
        alt.Chart(ends)
        .mark_text(align="left", baseline="middle", dx=6, fontSize=look.font_size - 1)
        .encode(
            x=alt.value(width),
            y=alt.value(alt.expr("datum.place")),
            text="words:N",
            color=alt.Color("line:N", scale=scale, legend=None),
        )
    )
    chart = alt.layer(others, lines, labels).properties(width=width, height=height)
    return look.dress(chart, description=_sentence(last, top))


def names_of(last: pd.DataFrame) -> dict[str, str]:
    """A name for each branch that no other one shows: the path where two share a name."""
    twice = set(last["name"][last["name"].duplicated(keep=False)])
    return {
        str(id): str(row["path"] if row["name"] in twice else row["name"])
        for id, row in last.iterrows()
    }


def _named(last: pd.DataFrame, top: int) -> list[str]:
    """The topmost branches first, then their children from the highest to the lowest."""
    names = names_of(last)
    heads = [str(id) for id in last.index[last["level"] == top]]
    rest = last[last["level"] > top].sort_values("completion", ascending=False)
    children = [str(id) for id in rest.index]
    if len(children) > MOST:
        children = [*children[: MOST // 2], *children[-MOST // 2 :]]
    shown = [*heads[:1], *children] if len(heads) == 1 else [*heads[:MOST], *children][:MOST]
    return [names[id] for id in shown]


def _ends(bright: pd.DataFrame, named: list[str], height: float, look: Look) -> pd.DataFrame:
    """Where each name stands at the right: beside its line's end, and none over another."""
    last = bright.sort_values("day").groupby("line", sort=False)["completion"].last()
    step = look.font_size + 3.0
    wanted = sorted(
        ((1 - float(last[name])) * height, name) for name in named if name in last.index
    )
    places: list[float] = []
    for y, _name in wanted:
        places.append(max(y, places[-1] + step) if places else max(y, step / 2))
    over = (places[-1] - height) if places else 0.0
    for i in reversed(range(len(places))):  # too low: push back up
        limit = height if i == len(places) - 1 else places[i + 1] - step
        places[i] = min(places[i], limit) if over > 0 else places[i]
    rows = [
        {"line": name, "words": _label(name, float(last[name]), look), "place": place}
        for (_y, name), place in zip(wanted, places, strict=True)
    ]
    return pd.DataFrame(rows, columns=["line", "words", "place"])


def _label(name: str, share: float, look: Look) -> str:
    """The name and the share; a long name ends in dots where the room does."""
    words, kept = f"{name} {share:.0%}", name
    while text_width(words, look.font_size - 1) > look.width * ROOM and len(kept) > 1:
        kept = kept[:-1]
        words = f"{kept}… {share:.0%}"
    return words


def _sentence(last: pd.DataFrame, top: int) -> str:
    heads = last[last["level"] == top]
    rest = last[last["level"] > top].sort_values("completion")
    said = [f"{row['name']} {row['completion']:.0%}" for _id, row in heads.iterrows()]
    low = [f"{row['name']} {row['completion']:.0%}" for _id, row in rest.head(3).iterrows()]
    return _("Completion at the end: {top}. The lowest beneath: {low}.").format(
        top=listed(said), low=listed(low)
    )

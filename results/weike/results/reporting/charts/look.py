"""How all charts look: sizes, fonts, colours that everybody can tell apart."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from weike.quizzes.i18n import _
from weike.results.reporting.charts.labels import Placed, text_width
from weike.results.reporting.charts.vega import alt

FONTS = (
    '"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei",'
    " sans-serif"
)
NARROW = 480  # px; below it labels are few and legends stand above the chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """`width` of the whole picture in px: 360 for a phone, 720 for a page, 660 for A4."""

    width: int = 720
    dark: bool = False

    @property
    def narrow(self) -> bool:
        return self.width < NARROW

    @property
    def font_size(self) -> int:
        return 12 if self.narrow else 13

    # Okabe and Ito's colours, a little darker on white and lighter on black, so that each has a
    # contrast of 3:1 with the ground.

    @property
    def ink(self) -> str:
        return "#e8eceb" if self.dark else "#1b2124"

    @property
    def muted(self) -> str:
        return "#a9b5b5" if self.dark else "#566064"

    @property
    def line(self) -> str:
        return "#364144" if self.dark else "#d9dedb"

    @property
    def ground(self) -> str:
        return "#1b2224" if self.dark else "#ffffff"

    @property
    def good(self) -> str:
        return "#56b4e9" if self.dark else "#0072b2"

    @property
    def bad(self) -> str:
        return "#f0875a" if self.dark else "#c04d00"

    @property
    def series(self) -> tuple[str, ...]:
        """For up to six lines or marks that also differ in their dashes or shapes."""
        if self.dark:
            return ("#56b4e9", "#f0a35a", "#4fc9a4", "#e0a0c8", "#f0e442", "#b3b0ff")
        return ("#0072b2", "#b85c00", "#00785a", "#a5497f", "#6b6100", "#5450c4")

    def dress(self, chart: Any, *, description: str) -> Any:
        """The finished chart, with a sentence for those who do not see it."""
        return chart.properties(
            description=description,
            background=self.ground,
            autosize=alt.AutoSizeParams(type="pad", contains="padding"),
            padding={"left": 2, "right": 6, "top": 4, "bottom": 2},
        ).configure(
            font=FONTS,
            view=alt.ViewConfig(stroke=None),
            axis=alt.AxisConfig(
                labelColor=self.muted,
                titleColor=self.ink,
                titleFontWeight="normal",
                labelFontSize=self.font_size,
                titleFontSize=self.font_size,
                domainColor=self.muted,
                tickColor=self.line,
                gridColor=self.line,
                labelLimit=160,
                titlePadding=8,
            ),
            legend=alt.LegendConfig(
                labelColor=self.ink,
                titleColor=self.muted,
                titleFontWeight="normal",
                labelFontSize=self.font_size,
                titleFontSize=self.font_size,
                orient="top",
                direction="horizontal",
                columns=2 if self.narrow else 4,
                symbolSize=80,
                labelLimit=240,
                title=None,
            ),
            text=alt.MarkConfig(color=self.ink, fontSize=self.font_size, font=FONTS),
        )


def svg(chart: Any) -> str:
    """The chart as an SVG document, drawn here, with the fonts of this computer."""
    out = io.StringIO()
    chart.save(out, format="svg")
    return out.getvalue()


def names_layer(placed: Sequence[Placed], names: Sequence[str], look: Look) -> Any:
    """The names that found a place, on a ground of their own: a line through 二 makes it 三."""
    size = look.font_size - 1
    rows = [
        {
            "name": names[one.point],
            "left": one.x - 1,
            "right": one.x + text_width(names[one.point], size) + 1,
            "top": one.y - 0.62 * size,
            "middle": one.y,
            "bottom": one.y + 0.62 * size,
        }
        for one in placed
    ]
    columns = ["name", "left", "right", "top", "middle", "bottom"]
    chart = alt.Chart(pd.DataFrame(rows, columns=columns))
    x, y = alt.value(alt.expr("datum.left")), alt.value(alt.expr("datum.middle"))
    ground = chart.mark_rect(color=look.ground).encode(
        x=x,
        x2=alt.value(alt.expr("datum.right")),
        y=alt.value(alt.expr("datum.top")),
        y2=alt.value(alt.expr("datum.bottom")),
    )
    words = chart.mark_text(align="left", baseline="middle", fontSize=size)
    return ground + words.encode(x=x, y=y, text="name:N")


def listed(names: list[str], most: int = 8) -> str:
    """Names in a sentence; of many, the first."""
    if not names:
        return _("none")
    shown = _(", ").join(names[:most])
    return (
        shown
        if len(names) <= most
        else _("{names} and {n} more").format(names=shown, n=len(names) - most)
    )

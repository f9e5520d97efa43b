"""The charts of the report."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from .load import Outcome, percentile
from .phone import Opening
from .results import OFFERED, Results

STOCK, PREHEATED, WEIKE, BUDGET = "#9a9a9a", "#c77c11", "#0b6464", "#b3261e"


def draw_charts(results: Results, folder: Path) -> list[tuple[str, str]]:
    """Write the PNG files; their titles and names."""
    charts = [
        ("Requests of a first open on the phone", "timeline.png", _timeline(results)),
        ("Rates beside their budgets", "rates.png", _rates(results)),
        ("Latency of answers", "latency.png", _latency(results.weike.loads[OFFERED])),
    ]
    for title, name, sheet in charts:
        sheet.suptitle(title)
        sheet.savefig(folder / name, dpi=130)
        plt.close(sheet)
    return [(title, name) for title, name, _sheet in charts]


def _timeline(results: Results) -> Sheet:
    drawn = (
        (results.weike.openings.typical, WEIKE, "Weike"),
        (results.weike.live.typical, WEIKE, "Weike, a live lesson"),
        (results.stock.openings.typical, STOCK, "stock Voilà"),
        (results.preheated.openings.typical, PREHEATED, "Voilà with preheated kernels"),
    )
    sheet, axes = plt.subplots(
        4, 1, figsize=(9, 11), sharex=True, height_ratios=(1, 1.4, 4, 4), layout="constrained"
    )
    for place, (opening, colour, name) in zip(axes, drawn, strict=True):
        _requests(place, opening, colour, name)
    axes[-1].set_xlabel("seconds since the navigation; red: answerable; dashed: slider usable")
    return sheet


def _requests(axes: Axes, opening: Opening, colour: str, name: str) -> None:
    """A bar for each request, and a line where the first question can be answered."""
    transfers = sorted(opening.transfers, key=lambda transfer: transfer.begin)
    axes.barh(
        range(len(transfers)),
        [max(transfer.end - transfer.begin, 0.005) for transfer in transfers],
        left=[transfer.begin for transfer in transfers],
        color=colour,
    )
    axes.axvline(opening.answerable, color=BUDGET)
    slider = ""
    if opening.slid is not None:
        axes.axvline(opening.slid.answered, color=BUDGET, linestyle="--")
        slider = f" slider usable after {opening.slid.answered:.2f} s,"
    axes.invert_yaxis()
    axes.set_yticks([])
    axes.set_title(
        f"{name}: answerable after {opening.answerable:.2f} s,{slider} {opening.requests} requests,"
        f" {opening.transferred / 1000:,.0f} kB",
        fontsize=10,
        loc="left",
    )


def _rates(results: Results) -> Sheet:
    figures = [figure for figure in results.figures if figure.unit == "1/s"]
    sheet, axes = plt.subplots(figsize=(9, 1 + 0.8 * len(figures)), layout="constrained")
    for row, figure in enumerate(figures):
        axes.barh(row - 0.2, figure.weike, height=0.36, color=WEIKE, label="Weike")
        if figure.stock:
            axes.barh(row + 0.1, figure.stock, height=0.2, color=STOCK, label="stock Voilà")
        if figure.preheated:
            axes.barh(
                row + 0.3, figure.preheated, height=0.2, color=PREHEATED, label="preheated Voilà"
            )
        if figure.budget:
            line = (row - 0.42, row + 0.02)
            axes.plot([figure.budget] * 2, line, color=BUDGET, linewidth=2, label="budget")
    axes.set_xscale("log")
    axes.set_xlabel("per second")
    axes.set_yticks(range(len(figures)), [figure.name for figure in figures])
    axes.invert_yaxis()
    handles, labels = axes.get_legend_handles_labels()
    once = dict(zip(labels, handles, strict=True))
    sheet.legend(once.values(), once.keys(), loc="outside lower center", ncols=4)
    return sheet


def _latency(offered: Outcome) -> Sheet:
    sheet, axes = plt.subplots(figsize=(9, 3.5), layout="constrained")
    shares = [step / 1000 for step in range(1, 1000)] + [0.9995, 1.0]
    values = [percentile(offered.latencies, share) * 1000 for share in shares]
    axes.plot([share * 100 for share in shares], values, color=WEIKE)
    axes.axhline(50, color=BUDGET, linewidth=1)
    axes.axvline(99, color=BUDGET, linewidth=1)
    axes.set_yscale("log")
    axes.set_xlabel("percent of the answers are acknowledged within …")
    axes.set_ylabel("ms")
    return sheet

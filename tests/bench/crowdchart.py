"""The crowd over time: what it cost, how long it waited, who was there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes

from .charts import BUDGET, STOCK, WEIKE
from .load import percentile
from .visitor import Log
from .watch import Sample

LIVE = "#c77c11"


def draw_crowd(log: Log, samples: Sequence[Sample], began: float, file: Path) -> None:
    sheet, axes = plt.subplots(4, 1, figsize=(9, 11), sharex=True, layout="constrained")
    _cpu(axes[0], samples)
    _memory(axes[1], samples)
    _latency(axes[2], log, began)
    _people(axes[3], log, began)
    axes[-1].set_xlabel("seconds since the first one could come")
    sheet.savefig(file, dpi=130)
    plt.close(sheet)


def _cpu(axes: Axes, samples: Sequence[Sample]) -> None:
    moments = [one.at for one in samples]
    axes.stackplot(
        moments,
        [one.server for one in samples],
        [one.kernels_cpu for one in samples],
        [one.load for one in samples],
        [one.others for one in samples],
        labels=["server", "live copies and templates", "simulated members", "others"],
        colors=[WEIKE, LIVE, STOCK, "#e4e4e4"],
    )
    axes.set_ylabel("CPU, cores")
    axes.legend(loc="upper right", fontsize=8)


def _memory(axes: Axes, samples: Sequence[Sample]) -> None:
    axes.plot([one.at for one in samples], [one.server_mib for one in samples], color=WEIKE,
              label="server")  # fmt: skip
    weighed = [(one.at, one.kernels_mib) for one in samples if one.kernels_mib is not None]
    axes.plot([at for at, _mib in weighed], [mib for _at, mib in weighed], color=LIVE, marker=".",
              label="live copies and templates, shared pages once")  # fmt: skip
    axes.set_ylabel("memory, MiB")
    axes.set_ylim(bottom=0)
    axes.legend(loc="upper left", fontsize=8)


def _latency(axes: Axes, log: Log, began: float) -> None:
    for what, colour in (("open", WEIKE), ("answer", STOCK), ("touch", LIVE)):
        seconds: dict[int, list[float]] = {}
        for name, when, took in log.asked:
            if name == what:
                seconds.setdefault(int(when - began), []).append(took * 1000)
        for share, style in ((0.5, "-"), (1.0, ":")):
            axes.plot(
                sorted(seconds),
                [percentile(seconds[second], share) for second in sorted(seconds)],
                style,
                color=colour,
                label=f"{what}, {'median' if share == 0.5 else 'longest'} of each second",
            )
    axes.axhline(50, color=BUDGET, linewidth=1)
    axes.axhline(100, color=BUDGET, linewidth=1)
    axes.set_yscale("log")
    axes.set_ylabel("latency, ms")
    axes.legend(loc="upper right", fontsize=7, ncols=3)


def _people(axes: Axes, log: Log, began: float) -> None:
    for what, colour, name in (
        ("here", WEIKE, "in the lesson"),
        ("live", LIVE, "with a live copy attached"),
        ("asleep", STOCK, "phone put away"),
    ):
        count, moments, counts = 0, [0.0], [0]
        for when, kind, change in sorted(log.present):
            if kind == what:
                count += change
                moments.append(when - began)
                counts.append(count)
        axes.step(moments, counts, where="post", color=colour, label=name)
    if log.errors:
        axes.plot(
            [when - began for when, _text in log.errors], [0] * len(log.errors), "x",
            color=BUDGET, label="errors",
        )  # fmt: skip
    axes.set_ylabel(f"members; errors: {len(log.errors)}")
    axes.legend(loc="upper right", fontsize=8)

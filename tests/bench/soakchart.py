"""A soak over time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

from .charts import STOCK, WEIKE
from .watch import Sample

ROWS = (
    ("server_mib", "server, MiB"),
    ("kernels_mib", "beneath it, MiB"),
    ("kernels", "processes beneath it"),
    ("descriptors", "descriptors"),
    ("threads", "threads"),
    ("files", "temporary files"),
    ("database_mib", "database, MiB"),
)


def draw_soak(samples: Sequence[Sample], rests: Sequence[tuple[float, float]], file: Path) -> None:
    sheet, axes = plt.subplots(len(ROWS), 1, figsize=(9, 13), sharex=True, layout="constrained")
    for place, (what, name) in zip(axes, ROWS, strict=True):
        found = [(one.at / 60, getattr(one, what)) for one in samples]
        drawn = [(at, value) for at, value in found if value is not None]
        place.plot([at for at, _value in drawn], [value for _at, value in drawn], color=WEIKE)
        place.set_ylabel(name, fontsize=8)
        place.set_ylim(bottom=0)
        for begin, end in rests:
            place.axvspan(begin / 60, end / 60, color=STOCK, alpha=0.3)
    axes[-1].set_xlabel("minutes; grey: at rest")
    sheet.savefig(file, dpi=130)
    plt.close(sheet)

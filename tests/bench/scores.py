"""`python -m bench.scores`: scores at size on every database at hand, as a part of the report."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from sqlalchemy import create_engine, text

from .charts import BUDGET, WEIKE
from .course import REPOSITORY
from .figures import Figure
from .load import percentile
from .report import figure_table
from .scores_measure import Scores, ScoresSize, measure
from .scores_organisation import Organisation

FULL_SCORES = ScoresSize(
    organisation=Organisation(branches=1_000, members=50_000, lessons=16, responses=5_000_000),
    views=100,
    rate=20,
)
SMALL_SCORES = ScoresSize(
    organisation=Organisation(branches=12, members=60, lessons=2, responses=600),
    views=3,
    rate=50,
)
CHART = "scores.png"
_DATABASE = "weike_bench_scores"


def run_scores(size: ScoresSize, folder: Path) -> list[Scores]:
    """Measure on SQLite, and on PostgreSQL where PGHOST names one."""
    found = [measure(str(url), size, say=_say) for url in _databases(folder)]
    write_scores(found, size, folder)
    return found


def _databases(folder: Path) -> Iterator[str]:
    scratch = folder / "scratch-scores"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        yield f"sqlite:///{scratch / 'weike.db'}"
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if "PGHOST" in os.environ:
        with _postgresql() as url:
            yield url


@contextmanager
def _postgresql() -> Iterator[str]:
    """A database of its own for the measurement."""
    server = create_engine("postgresql+psycopg://", isolation_level="AUTOCOMMIT")
    drop = text(f"DROP DATABASE IF EXISTS {_DATABASE} WITH (FORCE)")
    with server.connect() as connection:
        connection.execute(drop)
        connection.execute(text(f"CREATE DATABASE {_DATABASE}"))
    try:
        yield f"postgresql:///{_DATABASE}"
    finally:
        with server.connect() as connection:
            connection.execute(drop)
        server.dispose()


def write_scores(found: list[Scores], size: ScoresSize, folder: Path) -> Path:
    """The part of the report: `scores.md`, `scores.json` and a chart."""
    _chart(found, folder / CHART)
    data = {"size": asdict(size), "databases": [_json(one) for one in found]}
    (folder / "scores.json").write_text(json.dumps(data, ensure_ascii=False, indent=1))
    report = folder / "scores.md"
    report.write_text(_markdown(found, size), encoding="utf-8")
    return report


def _json(one: Scores) -> dict[str, object]:
    return asdict(one) | {"figures": [figure.to_json() for figure in one.figures]}


def _markdown(found: list[Scores], size: ScoresSize) -> str:
    figures: list[Figure] = [figure for one in found for figure in one.figures]
    organisation = size.organisation
    parts = [
        "## Scores at size",
        *(f"**This run is void:** {failure}" for one in found for failure in one.failures),
        f"{organisation.members:,} members in {organisation.branches:,} branches on three levels,"
        f" {organisation.lessons} lessons, {organisation.responses:,} responses.",
        figure_table(figures),
        f"![Scores at size]({CHART})",
        *(_details(one) for one in found),
        "“Cold” is `branch_scores` in a new process, all that it reads included. A page's figures"
        " are those of the whole organisation; “while members submit” they are asked for in the"
        f" process in which {size.rate:g} quizzes a second are opened, answered and handed in. The"
        " regrade derives every grade from nothing but the log and stores it, on"
        f" {os.cpu_count()} cores.",
    ]
    return "\n\n".join(parts) + "\n"


def _details(one: Scores) -> str:
    rows = ", ".join(f"{count:,} of `{name}`" for name, count in one.rows.items())
    return (
        f"{one.database}: {rows}. The regrade took {one.regrade_cpu:,.0f} s of CPU beside the"
        f" database's; {one.submitted:,} quizzes were handed in while the page was asked for."
    )


def _chart(found: list[Scores], file: Path) -> None:
    """How long the figures of a page take, as a share of all views."""
    sheet, axes = plt.subplots(figsize=(9, 3.5), layout="constrained")
    for number, one in enumerate(found):
        for views, what, style in (
            (one.views, "warm", ":"),
            (one.busy_views, "while members submit", "-"),
        ):
            shares = [step / 100 for step in range(1, 101)]
            axes.plot(
                [share * 100 for share in shares],
                [percentile(views, share) * 1000 for share in shares],
                style,
                color=(WEIKE, "#7a4b00")[number % 2],
                label=f"{one.database}, {what}",
            )
    axes.axhline(50, color=BUDGET, linewidth=1, label="budget")
    axes.set_yscale("log")
    axes.set_xlabel("percent of the views have their figures within …")
    axes.set_ylabel("ms")
    axes.legend()
    sheet.suptitle("Figures of a page at size")
    sheet.savefig(file, dpi=130)
    plt.close(sheet)


def _say(what: str) -> None:
    print(f"{datetime.now(UTC):%H:%M:%S} {what}", file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.scores", description="Scores at size.")
    parser.add_argument("--small", action="store_true", help="only show that everything works")
    parser.add_argument(
        "--out", type=Path, default=REPOSITORY / "results" / "bench", help="folder for the report"
    )
    options = parser.parse_args()
    folder: Path = options.out.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    found = run_scores(SMALL_SCORES if options.small else FULL_SCORES, folder)
    print((folder / "scores.md").read_text(encoding="utf-8"))
    return 1 if any(one.failures for one in found) else 0


if __name__ == "__main__":
    sys.exit(main())

"""`weike scores`: the figures of the branches, for the terminal, a spreadsheet or a program."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pandas as pd

from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError, why
from weike.quizzes.i18n import _
from weike.results.exports import Cell, aligned, csv_text, xlsx_bytes
from weike.results.scores import branch_scores
from weike.results.store import open_store

_SHARE, _WHOLE = "0.0%", "0"


@click.command()
@click.option("--branch", metavar="PATH", help="Only this branch and what is beneath it.")
@click.option(
    "--period", metavar="PERIOD", help="2026, 2026-H2, 2026-Q4 or 2026-11. [default: this quarter]"
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "xlsx", "json"]),
    default="table",
    show_default=True,
)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="Write to this file."
)
def scores(branch: str | None, period: str | None, form: str, output: Path | None) -> None:
    """Show the learning figures of the branches.

    The adjusted mean is the mean of first answers, adjusted for the number of members; its range
    holds the true figure in 19 of 20 cases.
    """
    course = load_course()
    with open_store(course=course) as store:
        frame = branch_scores(store, branch=branch, period=period, now=datetime.now(UTC))
    made = _FORMS[form](frame)
    if output is None and form == "xlsx" and sys.stdout.isatty():
        output = Path(f"scores-{frame.attrs['period']}.xlsx")  # a terminal cannot show it
    if output is None:
        click.echo(made, nl=form in ("table", "json"))
        return
    try:
        output.write_bytes(made if isinstance(made, bytes) else made.encode("utf-8"))
    except OSError as error:
        raise WeikeError(
            _("{name} cannot be written: {reason}").format(name=output, reason=why(error))
        ) from error
    click.echo(_("{n} branches are in {file}").format(n=len(frame), file=output))


def as_table(frame: pd.DataFrame) -> str:
    head = _("Period {period}, {n} lessons").format(
        period=frame.attrs["period"], n=frame.attrs["lessons"]
    )
    header = [
        _("Branch"),
        _("Members"),
        _("Attempted"),
        _("Coverage"),
        _("Completion"),
        _("Mean"),
        _("Adjusted mean"),
        _("95 % interval"),
        _("Pass rate"),
    ]
    top = int(frame["level"].min()) if len(frame) else 0
    rows = [
        [
            "  " * (int(row["level"]) - top) + str(row["name"]),
            str(row["members"]),
            str(row["attempted"]),
            _percent(row["coverage"]),
            _percent(row["completion"]),
            _points(row["mean"]),
            _points(row["adjusted"]),
            "–" if _none(row["low"]) else f"{_points(row['low'])}–{_points(row['high'])}",
            _percent(row["pass_rate"]),
        ]
        for row in _records(frame)
    ]
    foot = [_("No detectable difference this period")] if frame.attrs["no_difference"] else []
    return "\n".join([head, *aligned(header, rows), *foot])


def as_csv(frame: pd.DataFrame) -> bytes:
    header, rows = _flat(frame)
    # With the mark at its beginning, Excel takes a csv for UTF-8.
    return csv_text(header, rows).encode("utf-8-sig")


def as_xlsx(frame: pd.DataFrame) -> bytes:
    header, rows = _flat(frame)
    formats = [None, None, None, _WHOLE, _WHOLE, *[_SHARE] * 7]
    return xlsx_bytes(header, rows, title=frame.attrs["period"], formats=formats)


def as_json(frame: pd.DataFrame) -> str:
    rows = [
        {name: None if _none(value) else value for name, value in row.items()}
        for row in _records(frame.reset_index())
    ]
    return json.dumps(dict(frame.attrs) | {"branches": rows}, ensure_ascii=False, indent=2)


_FORMS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "table": as_table,
    "csv": as_csv,
    "xlsx": as_xlsx,
    "json": as_json,
}


def _flat(frame: pd.DataFrame) -> tuple[Sequence[str], list[list[Cell]]]:
    header = [
        _("Path"),
        _("Branch"),
        _("Level"),
        _("Members"),
        _("Attempted"),
        _("Coverage"),
        _("Completion"),
        _("Mean"),
        _("Adjusted mean"),
        _("Interval from"),
        _("Interval to"),
        _("Pass rate"),
    ]
    columns = ["path", "name", "level_name", "members", "attempted", "coverage", "completion"]
    columns += ["mean", "adjusted", "low", "high", "pass_rate"]
    rows: list[list[Cell]] = [
        [None if _none(row[name]) else row[name] for name in columns] for row in _records(frame)
    ]
    return header, rows


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _none(value: object) -> bool:
    return value is None or (isinstance(value, float) and value != value)


def _percent(share: float) -> str:
    return "–" if _none(share) else f"{share:.0%}"


def _points(share: float) -> str:
    return "–" if _none(share) else f"{100 * share:.1f}"

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

from weike.commands.output import FORMAT, OUTPUT, PERIOD, write
from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.awarding.rankinglog import rankings, state_word
from weike.results.awarding.verification import Verification, verify
from weike.results.reporting.exports import Cell, aligned, csv_text, xlsx_bytes
from weike.results.scores import branch_scores
from weike.results.store import open_store

_SHARE, _WHOLE, _POINTS = "0.0%", "0", "0.0"


@click.group(invoke_without_command=True)
@click.option("--branch", metavar="PATH", help="Only this branch and what is beneath it.")
@PERIOD
@FORMAT
@OUTPUT
@click.pass_context
def scores(
    context: click.Context, branch: str | None, period: str | None, form: str, output: Path | None
) -> None:
    """Show the learning scores of the branches.

    The score is made of the mean of first answers, adjusted for the number of members, of
    completion and of improvement; its range holds the true figure in 19 of 20 cases.
    """
    if context.invoked_subcommand is not None:
        return
    course = load_course()
    with open_store(course=course) as store:
        frame = branch_scores(store, branch=branch, period=period, now=datetime.now(UTC))
    made = _FORMS[form](frame)
    if output is None and form == "xlsx" and sys.stdout.isatty():
        output = Path(f"scores-{frame.attrs['period']}.xlsx")  # a terminal cannot show it
    if output is None:
        click.echo(made, nl=form in ("table", "json"))
        return
    write(output, made)
    click.echo(_("{n} branches are in {file}").format(n=len(frame), file=output))


@scores.command("verify")
@click.argument("ranking", required=False, metavar="[RANKING]")
def verify_rankings(ranking: str | None) -> None:
    """Recompute rankings from what they keep, and compare that with the log.

    RANKING is an id or the beginning of one; without it, every ranking that was posted or approved
    is verified. Says what differs; the exit code is 1 if anything does.
    """
    with open_store(course=load_course()) as store:
        every = rankings(store)
        if ranking is None:
            wanted = [one for one in every if one.state in ("posted", "approved")]
        else:
            wanted = [one for one in every if one.id.startswith(ranking.lower())]
            if len(wanted) != 1:
                raise WeikeError(
                    _("{n} rankings begin with {id}; write one of: {ids}").format(
                        n=len(wanted), id=ranking, ids=", ".join(one.id[:8] for one in every) or "–"
                    )
                )
        found = [verify(store, one.id) for one in wanted]
    for one in found:
        click.echo(verification_words(one))
    if not found:
        click.echo(_("no ranking has been posted yet"))
    if not all(one.sound for one in found):
        raise click.exceptions.Exit(1)


def verification_words(found: Verification) -> str:
    """What was verified, and every difference on a line of its own."""
    ranking = found.ranking
    head = _("{period}, revision {n} ({id}, {state}): {result}").format(
        period=ranking.period,
        n=ranking.revision,
        id=ranking.id[:8],
        state=state_word(ranking.state),
        result=_("nothing differs")
        if found.sound
        else _("{n} differences").format(n=len(found.problems)),
    )
    notes = [f"  ({note})" for note in found.notes]
    return "\n".join([head, *(f"  {problem}" for problem in found.problems), *notes])


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
        _("Adjusted mean"),
        _("Improvement"),
        _("Score"),
        _("95 % interval"),
        _("Rank"),
    ]
    top = int(frame["level"].min()) if len(frame) else 0
    rows = [
        [
            "  " * (int(row["level"]) - top) + str(row["name"]),
            str(row["members"]),
            str(row["attempted"]),
            _percent(row["coverage"]),
            _percent(row["completion"]),
            _points(row["adjusted"]),
            _points(row["improvement"]),
            _number(row["score"]),
            "–"
            if _none(row["score_low"])
            else f"{_number(row['score_low'])}–{_number(row['score_high'])}",
            _rank(row),
        ]
        for row in _records(frame)
    ]
    foot = [_("* leading group (shared)")] if frame["leading"].any() else []
    foot += [_("No detectable difference this period")] if frame.attrs["no_difference"] else []
    return "\n".join([head, *aligned(header, rows), *foot])


def as_csv(frame: pd.DataFrame) -> bytes:
    header, rows = _flat(frame)
    # With the mark at its beginning, Excel takes a csv for UTF-8.
    return csv_text(header, rows).encode("utf-8-sig")


def as_xlsx(frame: pd.DataFrame) -> bytes:
    header, rows = _flat(frame)
    formats = [None, None, None, _WHOLE, _WHOLE, *[_SHARE] * 9, *[_POINTS] * 3, _WHOLE, None]
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
        _("Pass rate without make-up"),
        _("Improvement"),
        _("Score"),
        _("Score from"),
        _("Score to"),
        _("Rank"),
        _("Leading group (shared)"),
    ]
    columns = ["path", "name", "level_name", "members", "attempted", "coverage", "completion"]
    columns += ["mean", "adjusted", "low", "high", "pass_rate", "pass_rate_first", "improvement"]
    columns += ["score", "score_low", "score_high", "rank", "leading"]
    rows: list[list[Cell]] = [
        [None if _none(row[name]) else row[name] for name in columns] for row in _records(frame)
    ]
    return header, rows


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _none(value: object) -> bool:
    return value is None or bool(pd.isna(value))  # type: ignore[call-overload]  # a scalar


def _percent(share: float) -> str:
    return "–" if _none(share) else f"{share:.0%}"


def _rank(row: dict[str, Any]) -> str:
    """The rank, with a star in the leading group; a dash where the branch is not eligible."""
    return "–" if _none(row["rank"]) else f"{row['rank']}{'*' if row['leading'] else ''}"


def _number(points: float) -> str:
    return "–" if _none(points) else f"{points:.1f}"


def _points(share: float) -> str:
    return "–" if _none(share) else f"{100 * share:.1f}"

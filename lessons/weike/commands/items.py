"""`weike items` and `weike rescore`: which questions are bad, and what to do about a wrong key."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from weike.commands.output import FORMAT, OUTPUT, write
from weike.commands.progress import bar
from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, one_by_one
from weike.results.analysis.items import QuizItems, quiz_items
from weike.results.analysis.itemsheets import counted_words, flag_words, item_sheets
from weike.results.correcting.rescoring import RescoringReport
from weike.results.correcting.rescoring import rescore as decide
from weike.results.correcting.rescoringsheet import report_sheets
from weike.results.reporting.exports import aligned
from weike.results.reporting.sheet import Sheet, sheet_csv, sheet_json, workbook
from weike.results.store import open_store


@click.command()
@click.argument("quiz")
@click.option("--branch", metavar="PATH", help="Only this branch and what is beneath it.")
@click.option(
    "--period", metavar="PERIOD", help="2026, 2026-H2, 2026-Q4 or 2026-11. [default: all time]"
)
@click.option(
    "--attempts",
    type=click.Choice(["first", "last", "best", "all"]),
    default="first",
    show_default=True,
    help="Which attempts of each member count.",
)
@FORMAT
@OUTPUT
def items(
    quiz: str, branch: str | None, period: str | None, attempts: str, form: str, output: Path | None
) -> None:
    """Say how the questions of a quiz work.

    QUIZ is LESSON/QUIZ, or LESSON where it has one quiz. Discrimination tells whether those who do
    well otherwise answer the question better; it needs 30 attempts, and is not shown under 10.
    """
    course = load_course()
    with open_store(course=course) as store:
        found = quiz_items(
            store, quiz, branch=branch, period=period, attempts=attempts, now=datetime.now(UTC)
        )
        zone = store.zone
    if form == "table":
        made: str | bytes = as_table(found)
    else:
        made = _formed(form, item_sheets(found), zone=zone, head=_head(found))
    if output is None and form == "xlsx" and sys.stdout.isatty():
        output = Path(f"items-{found.quiz.replace('/', '-')}.xlsx")  # a terminal cannot show it
    _put(made, output, text=form in ("table", "json"))


def as_table(found: QuizItems) -> str:
    """The questions, the flags, and the figures of the whole quiz, for a terminal."""
    header = [
        *(_("Question"), _("Attempts"), _("Facility"), _("Discrimination")),
        *(_("Efficiency"), _("Weight"), _("Seconds"), ""),
    ]
    rows = [
        [
            f"{row['number']:>2}. {_brief(row['stem'])}",
            str(row["n"]),
            _number(row["facility"], 100, "%"),
            _number(row["discrimination"]) + ("?" if row["confidence"] == "low" else ""),
            _number(row["efficiency"]),
            _number(row["weight"]),
            _number(row["time_median"]),
            "!" if row["flags"] else "",
        ]
        for row in found.items.to_dict("records")
    ]
    lines = [f"{found.title} ({found.quiz})", counted_words(found), *aligned(header, rows)]
    if any("?" in row[3] for row in rows):
        lines.append(_("? uncertain: fewer than 30 attempts"))
    for row in found.items.to_dict("records"):
        if row["flags"]:
            said = one_by_one(flag_words(row["flags"]))
            lines.append(f"! {row['number']}. {_brief(row['stem'])}: {said}")
    whole = found.statistics
    if whole.cic is not None and whole.sd is not None and whole.standard_error is not None:
        lines.append(
            _(
                "Internal consistency {cic} %, standard deviation {sd}, standard error {error}"
            ).format(
                cic=f"{whole.cic:.0f}", sd=f"{whole.sd:.2f}", error=f"{whole.standard_error:.2f}"
            )
        )
    return "\n".join(lines)


@click.command()
@click.argument("quiz")
@click.option("--because", metavar="REASON", required=True, help="Why; members are shown it.")
@click.option("--item", metavar="ID", help="Only this question.")
@click.option("--full", is_flag=True, help="Give everybody the points of the question.")
@click.option("--drop", is_flag=True, help="Take the question out of every result.")
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option(
    "-o",
    "--output",
    metavar="FILE.xlsx",
    type=click.Path(path_type=Path),
    help="Also write whose result changes, as a workbook.",
)
def rescore(
    quiz: str,
    because: str,
    item: str | None,
    full: bool,
    drop: bool,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    output: Path | None,
) -> None:
    """Grade a quiz again after a key was wrong.

    Publish the lesson with the right key first: every question that asks the same and takes
    something else for right is graded by it. With --item ID --full everybody earns a question that
    was wrong beyond repair, with --drop nobody does. What changes is shown before anything is
    decided; no answer is ever altered.
    """
    if full and drop:
        raise WeikeError(_("--full and --drop exclude each other; choose one"))
    course, now = load_course(), datetime.now(UTC)
    action = "full" if full else "drop" if drop else "key"
    with open_store(course=course) as store:
        options: dict[str, Any] = {"because": because, "by": "command", "now": now}
        options |= {"item": item, "action": action}
        with bar(_("Foreseeing"), hidden=as_json) as step:
            report = decide(store, quiz, dry_run=True, step=step, **options)
        if not as_json:
            click.echo(report_text(report))
        if not dry_run and not yes:
            click.confirm(_("Grade it like this?"), abort=True, err=True)
        if not dry_run:
            expected = report.fingerprint
            with bar(_("Grading again"), hidden=as_json) as step:
                report = decide(store, quiz, expected=expected, step=step, **options)
        sheets = report_sheets(store, report)
    if as_json:
        click.echo(json.dumps(_report_json(report, sheets), ensure_ascii=False, indent=2))
    elif report.done:
        click.echo(_("Done: {n} results changed.").format(n=len(report.results)))
        if report.rankings:
            click.echo(
                _("{n} rankings were superseded; their new drafts wait to be posted.").format(
                    n=len(report.rankings)
                )
            )
    if output is not None:
        _put(workbook(sheets, zone=course.zone), output, text=False)


def report_text(report: RescoringReport) -> str:
    """What changes, in lines for a terminal."""
    lines = [f"{report.title} ({report.quiz})"]
    for change in report.changes:
        lines.append(f"  {change.item}  {change.stem}")
        lines.append(f"    {change.was} → {change.becomes}")
    lines += [f"  {one.item}: {one.reason}" for one in report.skipped]
    lines.append(
        _("{attempts} submitted attempts hold them, {running} are still running.").format(
            attempts=report.attempts, running=report.running
        )
    )
    lines.append(
        _("{n} results change: {passed} more pass, {failed} fewer.").format(
            n=len(report.results), passed=report.now_passed, failed=report.not_passed_any_more
        )
    )
    whole = next((one for one in report.branches if one.branch is None), None)
    if whole is not None:
        lines.append(
            _("The mean of first attempts goes from {before} to {after}.").format(
                before=f"{100 * whole.before:.1f}", after=f"{100 * whole.after:.1f}"
            )
        )
    return "\n".join(lines)


def _report_json(report: RescoringReport, sheets: Sequence[Sheet]) -> dict[str, Any]:
    return {
        "quiz": report.quiz,
        "because": report.because,
        "done": report.done,
        "attempts": report.attempts,
        "running": report.running,
        "rankings": list(report.rankings),
        **{sheet.name: sheet_json(sheet)["rows"] for sheet in sheets},
    }


def _head(found: QuizItems) -> dict[str, Any]:
    return {
        "quiz": found.quiz,
        "title": found.title,
        "rule": found.rule,
        "period": None if found.period is None else str(found.period),
        "branch": found.branch,
        "attempts": found.n,
        "members": found.members,
    }


def _formed(form: str, sheets: Sequence[Sheet], *, zone: Any, head: dict[str, Any]) -> str | bytes:
    """csv holds one table, the questions; the other forms hold all."""
    if form == "csv":
        return sheet_csv(sheets[0], zone=zone)
    if form == "xlsx":
        return workbook(sheets, zone=zone, bars=("facility", "share"))
    body = head | {sheet.name: sheet_json(sheet)["rows"] for sheet in sheets}
    return json.dumps(body, ensure_ascii=False, indent=2)


def _put(made: str | bytes, output: Path | None, *, text: bool) -> None:
    if output is None:
        click.echo(made, nl=text)
        return
    write(output, made)
    click.echo(_("It is in {file}").format(file=output))


def _number(value: float, times: float = 1, unit: str = "") -> str:
    return "–" if math.isnan(value) else f"{times * value:.0f}{unit}"


def _brief(stem: str) -> str:
    return stem if len(stem) <= _WIDEST else stem[: _WIDEST - 1] + "…"


_WIDEST = 28

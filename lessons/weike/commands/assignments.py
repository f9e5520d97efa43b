"""`weike assign`, `excuse` and `makeup`: what organizers decide, for the terminal and scripts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import click

from weike.commands.output import PERIOD
from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.assigning.assignments import assign as assign_lessons
from weike.results.assigning.assignments import assignments, withdraw
from weike.results.assigning.excusals import excusals, withdraw_excusal
from weike.results.assigning.excusals import excuse as excuse_member
from weike.results.assigning.headway import assignments_sheet, headway
from weike.results.assigning.makeups import make_up, plan_makeup
from weike.results.people import Branches, branches, normal_code
from weike.results.periods import Period, day_start, local_date
from weike.results.reporting.exports import aligned
from weike.results.reporting.sheet import Sheet, sheet_json
from weike.results.scores import find_branch
from weike.results.store import Store, open_store

COMMAND = "command"  # who decided, in the audit log
DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("lessons", metavar="[LESSON]...", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every published lesson, also later ones.")
@click.option("--branch", metavar="PATH", help="Only this branch and beneath it.")
@click.option("--post", "posts", metavar="POST", multiple=True, help="Only this post; repeatable.")
@PERIOD
@click.option("--due", type=DAY, metavar="DATE", help="The last day.")
@click.option("--list", "listing", is_flag=True, help="Only show what is assigned.")
@click.option("--withdraw", "taken_back", metavar="ID", help="Take an assignment back.")
@click.option("--yes", is_flag=True, help="Do not ask before the first assignment of a period.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def assign(
    lessons: Sequence[str],
    every: bool,
    branch: str | None,
    posts: Sequence[str],
    period: str | None,
    due: datetime | None,
    listing: bool,
    taken_back: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Assign lessons to branches until a day.

    Until something is assigned to a member in a period, every published lesson counts. From then
    on only what is assigned does: weike assign --all keeps everything for everybody.
    """
    now = datetime.now(UTC)
    with open_store(course=load_course()) as store:
        span = _period(store, period, now)
        if taken_back:
            withdraw(store, taken_back, by=COMMAND, now=now)
        elif not listing:
            if bool(lessons) == every:
                raise WeikeError(_("name lessons by their slugs, or all of them with --all"))
            if lessons and not yes and not assignments(store, period=span, branch=branch):
                click.confirm(_first(span), abort=True, err=True)
            assign_lessons(
                store,
                by=COMMAND,
                lessons=None if every else lessons,
                period=span,
                branch=branch,
                posts=posts,
                due=due.date() if due else None,
                now=now,
            )
        _print(_assigned(store, span, branch, now), as_json=as_json)


@click.command()
@click.argument("code", required=False)
@click.option("--because", metavar="REASON", help="The reason; it stands beside the figures.")
@PERIOD
@click.option("--withdraw", "taken_back", is_flag=True, help="Let the member count again.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def excuse(
    code: str | None, because: str | None, period: str | None, taken_back: bool, as_json: bool
) -> None:
    """Leave a member out of the figures of a period; without CODE, list who is."""
    now = datetime.now(UTC)
    with open_store(course=load_course()) as store:
        span = _period(store, period, now)
        if code and taken_back:
            _let_count(store, code, span, now)
        elif code:
            if not because:
                raise WeikeError(_("say why with --because"))
            excuse_member(store, member=code, period=span, reason=because, by=COMMAND, now=now)
        found = excusals(store, period=span)
    if as_json:
        rows = [
            {"code": one.code, "name": one.name, "branch": one.branch, "reason": one.reason}
            | {"period": str(one.period), "by": one.created_by_name}
            for one in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in found:
        cells = (one.code, one.name, one.branch, str(one.period), one.reason, one.created_by_name)
        click.echo("\t".join(cells))
    if not found:
        click.echo(_("nobody is excused in {period}").format(period=span))


@click.command()
@click.argument("quiz")
@click.option("--branch", metavar="PATH", help="Only this branch and beneath it. [default: all]")
@PERIOD
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 366))
@click.option("--from", "first", type=DAY, metavar="DATE", help="The first day. [default: now]")
@click.option("--dry-run", is_flag=True, help="Only name who failed or was absent.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def makeup(
    quiz: str,
    branch: str | None,
    period: str | None,
    days: int,
    first: datetime | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Give whoever failed QUIZ or was absent one more attempt, for some days.

    QUIZ is a lesson and its quiz, such as fire-extinguisher/fire-extinguisher.
    """
    now = datetime.now(UTC)
    with open_store(course=load_course()) as store:
        span = _period(store, period, now)
        tree = branches(store)
        tops = [find_branch(tree, branch).id] if branch else _tops(tree)
        plans = [plan_makeup(store, quiz=quiz, branch=top, period=span, now=now) for top in tops]
        opens = day_start(first.date(), store.zone) if first else now
        last = local_date(opens, store.zone) + timedelta(days=days)
        closes = day_start(last, store.zone)
        chosen = [one for plan in plans for one in plan.everyone]
        if not chosen:
            raise WeikeError(_("nobody has failed {quiz} or was absent").format(quiz=quiz))
        if not dry_run:
            for plan in plans:
                if plan.everyone:
                    make_up(store, plan, opens=opens, closes=closes, by=COMMAND, now=now)
    words = {"failed": _("failed"), "absent": _("absent")}
    if as_json:
        rows = [
            {"code": one.code, "name": one.name, "branch": one.branch, "why": one.why}
            for one in chosen
        ]
        body = {"set": not dry_run, "opens": opens.isoformat(), "closes": closes.isoformat()}
        click.echo(json.dumps(body | {"members": rows}, ensure_ascii=False, indent=2))
        return
    for one in chosen:
        click.echo("\t".join((one.code, one.name, one.branch, words[one.why])))
    if dry_run:
        click.echo(_("{n} people would have a make-up test").format(n=len(chosen)))
    else:
        until = last - timedelta(days=1)
        click.echo(_("{n} people have a make-up test until {day}").format(n=len(chosen), day=until))


def _period(store: Store, period: str | None, now: datetime) -> Period:
    return Period.parse(period) if period else Period.current(now, store.zone)


def _first(period: Period) -> str:
    return _(
        "This is the first assignment in {period}. Until now every published lesson counts for"
        " everybody; whom this reaches, for them only what is assigned counts. Go on?"
    ).format(period=period)


def _assigned(store: Store, period: Period, branch: str | None, now: datetime) -> Sheet:
    tree = branches(store)
    inside = tree.subtree(find_branch(tree, branch).id) if branch else frozenset(tree.by_id)
    found = assignments(store, period=period, branch=branch)
    progress = headway(store, found, period=period, branches=inside, now=now)
    return assignments_sheet(store, found, progress)


def _print(sheet: Sheet, *, as_json: bool) -> None:
    if as_json:
        body = sheet_json(sheet)
        for row, source in zip(body["rows"], sheet.rows, strict=True):
            row["id"] = source["id"]
        click.echo(json.dumps(body["rows"], ensure_ascii=False, indent=2))
        return
    if not sheet.rows:
        click.echo(_("nothing is assigned: every published lesson counts for everybody"))
        return
    header = [_("Lesson"), _("Branch"), _("Due"), _("Completed"), _("Id")]
    rows = [
        [
            str(row["lesson"]),
            "·".join(filter(None, (row["branch"], row["posts"]))),
            _day(row["due"]),
            f"{row['completed']}/{row['assigned']}",
            str(row["id"]),
        ]
        for row in sheet.rows
    ]
    click.echo("\n".join(aligned(header, rows)))


def _day(day: date | None) -> str:
    return day.isoformat() if day else "–"


def _let_count(store: Store, code: str, period: Period, now: datetime) -> None:
    found = [one for one in excusals(store, period=period) if one.code == normal_code(code)]
    if not found:
        raise WeikeError(_("{code} is not excused in {period}").format(code=code, period=period))
    for one in found:
        withdraw_excusal(store, one.id, by=COMMAND, now=now)


def _tops(tree: Branches) -> list[str]:
    return [one.id for one in tree if one.parent_id is None]

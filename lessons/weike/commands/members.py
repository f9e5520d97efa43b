"""`weike members`: the roster, and how people come to their first sign-in."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TextIO

import click

from weike.commands.cards import Card, write_cards
from weike.commands.roster_report import report_json, report_lines
from weike.quizzes.course import Course, load_course
from weike.quizzes.errors import Problem, WeikeError
from weike.quizzes.i18n import _
from weike.results.access.signin import make_activation, make_link, revoke_links
from weike.results.enrolling.enrolment import ImportPlan, Person, known_people, plan_import
from weike.results.enrolling.importing import apply_import
from weike.results.enrolling.rejects import write_rejects
from weike.results.enrolling.roster import Roster, RosterError, read_roster
from weike.results.people import Branches, load_branches, normal_code
from weike.results.periods import local_date
from weike.results.scores import find_branch
from weike.results.store import Store, open_store

HOME = "http://127.0.0.1:8866"


@click.group()
def members() -> None:
    """Import the roster; make sign-in links and cards."""


@members.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option(
    "--keep-good", is_flag=True, help="Import the good rows; write the others to a file of its own."
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Day from which moves and new memberships hold. [default: today]",
)
@click.option(
    "--leave-missing", is_flag=True, help="Who is not in the file leaves; otherwise only reported."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_(
    file: Path,
    dry_run: bool,
    keep_good: bool,
    since: datetime | None,
    leave_missing: bool,
    as_json: bool,
) -> None:
    """Bring the members of FILE (xlsx or csv) into the course.

    Columns, in any order, in Chinese or English: 工号, 姓名, 支部 as a path such as
    公司党委/生产党总支/储运党支部; if wished 岗位, 角色, 管理范围 (the branches an organizer
    manages), 离开日期. Nothing is imported while a row has a problem, unless --keep-good.
    """
    course = load_course()
    now = datetime.now(UTC)
    today = local_date(now, course.zone)
    day = since.date() if since else today
    roster = read_roster(file, levels=course.levels)
    with open_store(course=course) as store:
        roster, plan, problems = plan_good(
            store, roster, since=day, today=today, leave_missing=leave_missing
        )
        if not problems and plan.rows == 0:
            raise WeikeError(_("{file}: nobody was imported").format(file=roster.source))
        if problems and not (keep_good and plan.rows):
            if as_json:
                click.echo(report_json(roster, plan, problems, imported=0, rejects=None))
                raise SystemExit(1)
            click.echo(
                _("Nobody is imported while rows have problems; --keep-good imports the others"),
                err=True,
            )
            raise RosterError(roster.source, problems)
        rejects = None
        if not dry_run:
            carry_out(store, plan, now, quiet=as_json)
            if problems:
                rejects = write_rejects(file, roster, problems)
    imported = 0 if dry_run else plan.rows
    if as_json:
        click.echo(report_json(roster, plan, problems, imported=imported, rejects=rejects))
        return
    for line in report_lines(roster, plan, problems, dry_run=dry_run, rejects=rejects):
        click.echo(line)


def plan_good(
    store: Store, roster: Roster, *, since: date, today: date, leave_missing: bool
) -> tuple[Roster, ImportPlan, tuple[Problem, ...]]:
    """The plan of the rows that are all right, and the problems of all the others."""
    problems = roster.problems
    while True:
        plan = plan_import(store, roster, since=since, today=today, leave_missing=leave_missing)
        if not plan.problems:
            return roster, plan, tuple(sorted(problems, key=lambda problem: problem.line or 0))
        problems += plan.problems
        bad = {problem.line for problem in plan.problems}
        rows = tuple(row for row in roster.rows if row.line not in bad)
        if len(rows) == len(roster.rows):  # the problem lies with somebody outside the file
            raise RosterError(roster.source, problems)
        roster = replace(roster, rows=rows)


def carry_out(store: Store, plan: ImportPlan, now: datetime, *, quiet: bool) -> None:
    total = len(plan.new) + len(plan.changes)
    with click.progressbar(length=total, label=_("Importing"), file=_stream(quiet)) as bar:
        apply_import(store, plan, now=now, progress=bar.update)


@members.command()
@click.argument("codes", metavar="CODE...", nargs=-1)
@click.option("--all-of", metavar="BRANCH", help="Everyone of a branch and beneath it.")
@click.option(
    "--days", default=90, show_default=True, type=click.IntRange(1, 366), help="Valid for so long."
)
@click.option(
    "--cards", type=click.Path(path_type=Path), help="Write cards with QR codes to this HTML file."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def link(
    codes: Sequence[str], all_of: str | None, days: int, cards: Path | None, as_json: bool
) -> None:
    """Make personal sign-in links, to hand out or to print as cards."""
    course = load_course()
    now = datetime.now(UTC)
    with open_store(course=course) as store:
        people, tree = chosen(store, codes, all_of)
        made = [
            replace(
                card(course, one, tree, now, days),
                link=address(course, "login/" + make_link(store, one.code, now, days=days)),
            )
            for one in progress(people, quiet=as_json)
        ]
    hand_out(made, course, cards, as_json=as_json)


@members.command()
@click.argument("codes", metavar="CODE...", nargs=-1)
@click.option("--branch", metavar="PATH", help="One code for everyone of a branch and beneath it.")
@click.option("--all-of", metavar="BRANCH", help="A code of their own for everyone of a branch.")
@click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1, 366), help="Valid for so long."
)
@click.option("--cards", type=click.Path(path_type=Path), help="Write cards to this HTML file.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def activation(
    codes: Sequence[str],
    branch: str | None,
    all_of: str | None,
    days: int,
    cards: Path | None,
    as_json: bool,
) -> None:
    """Make activation codes: with one, a member chooses a PIN at the first sign-in."""
    course = load_course()
    now = datetime.now(UTC)
    with open_store(course=course) as store:
        if branch is not None:
            if codes or all_of:
                raise WeikeError(_("name a branch or members, not both"))
            with store.read() as connection:
                found = find_branch(load_branches(connection), branch)
            made = [
                Card(
                    branch=found.path,
                    link=address(course, "login"),
                    activation=make_activation(store, now, branch_id=found.id, days=days),
                    expires=expiry(course, now, days),
                )
            ]
        else:
            people, tree = chosen(store, codes, all_of)
            made = [
                replace(
                    card(course, one, tree, now, days),
                    link=address(course, "login"),
                    activation=make_activation(store, now, code=one.code, days=days),
                )
                for one in progress(people, quiet=as_json)
            ]
    hand_out(made, course, cards, as_json=as_json)


@members.command()
@click.argument("codes", metavar="CODE...", nargs=-1)
@click.option("--all-of", metavar="BRANCH", help="Everyone of a branch and beneath it.")
def revoke(codes: Sequence[str], all_of: str | None) -> None:
    """Make sign-in links and cards of members useless, after one was lost or passed on.

    Links and activation codes end, and whoever is signed in by them is signed out, on every
    device. PINs stay; a new activation code changes one.
    """
    now = datetime.now(UTC)
    with open_store(course=load_course()) as store:
        people, _tree = chosen(store, codes, all_of)
        for one in people:
            revoke_links(store, one.code, now)
    sentence = _(
        "the links and activation codes of {n} members are useless now, and they are signed out"
    )
    click.echo(sentence.format(n=len(people)))


def chosen(store: Store, codes: Sequence[str], all_of: str | None) -> tuple[list[Person], Branches]:
    """The members that were named, each once; every unknown code is named at once."""
    with store.read() as connection:
        tree = load_branches(connection)
        known = known_people(connection, tree)
    people = {code: known.get(code) for code in map(normal_code, codes)}
    unknown = [code for code, person in people.items() if person is None or person.branch is None]
    if unknown:
        raise WeikeError(_("no member has the code {code}").format(code=", ".join(unknown)))
    found = [person for person in people.values() if person is not None]
    if all_of is not None:
        inside = tree.subtree(find_branch(tree, all_of).id)
        found += [p for p in known.values() if p.branch_id in inside and p.code not in people]
    if not found:
        raise WeikeError(_("name members by their codes, or a branch with --all-of"))
    return found, tree


def card(course: Course, person: Person, tree: Branches, now: datetime, days: int) -> Card:
    branch = tree.get(person.branch_id)
    return Card(
        code=person.code,
        name=person.name,
        branch=branch.path if branch else "",
        expires=expiry(course, now, days),
    )


def expiry(course: Course, now: datetime, days: int) -> date:
    """The last whole day on which a card still works."""
    return local_date(now + timedelta(days=days - 1), course.zone)


def address(course: Course, path: str) -> str:
    return (course.public_url or HOME) + course.base_url + path


def progress(people: Sequence[Person], *, quiet: bool) -> Iterable[Person]:
    stream = _stream(quiet or len(people) < 20)
    with click.progressbar(people, label=_("Making links"), file=stream) as bar:
        yield from bar


def _stream(quiet: bool) -> TextIO:
    """Where a bar is drawn: beside what scripts read, or nowhere."""
    return io.StringIO() if quiet else sys.stderr


def hand_out(made: Sequence[Card], course: Course, cards: Path | None, *, as_json: bool) -> None:
    if course.public_url is None:
        click.echo(
            _("Note: phones cannot reach {home}; set public_url in weike.toml first").format(
                home=HOME
            ),
            err=True,
        )
    if cards is not None:
        write_cards(cards, made, title=course.title)
    if as_json:
        click.echo(json.dumps([one.to_json() for one in made], ensure_ascii=False, indent=2))
    elif cards is not None:
        click.echo(
            _("{n} cards are in {file}: print them, and keep the file to yourself").format(
                n=len(made), file=cards
            )
        )
    else:
        for one in made:
            parts = (one.code, one.name or one.branch, one.activation or one.link)
            click.echo("\t".join(filter(None, parts)))

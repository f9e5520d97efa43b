"""`weike export`: files to take along, for those who answer for branches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

import click

from weike.commands.handouts import handout, outline, paper
from weike.commands.output import PERIOD, TO, write
from weike.quizzes.course import Course, load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.audit import audit
from weike.results.people import Branch, Branches, branches, find_member
from weike.results.periods import Period
from weike.results.reporting.filenames import file_name
from weike.results.reporting.paper import moment, report_footer
from weike.results.reporting.printing import press
from weike.results.reporting.sheet import workbook
from weike.results.scores import find_branch
from weike.results.scoring.snapshot import last_instant
from weike.results.store import Store, open_store

T = TypeVar("T")

_BRANCH = click.option(
    "--branch", metavar="PATH", help="This branch with all beneath it. [default: everyone]"
)
_NAMES = click.option("--names", is_flag=True, help="List by name who has not finished.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every export starts from."""

    course: Course
    store: Store
    tree: Branches
    now: datetime
    folder: Path
    written: list[Path] = field(default_factory=list)

    @classmethod
    @contextmanager
    def of(cls, folder: Path) -> Iterator[Self]:
        course = load_course()
        with open_store(course=course) as store:
            now = datetime.now(UTC)
            desk = cls(course=course, store=store, tree=branches(store), now=now, folder=folder)
            yield desk
        for file in desk.written:  # at the end, where no bar is in the way
            click.echo(str(file))

    def tops(self, branch: str | None) -> list[Branch]:
        """The branch that is meant, or all that stand under none."""
        if branch is not None:
            return [find_branch(self.tree, branch)]
        return [one for one in self.tree if one.parent_id is None]

    def period(self, text: str | None) -> Period:
        return Period.parse(text) if text else Period.current(self.now, self.store.zone)

    def footer(self, branch: Branch, period: Period) -> str:
        until = last_instant(self.store, period, self.now)
        return report_footer(self.course.title, branch, moment(until, self.store.zone))

    def write(self, data: bytes, kind: str, *parts: object, suffix: str) -> None:
        file = self.folder / file_name(kind, *parts, suffix=suffix)
        write(file, data)
        self.written.append(file)

    def audit(self, act: str, subject: str, **detail: object) -> None:
        audit(self.store, "command", act, subject, self.now, detail=detail)


@click.group()
def export() -> None:
    """Write workbooks, reports, records, posters, handouts and exam papers.

    PDF and posters are drawn by Chromium: pip install 'weike[pdf]'.
    """


for _command in (outline, handout, paper):
    export.add_command(_command)


@export.command()
@_BRANCH
@PERIOD
@_NAMES
@TO
def scores(branch: str | None, period: str | None, names: bool, folder: Path) -> None:
    """Write the workbook of a period.

    Figures of the branches, lessons, questions, weak topics, and how they are computed; one file
    for each branch at the top, or for the one that is named.
    """
    from weike.results.reporting.workbook import quarter_workbook

    with Desk.of(folder) as desk:
        span = desk.period(period)
        for top in desk.tops(branch):
            made = quarter_workbook(
                desk.store, period=span, branch=top.id, now=desk.now, names=names
            )
            if names:
                desk.audit("exported unfinished", top.id, period=str(span))
            desk.write(made, _("Learning figures"), top.name, span, suffix="xlsx")


@export.command()
@_BRANCH
@PERIOD
@click.option("--each", is_flag=True, help="Also a report for every branch beneath it.")
@_NAMES
@TO
def report(branch: str | None, period: str | None, each: bool, names: bool, folder: Path) -> None:
    """Write the report on a branch as PDF.

    Where it stands, how completion grew, what is weak, what to do next.
    """
    from weike.results.reporting.report import branch_report

    with Desk.of(folder) as desk:
        span, tops = desk.period(period), desk.tops(branch)
        inside = frozenset[str]().union(*(desk.tree.subtree(top.id) for top in tops))
        wanted = [one for one in desk.tree if one.id in inside] if each else tops
        with press() as running:
            for one in _each(wanted, lambda one: one.name):
                html = branch_report(
                    desk.store,
                    period=span,
                    branch=one.id,
                    organisation=desk.course.title,
                    now=desk.now,
                    names=names,
                )
                if names:
                    desk.audit("exported unfinished", one.id, period=str(span))
                made = running.pdf(html, footer=desk.footer(one, span))
                desk.write(made, _("Learning report"), one.name, span, suffix="pdf")


@export.command()
@_BRANCH
@PERIOD
@click.option("--member", metavar="CODE", help="Only this person, with everything on record.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["xlsx", "pdf"]),
    default="xlsx",
    show_default=True,
    help="A workbook, or forms to print and sign.",
)
@TO
def training(
    branch: str | None, period: str | None, member: str | None, form: str, folder: Path
) -> None:
    """Write the training record.

    The sessions of the period with their participants, and a record for each person of the branch,
    also for those who have left.
    """
    with Desk.of(folder) as desk:
        if member is not None:
            _person(desk, member, form)
            return
        span = desk.period(period)
        for top in _each(desk.tops(branch), lambda one: one.name):
            _branch_training(desk, top, span, form)


def _branch_training(desk: Desk, top: Branch, span: Period, form: str) -> None:
    from weike.results.reporting.training import branch_records, branch_sessions
    from weike.results.reporting.trainingforms import records_form, sessions_form
    from weike.results.reporting.trainingsheets import training_sheets

    store, per_hour = desk.store, desk.course.training.minutes_per_hour
    sessions = branch_sessions(store, branch=top.id, period=span, now=desk.now)
    records = branch_records(store, branch=top.id, period=span, now=desk.now)
    desk.audit("exported training", top.id, period=str(span), people=len(records))
    if form == "xlsx":
        made = workbook(training_sheets(sessions, records, desk.tree, per_hour), zone=store.zone)
        desk.write(made, _("Training record"), top.name, span, suffix="xlsx")
        return
    known: dict[str, Any] = {
        "tree": desk.tree,
        "period": span,
        "organisation": desk.course.title,
        "per_hour": per_hour,
        "zone": store.zone,
    }
    with press() as running:
        for words, html in (
            (_("Training sessions"), sessions_form(sessions, branch=top, **known)),
            (_("Training record"), records_form(records, **known)),
        ):
            made = running.pdf(html, footer=desk.footer(top, span))
            desk.write(made, words, top.name, span, suffix="pdf")


def _person(desk: Desk, code: str, form: str) -> None:
    from weike.results.reporting.training import training_record
    from weike.results.reporting.trainingforms import records_form
    from weike.results.reporting.trainingsheets import record_sheet

    found = find_member(desk.store, code=code, now=desk.now)
    if found is None:
        raise WeikeError(_("nobody has the member code {code}").format(code=code))
    per_hour = desk.course.training.minutes_per_hour
    record = training_record(desk.store, found.id, now=desk.now)
    desk.audit("exported training", found.id)
    if form == "xlsx":
        made = workbook([record_sheet(record, per_hour)], zone=desk.store.zone)
    else:
        html = records_form(
            [record],
            tree=desk.tree,
            period=None,
            organisation=desk.course.title,
            per_hour=per_hour,
            zone=desk.store.zone,
        )
        with press() as running:
            made = running.pdf(html, footer=desk.course.title)
    desk.write(made, _("Training record"), found.name, found.code, suffix=form)


@export.command()
@click.argument("slug", nargs=-1)
@click.option(
    "--week", metavar="WEEK", help="One poster for a week, such as 2026-W47, with these lessons."
)
@TO
def poster(slug: Sequence[str], week: str | None, folder: Path) -> None:
    """Draw posters, each with words for a chat group.

    One for each lesson named, or for every published one. With --week, one for the lessons named,
    or for those that are new or due in that week.
    """
    from weike.results.catalogue import published
    from weike.results.reporting.poster import HEIGHT, WIDTH, Poster, lesson_poster, week_poster
    from weike.results.reporting.week import Week

    with Desk.of(folder) as desk:
        known: dict[str, Any] = {
            "address": public_address(desk.course),
            "organisation": desk.course.title,
        }
        with press() as running:

            def draw(one: Poster, name: str) -> None:
                picture = running.png(one.html, width=WIDTH, height=HEIGHT)
                desk.write(picture, _("Poster"), name, suffix="png")
                desk.write(f"{one.text}\n".encode(), _("Poster"), name, suffix="txt")

            if week is not None:
                of = Week.parse(week)
                draw(week_poster(desk.store, of, slugs=slug, now=desk.now, **known), str(of))
                return
            slugs = slug or [one.slug for one in published(desk.store)]
            for name in _each(slugs, str):
                draw(lesson_poster(desk.store, name, **known), name)


def public_address(course: Course) -> str:
    """Where members find the course, with its slash at the end; `WeikeError` where nobody said."""
    if course.public_url is None:
        raise WeikeError(
            _(
                'posters need the address that phones open; write public_url = "http://…" in {file}'
            ).format(file="weike.toml")
        )
    return f"{course.public_url}{course.base_url}"


def _each(things: Sequence[T], words: Callable[[T], str]) -> Iterator[T]:
    """The things one after the other, with a bar where there are several."""
    if len(things) < 2:
        yield from things
        return
    with click.progressbar(
        things,
        label=_("Writing"),
        item_show_func=lambda one: "" if one is None else words(one),
        file=sys.stderr,
    ) as shown:
        yield from shown

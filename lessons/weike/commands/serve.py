"""`weike serve`: publish what changed, then serve everyone."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import select

from weike.commands.progress import ProgressBar
from weike.lessons.publish import publish_changed
from weike.lessons.report import publish_lines
from weike.quizzes.course import Course, load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, set_language
from weike.results.enrolling.enrolment import plan_import
from weike.results.enrolling.importing import apply_import
from weike.results.enrolling.roster import RosterError, read_roster
from weike.results.periods import local_date
from weike.results.store import Store, open_store
from weike.results.tables import member
from weike.results.upkeep.demo import demo_links, demo_start

if TYPE_CHECKING:
    from weike.server.app import WeikeServer
    from weike.server.workers import Workers


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--ip", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8866, show_default=True, type=click.IntRange(0, 65535), help="Port."
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes that answer; more than one need PostgreSQL.",
)
@click.option(
    "--base-url", metavar="PATH", help="Path prefix, as seen by browsers, such as /weike/."
)
@click.option("--publish/--no-publish", default=True, help="Publish what changed before serving.")
@click.option("-v", "--verbose", is_flag=True, help="Log every request.")
def serve(
    folder: Path | None,
    ip: str,
    port: int,
    workers: int,
    base_url: str | None,
    publish: bool,
    verbose: bool,
) -> None:
    """Publish what changed and serve everyone."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for noisy in ("asyncio", "traitlets", "markdown_it", "matplotlib"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if not verbose:  # a kernel that does not start is told in our own words, without call stacks
        logging.getLogger("traitlets").setLevel(logging.CRITICAL)
    course = load_course(folder)
    set_language(course.language)
    if base_url is not None:
        parts = [part for part in base_url.split("/") if part]
        course = replace(course, base_url="/" + "".join(f"{part}/" for part in parts))
    with open_store(course=course) as store:
        if workers > 1 and store.sqlite:
            raise WeikeError(
                _(
                    "several workers need PostgreSQL, for SQLite has one writer; set database_url"
                    " in weike.toml or WEIKE_DATABASE_URL, or leave --workers out"
                )
            )
        now = datetime.now(UTC)
        enrol(course, store, now)
        if publish:
            publish_changes(course, store, now)
        run(course, store, ip=ip, port=port, workers=workers)


def enrol(course: Course, store: Store, now: datetime) -> None:
    """Import the course's roster file if nobody is enrolled yet; all its problems at once."""
    file = course.root / course.roster
    with store.read() as connection:
        if connection.execute(select(member.c.id).limit(1)).first() is not None:
            return
    if not file.is_file():
        click.echo(
            _("nobody is enrolled: there is no {file}; see weike members import --help").format(
                file=course.roster
            ),
            err=True,
        )
        return
    day = local_date(now, course.zone)
    roster = read_roster(file, levels=course.levels).checked()
    since = demo_start(now, course.zone) if course.demo else day
    plan = plan_import(store, roster, since=since, today=day)
    if plan.problems:
        raise RosterError(roster.source, plan.problems)
    apply_import(store, plan, now=now)
    click.echo(_("Enrolled {n} people from {file}").format(n=plan.rows, file=course.roster))


def publish_changes(course: Course, store: Store, now: datetime) -> None:
    """Publish what changed, with a bar; a lesson that cannot be published stays as it was."""
    with ProgressBar(_("Publishing")) as bar:
        report = publish_changed(course, store, progress=bar.step, now=now)
    if report.published or report.failed or report.waiting or report.withdrawn or report.drafts:
        for line in publish_lines(report):
            click.echo(line)


def run(course: Course, store: Store, *, ip: str, port: int, workers: int = 1) -> None:
    """Serve until SIGINT or SIGTERM."""
    server: WeikeServer | Workers
    if workers > 1:
        from weike.server.workers import Workers

        server = Workers(course, ip=ip, port=port, count=workers)
    else:
        from weike.server.app import WeikeServer

        server = WeikeServer(course=course, store=store, ip=ip, port=port)
        server.initialize()

    def ready() -> None:
        url = course.public_url or f"http://{shown_host(ip)}:{server.port}"
        click.echo(
            _("Weike serves {title} at {url}").format(title=course.title, url=url + course.base_url)
        )
        if course.demo:
            print_demo_links(course, store, url)

    server.start(ready)
    click.echo(_("Stopped. Every answer is saved."))


def shown_host(ip: str) -> str:
    """The address as a browser on this computer may use it."""
    if ip in ("", "0.0.0.0", "::"):  # noqa: S104 - only compared
        return "127.0.0.1"
    return f"[{ip}]" if ":" in ip else ip


def print_demo_links(course: Course, store: Store, url: str) -> None:
    """Three sign-in links: member, lecturer, organizer."""
    try:
        tokens = demo_links(store, datetime.now(UTC))
    except WeikeError as error:  # a roster of one's own may lack these roles
        click.echo(str(error), err=True)
        return
    for role, token in zip((_("Member"), _("Lecturer"), _("Organizer")), tokens, strict=True):
        click.echo(f"  {role}: {url}{course.base_url}login/{token}")

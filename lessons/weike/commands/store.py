"""`weike rebuild`, `backup`, `restore` and `doctor`: looking after the store."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

from weike.commands.progress import bar
from weike.lessons.finding import Finding
from weike.lessons.kerneluser import kernel_user
from weike.quizzes.course import Course, load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results import folders
from weike.results.catalogue import load_published
from weike.results.store import open_store
from weike.results.upkeep.backup import backup as write_backup
from weike.results.upkeep.backup import restore as read_backup
from weike.results.upkeep.health import Check, examine
from weike.results.upkeep.rebuild import rebuild as derive_again
from weike.results.versions import lesson_version
from weike.server.forking import system
from weike.server.openfiles import FEW, open_files


@click.command()
@click.option("--dry-run", is_flag=True, help="Only compare; store nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def rebuild(dry_run: bool, as_json: bool) -> None:
    """Derive every grade and figure again from the log."""
    with (
        open_store(course=load_course()) as store,
        bar(_("Grading again"), hidden=as_json) as step,
    ):
        found = derive_again(store, dry_run=dry_run, step=step)
    if as_json:
        found_json = {"attempts": found.attempts, "changed": list(found.changed)}
        _print_json(found_json | {"tallies": found.tallies})
        return
    words = (
        _("{total} attempts graded again; {changed} would change")
        if dry_run
        else _("{total} attempts graded again; {changed} changed")
    )
    click.echo(words.format(total=found.attempts, changed=len(found.changed)))
    if found.tallies:
        click.echo(_("{n} sums behind the figures were out of date").format(n=found.tallies))


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def backup(file: Path | None, as_json: bool) -> None:
    """Write one file that restores everything.

    FILE is by default weike-DATE-TIME.zip in the course's results folder. It holds people and
    answer keys: keep it safe. The server may run meanwhile.
    """
    course, now = load_course(), datetime.now(UTC)
    moment = f"{now.astimezone(course.zone):%Y%m%d-%H%M%S}"
    target = file or course.results / f"weike-{moment}.zip"
    with open_store(course=course) as store, bar(_("Backing up"), hidden=as_json) as step:
        contents = write_backup(store, target, now, step=step)
    if as_json:
        _print_json({"file": str(target), "rows": contents.rows, "size": target.stat().st_size})
        return
    click.echo(_("{n} rows are safe in {file}").format(n=contents.total, file=target))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace what the store holds now.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def restore(file: Path, force: bool, as_json: bool) -> None:
    """Bring a backup back.

    Stop the server before. The backup may come from SQLite or from PostgreSQL, whichever the
    course uses now. Nothing is changed unless all of FILE is in order.
    """
    course = load_course()
    with (
        open_store(course=course) as store,
        bar(_("Restoring"), hidden=as_json) as step,
    ):
        contents = read_backup(store, file, force=force, step=step)
    if as_json:
        _print_json({"created": contents.created, "rows": contents.rows})
        return
    moment = datetime.fromisoformat(contents.created).astimezone(course.zone)
    click.echo(
        _("{n} rows are back, as they were at {moment}").format(
            n=contents.total, moment=f"{moment:%Y-%m-%d %H:%M}"
        )
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(as_json: bool) -> None:
    """Say whether this installation is healthy.

    Ends with status 1 where something needs a repair.
    """
    course = load_course()
    checks = [*_around(course), *examine(course, datetime.now(UTC))]
    served = any(one.name == "writable" and one.healthy for one in checks)
    checks += _live(course, served=served)
    healthy = all(check.healthy for check in checks)
    if as_json:
        findings = [
            {"name": one.name, "healthy": one.healthy, "text": one.text, "repair": one.repair}
            for one in checks
        ]
        _print_json({"healthy": healthy, "checks": findings})
    else:
        for one in checks:
            click.echo(f"{'✓' if one.healthy else '✗'} {one.text}")
            if not one.healthy:
                click.echo(f"  → {one.repair}")
    sys.exit(0 if healthy else 1)


def _around(course: Course) -> Iterator[Check]:
    """What the store knows nothing of. A course that can be loaded has settings and a zone."""
    yield Check(
        name="course",
        text=_("the course in {folder} keeps the time of {zone}").format(
            folder=course.root, zone=course.zone
        ),
    )
    try:
        kernel_user(course, warn=False)
    except WeikeError as error:
        yield Check(name="kernel_user", text=str(error), repair=_("name another, or delete it"))
    yield Check(
        name="temporary",
        text=_("temporary files are in {folder}").format(folder=folders.place()),
        repair=_("set TMPDIR to a folder with a shorter name, such as /tmp")
        if folders.no_sockets()
        else "",
    )
    files = open_files()
    yield Check(
        name="open_files",
        text=_("this account may have {n} files and connections open at once").format(n=files),
        repair=_("for a thousand members, allow 16384: LimitNOFILE= of the service, or ulimit -n")
        if files < FEW
        else "",
    )
    try:
        KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        yield Check(
            name="kernel",
            text=_("Python cannot be started for lessons"),
            repair=_("run: python -m ipykernel install --sys-prefix"),
        )
    else:
        yield Check(name="kernel", text=_("Python can be started for lessons"))


def _live(course: Course, *, served: bool) -> Iterator[Check]:
    """Whether members get copies of a live lesson's process, or each starts one."""
    reason = system.why_not()
    if reason:
        yield Check(
            name="live",
            text=_("every interactive part starts a process of its own: {reason}").format(
                reason=reason
            ),
        )
        return
    found = list(_not_copied(course)) if served else []
    for one in found:
        said = _("{source} has 1 problem: {problem}").format(
            source=one.file, problem=replace(one, repair="")
        )
        yield Check(name="live", text=said, repair=one.repair)
    if not found:
        yield Check(name="live", text=_("interactive parts are copied from a prepared process"))


def _not_copied(course: Course) -> Iterator[Finding]:
    """The published live lessons of which members do not get copies, and why."""
    from weike.server.forkcheck import copying

    with open_store(course=course) as store:
        with store.read() as connection:
            live = [one for one in load_published(connection, store).lessons if one.kind == "live"]
        for one in live:
            version = lesson_version(store, one.slug, one.version)
            finding = version and copying(course, version, file=one.slug)
            if finding:
                yield finding


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))

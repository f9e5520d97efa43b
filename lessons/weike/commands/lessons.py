"""`weike publish` and `weike unpublish`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from weike.commands.progress import ProgressBar
from weike.quizzes.course import Course, load_course
from weike.quizzes.i18n import _, set_language


@click.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@click.option("--force", is_flag=True, help="Run the lessons again even if nothing changed.")
def publish(slugs: tuple[str, ...], force: bool) -> None:
    """Bring a lesson to the members.

    Without SLUG every lesson that changed is published. Naming a lesson approves it, where the
    course has review = true, and brings back one that was unpublished.
    """
    from weike.lessons.publish import publish_changed
    from weike.lessons.report import publish_lines
    from weike.results.store import open_store

    course = _course(None)
    with open_store(course=course) as store, ProgressBar(_("Publishing")) as bar:
        report = publish_changed(course, store, only=slugs or None, force=force, progress=bar.step)
    for line in publish_lines(report):
        click.echo(line)
    sys.exit(1 if report.failed else 0)


@click.command()
@click.argument("slug")
def unpublish(slug: str) -> None:
    """Take a lesson away from the members.

    What members did in it stays. It comes back with weike publish SLUG, not by itself.
    """
    from weike.lessons.publish import unpublish as take_away
    from weike.results.store import open_store

    with open_store(course=_course(None)) as store:
        take_away(store, slug)
    click.echo(_("{slug} is no longer shown to members").format(slug=slug))


def _course(folder: Path | None) -> Course:
    course = load_course(folder)
    set_language(course.language)
    return course

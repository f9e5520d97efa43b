"""`weike check`, `weike publish` and `weike unpublish`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from weike.commands.progress import ProgressBar
from weike.quizzes.course import Course, load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, set_language


@click.command()
@click.argument("paths", nargs=-1, metavar="[DIR|FILE]...", type=click.Path(path_type=Path))
@click.option("--no-run", is_flag=True, help="Do not run the lessons.")
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
def check(paths: tuple[Path, ...], no_run: bool, as_json: bool) -> None:
    """Lint lessons and banks, and run the lessons.

    Says for every finding the file, the cell and line, and the repair. The exit status is 1 if
    something keeps a lesson from the members; warnings do not count.
    """
    from weike.lessons.check import check_course
    from weike.lessons.report import check_lines

    course, files = _asked(paths)
    with ProgressBar(_("Checking"), hidden=as_json) as bar:
        report = check_course(course, files=files, run=not no_run, progress=bar.step)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "ok": report.ok,
                    "lessons": report.lessons,
                    "banks": report.banks,
                    "findings": [finding.to_json() for finding in report.findings],
                },
                ensure_ascii=False,
                indent=1,
            )
        )
    else:
        for line in check_lines(report):
            click.echo(line)
    sys.exit(0 if report.ok else 1)


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


def _asked(paths: tuple[Path, ...]) -> tuple[Course, list[Path] | None]:
    """The course that is meant, and the files in it, None for all of them."""
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise WeikeError(_("there is no {files}").format(files=", ".join(missing)))
    if not paths:
        return _course(None), None
    course = _course(paths[0] if paths[0].is_dir() else paths[0].parent)
    if len(paths) == 1 and paths[0].resolve() == course.root.resolve():
        return course, None
    return course, [file for path in paths for file in _files(path, course)]


def _files(path: Path, course: Course) -> list[Path]:
    if not path.is_dir():
        return [path]
    from weike.lessons.bankfile import bank_files
    from weike.lessons.catalogue import lesson_files

    inside = path.resolve()
    known = [*lesson_files(course), *bank_files(course)]
    return [file for file in known if file.resolve().is_relative_to(inside)]


def _course(folder: Path | None) -> Course:
    course = load_course(folder)
    set_language(course.language)
    return course

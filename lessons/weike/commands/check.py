"""`weike check`: what is wrong with lessons and banks, for a person, a script or a commit hook."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from weike.commands.progress import ProgressBar
from weike.quizzes.course import Course, find_course, load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, set_language

if TYPE_CHECKING:
    from weike.lessons.build import Built
    from weike.lessons.finding import Finding

FAILED = 1  # something keeps a lesson from the members
IMPOSSIBLE = 2  # nothing could be checked; click ends so too, where an option is unknown


@click.command()
@click.argument("paths", nargs=-1, metavar="[DIR|FILE]...", type=click.Path(path_type=Path))
@click.option("--no-run", is_flag=True, help="Do not run the lessons.")
@click.option(
    "--staged",
    is_flag=True,
    help="For a commit hook: run nothing, pass over files that are no lesson and no bank.",
)
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
def check(paths: tuple[Path, ...], no_run: bool, staged: bool, as_json: bool) -> None:
    """Lint lessons and banks, and run the lessons.

    Says for every finding the file, the cell and line, and the repair. The exit status is 1 if
    something keeps a lesson from the members, 2 if nothing could be checked; warnings do not count.

    With --json: {"ok", "lessons", "banks", "findings": [{"severity": "error" or "warning",
    "file", "cell", "line", "column", "message", "repair"}]}. Cells and lines count from 1, a line
    within its cell; what does not apply is null. In files of rows, such as Excel, line is the row.
    """
    try:
        asked = _asked(paths, forgiving=staged)
        found = [_checked(course, files, no_run or staged, as_json) for course, files in asked]
    except WeikeError as error:
        click.echo(f"weike: {error}", err=True)
        sys.exit(IMPOSSIBLE)
    if as_json:
        click.echo(json.dumps(_together(found), ensure_ascii=False, indent=1))
    sys.exit(0 if all(report["ok"] for report in found) else FAILED)


def _checked(
    course: Course, files: list[Path] | None, no_run: bool, as_json: bool
) -> dict[str, Any]:
    from weike.lessons.check import check_course
    from weike.lessons.report import check_lines

    set_language(course.language)
    with ProgressBar(_("Checking"), hidden=as_json or no_run) as bar:
        report = check_course(
            course, files=files, run=not no_run, progress=bar.step, also=partial(_copying, course)
        )
    if not as_json:
        for line in check_lines(report):
            click.echo(line)
    return report.to_json()


def _copying(course: Course, built: Built) -> Iterator[Finding]:
    """What keeps a live lesson from being copied, where no line was named for it already."""
    if built.version is None or built.version.kind != "live":
        return
    from weike.lessons.checking.forksafe import fork_findings
    from weike.server.forkcheck import copying

    found = copying(course, built.version, file=built.source.name)
    if found and found.cell not in {one.cell for one in fork_findings(built.source)}:
        yield found


def _together(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """One answer for the courses that were asked for; mostly there is one."""
    return {
        "ok": all(report["ok"] for report in reports),
        "lessons": sum(report["lessons"] for report in reports),
        "banks": sum(report["banks"] for report in reports),
        "findings": [finding for report in reports for finding in report["findings"]],
    }


def _asked(paths: tuple[Path, ...], *, forgiving: bool) -> list[tuple[Course, list[Path] | None]]:
    """Each course that is meant, and the files in it, None for all of them."""
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise WeikeError(_("there is no {files}").format(files=", ".join(missing)))
    if not paths:
        return [] if forgiving else [(load_course(None), None)]
    by_course: dict[Path, list[Path]] = {}
    for path in paths:
        folder = path if path.is_dir() else path.parent
        root = find_course(folder)
        if root is None and not forgiving:
            load_course(folder)  # says that there is none
        if root is not None:
            by_course.setdefault(root, []).append(path)
    courses = {load_course(root): inside for root, inside in by_course.items()}
    return [(one, _files(inside, one, forgiving=forgiving)) for one, inside in courses.items()]


def _files(paths: Iterable[Path], course: Course, *, forgiving: bool) -> list[Path] | None:
    from weike.lessons.bankfile import bank_files
    from weike.lessons.catalogue import lesson_files

    known = {file.resolve() for file in [*lesson_files(course), *bank_files(course)]}
    found: list[Path] = []
    for path in paths:
        if path.resolve() == course.root.resolve():
            return None
        if path.is_dir():
            found += sorted(file for file in known if file.is_relative_to(path.resolve()))
        elif not forgiving or path.resolve() in known:
            found.append(path)
    return found

"""`weike new` and `weike author`: a course folder, and the editor for it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path

import click

from weike.quizzes.course import SETTINGS, Course, load_course
from weike.quizzes.errors import WeikeError, why
from weike.quizzes.i18n import LANGUAGES, _, language, set_language, use_language


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--language", "tag", type=click.Choice(LANGUAGES), help="Language of the example course."
)
def new(folder: Path, tag: str | None) -> None:
    """Make a course folder that serves at once."""
    with use_language(tag or language()):
        make_course(folder)
        click.echo(
            _("Made a course in {folder}. Serve it with: weike serve {folder}").format(
                folder=folder
            )
        )


def make_course(folder: Path) -> None:
    """Settings, one lesson, a small bank and a sample roster, in the current language."""
    if folder.is_dir() and any(folder.iterdir()):
        raise WeikeError(_("{folder} is not empty; name a new folder").format(folder=folder))
    if folder.exists() and not folder.is_dir():
        raise WeikeError(_("{folder} is a file; name a new folder").format(folder=folder))
    try:
        with as_file(files("weike.server") / "starter" / language()) as starter:
            shutil.copytree(starter, folder, dirs_exist_ok=True, ignore=_left_behind)
        (folder / ".gitignore").write_text("results/\n.ipynb_checkpoints/\n", encoding="utf-8")
    except OSError as error:
        raise WeikeError(
            _("{name} cannot be written: {reason}").format(name=folder, reason=why(error))
        ) from error
    assert (folder / SETTINGS).is_file(), "the example course has settings"


def _left_behind(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name.startswith(".") or name in ("results", "__pycache__")}


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--port", default=8888, show_default=True, type=click.IntRange(0, 65535), help="Port."
)
@click.option("--browser/--no-browser", default=True, help="Open a browser window.")
@click.option(
    "--lan",
    metavar="ADDRESS",
    default="",
    help="This computer's address for previews on a phone. [default: found by itself]",
)
def author(folder: Path | None, port: int, browser: bool, lan: str) -> None:
    """Open JupyterLab on the course folder, on this computer only.

    In a lesson's toolbar, "Preview on a phone" shows a QR code. A phone in the same network opens
    the lesson by it for an hour, as members will see it; nothing else is reachable from there.
    """
    from weike.lessons.authoring.launcher import launcher_extension

    course = load_course(folder)
    set_language(course.language)
    if importlib.util.find_spec("jupyterlab") is None:
        raise WeikeError(_("for writing lessons, install JupyterLab: pip install 'weike[author]'"))
    with launcher_extension(course) as extensions:
        raise SystemExit(_lab(course, extensions, port, browser, lan))


def _lab(course: Course, extensions: Path, port: int, browser: bool, lan: str) -> int:
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={course.root}",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        f"--ServerApp.open_browser={browser}",
        f"--LabApp.extra_labextensions_path={extensions}",
        "--ServerApp.jpserver_extensions=weike.server.preview.lab=True",
        *([f"--WeikePreview.lan={lan}"] if lan else []),
    ]
    secret = ("WEIKE_DATABASE_URL", "WEIKE_SECRET")
    environment = {name: value for name, value in os.environ.items() if name not in secret}
    return subprocess.run(command, cwd=course.root, env=environment).returncode  # noqa: S603 - our own words

"""The `weike` command: one group, and a module of commands for each part.

A command's module is imported when the command is run, so `weike --help` stays quick.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping

import click

from weike.quizzes.course import find_course, load_course
from weike.quizzes.errors import WeikeError, why
from weike.quizzes.i18n import _, set_language

# command → module and one line of help. The order is the order of a course's life.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "new": ("course", "Make a course folder that serves at once."),
    "serve": ("serve", "Publish what changed and serve everyone."),
    "author": ("course", "Open JupyterLab on the course folder, on this computer only."),
    "bring": ("bring", "Make a lesson of a Word document or a PDF."),
    "check": ("check", "Lint lessons and banks, and run the lessons."),
    "publish": ("lessons", "Bring a lesson to the members."),
    "unpublish": ("lessons", "Take a lesson away from the members."),
    "release": ("release", "Say for whom a lesson is there, and from when until when."),
    "review": ("review", "Submit lessons for review; approve or return them."),
    "members": ("members", "Import the roster; make sign-in links and cards."),
    "bank": ("bank", "Import, export and convert question banks; print their schema."),
    "assign": ("assignments", "Assign lessons to branches until a day."),
    "excuse": (
        "assignments",
        "Leave a member out of the figures of a period; without CODE, list who is.",
    ),
    "makeup": (
        "assignments",
        "Give whoever failed QUIZ or was absent one more attempt, for some days.",
    ),
    "scores": ("scores", "Show the learning scores of the branches."),
    "items": ("items", "Say how the questions of a quiz work."),
    "rescore": ("items", "Grade a quiz again after a key was wrong."),
    "export": ("export", "Write workbooks, reports, records, posters, handouts and exam papers."),
    "rebuild": ("store", "Derive every grade and figure again from the log."),
    "backup": ("store", "Write one file that restores everything."),
    "restore": ("store", "Bring a backup back."),
    "doctor": ("store", "Say whether this installation is healthy."),
    "demo-activity": ("demo", "Fill the demo course with a quarter of believable answers."),
}


class LazyGroup(click.Group):
    """Lists every command without importing it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"weike.commands.{COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_module, line) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="weike")
def weike() -> None:
    """Micro-lessons and quizzes on Jupyter, with a learning score per branch."""


def main() -> None:
    """Run the command; a person's mistake ends it with a sentence and status 1."""
    try:
        if find_course() is not None:
            set_language(load_course().language)
        sys.exit(weike(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo(_("Stopped."), err=True)
        sys.exit(130)  # as a shell says it of Ctrl-C
    except WeikeError as error:
        said = str(error)
    except OSError as error:  # a full disk, a folder that belongs to somebody else
        said = f"{error.filename}: {why(error)}" if error.filename else why(error)
    click.echo(f"weike: {said}", err=True)
    sys.exit(1)

"""Whether members can get copies of a live lesson's process: tried before members come."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from weike.lessons.finding import Finding, warning
from weike.lessons.kerneluser import kernel_user
from weike.quizzes.course import Course
from weike.quizzes.i18n import _
from weike.results.folders import Folders
from weike.results.versions import LessonVersion
from weike.server.copyplan import plan_of
from weike.server.forking import system
from weike.server.forking.pool import START
from weike.server.forking.templates import CannotForkError, Room, Template
from weike.server.ownpython import environment
from weike.server.shelf import CONTROLS


def copying(course: Course, version: LessonVersion, *, file: str) -> Finding | None:
    """What keeps the process of this lesson from being copied after its cells; it runs once here.

    None for a lesson without live controls on its page, and where nothing can be forked at all.
    """
    if version.live_notebook is None or CONTROLS not in version.body_html or system.why_not():
        return None
    failure = _try(course, version)
    if failure is None:
        return None
    cell = _place(failure.cell, version) if failure.cell else None
    message, repair = _words(failure)
    return warning(message, repair, file=file, cell=cell)


def _try(course: Course, version: LessonVersion) -> CannotForkError | None:
    user = kernel_user(course, warn=False)
    with Folders("check") as folders:
        folder = folders.make()
        if user is not None:
            user.own(folder)
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        popen = quiet | (user.popen if user else {})
        room = Room(folder=folder, env=environment(folder), popen=popen)
        assert version.live_notebook is not None
        template = Template(plan_of(version.slug, version.live_notebook, run=True), room)
        try:
            template.ready.result(START)
        except CannotForkError as failure:
            return failure
        except TimeoutError:
            return CannotForkError(f"it was not ready in {START:.0f} s", kind="slow")
        finally:
            template.retiring = True
            template.end()
            template.join()
    return None


def _place(number: int, version: LessonVersion) -> int | None:
    """The cell's number in the lesson's file; quizzes have been left out of the live part."""
    assert version.live_notebook is not None
    live = json.loads(version.live_notebook)["cells"]
    place, code = 0, 0
    whole = json.loads(version.notebook)["cells"]
    for cell in live:
        while place < len(whole) and not _same(whole[place], cell):
            place += 1
        place += 1
        code += cell["cell_type"] == "code"
        if code == number:
            return place if place <= len(whole) else None
    return None


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return (one["cell_type"], one["source"]) == (other["cell_type"], other["source"])


def _words(failure: CannotForkError) -> tuple[str, str]:
    """What is in the way, and what to do about it."""
    later = _(
        "do it in a function that runs when a member touches something, or give it to after_fork of"
        " weike.widgets.afterfork; until then every member's copy runs the lesson anew"
    )
    alone = _("members' copies begin in an empty folder: write what the cell reads into the lesson")
    shorter = _("make the cells before the controls quicker; members wait as long")
    known = {
        "threads": (_("here threads begin that a copy of the process does not have"), later),
        "connections": (_("here connections stay open that all members would share"), later),
        "files": (
            _("here files stay open for writing that all members would share: {what}").format(
                what=failure.what
            ),
            later,
        ),
        "processes": (_("here other programs are left running: {what}").format(what=failure.what),
                      later),
        "graphics": (_("here the graphics card is used, which copies cannot share"), later),
        "tasks": (_("the lesson leaves tasks of asyncio running"), later),
        "failed": (
            _("where members use the interactive part, this fails: {what}").format(
                what=failure.what
            ),
            alone,
        ),
        "slow": (_("the interactive part is not ready in a minute"), shorter),
    }  # fmt: skip
    return known.get(failure.kind) or (
        _("the interactive part cannot be copied for members: {what}").format(what=str(failure)),
        later,
    )

"""A lesson that did not run to its end: which cell, why, and what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from weike.lessons.catalogue import LessonSource
from weike.lessons.finding import error
from weike.lessons.notebook import Cell
from weike.quizzes.errors import ProblemsError
from weike.quizzes.i18n import _
from weike.results.folders import no_sockets

if TYPE_CHECKING:
    from nbclient.exceptions import CellExecutionError

ANSI = re.compile(r"\x1b\[[0-9;]*m")
# IPython heads the frames of a traceback like this: "Cell In[3], line 5"
FRAME = re.compile(r"Cell In\[\d+\], line (\d+)")
NO_MODULE = re.compile(r"No module named '([^']+)'")


class ExecutionError(ProblemsError):
    """A lesson could not be run to its end."""


def cell_failed(source: LessonSource, cell: Cell, failure: CellExecutionError) -> ExecutionError:
    """The last line of the traceback is what a lecturer can use; the rest shows our paths."""
    name = str(failure.ename)
    reason = ANSI.sub("", str(failure.evalue)).strip().splitlines()
    said = f"{name}: {reason[0]}" if reason else name
    lines = FRAME.findall(ANSI.sub("", str(failure.traceback)))
    missing = NO_MODULE.search(said)
    if missing:
        repair = _("install {package} beside Weike, or do without it").format(package=missing[1])
    elif name == "FileNotFoundError":
        repair = _("put the file beside the lesson and name it by its relative path")
    elif name == "MemoryError":
        repair = _("work with less data; a lesson has 2 GB of memory")
    elif name == "StdinNotImplementedError":
        said = "input()"
        repair = _("nobody is there to type while a lesson is run; ask with a quiz")
    else:
        repair = _("mend the cell; in JupyterLab try Run > Restart Kernel and Run All Cells")
    return _error(
        source,
        cell,
        _("the cell fails: {reason}").format(reason=said[:300]),
        repair,
        line=int(lines[0]) if lines else None,
    )


def too_long(source: LessonSource, cell: Cell, seconds: float) -> ExecutionError:
    return _error(
        source,
        cell,
        _("the lesson was still running after {n} seconds").format(n=round(seconds)),
        _("shorten the calculation, or keep its result in a file beside the lesson"),
    )


def too_much(source: LessonSource, cell: Cell, most: int) -> ExecutionError:
    return _error(
        source,
        cell,
        _("the cell prints more than {n} MB").format(n=most // 1_000_000),
        _("print only what a member should read"),
    )


def died(source: LessonSource, cell: Cell) -> ExecutionError:
    return _error(
        source,
        cell,
        _("the cell ended Python itself"),
        _("leave out exit() and the like; a lesson has 2 GB of memory"),
    )


def will_not_start(source: LessonSource, reason: str) -> ExecutionError:
    return _error(
        source,
        None,
        _("Python for lessons does not start: {reason}").format(reason=reason[:300]),
        _("set TMPDIR to a folder with a shorter name, such as /tmp")
        if no_sockets()
        else _("see that kernel_user may read the course folder and Weike's installation"),
    )


def _error(
    source: LessonSource, cell: Cell | None, message: str, repair: str, line: int | None = None
) -> ExecutionError:
    number = None if cell is None else cell.number
    return ExecutionError(
        source.name, [error(message, repair, file=source.name, cell=number, line=line)]
    )

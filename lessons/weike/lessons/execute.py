"""Running a lesson once, in a kernel that knows no secret."""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from weike.lessons import opened
from weike.lessons.catalogue import LessonSource
from weike.lessons.failure import cell_failed, died, too_long, too_much
from weike.lessons.kerneluser import KernelUser, kernel_user
from weike.lessons.surroundings import surroundings
from weike.quizzes.course import Course
from weike.quizzes.quiz import QuizDefinition
from weike.results.folders import Folders
from weike.widgets import registry

SECONDS = 120
START_SECONDS = 60
MOST_OUTPUT = 20_000_000
_LOOK = 0.2  # seconds between two looks at whether the room was closed
# Asked in silence after the last cell: nothing of it is ever an output.
EXPRESSIONS = {
    "quizzes": "__import__('importlib').import_module('weike.widgets.registry').export()",
    "files": "__import__('importlib').import_module('weike.lessons.opened').export()",
}
# matplotlib names the parts of an SVG by chance unless told otherwise.
MATPLOTLIBRC = "svg.hashsalt: weike\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Executed:
    """What came of running a lesson.

    `outputs` by cell number, in nbformat's own shape; `models` are the widget states by model
    id; `quizzes` are definition and the folder that their pictures are relative to.
    """

    outputs: Mapping[int, list[dict[str, Any]]]
    models: Mapping[str, Mapping[str, Any]]
    quizzes: Mapping[str, tuple[QuizDefinition, Path]]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where lessons are run: a temporary home that several lessons share."""

    course: Course
    home: Path
    user: KernelUser | None
    seconds: float = SECONDS
    _closed: Event = field(default_factory=Event)

    @property
    def closed(self) -> bool:
        return self._closed.is_set()

    def close(self) -> None:
        """End every run in here soon; a lesson that has not begun will not begin."""
        self._closed.set()

    def folder(self) -> Path:
        """A new folder for a kernel's sockets, ours alone until it is given away.

        Its name is by chance: what an earlier lesson left running might wait for it.
        """
        return Path(tempfile.mkdtemp(prefix="k", dir=self.home))

    def give(self, path: Path) -> None:
        if self.user is not None:
            self.user.own(path)

    def environment(self, folder: Path) -> dict[str, str]:
        """What a lesson learns of this computer while it is published: the same at every time.

        What IPython runs when it starts lies in `folder`, where no other lesson has been; the home,
        with the fonts that matplotlib has found, is for all.
        """
        return surroundings(self.home) | {
            "IPYTHONDIR": f"{folder}/ipython",
            "LC_ALL": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "SOURCE_DATE_EPOCH": "0",
            "WEIKE_COURSE": str(self.course.root),
        }


@contextmanager
def open_room(course: Course, *, seconds: float = SECONDS, warn: bool = True) -> Iterator[Room]:
    """`warn`: say that lessons run as this process does, if they do.

    Raises `WeikeError` where `kernel_user` names nobody.
    """
    user = kernel_user(course, warn=warn)
    with Folders("run") as folders:
        room = Room(course=course, home=folders.make(), user=user, seconds=seconds)
        for name in ("jupyter", "matplotlib"):
            (room.home / name).mkdir(mode=0o700)
        (room.home / "matplotlib/matplotlibrc").write_text(MATPLOTLIBRC, encoding="utf-8")
        for path in (room.home, *room.home.iterdir()):
            room.give(path)
        yield room


def run_lesson(source: LessonSource, room: Room) -> Executed:
    """Run every cell. Raises `ExecutionError` with the cell that failed and the repair."""
    if not any(cell.type == "code" and cell.source.strip() for cell in source.notebook.cells):
        return Executed(outputs={}, models={}, quizzes={}, files=())
    return asyncio.run(_unless_closed(source, room))


async def _unless_closed(source: LessonSource, room: Room) -> Executed:
    """The run, in a task that is cancelled when the room is closed."""
    run = asyncio.ensure_future(_run(source, room))
    while not run.done() and not room.closed:
        await asyncio.wait([run], timeout=_LOOK)
    run.cancel()  # once only, so that its own end is not cancelled; what is done stays done
    return await run


async def _run(source: LessonSource, room: Room) -> Executed:
    # Imported here: a course where nothing changed is served without them.
    import nbformat
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    from weike.lessons.client import Client, start_kernel

    notebook = nbformat.from_dict(source.notebook.without_outputs())  # type: ignore[no-untyped-call]
    deadline = monotonic() + room.seconds
    async with start_kernel(source, room, startup=START_SECONDS) as (manager, channels):
        client = Client(
            notebook,
            km=manager,
            most_output=MOST_OUTPUT,
            coalesce_streams=True,
            timeout_func=lambda _cell: max(1, math.ceil(deadline - monotonic())),
        )
        client.kc = channels
        for cell in source.notebook.cells:
            if cell.type != "code" or not cell.source.strip():
                continue
            try:
                await client.async_execute_cell(notebook.cells[cell.number - 1], cell.number - 1)
            except CellTimeoutError as failure:
                raise too_long(source, cell, room.seconds) from failure
            except DeadKernelError as failure:
                raise died(source, cell) from failure
            except CellExecutionError as failure:
                if client.flooded:
                    raise too_much(source, cell, MOST_OUTPUT) from failure
                raise cell_failed(source, cell, failure) from failure
            if client.flooded:
                raise too_much(source, cell, MOST_OUTPUT)
        answers = await client.ask(EXPRESSIONS)
    return Executed(
        outputs={
            number: _plain(cell.get("outputs", []))
            for number, cell in enumerate(notebook.cells, 1)
            if cell.cell_type == "code"
        },
        models=client.widget_state,
        quizzes=_quizzes(answers["quizzes"][registry.MIME]),
        files=tuple(
            Path(file)
            for file in answers["files"][opened.MIME]
            if _is_content(Path(file), room.course.root.resolve())
        ),
    )


def _plain(outputs: list[Any]) -> list[dict[str, Any]]:
    return [dict(output) for output in outputs]


def _quizzes(exported: Any) -> dict[str, tuple[QuizDefinition, Path]]:
    return {
        entry["definition"]["id"]: (
            QuizDefinition.from_json(entry["definition"]),
            Path(entry["folder"]),
        )
        for entry in exported["quizzes"]
    }


def _is_content(file: Path, root: Path) -> bool:
    """Whether a file that was read is the course's own and not software."""
    parts = file.relative_to(root).parts
    return not any(part.startswith(".") or part in ("weike", "site-packages") for part in parts)

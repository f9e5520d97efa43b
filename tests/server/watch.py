"""A watch over the event loop of a server: while it waits for the database or for a file of the
course, everybody waits.

On SQLite and a quick disk such a wait is so short that no other test notices; with PostgreSQL, a
folder in the network or a disk that is busy it is not.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import get_ident
from types import CodeType, FrameType
from typing import Any

from sqlalchemy import event

from weike.results.store import Store
from weike.results.writer import Writer

# What may wait on the loop, and why.
ON_PURPOSE: dict[CodeType, str] = {
    Store._read_here.__code__: "one short read of SQLite; with PostgreSQL it is in a thread",
}
FILES = {"open", "os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rename", "os.rmdir"}

_watched: dict[int, Watch] = {}  # by the thread of the loop


class HeldUpError(AssertionError):
    """Something would have held everybody up; it says what, and on which way it was called."""


class Watch:
    """Whatever would wait fails where it is called, and stands in `found`."""

    def __init__(self, store: Store, root: Path) -> None:
        self.found: list[str] = []
        self._root = str(root.resolve())
        self._thread = 0
        event.listen(store.engine, "checkout", lambda *_of_connection: _refuse("the database"))

    def begin(self) -> None:
        """On the loop: its thread is watched from now on."""
        self._thread = get_ident()
        _watched[self._thread] = self

    def end(self) -> None:
        _watched.pop(self._thread, None)

    def has(self, path: object) -> bool:
        """Whether a file is the course's; those of programs are read once."""
        named = isinstance(path, str | bytes | os.PathLike)
        return named and os.fsdecode(path).startswith(self._root)  # type: ignore[arg-type]


def _refuse(what: str) -> None:
    watch = _watched.get(get_ident())
    if watch is None:
        return
    way: list[str] = []
    frame: FrameType | None = sys._getframe(1)
    while frame:
        code = frame.f_code
        if code in ON_PURPOSE:
            return
        _before, ours, place = code.co_filename.rpartition("/weike/")
        if ours:
            way.append(f"{place}:{frame.f_lineno} {code.co_name}")
        frame = frame.f_back
    said = f"the event loop waits for {what}: {' < '.join(way)}"
    watch.found.append(said)
    raise HeldUpError(said)


def _hear(what: str, arguments: tuple[Any, ...]) -> None:
    if what in FILES:
        watch = _watched.get(get_ident())
        if watch is not None and watch.has(arguments[0]):
            _refuse(f"{what} {arguments[0]!r}")


def _run(self: Writer, operation: Any) -> Any:
    _refuse("a commit")
    return _unwatched_run(self, operation)


sys.addaudithook(_hear)
_unwatched_run, Writer.run = Writer.run, _run  # type: ignore[method-assign]

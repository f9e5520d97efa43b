"""What a copy of this process would share with the others, or lack, and since which cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from weike.server.forking import system

_SAID: Final[Mapping[str, str]] = {
    "threads": "there are {n} threads where there must be one",
    "processes": "processes are left running: {what}",
    "graphics": "the graphics card is in use: {what}",
    "connections": "connections are left open: {what}",
    "files": "files are left open for writing: {what}",
}


class NotSafeError(Exception):
    """This process must not be forked; the message says why. `kind` is for programs."""

    def __init__(self, why: str, *, kind: str, cell: int | None = None, what: str = "") -> None:
        super().__init__(f"cell {cell}: {why}" if cell else why)
        self.kind, self.cell, self.what = kind, cell, what


class Watch:
    """Begins after the imports, which may hold files and connections, but no threads."""

    def __init__(self) -> None:
        self._before = _shared()
        self._since: dict[tuple[str, str], int] = {}

    def after(self, cell: int) -> None:
        self._since = {one: self._since.get(one, cell) for one in self._new()}

    def check(self) -> None:
        """Raises `NotSafeError`, naming the cell that began what is there still."""
        new = self._new()
        for kind, said in _SAID.items():
            found = [one for one in new if one[0] == kind]
            if not found:
                continue
            cells = [self._since[one] for one in found if one in self._since]
            what = ", ".join(name for _kind, name in found)
            raise NotSafeError(
                said.format(n=len(found) + 1, what=what),
                kind=kind,
                cell=min(cells, default=None),
                what=what,
            )

    def _new(self) -> list[tuple[str, str]]:
        return [one for one in _shared() if one not in self._before or one[0] == "threads"]


def _shared() -> list[tuple[str, str]]:
    """Kind and name of everything of that sort."""
    return [
        (kind, name)
        for kind, names in (
            ("threads", system.other_threads()),
            ("processes", system.children()),
            ("graphics", system.graphics()),
            ("connections", system.open_sockets()),
            ("files", system.written_files()),
        )
        for name in names
    ]

"""The files in which the processes of one server count: with their room on the disk from the start.

Prometheus's library maps them into memory and lets them have room as they are written. On a disk
that is full by then, the system ends the process that counts (SIGBUS), and each one after it.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

ROOM: Final = 512 * 1024  # bytes of each file; every route with every status takes half of that
KINDS: Final = ("counter", "histogram", "gauge_livesum", "gauge_livemax")  # as the library has them
_USED: Final = struct.Struct("i")  # at the beginning of a file: how much of it is taken


def reserve(folder: Path, pid: int) -> None:
    """Take the room of a process that has counted nothing yet. Raises `OSError` where none is."""
    paths = [folder / f"{kind}_{pid}.db" for kind in KINDS]
    try:
        for path in paths:
            with path.open("ab") as file:
                file.write(bytes(max(0, ROOM - file.tell())))
    except OSError:
        for path in paths:  # nobody could read half of one
            path.unlink(missing_ok=True)
        raise


def shrink(folder: Path, pid: int) -> None:
    """Of a process that has ended, what it has counted stays, and its room is given back."""
    for path in folder.glob(f"*_{pid}.db"):
        with path.open("r+b") as file:
            (used,) = _USED.unpack(file.read(_USED.size))
            file.truncate(max(used, 8))

"""Processes of one user that learn nothing of each other, on Linux.

Kernels of all lessons run as the same user. What the system tells everybody of a process or a
socket must not lead into its folder, where the key to it lies.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Final

_PR_SET_DUMPABLE: Final = 4
LINUX: Final = sys.platform == "linux"
_FILES: Final = Path("/proc/self/fd")


def hide() -> None:
    """No process of the same user reads this one's memory, files or environment."""
    if LINUX:
        prctl(_PR_SET_DUMPABLE, 0)


def unnamed(path: Path) -> tuple[Path, int]:
    """Another name of `path`, by which to bind a socket, and the open folder behind it or -1.

    The system shows everybody by which names sockets were bound (/proc/net/unix); this one says
    nothing. It is good as long as the folder is open.
    """
    if not LINUX:
        return path, -1
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    way = _FILES / str(folder)
    if not os.path.isdir(way):  # no /proc, or one by which nobody gets anywhere
        os.close(folder)
        return path, -1
    return way / path.name, folder


def prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))

"""What Linux alone can do: die with the parent, hide from neighbours, watch a process by a file."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_CARDS: Final = ("/dev/nvidia", "/dev/kfd", "/dev/dri/render")


def why_not() -> str | None:
    """Why no kernel can be forked on this computer, or None. For logs and `weike doctor`."""
    if sys.platform != "linux":
        return f"kernels are forked on Linux only, this is {sys.platform}"
    if not hasattr(os, "pidfd_open"):
        return "this Python cannot watch processes by a file (os.pidfd_open)"
    try:
        os.close(os.pidfd_open(os.getpid()))
    except OSError as failure:
        return f"this kernel cannot watch processes by a file: {failure.strerror}"
    return None


def die_with_parent(parent: int) -> None:
    """SIGKILL as soon as the process `parent`, which made this one, is gone."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def hide() -> None:
    """No process of the same user reads this one's memory, files or environment."""
    _prctl(_PR_SET_DUMPABLE, 0)


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def other_threads() -> list[str]:
    return sorted(set(os.listdir("/proc/self/task")) - {str(os.getpid())})


def children() -> list[str]:
    """Processes that this one has started and that have not ended, by number and name."""
    found = []
    for thread in os.listdir("/proc/self/task"):
        try:
            pids = Path(f"/proc/self/task/{thread}/children").read_text("ascii").split()
        except OSError:  # not every system tells
            continue
        for pid in pids:
            try:
                name, state = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)
            except OSError:
                continue
            if state.split()[0] != "Z":
                found.append(f"{pid} {name.partition('(')[2]}")
    return found


def graphics() -> list[str]:
    """What of a graphics card is in use: its state lies on the card and cannot be copied."""
    torch = sys.modules.get("torch")
    cuda = getattr(torch, "cuda", None)
    used = ["torch.cuda"] if cuda is not None and cuda.is_initialized() else []
    return [*used, *sorted({target for _file, target in _files() if target.startswith(_CARDS)})]


def open_sockets() -> list[str]:
    """Sockets, pipes and event queues among this process's open files: a copy would share them."""
    kinds = ("socket:", "pipe:", "anon_inode:")
    return [f"{file} -> {target}" for file, target in _files() if target.startswith(kinds)]


def written_files() -> list[str]:
    """Regular files that are open for writing: copies would share the place in them."""
    found = []
    for file, target in _files():
        if not target.startswith("/") or target.startswith(("/dev/", "/memfd:")):
            continue
        try:
            text = Path(f"/proc/self/fdinfo/{file}").read_text("ascii")
        except OSError:
            continue
        flags = next(int(line.split()[1], 8) for line in text.splitlines() if "flags:" in line)
        if flags & os.O_ACCMODE:
            found.append(target)
    return found


def _files() -> list[tuple[str, str]]:
    """The numbers of this process's open files, and what each of them is."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            found.append((name, os.readlink(f"/proc/self/fd/{name}")))
        except OSError:  # it was the folder itself
            continue
    return found


def data_bytes() -> int:
    """Private memory that this process may write to, as RLIMIT_DATA counts it."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


def limit(*, memory: int = 0, file: int = 0) -> int:
    """Bounds in bytes, 0 for none; `memory` is what may come on top of what is there now.

    Returns how much memory that is in all.
    """
    import resource

    most = data_bytes() + memory if memory else 0
    for kind, value in (
        (resource.RLIMIT_DATA, most),
        (resource.RLIMIT_FSIZE, file),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(kind)
        if value or kind == resource.RLIMIT_CORE:
            new = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (new, hard))
    return most


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))

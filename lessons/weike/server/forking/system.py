"""What Linux alone can do: die with the parent, adopt orphans, watch a process by a file."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

from weike.lessons.hidden import prctl

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_CHILD_SUBREAPER: Final = 36
ROUNDS: Final = 50  # in each of which what was killed leaves its own children to us
STATUS: Final = Path("/proc/self/status")
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
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def adopt_orphans() -> None:
    """What those that this process has started leave running is this one's child from then on."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end_orphans(copies: Collection[int]) -> None:
    """Kill every child that is none of `copies` and does not belong to one, and theirs."""
    for _round in range(ROUNDS):
        strangers = [pid for pid in _children() if pid not in copies and not _of(pid, copies)]
        if not strangers:
            return
        for pid in strangers:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.001)
        for pid in strangers:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)


def _of(pid: int, copies: Collection[int]) -> bool:
    try:
        return os.getsid(pid) in copies
    except (ProcessLookupError, PermissionError):
        return False


def end_group(leader: int) -> None:
    """Kill what this process, which has ended and is not yet reaped, has started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def watched(file: int) -> int:
    """The number of the process that a file stands for, -1 when it is over and done."""
    for line in Path(f"/proc/self/fdinfo/{file}").read_text("ascii").splitlines():
        name, _colon, value = line.partition(":")
        if name == "Pid":
            return int(value)
    return -1


def parent(process: int) -> int:
    """The number of the parent of a process, 0 where there is no such process."""
    try:
        return int(_stat(process)[1])
    except OSError:
        return 0


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def other_threads() -> list[str]:
    return sorted(set(os.listdir("/proc/self/task")) - {str(os.getpid())})


def children() -> list[str]:
    """Processes that this one has started and that have not ended, by number and name."""
    found = []
    for pid in _children():
        try:
            state, _parent, name = _stat(pid)
        except OSError:
            continue
        if state != "Z":
            found.append(f"{pid} {name}")
    return found


def _children() -> list[int]:
    found: list[int] = []
    for thread in os.listdir("/proc/self/task"):
        try:
            pids = Path(f"/proc/self/task/{thread}/children").read_text("ascii").split()
        except OSError:  # not every system tells
            continue
        found.extend(map(int, pids))
    return found


def _stat(process: int) -> tuple[str, str, str]:
    """State, parent and name."""
    text = Path(f"/proc/{process}/stat").read_bytes().decode(errors="replace")
    head, rest = text.rsplit(")", 1)
    state, parent_ = rest.split()[:2]
    return state, parent_, head.partition("(")[2]


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
    """Private memory that this process may write to, as RLIMIT_DATA counts it; 0 where the system
    does not tell."""
    with suppress(FileNotFoundError):
        for line in STATUS.read_text("ascii").splitlines():
            if line.startswith("VmData:"):
                return int(line.split()[1]) * 1024
    return 0


def limit(*, memory: int = 0, file: int = 0) -> int:
    """Bounds in bytes, 0 for none; `memory` is what may come on top of what is there now.

    Returns how much memory that is in all: 0, and no bound, where nobody knows what is there.
    """
    import resource

    there = data_bytes()
    most = there + memory if memory and there else 0
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

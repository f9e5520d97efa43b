"""What a server and its kernels take while something goes on: a sample every second, from /proc.

One pass over all processes a sample: with hundreds of kernels anything else would be a load itself.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """CPU in shares of one core, since the sample before; memory in MiB, shared pages counted once.

    `at` is seconds since the watch began. `kernels` counts the processes beneath the server:
    templates, copies and whatever else it started. `kernels_mib` is None between two readings.
    """

    at: float
    server: float
    kernels_cpu: float
    load: float
    others: float
    server_mib: float
    kernels_mib: float | None
    kernels: int
    descriptors: int
    threads: int
    files: int = 0
    database_mib: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Process:
    parent: int
    ticks: int


class Watch(threading.Thread):
    """Samples from `start()` until `stop()`; `load` is the process that plays the members."""

    def __init__(
        self,
        pid: int,
        load: int,
        *,
        every: float = 1.0,
        weigh: float = 5.0,
        folder: Path | None = None,
        database: Path | None = None,
    ) -> None:
        super().__init__(name="bench-watch", daemon=True)
        self.samples: list[Sample] = []
        self._pid, self._load = pid, load
        self._every, self._weigh = every, weigh
        self._folder, self._database = folder, database
        self._over = threading.Event()
        self.began = time.time()

    def run(self) -> None:
        before, busy, tick = _processes(), _busy(), time.perf_counter()
        weighed = 0.0
        while not self._over.wait(self._every):
            now, total, after = _processes(), _busy(), time.perf_counter()
            if self._pid not in now:
                return
            took = after - tick
            beneath = set(_beneath(now, self._pid))
            used = {
                name: _used(now, before, pids) / took
                for name, pids in (
                    ("server", {self._pid}), ("kernels", beneath), ("load", {self._load})
                )
            }  # fmt: skip
            weigh = after - weighed >= self._weigh
            with suppress(OSError):  # the server has ended just now
                self.samples.append(
                    Sample(
                        at=time.time() - self.began,
                        server=used["server"],
                        kernels_cpu=used["kernels"],
                        load=used["load"],
                        others=max(0.0, (total - busy) / took - sum(used.values())),
                        server_mib=proportional(self._pid) / MIB,
                        kernels_mib=sum(map(proportional, beneath)) / MIB if weigh else None,
                        kernels=len(beneath),
                        descriptors=len(os.listdir(f"/proc/{self._pid}/fd")),
                        threads=len(os.listdir(f"/proc/{self._pid}/task")),
                        files=_files(self._folder),
                        database_mib=_size(self._database) / MIB,
                    )
                )
            if weigh:
                weighed = after
            before, busy, tick = now, total, after

    def stop(self) -> list[Sample]:
        self._over.set()
        self.join()
        return self.samples


def proportional(pid: int) -> int:
    """Bytes of a process; what it shares with others counts in parts. 0 once it has ended."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
            for line in rollup:
                if line.startswith("Pss:"):
                    return 1024 * int(line.split()[1])
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0
    return 0


def _processes() -> dict[int, _Process]:
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        found[int(name)] = _Process(int(fields[1]), int(fields[11]) + int(fields[12]))
    return found


def _beneath(processes: dict[int, _Process], root: int) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for pid, process in processes.items():
        children.setdefault(process.parent, []).append(pid)
    waiting = list(children.get(root, ()))
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, ())


def _used(now: dict[int, _Process], before: dict[int, _Process], pids: set[int]) -> float:
    """Seconds of CPU, without what processes used that have ended since."""
    ticks = 0
    for pid in pids & now.keys():
        ticks += now[pid].ticks - (before[pid].ticks if pid in before else 0)
    return max(0, ticks) / TICK


def _busy() -> float:
    """Seconds that all cores together have worked."""
    with open("/proc/stat", encoding="ascii") as file:
        fields = [int(one) for one in file.readline().split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICK


def _files(folder: Path | None) -> int:
    """Everything in a folder of temporary files: what stays there stays for ever."""
    return 0 if folder is None else sum(1 for _path in folder.rglob("*"))


def _size(database: Path | None) -> int:
    """Of an SQLite file and of what waits to be merged into it."""
    if database is None:
        return 0
    total = 0
    for ending in ("", "-wal"):
        with suppress(FileNotFoundError):
            total += os.stat(f"{database}{ending}").st_size
    return total

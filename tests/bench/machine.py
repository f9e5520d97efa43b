"""The machine a run took place on, and who else kept it busy."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil

PACKAGES = ("weike", "voila", "tornado", "jupyter_server", "ipykernel", "anywidget", "sqlalchemy")
SERVER_CORE, LOAD_CORE = 0, 1


def pin(core: int, pid: int = 0) -> None:
    """Keep a process (default: this one) on one core, where there are two and the system can."""
    if not hasattr(os, "sched_setaffinity"):
        return
    cores = sorted(os.sched_getaffinity(pid))
    if len(cores) > core:
        for thread in psutil.Process(pid or None).threads():
            os.sched_setaffinity(thread.id, {cores[core]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    cores: int
    cpu: str
    memory_gib: float
    system: str
    python: str
    browser: str
    packages: dict[str, str]
    load_before: float
    sync_ms: float


def this_machine(browser: str, folder: Path) -> Machine:
    """`folder` is where the store will be: how long its disk takes matters to every answer."""
    return Machine(
        cores=_cores(),
        cpu=_cpu_model(),
        memory_gib=psutil.virtual_memory().total / 2**30,
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
        python=platform.python_version(),
        browser=browser,
        packages={name: version(name) for name in PACKAGES},
        load_before=os.getloadavg()[0],
        sync_ms=_sync_seconds(folder) * 1000,
    )


def _cores() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _sync_seconds(folder: Path, times: int = 50) -> float:
    """The median time until a small write is on the disk."""
    taken = []
    with (folder / "sync").open("wb", buffering=0) as file:
        for _ in range(times):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return median(taken)


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """CPU over one measurement, each as a share of one core, and the server's memory after it.

    `load` is the load generator's, `others` what everything else on the machine used. The memory is
    the server's and that of all its children, what they share counted once.
    """

    server: float = 0.0
    load: float = 0.0
    others: float = 0.0
    threads: dict[str, float] = field(default_factory=dict)
    memory_mib: float = 0.0


class Meter:
    """Reads CPU between `start` and `stop`; it runs in the process of the load generator."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)

    def start(self) -> None:
        self._began = time.perf_counter()
        self._before = self._server(), time.process_time(), _machine_busy()
        self._threads_before = self._threads()

    def stop(self) -> Usage:
        wall = time.perf_counter() - self._began
        before = self._before
        server = self._server() - before[0]
        load = time.process_time() - before[1]
        busy = _machine_busy() - before[2]
        threads = {
            name: (seconds - self._threads_before.get(name, 0.0)) / wall
            for name, seconds in self._threads().items()
        }
        return Usage(
            server=server / wall,
            load=load / wall,
            others=max(0.0, busy - server - load) / wall,
            threads={name: share for name, share in threads.items() if share >= 0.01},
            memory_mib=self._memory() / 2**20,
        )

    def _memory(self) -> int:
        family = [self._process, *self._process.children(recursive=True)]
        if len(family) == 1 or not psutil.LINUX:
            return sum(int(process.memory_info().rss) for process in family)
        return sum(int(process.memory_full_info().pss) for process in family)

    def _server(self) -> float:
        times = self._process.cpu_times()
        return times.user + times.system

    def _threads(self) -> dict[str, float]:
        """CPU seconds of each thread, by its id; the event loop has the process's own id."""
        names = {self._process.pid: "event loop"}
        return {
            names.get(thread.id, f"thread {thread.id}"): thread.user_time + thread.system_time
            for thread in self._process.threads()
        }


def _machine_busy() -> float:
    times = psutil.cpu_times()
    return sum(times) - times.idle - getattr(times, "iowait", 0.0)

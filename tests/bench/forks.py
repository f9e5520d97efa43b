"""Forked kernels: how soon one is ready, what it weighs, and how many fit beside each other.

Beside each stands a kernel that is started as usual, with the same notebook run in it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty

import psutil
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager

from weike.server.copyplan import plan_of
from weike.server.forking import system
from weike.server.kernels import Kernels
from weike.server.ownpython import OnePython, environment

from .figures import Figure
from .stock import SLIDER, one_open, stock_server

MIB = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ForksSize:
    single: int
    crowd: int
    at_once: int
    stock: int


FULL_FORKS = ForksSize(single=20, crowd=300, at_once=8, stock=5)
SMALL_FORKS = ForksSize(single=2, crowd=4, at_once=2, stock=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forked:
    """Seconds, bytes, copies a second."""

    fork: float
    ready: float
    private: float
    rate: float
    crowd: int
    memory: float
    reason: str | None


def private(pid: int) -> int:
    """Bytes that no other process shares."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
        return 1024 * sum(int(line.split()[1]) for line in rollup if "Private_Dirty" in line)


def proportional(pids: list[int]) -> int:
    """Bytes of processes together, what they share counted once."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
            total += 1024 * sum(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    return total


async def measure_forks(size: ForksSize) -> Forked:
    """By way of the server's own kernels: sockets bound, activity watched."""
    cell = {"id": "a", "cell_type": "code", "metadata": {}, "outputs": [], "source": SLIDER}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    plan = plan_of("bench", json.dumps(notebook), run=True)
    kernels = Kernels(kernel_spec_manager=OnePython())
    numbers = iter(range(size.single + size.crowd))

    async def one() -> str:
        return await kernels.start(f"m{next(numbers)}", "bench", plan=plan, version="1")

    try:
        template = await kernels.pool.template(plan, kernels.room)
        times = []
        for _n in range(size.single):
            began = time.perf_counter()
            kernel = await one()
            times.append(time.perf_counter() - began)
        weight = private(kernels.provisioner(kernel).pid)
        line = asyncio.Semaphore(size.at_once)

        async def guarded() -> None:
            async with line:
                await one()

        began = time.perf_counter()
        await asyncio.gather(*(guarded() for _n in range(size.crowd)))
        rate = size.crowd / (time.perf_counter() - began)
        ids = kernels.list_kernel_ids()
        assert template.process is not None
        pids = [kernels.provisioner(one).pid for one in ids] + [template.process.pid]
        return Forked(
            fork=statistics.median(template.forks),
            ready=statistics.median(times),
            private=weight,
            rate=rate,
            crowd=len(ids),
            memory=proportional(pids) + psutil.Process().memory_info().rss,
            reason=kernels.provisioner(kernel).reason,
        )
    finally:
        await kernels.shutdown_all(now=True)
        kernels.close()


async def heard_of(client: AsyncKernelClient) -> None:
    """Until the kernel publishes to this client: before, it says "idle" to nobody, for ever.

    As `client.wait_for_ready`, which looks so seldom that it adds up to 0.2 s.
    """
    async with asyncio.timeout(60):
        while True:
            client.kernel_info()
            with suppress(Empty):
                await client.get_iopub_msg(timeout=0.02)
                return


async def measure_normal(times: int) -> tuple[float, float]:
    """Seconds until a started kernel has run the same cells, and its private bytes."""
    seconds = []
    weight = 0
    for _n in range(times):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            manager = AsyncKernelManager(
                kernel_spec_manager=OnePython(), transport="ipc", ip=f"{folder}/s",
                connection_file=f"{folder}/kernel.json",
            )  # fmt: skip
            began = time.perf_counter()
            await manager.start_kernel(cwd=folder, env=environment(Path(folder)))
            client = manager.client()
            client.start_channels()
            try:
                await heard_of(client)
                await client.execute_interactive(SLIDER, timeout=60, output_hook=lambda _m: None)
                seconds.append(time.perf_counter() - began)
                weight = private(manager.provisioner.pid)  # type: ignore[union-attr]
            finally:
                client.stop_channels()
                await manager.shutdown_kernel(now=True)
    return statistics.median(seconds), weight


def run_forks(size: ForksSize, folder: Path) -> list[Figure]:
    """Measure, and write `forks.md` and `forks.json` into `folder`."""
    reason = system.why_not()
    if reason:
        (folder / "forks.md").write_text(f"## Live lessons\n\n{reason}\n", encoding="utf-8")
        (folder / "forks.json").write_text(json.dumps({"reason": reason}), encoding="utf-8")
        return []
    normal, weight = asyncio.run(measure_normal(size.stock))
    plain = _voila(size, preheated=False)
    heated = _voila(size, preheated=True)
    found = asyncio.run(measure_forks(size))
    assert found.reason is None, found.reason
    figures = [
        Figure(
            name="live kernel ready, the lesson run",
            unit="s", better="less", weike=found.ready, budget=0.06, stock=normal,
        ),
        Figure(
            name="live kernel, private memory",
            unit="MiB", better="less", weike=found.private / MIB, budget=15, stock=weight / MIB,
        ),
        Figure(
            name="live kernels attached",
            unit="1/s", better="more", weike=found.rate, budget=25, stock=1 / normal,
        ),
        Figure(
            name=f"{found.crowd} live learners at once, memory of everything",
            unit="GiB", better="less", weike=found.memory / (1 << 30), budget=6,
            stock=(found.crowd * weight) / (1 << 30),
        ),
        Figure(name="fork alone", unit="ms", better="less", weike=found.fork * 1000),
    ]  # fmt: skip
    _write(figures, folder, plain=plain, heated=heated)
    return figures


def _voila(size: ForksSize, *, preheated: bool) -> float:
    """Seconds for the whole page of stock Voilà; the first open is not counted."""
    options = ["--preheat_kernel=True", "--pool_size=2"] if preheated else []
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        stock_server(Path(folder), *options) as server,
    ):
        times = []
        for _n in range(size.stock):
            time.sleep(3 if preheated else 0)  # so that a kernel has been made ready again
            times.append(one_open(server))
    return statistics.median(times)


def _write(figures: list[Figure], folder: Path, *, plain: float, heated: float) -> None:
    from .report import figure_table

    text = (
        f"## Live lessons\n\n{figure_table(figures)}\n\n"
        "A kernel is ready when its sockets are bound and the lesson's cells have run. Stock is a"
        " kernel started as usual that runs the same cells; its memory for many is that of one"
        " times their number.\n\n"
        f"The HTML of a stock page is complete after {plain:.2f} s, with preheated kernels after"
        f" {heated:.2f} s; each of these waits with all its memory, and for one notebook only.\n"
    )
    (folder / "forks.md").write_text(text, encoding="utf-8")
    data = {"figures": [figure.to_json() for figure in figures]}
    (folder / "forks.json").write_text(json.dumps(data, indent=1), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.forks", description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    write: Callable[[str], object] = sys.stdout.write
    run_forks(SMALL_FORKS if options.small else FULL_FORKS, options.out)
    write((options.out / "forks.md").read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())

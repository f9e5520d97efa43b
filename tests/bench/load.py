"""The load generator: a process of its own, on a core of its own.

A visit is the requests that one member makes one after the other on one connection; what is asked
further on may depend on an answer that was kept. `saturate`
starts the next visit as soon as one ends (closed loop); `offer` starts visits at given moments
whether or not earlier ones have ended (open loop), and counts their latency from those moments,
so a server that stalls cannot hide it.
"""

from __future__ import annotations

import asyncio
import gc
import math
import multiprocessing
import os
import random
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol, TypeVar

from weike.server.openfiles import open_files

from .client import Connection, Request
from .machine import LOAD_CORE, Meter, Usage, pin

T = TypeVar("T")


class Further(Protocol):
    """Requests that can be made once the last answer kept is known."""

    def after(self, text: bytes) -> Sequence[Request]: ...


Visit = Sequence[Request | Further]


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What the generator saw. `done` holds the numbers of the visits that were answered right.

    `notes` are the times in seconds that requests asked to be kept under a name.
    """

    seconds: float = 0.0
    counted: int = 0
    done: list[int] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    notes: dict[str, list[float]] = field(default_factory=dict)
    kept: dict[int, list[bytes]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)

    @property
    def rate(self) -> float:
        return self.counted / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The nearest-rank percentile of the latencies in seconds."""
        return percentile(self.latencies, share)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all values do not exceed; 0 of none."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The server under load; its CPU is read under `pid`."""

    port: int
    pid: int
    connections: int
    host: str = "127.0.0.1"


def saturate(target: Target, visits: Sequence[Visit], seconds: float, warm_up: float) -> Outcome:
    """Work through `visits`, every connection busy, until `seconds` are over or none is left."""
    return _measured(target, _saturate(target, visits, seconds, warm_up))


def offer(target: Target, visits: Sequence[Visit], rate: float, seed: int = 0) -> Outcome:
    """Start all `visits` at random moments, on average `rate` a second."""
    return _measured(target, _offer(target, visits, rate, random.Random(seed)))


class Generator:
    """Runs loads in the generator's process."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(
            max_workers=1,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_begin,
        )

    def run(self, work: Callable[..., T], *arguments: object) -> T:
        return self.start(work, *arguments).result()

    def start(self, work: Callable[..., T], *arguments: object) -> Future[T]:
        return self._pool.submit(work, *arguments)

    @property
    def pid(self) -> int:
        return self.run(os.getpid)

    def __enter__(self) -> Generator:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._pool.shutdown()


def _begin() -> None:
    """A core of its own, and as many connections as there are members."""
    open_files()
    pin(LOAD_CORE)


def _measured(target: Target, work: Coroutine[None, None, Outcome]) -> Outcome:
    """Run `work` without pauses for garbage, and see what it costs the server and us."""
    gc.collect()
    gc.disable()
    meter = Meter(target.pid)
    meter.start()
    try:
        outcome = asyncio.run(work)
    finally:
        gc.enable()
    outcome.usage = meter.stop()
    return outcome


async def _connect(target: Target) -> list[Connection]:
    return [await Connection.open(target.host, target.port) for _ in range(target.connections)]


async def _saturate(
    target: Target, visits: Sequence[Visit], seconds: float, warm_up: float
) -> Outcome:
    outcome = Outcome()
    connections = await _connect(target)
    queue = iter(range(len(visits)))
    began = time.perf_counter()
    counting, stop = began + warm_up, began + warm_up + seconds

    async def work(connection: Connection) -> None:
        for number in _until(queue, stop):
            sent = time.perf_counter()
            await _visit(connection, number, visits[number], outcome, sent)
            ended = time.perf_counter()
            if counting <= ended <= stop:
                outcome.counted += 1
                outcome.latencies.append(ended - sent)

    await _all(outcome, [work(connection) for connection in connections], connections)
    outcome.seconds = min(time.perf_counter(), stop) - counting
    return outcome


def _until(queue: Iterator[int], stop: float) -> Iterator[int]:
    for number in queue:
        yield number
        if time.perf_counter() >= stop:
            return


async def _offer(
    target: Target, visits: Sequence[Visit], rate: float, rng: random.Random
) -> Outcome:
    outcome = Outcome()
    connections = await _connect(target)
    waiting: asyncio.Queue[tuple[int, float] | None] = asyncio.Queue()
    moments = list(accumulate(rng.expovariate(rate) for _ in visits))
    began = time.perf_counter()

    async def clock() -> None:
        for number, moment in enumerate(moments):
            if (pause := began + moment - time.perf_counter()) > 0:
                await asyncio.sleep(pause)
            waiting.put_nowait((number, began + moment))
        for _ in connections:
            waiting.put_nowait(None)

    async def work(connection: Connection) -> None:
        while (due := await waiting.get()) is not None:
            number, intended = due
            await _visit(connection, number, visits[number], outcome, intended)
            outcome.counted += 1
            outcome.latencies.append(time.perf_counter() - intended)

    await _all(outcome, [clock(), *map(work, connections)], connections)
    outcome.seconds = time.perf_counter() - began
    return outcome


async def _visit(
    connection: Connection, number: int, visit: Visit, outcome: Outcome, began: float
) -> None:
    """`began` is when the visit was due."""
    text = b""
    for step in visit:
        for request in [step] if isinstance(step, Request) else step.after(text):
            response = await connection.ask(request)
            if request.note:
                now = time.perf_counter()
                outcome.notes.setdefault(request.note, []).append(now - began)
                began = now
            if request.keep:
                text = response.text
                outcome.kept.setdefault(number, []).append(text)
    outcome.done.append(number)


async def _all(
    outcome: Outcome, work: Sequence[Awaitable[None]], connections: Sequence[Connection]
) -> None:
    """Wait for all of `work`; one failed connection is an error in the outcome, not the end."""
    for result in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(result, BaseException):
            outcome.errors.append(f"{type(result).__name__}: {result}")
    for connection in connections:
        connection.close()

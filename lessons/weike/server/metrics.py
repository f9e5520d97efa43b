"""Counters for Prometheus, and the request log: no tokens, no names.

With several processes whichever is asked answers for all of them: requests and their times are the
sums since the server's start, also of processes that have ended, and what a process uses is told
for each by its number. They write to files in `PROMETHEUS_MULTIPROC_DIR`, set by `workers`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.gc_collector import GCCollector
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector
from tornado.web import RequestHandler

from weike.server.base import safe_path
from weike.server.care import free_bytes
from weike.server.countfiles import reserve

if TYPE_CHECKING:
    from weike.server.connections import Server
    from weike.server.site import Site

LOG = logging.getLogger("weike.requests")
SLOW = 1.0
FOLDER = "PROMETHEUS_MULTIPROC_DIR"  # the library's own name for it


def _share() -> None:
    """Before anything is counted. Without room for it, this process counts for itself alone."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return
    try:
        reserve(Path(folder), os.getpid())
    except OSError as error:
        LOG.warning("/metrics tells of one process only: %s", error)
        del os.environ[FOLDER]
        values.ValueClass = values.MutexValue


_share()
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

REQUESTS = Counter(
    "weike_requests_total", "Answered requests.", ["route", "status"], registry=REGISTRY
)
SECONDS = Histogram(
    "weike_request_seconds",
    "Time to answer.",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=REGISTRY,
)


def gauge(name: str, means: str, together: Literal["livesum", "livemax"] = "livemax") -> Gauge:
    """`together` says what several processes make of their figures."""
    return Gauge(name, means, registry=REGISTRY, multiprocess_mode=together)


KERNELS = gauge("weike_live_kernels", "Kernels of live lessons.", "livesum")


class Workers(Collector):
    """What each process of the server uses, by the number that `workers` has given it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        together: dict[str, Metric] = {}
        for file in sorted(self._folder.glob("worker-*")):
            worker = file.name.removeprefix("worker-")
            one = ProcessCollector(pid=partial(file.read_text, "ascii"), registry=None)
            for metric in one.collect():
                mine = together.setdefault(metric.name, metric)
                samples, metric.samples = metric.samples, []
                mine.samples += [
                    sample._replace(labels=sample.labels | {"worker": worker}) for sample in samples
                ]
        yield from together.values()


def exposed() -> bytes:
    """All figures, as Prometheus reads them."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
    registry.register(Workers(Path(folder)))
    return generate_latest(registry)


CONNECTIONS = gauge("weike_open_connections", "Connections of browsers.", "livesum")
CLOSED = gauge("weike_closed_connections", "Idle connections closed to make room.", "livesum")
UNSAVED = gauge("weike_not_saving_seconds", "Since when nothing can be saved; 0: all is well.")
UNREAD = gauge("weike_not_reading_seconds", "Since when nothing can be read; 0: all is well.")
OUTAGES = gauge("weike_outages", "How often nothing could be saved.", "livesum")
QUEUE = gauge("weike_waiting_writes", "What waits to be saved.", "livesum")
FREE = gauge("weike_free_bytes", "Free on the disk of the results.")
BEHIND = gauge("weike_clock_behind_seconds", "How far the clock was set back; 0: all is well.")

_known: dict[tuple[type, int], tuple[Counter, Histogram]] = {}


def measure(site: Site, server: Server, kernels: int) -> None:
    """What this process has and how it fares, for whichever process is asked."""
    store = site.store
    KERNELS.set(kernels)
    CONNECTIONS.set(server.open)
    CLOSED.set(server.turned_away)
    UNSAVED.set(store.saving.seconds)
    UNREAD.set(store.reading.seconds)
    OUTAGES.set(store.saving.count)
    QUEUE.set(store.writer.waiting)
    FREE.set(free_bytes(site.course.results))
    BEHIND.set(site.now.behind)


def record(handler: RequestHandler) -> None:
    """Tornado calls this at the end of every request."""
    status = handler.get_status()
    kind = type(handler)
    counters = _known.get((kind, status))
    if counters is None:
        counters = _known[kind, status] = (
            REQUESTS.labels(kind.__name__, str(status)),
            SECONDS.labels(kind.__name__),
        )
    took = handler.request.request_time()
    counters[0].inc()
    counters[1].observe(took)
    if status == 503:  # whatever is away says so itself, once
        level = logging.INFO
    elif status >= 500:
        level = logging.ERROR
    elif took > SLOW:
        level = logging.WARNING
    else:
        level = logging.DEBUG
    if LOG.isEnabledFor(level):
        request = handler.request
        LOG.log(
            level, "%s %s %s %.0f ms", request.method, safe_path(request.path), status, 1e3 * took
        )

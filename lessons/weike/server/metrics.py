"""Counters for Prometheus, and the request log: no tokens, no names."""

from __future__ import annotations

import logging

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector
from tornado.web import RequestHandler

from weike.server.base import safe_path

LOG = logging.getLogger("weike.requests")
SLOW = 1.0

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
KERNELS = Gauge("weike_live_kernels", "Kernels of live lessons.", registry=REGISTRY)

_known: dict[tuple[type, int], tuple[Counter, Histogram]] = {}


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
    if status >= 500:
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

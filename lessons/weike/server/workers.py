"""Several processes that serve one course, and the one that looks after them.

Each is a fresh interpreter that gets the listening sockets, so the system shares the visitors out
among them. One that ends by accident is started again; a signal ends all of them in order.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

from weike.quizzes.course import Course, load_course
from weike.quizzes.i18n import set_default_language
from weike.results.folders import Folders
from weike.results.store import open_store
from weike.server.countfiles import shrink
from weike.server.metrics import FOLDER
from weike.server.port import bind
from weike.server.sharing import Shared

LOG = logging.getLogger("weike.workers")
PATIENCE = 20.0  # seconds that a process has to finish what is under way
PAUSE = 1.0  # seconds before one that ended is started again
READY = b"ready\n"


class Workers:
    """`count` processes on one port. `start` returns when all have ended."""

    def __init__(self, course: Course, *, ip: str, port: int, count: int) -> None:
        from weike.server.app import cookie_secret

        cookie_secret(course)  # made once, before several would
        self.sockets = bind(ip, port)
        self.port: int = self.sockets[0].getsockname()[1]
        self._course, self._count = course, count
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._stopping = False

    def start(self, ready: Callable[[], None]) -> None:
        """Serve until SIGINT or SIGTERM; `ready` is called once every process answers."""
        with ExitStack() as stack:
            for one in self.sockets:
                stack.enter_context(one)
            # A directory for us alone: who can open the socket in it may speak for any address.
            hub = stack.enter_context(Folders("hub")).make() / "hub"
            self._figures(hub).mkdir()
            for name in (signal.SIGINT, signal.SIGTERM):
                stack.callback(signal.signal, name, signal.signal(name, self._stop))
            try:
                for number in range(self._count):
                    self._begin(number, hub)
                for number in range(self._count):
                    self._wait_for(number)
                if not self._stopping:
                    ready()
                self._watch(hub)
            finally:
                self._end()

    def _begin(self, number: int, hub: Path) -> None:
        handles = [one.fileno() for one in self.sockets]
        task = {
            "root": str(self._course.root),
            "base_url": self._course.base_url,
            "number": number,
            "sockets": handles,
            "hub": str(hub),
            "level": logging.getLogger().level,
        }
        self._processes[number] = subprocess.Popen(  # noqa: S603  # ourselves
            [sys.executable, "-m", "weike.server.workers", json.dumps(task)],
            pass_fds=handles,
            stdin=subprocess.PIPE,  # ends with us, however we end
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl+C is ours to pass on
            env=os.environ | {FOLDER: str(self._figures(hub))},
        )
        with suppress(OSError):  # a full disk; /metrics leaves out what this one uses
            (self._figures(hub) / f"worker-{number}").write_text(str(self._processes[number].pid))

    @staticmethod
    def _figures(hub: Path) -> Path:
        """Where the processes write their counters, and find those of the others."""
        return hub.with_name("figures")

    def _wait_for(self, number: int) -> None:
        """Until a process answers, or has ended without."""
        output = self._processes[number].stdout
        assert output is not None
        output.readline()
        output.close()

    def _watch(self, hub: Path) -> None:
        while not self._stopping:
            time.sleep(0.2)
            for number, process in list(self._processes.items()):
                code = process.poll()
                if code is not None and not self._stopping:
                    LOG.error(
                        "process %d of the server ended with %d and is started again; what it had"
                        " acknowledged is saved",
                        number,
                        code,
                    )
                    mark_process_dead(process.pid, str(self._figures(hub)))  # type: ignore[no-untyped-call]
                    shrink(self._figures(hub), process.pid)
                    time.sleep(PAUSE)
                    self._begin(number, hub)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _end(self) -> None:
        for process in self._processes.values():
            with suppress(ProcessLookupError):
                process.terminate()
        until = time.monotonic() + PATIENCE
        for process in self._processes.values():
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def work(task: dict[str, Any]) -> None:
    """One process: serve until SIGTERM."""
    from weike.server.app import WeikeServer

    logging.basicConfig(
        level=task["level"], format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    course = replace(load_course(Path(task["root"])), base_url=task["base_url"])
    set_default_language(course.language)
    shared = Shared(
        number=task["number"],
        sockets=tuple(socket.socket(fileno=handle) for handle in task["sockets"]),
        hub=Path(task["hub"]),
    )
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with open_store(course=course) as store:
        server = WeikeServer(course=course, store=store, shared=shared)
        server.initialize()
        server.start(_tell)


def _end_with_parent() -> None:
    # Not by way of sys.stdin: Python ends with a fatal error while a thread waits inside that.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _tell() -> None:
    with suppress(BrokenPipeError):  # who would have heard it has ended, and so do we
        os.write(sys.stdout.fileno(), READY)
    # Whoever waited has closed the other end; nothing else is said there.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


if __name__ == "__main__":
    work(json.loads(sys.argv[1]))

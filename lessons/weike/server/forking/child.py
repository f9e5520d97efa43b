"""A copy of a template on its way to being a learner's own kernel."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import tempfile
import time
from typing import Any

from weike.lessons.hidden import hide
from weike.server.forking import prepare, randomness, system, wire
from weike.server.forking.alone import show
from weike.server.forking.plan import Plan

NICE = 5  # the server and its pages go first


class Child:
    """`control` is closed as soon as the kernel is up: a lesson cannot ask for more copies."""

    def __init__(
        self, request: dict[str, Any], plan: Plan, shell: Any, control: socket.socket | None
    ) -> None:
        self.request = request
        self.plan = plan
        self.shell = shell
        self.control = control

    def run(self, parent: int, *, ran: bool) -> None:
        os.setsid()  # signals to the kernel's group reach what it started, and nothing else
        system.die_with_parent(parent)
        self.settle()
        if self.plan.hidden:
            hide()
            os.nice(NICE)
        self.serve(ran=ran)

    def settle(self) -> None:
        """Its own environment, folder, chance and loop; then what the lesson asks for."""
        from IPython.core import async_helpers

        from weike.widgets import afterfork

        os.environ.clear()
        os.environ.update(self.request["env"])
        prepare.blas_alone()
        time.tzset()
        tempfile.tempdir = None
        if self.request["cwd"]:
            os.chdir(self.request["cwd"])
        # Before the lesson may go elsewhere.
        self.request["connection_file"] = os.path.abspath(self.request["connection_file"])
        async_helpers._asyncio_event_loop = None
        asyncio.set_event_loop(None)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        randomness.reseed(self.shell.user_ns.values())
        afterfork.run()

    def serve(self, *, ran: bool) -> None:
        """Be a kernel until it is shut down. What the cells show, where they run here, is kept."""
        from weike.server.forking.kernel import make_app

        if not ran and self.plan.cells:
            outputs = prepare.run_cells(self.shell, self.plan.cells)
            prepare.settle_loop()
            if self.request["shown"]:
                show(outputs, self.request["shown"])
        memory = system.limit(memory=self.plan.memory, file=self.plan.file)
        app = make_app(self.request, self.plan, self.shell, memory=memory)
        if self.control is not None:
            wire.say(self.control, {"said": "up", "id": self.request["id"]})
            self.control.close()
            self.control = None
        app.start()  # type: ignore[no-untyped-call]
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        app.close()  # type: ignore[no-untyped-call]

"""IPython's kernel as an application that answers its own server alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import zmq
from ipykernel.kernelapp import IPKernelApp

from weike.lessons.hidden import LINUX, unnamed


class SecludedApp(IPKernelApp):
    """Its sockets answer `clients` alone, where these are known, and do not tell their folder."""

    clients: tuple[int, ...] = ()

    def init_sockets(self) -> None:
        with self._unnamed():
            super().init_sockets()  # type: ignore[no-untyped-call]

    def init_heartbeat(self) -> None:
        with self._unnamed():
            super().init_heartbeat()  # type: ignore[no-untyped-call]

    def _try_bind_socket(self, s: Any, port: int) -> int:
        if self.clients and self.transport == "ipc" and LINUX:
            for process in (*self.clients, os.getpid()):
                s.setsockopt(zmq.IPC_FILTER_PID, process)
        bound: int = super()._try_bind_socket(s, port)  # type: ignore[no-untyped-call]
        return bound

    @contextmanager
    def _unnamed(self) -> Iterator[None]:
        """The folder stays open: the heart begins to beat some time later, in its own thread."""
        kept = self.ip
        if self.transport == "ipc":
            self.ip = str(unnamed(Path(kept))[0])
        try:
            yield
        finally:
            self.ip = kept

"""A forked kernel's process, seen from a server that is not its parent."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
from concurrent.futures import Future
from typing import Final

PATIENCE: Final = 0.1  # seconds for the template to say how it ended


class ForkedProcess:
    """Like `subprocess.Popen`, by a file that stands for the process: its number may be reused.

    `over` gets the exit code from the template, or -9 when that is gone too.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, watch: int) -> None:
        self.pid = pid
        self.over: Future[int] = Future()
        self.returncode: int | None = None
        self._watch = watch
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        if self.returncode is None and self._is_over():
            try:
                self.over.result(PATIENCE)
            except TimeoutError:
                self.ended(-signal.SIGKILL)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            try:
                return self.over.result(timeout)
            except TimeoutError:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0) from None
        return self.returncode

    def send_signal(self, number: int) -> None:
        with self._lock:
            if self._watch >= 0:
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(self._watch, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def ended(self, code: int) -> None:
        with self._lock:
            if self.returncode is not None:
                return
            self.returncode = code
            os.close(self._watch)
            self._watch = -1
        self.over.set_result(code)

    def _is_over(self) -> bool:
        with self._lock:
            if self._watch < 0:
                return True
            look = select.poll()
            look.register(self._watch, select.POLLIN)
            return bool(look.poll(0))

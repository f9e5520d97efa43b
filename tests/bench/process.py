"""A server under measurement: started, awaited, ended with all its children."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

START_SECONDS = 120.0


class ServerError(Exception):
    """A server that did not start; says what it printed."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A process in a group of its own that answers 200 at `ready` once it serves."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        port: int,
        ready: str,
        folder: Path,
        log: Path,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={**os.environ, **(env or {})},
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        began = time.perf_counter()
        try:
            self._await(f"{self.url}{ready}")
        except BaseException:
            self.kill()
            raise
        self.start_seconds = time.perf_counter() - began

    @property
    def pid(self) -> int:
        return self._process.pid

    def family(self) -> list[int]:
        """The process and everything beneath it."""
        return [self.pid, *(one.pid for one in self._children())]

    def cpu_seconds(self) -> float:
        """What the family has computed so far."""
        total = 0.0
        for pid in self.family():
            with suppress(psutil.NoSuchProcess):
                times = psutil.Process(pid).cpu_times()
                total += times.user + times.system
        return total

    def stop(self) -> None:
        """End it as an administrator would, and its kernels with it."""
        children = self._children()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        _end(children)

    def kill(self) -> None:
        """SIGKILL: what it did not make durable is lost."""
        children = self._children()
        self._process.kill()
        self._process.wait()
        _end(children)

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._process.poll() is None:
            self.stop()

    def _children(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def _await(self, url: str) -> None:
        stop = time.monotonic() + START_SECONDS
        while time.monotonic() < stop:
            if self._process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(url, timeout=30) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise ServerError(f"no answer at {url}; it printed:\n{self._log.read_text()[-3000:]}")


def _end(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(processes, timeout=10)

"""Forked kernels with a client each, and nothing left of them afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

from weike.server.forking.plan import Plan
from weike.server.forking.pool import Pool
from weike.server.forking.provisioner import ForkProvisioner
from weike.server.forking.templates import Template

COMMAND = [sys.executable, "-P", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
SLOW = 60


class Specs(KernelSpecManager):
    python = sys.executable

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        provisioner = {"provisioner_name": "weike-fork", "config": {}}
        return KernelSpec(
            argv=[self.python, *COMMAND[1:]],
            display_name="Python",
            language="python",
            metadata={"kernel_provisioner": provisioner},
        )


@dataclass
class Kernel:
    manager: KernelManager
    client: BlockingKernelClient

    @property
    def provisioner(self) -> ForkProvisioner:
        found = self.manager.provisioner
        assert isinstance(found, ForkProvisioner)
        return found

    @property
    def pid(self) -> int:
        assert self.provisioner.pid is not None
        return self.provisioner.pid

    @property
    def template(self) -> Template:
        assert self.provisioner.template is not None, self.provisioner.reason
        return self.provisioner.template

    def messages(self, code: str) -> list[dict[str, Any]]:
        """What running `code` sends, in order."""
        said: list[dict[str, Any]] = []
        self.client.execute_interactive(code, timeout=SLOW, output_hook=said.append)
        return said

    def run(self, code: str) -> str:
        """What `code` prints."""
        said = self.messages(code)
        errors = [one["content"]["evalue"] for one in said if one["msg_type"] == "error"]
        assert not errors, errors
        return "".join(one["content"]["text"] for one in said if one["msg_type"] == "stream")

    def ended(self) -> int:
        """The exit code, as soon as the process is over."""
        process = self.provisioner.process
        assert process is not None
        return int(process.wait(SLOW))


Fork = Callable[..., Kernel]


def cells(*sources: str) -> tuple[tuple[int, str], ...]:
    return tuple(enumerate(sources, 1))


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with pytest.MonkeyPatch.context() as patch:
        found = Pool()
        patch.setattr(ForkProvisioner, "pool", found)
        yield found
        found.close()


@pytest.fixture(scope="module")
def fork(pool: Pool) -> Iterator[Fork]:
    """`fork(cells("x = 1"), hidden=True)`: a kernel by way of the provisioner."""
    kernels: list[Kernel] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as base:

        def start(
            code: tuple[tuple[int, str], ...] = (),
            *,
            env: dict[str, str] | None = None,
            popen: dict[str, Any] | None = None,
            python: str = sys.executable,
            **options: Any,
        ) -> Kernel:
            folder = Path(tempfile.mkdtemp(dir=base))
            if popen:
                Path(base).chmod(0o711)
                os.chown(folder, popen["user"], popen["group"])
            specs = Specs()
            specs.python = python
            manager = KernelManager(
                kernel_spec_manager=specs,
                transport="ipc",
                ip=str(folder / "s"),
                connection_file=str(folder / "kernel.json"),
            )
            if popen:
                manager.write_connection_file()
                os.chown(folder / "kernel.json", popen["user"], popen["group"])
            manager.start_kernel(
                cwd=str(folder),
                env=dict(os.environ) | {"HOME": str(folder)} if env is None else env,
                plan=Plan(cells=code, **options),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                shown=folder / "shown.json",
                **(popen or {}),
            )
            client = manager.client()
            client.start_channels()
            client.wait_for_ready(timeout=SLOW)
            kernels.append(Kernel(manager, client))
            return kernels[-1]

        yield start
        for kernel in kernels:
            kernel.client.stop_channels()
            kernel.manager.shutdown_kernel(now=True)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def until(what: object, seconds: float = 10) -> bool:
    assert callable(what)
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(what())

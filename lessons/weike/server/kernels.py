"""Kernels for live lessons and dashboards: each belongs to one member, knows no secret and does not
live long."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any as Anything

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_server.services.kernels.kernelmanager import (
    AsyncMappingKernelManager,
    ServerKernelManager,
)
from traitlets import Any, Unicode

from weike.lessons.kerneluser import KernelUser
from weike.quizzes.i18n import N_
from weike.results.dashboards.remote import FIGURES
from weike.server.desk import Desk
from weike.server.folders import Folders, clear_stale

PYTHON = "python3"
COMMAND = [sys.executable, "-P", "-m", "weike.lessons.kernel", "-f", "{connection_file}"]
INHERITED = ("PATH", "PYTHONPATH", "PYTHONHOME", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")

EACH = 2  # kernels of one member: a third page ends the first
MOST = int(os.environ.get("WEIKE_LIVE_KERNELS", "32"))  # some 60 MB each
MOST_DASHBOARDS = int(os.environ.get("WEIKE_DASHBOARD_KERNELS", "8"))  # among them, 200 MB each
ASKING = 2  # dashboards' questions answered at once; the other threads stay for pages
IDLE = 600  # seconds without a touch


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A kernel's owner and the temporary folder that is its whole world.

    A dashboard's kernel asks for figures at a desk.
    """

    member: str
    slug: str
    folder: Path
    desk: Desk | None = None


class OnePython(KernelSpecManager):
    """The Python that Weike runs in, whatever kernels are installed."""

    def find_kernel_specs(self) -> dict[str, str]:
        return {PYTHON: ""}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(argv=COMMAND, display_name="Python", language="python")

    def get_all_specs(self) -> dict[str, Anything]:
        spec = self.get_kernel_spec(PYTHON)
        return {PYTHON: {"resource_dir": "", "spec": spec.to_dict()}}


class LiveKernel(ServerKernelManager):
    """One kernel. It is reached through sockets in its own folder, which nobody else may enter."""

    # Read by the channels where tracebacks are withheld; without it the page's stream breaks.
    traceback_replacement_message = Unicode(
        N_("Something in the interactive part failed. Please reload the page.")
    )

    def write_connection_file(self, **options: Anything) -> None:
        kernels = self.parent
        assert isinstance(kernels, Kernels), "made by nobody else"
        folder = kernels.folder(self.kernel_id)
        self.transport = "ipc"
        self.ip = str(folder / "s")
        self.connection_file = str(folder / "kernel.json")
        super().write_connection_file(**options)
        kernels.give(Path(self.connection_file))


class Kernels(AsyncMappingKernelManager):
    """All live kernels of this process, with their owners."""

    user: KernelUser | None = Any(None, allow_none=True)  # type: ignore[assignment]

    def __init__(self, **options: Anything) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            kernel_manager_class=f"{__name__}.LiveKernel",
            cull_idle_timeout=IDLE,
            cull_interval=30,
            cull_connected=True,
            buffer_offline_messages=False,
            allow_tracebacks=False,
            **options,
        )
        self._running: dict[str, Running] = {}
        self._folders = Folders()
        self.asking = asyncio.Semaphore(ASKING)
        clear_stale()

    def owns(self, member_id: str, kernel_id: str) -> bool:
        running = self._running.get(kernel_id)
        return running is not None and running.member == member_id

    @property
    def full(self) -> bool:
        return len(self._running) >= MOST

    @property
    def full_of_dashboards(self) -> bool:
        desks = sum(running.desk is not None for running in self._running.values())
        return self.full or desks >= MOST_DASHBOARDS

    async def start(self, member_id: str, slug: str, *, desk: Desk | None = None) -> str:
        """A fresh kernel for this member; one too many ends the member's oldest.

        With `desk`, it is told where to ask for figures.
        """
        mine = [key for key, running in self._running.items() if running.member == member_id]
        for kernel_id in mine[: max(0, len(mine) - EACH + 1)]:
            await self.end(kernel_id)
        folder = self._folders.make()
        self.give(folder)
        kernel_id = self.new_kernel_id()
        self._running[kernel_id] = Running(member=member_id, slug=slug, folder=folder, desk=desk)
        environ = environment(folder)
        try:
            if desk is not None:
                place = folder / "figures"
                desk.caller = lambda: self._process(kernel_id)
                await desk.open(place)
                self.give(place)
                environ[FIGURES] = str(place)
            await self.start_kernel(
                kernel_id=kernel_id,
                kernel_name=PYTHON,
                cwd=str(folder),
                env=environ,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                extra_arguments=["--HistoryManager.enabled=False"],
                **(self.user.popen if self.user else {}),
            )
        except BaseException:
            self._forget(kernel_id)
            raise
        return kernel_id

    def folder(self, kernel_id: str) -> Path:
        """Where the kernel's process lives."""
        return self._running[kernel_id].folder

    async def end(self, kernel_id: str) -> None:
        """End a kernel now, if it is there."""
        if kernel_id in self:
            await self.shutdown_kernel(kernel_id, now=True)  # type: ignore[no-untyped-call]

    async def end_all_of(self, member_id: str) -> None:
        """The member signed out."""
        for kernel_id in [k for k, one in self._running.items() if one.member == member_id]:
            await self.end(kernel_id)

    def remove_kernel(self, kernel_id: str) -> Anything:
        """Called whenever a kernel is gone, by whatever way."""
        self._forget(kernel_id)
        return super().remove_kernel(kernel_id)

    def _forget(self, kernel_id: str) -> None:
        running = self._running.pop(kernel_id, None)
        if running is not None:
            if running.desk is not None:
                running.desk.close()
            shutil.rmtree(running.folder, ignore_errors=True)

    def _process(self, kernel_id: str) -> int | None:
        """The kernel's process, as soon as there is one."""
        kernel = self.get_kernel(kernel_id) if kernel_id in self else None
        return getattr(kernel and kernel.provisioner, "pid", None)

    def close(self) -> None:
        """All kernels have ended: leave nothing behind."""
        self._folders.close()

    def give(self, path: Path) -> None:
        if self.user is not None:
            os.chown(path, self.user.uid, self.user.gid)


def environment(home: Path) -> dict[str, str]:
    """All that a live lesson learns about this computer."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return kept | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "IPYTHONDIR": f"{home}/ipython",
        "JUPYTER_CONFIG_DIR": f"{home}/jupyter",
        "JUPYTER_DATA_DIR": f"{home}/jupyter",
        "JUPYTER_RUNTIME_DIR": f"{home}/jupyter",
        "JUPYTER_PLATFORM_DIRS": "1",
        "MPLCONFIGDIR": f"{home}/matplotlib",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "LANG": "C.UTF-8",
        "OPENBLAS_NUM_THREADS": "1",
        "WEIKE_LIVE": "1",
    }

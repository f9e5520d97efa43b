"""Kernels for live lessons and dashboards: each belongs to one member, knows no secret and does not
live long."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import shutil
import subprocess
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any as Anything
from weakref import WeakValueDictionary

import zmq
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_events import EventLogger
from jupyter_server.services.kernels.kernelmanager import (
    AsyncMappingKernelManager,
    ServerKernelManager,
)
from tornado.web import HTTPError
from traitlets import Any, Unicode, default

from weike.lessons.kerneluser import KernelUser
from weike.quizzes.i18n import N_
from weike.results.dashboards.remote import FIGURES
from weike.results.folders import Folders
from weike.server.attendance import Attendance
from weike.server.copyplan import ENDS
from weike.server.desk import Desk
from weike.server.forking.plan import Plan
from weike.server.forking.pool import Pool
from weike.server.forking.process import ForkedProcess
from weike.server.forking.templates import Room
from weike.server.ownpython import FORKED, LIVE, PROVISIONER, PYTHON, environment

LOG = logging.getLogger("weike.live")

SHOWN = "shown.json"  # what a lesson's cells show, where they ran in the kernel itself


def most_kernels() -> int:
    """As many as fill half of this computer's memory, at some 20 MB each."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 32
    return max(16, min(400, memory // 2 // 20_000_000))


EACH = 2  # kernels of one member: a third page ends the first
MOST = int(os.environ.get("WEIKE_LIVE_KERNELS", "0")) or most_kernels()
MOST_DASHBOARDS = int(os.environ.get("WEIKE_DASHBOARD_KERNELS", "8"))  # among them, 200 MB each
ASKING = 2  # dashboards' questions answered at once; the other threads stay for pages
IDLE = int(os.environ.get("WEIKE_LIVE_IDLE", "600"))  # seconds without a touch
# Each kernel leaves a third of a megabyte of Jupyter's objects behind that hold each other. Python
# looks for such so rarely here (`app.settle`) that an evening would fill the memory.
LEFTOVERS = 50  # kernels that have gone before it looks
SOCKETS = 40  # of ZeroMQ for each kernel, at the most
USUAL_SOCKETS = 1_023  # of a process, where nobody asks for more


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A kernel's owner and the temporary folder that is its whole world.

    A dashboard's kernel asks for figures at a desk. `version` is that of the lesson whose cells
    the kernel has run by itself; the pages of others run them.
    """

    member: str
    slug: str
    folder: Path
    desk: Desk | None = None
    version: str | None = None


class LiveKernel(ServerKernelManager):
    """One kernel. It is reached through sockets in its own folder, which nobody else may enter."""

    # Read by the channels where tracebacks are withheld; without it the page's stream breaks.
    traceback_replacement_message = Unicode(
        N_("Something in the interactive part failed. Please reload the page.")
    )

    @default("event_logger")
    def _default_event_logger(self) -> EventLogger:
        """One for all: of each that is made, Python's logging keeps a logger for ever."""
        kernels = self.parent
        assert isinstance(kernels, Kernels), "made by nobody else"
        if kernels.events is None:
            kernels.events = super()._default_event_logger()
        return kernels.events

    async def start_kernel(  # type: ignore[override]  # Jupyter's own is asynchronous too
        self, *arguments: Anything, **options: Anything
    ) -> None:
        """A process whose start fails, or is given up, once it is up has nobody else to end it."""
        try:
            await super().start_kernel(*arguments, **options)
        except BaseException:
            if self.provisioner is not None and self.provisioner.has_process:
                await self.provisioner.kill()
                await self.provisioner.wait()
            raise

    def start_restarter(self) -> None:
        """A copy that has ended is not begun anew behind its member's back."""
        if self.kernel_name != LIVE:
            super().start_restarter()

    def write_connection_file(self, **options: Anything) -> None:
        if self._connection_file_written:
            return  # it is the kernel's now, and whatever stands in its place as well
        kernels = self.parent
        assert isinstance(kernels, Kernels), "made by nobody else"
        folder = kernels.folder(self.kernel_id)
        self.transport = "ipc"
        self.ip = str(folder / "s")
        self.connection_file = str(folder / "kernel.json")
        super().write_connection_file(**options)
        kernels.give(Path(self.connection_file))

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Everybody may read a process's command: it names no folder, and begins in its own."""
        command = super().format_kernel_cmd(extra_arguments)
        return [Path(one).name if one == self.connection_file else one for one in command]

    def _reconcile_connection_info(self, info: KernelConnectionInfo) -> None:
        """Nothing but what we have written counts. Jupyter would read the file again and believe
        it, or wait for ever where the kernel has put a pipe in its place."""


class Kernels(AsyncMappingKernelManager):
    """All live kernels of this process, with their owners."""

    user: KernelUser | None = Any(None, allow_none=True)  # type: ignore[assignment]

    def __init__(self, **options: Anything) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            kernel_manager_class=f"{__name__}.LiveKernel",
            cull_idle_timeout=IDLE,
            cull_interval=min(30, IDLE),
            cull_connected=True,
            buffer_offline_messages=False,
            allow_tracebacks=False,
            **options,
        )
        self._running: dict[str, Running] = {}
        self._folders = Folders("live")
        self.asking = asyncio.Semaphore(ASKING)
        self.pool = Pool()
        self.events: EventLogger | None = None
        self._gone = 0
        # A kernel and its page take some six; with the usual ones, the 180th would be the last.
        room = min(self.context.get(zmq.SOCKET_LIMIT), max(USUAL_SOCKETS, SOCKETS * MOST))
        self.context.set(zmq.MAX_SOCKETS, room)
        self._ending: set[str] = set()
        self._tasks: set[asyncio.Future[None]] = set()
        self.attendance = Attendance()
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        # Known also where Weike was updated in place and not installed again.
        KernelProvisionerFactory.provisioners.setdefault(FORKED, PROVISIONER)

    def owns(self, member_id: str, kernel_id: str) -> bool:
        running = self._running.get(kernel_id)
        return running is not None and running.member == member_id

    @property
    def free(self) -> int:
        return max(0, MOST - len(self._running))

    @property
    def full(self) -> bool:
        return not self.free

    @property
    def full_of_dashboards(self) -> bool:
        desks = sum(running.desk is not None for running in self._running.values())
        return self.full or desks >= MOST_DASHBOARDS

    async def start(
        self,
        member_id: str,
        slug: str,
        *,
        desk: Desk | None = None,
        plan: Plan | None = None,
        version: str | None = None,
    ) -> str:
        """A fresh kernel for this member; one too many ends the member's oldest.

        With `desk`, it is told where to ask for figures. With `plan`, it is forked if possible.
        """
        turn = self._turns.setdefault(member_id, asyncio.Lock())
        async with turn:  # of many pages at once, each would find none of the others to end
            mine = [key for key, running in self._running.items() if running.member == member_id]
            for kernel_id in mine[: max(0, len(mine) - EACH + 1)]:
                await self.end(kernel_id)
            return await self._start(member_id, slug, desk, plan, version)

    async def _start(
        self, member_id: str, slug: str, desk: Desk | None, plan: Plan | None, version: str | None
    ) -> str:
        folder = self._folder()
        kernel_id = self.new_kernel_id()
        self._running[kernel_id] = Running(
            member=member_id, slug=slug, folder=folder, desk=desk, version=version
        )
        self.attendance.begins(kernel_id)
        environ = environment(folder)
        forked: dict[str, Anything] = {}
        if plan is not None:
            forked = {"plan": plan, "pool": self.pool, "room": self.room}
            forked["shown"] = folder / SHOWN
        try:
            if desk is not None:
                place = folder / "figures"
                desk.caller = lambda: self._process(kernel_id)
                await desk.open(place)
                self.give(place)
                environ[FIGURES] = str(place)
            await self.start_kernel(
                kernel_id=kernel_id,
                kernel_name=PYTHON if plan is None else LIVE,
                cwd=str(folder),
                env=environ,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                extra_arguments=["--HistoryManager.enabled=False"],
                **(self.user.popen if self.user else {}),
                **forked,
            )
        except BaseException:
            try:
                await self.end(kernel_id)  # what failed may have come after it was up
            finally:
                self._forget(kernel_id)
                # Jupyter would wait for it for ever when the server ends.
                self._pending_kernels.pop(kernel_id, None)
            raise
        self._watch(kernel_id)
        return kernel_id

    def _folder(self) -> Path:
        folder = self._folders.make()
        self.give(folder)
        return folder

    def room(self) -> Room:
        """Where a lesson's template lives."""
        folder = self._folder()
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        user = self.user.popen if self.user else {}
        return Room(folder=folder, env=environment(folder), popen=quiet | user)

    def provisioner(self, kernel_id: str) -> Anything:
        return self.get_kernel(kernel_id).provisioner

    def of(self, member_id: str, slug: str, version: str) -> str | None:
        """This member's running kernel for this version of a lesson."""
        wanted = (member_id, slug, version)
        for kernel_id, one in self._running.items():
            if (one.member, one.slug, one.version) == wanted and kernel_id in self:
                return kernel_id
        return None

    def _watch(self, kernel_id: str) -> None:
        """Hear when a copy ends by itself."""
        process = self.provisioner(kernel_id).process
        if isinstance(process, ForkedProcess):
            loop = asyncio.get_running_loop()

            def over(future: Future[int]) -> None:
                with suppress(RuntimeError):  # the server has ended before
                    loop.call_soon_threadsafe(self._over, kernel_id, future.result())

            process.over.add_done_callback(over)

    def _over(self, kernel_id: str, code: int) -> None:
        running = self._running.get(kernel_id)
        if running is None or kernel_id not in self or kernel_id in self._ending:
            return
        why = ENDS.get(code, f"ended with code {code}")
        LOG.warning("the interactive part of %s, for one member, %s", running.slug, why)
        self._end_later(kernel_id)

    def _end_later(self, kernel_id: str) -> None:
        task = asyncio.ensure_future(self.end(kernel_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Jupyter takes all that a lesson says by itself for a touch, and one at work for busy: a
        clock that ticks, or a callback that sleeps, would keep its process for ever."""
        if self.attendance.idle(kernel_id) > self.cull_idle_timeout:
            await self.end(kernel_id)
        else:
            await super().cull_kernel_if_idle(kernel_id)  # type: ignore[no-untyped-call]

    async def make_place(self) -> bool:
        """End a kernel that every page has left; False where all are in use."""
        if not self.full:
            return True
        for kernel_id, running in list(self._running.items()):
            left = running.version is not None and self.attendance.left(kernel_id)
            if left and kernel_id in self:
                await self.end(kernel_id)
                return True
        return False

    def folder(self, kernel_id: str) -> Path:
        """Where the kernel's process lives."""
        return self._running[kernel_id].folder

    async def end(self, kernel_id: str) -> None:
        """End a kernel now, if it is there."""
        if kernel_id in self and kernel_id not in self._ending:
            await self.shutdown_kernel(kernel_id, now=True)

    async def shutdown_kernel(  # type: ignore[override]  # Jupyter says no more of it
        self, kernel_id: str, now: bool = False, restart: bool = False
    ) -> None:
        """Whoever wants it; what ends now has not ended by itself."""
        self._ending.add(kernel_id)
        try:
            await super().shutdown_kernel(  # type: ignore[no-untyped-call]
                kernel_id, now=now, restart=restart
            )
        finally:
            self._ending.discard(kernel_id)

    async def shutdown_all(  # type: ignore[override]  # as above
        self, now: bool = False
    ) -> None:
        ids = self.list_kernel_ids()
        self._ending.update(ids)
        await asyncio.gather(*(self._end_if_there(kernel_id, now=now) for kernel_id in ids))
        await super().shutdown_all(now=now)  # those that are just being started

    async def _end_if_there(self, kernel_id: str, *, now: bool) -> None:
        with suppress(HTTPError):  # it has ended by itself meanwhile
            await self.shutdown_kernel(kernel_id, now=now)

    async def end_all_of(self, member_id: str) -> None:
        """The member signed out."""
        for kernel_id in [k for k, one in self._running.items() if one.member == member_id]:
            await self.end(kernel_id)

    def remove_kernel(self, kernel_id: str) -> Anything:
        """Called whenever a kernel is gone, by whatever way."""
        self._forget(kernel_id)
        self._gone += 1
        if self._gone % LEFTOVERS == 0:
            with suppress(RuntimeError):  # the server has ended before
                asyncio.get_running_loop().call_later(1.0, gc.collect)
        return super().remove_kernel(kernel_id)

    def _forget(self, kernel_id: str) -> None:
        running = self._running.pop(kernel_id, None)
        if running is not None:
            if running.desk is not None:
                running.desk.close()
            shutil.rmtree(running.folder, ignore_errors=True)
        self.attendance.ends(kernel_id)

    def _process(self, kernel_id: str) -> int | None:
        """The kernel's process, as soon as there is one."""
        kernel = self.get_kernel(kernel_id) if kernel_id in self else None
        return getattr(kernel and kernel.provisioner, "pid", None)

    def close(self) -> None:
        """All kernels have ended: leave nothing behind."""
        self.pool.close()
        self._folders.close()

    def give(self, path: Path) -> None:
        if self.user is not None:
            self.user.own(path)

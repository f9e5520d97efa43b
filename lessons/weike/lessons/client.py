"""The Jupyter side of running a lesson. Imported only when a lesson is run: it takes a second."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from zmq import ZMQError

from weike.lessons.catalogue import LessonSource
from weike.lessons.failure import will_not_start
from weike.lessons.kernel import CONNECTION

if TYPE_CHECKING:
    from weike.lessons.execute import Room

COMMAND = [sys.executable, "-P", "-m", "weike.lessons.kernel"]


class OurPython(KernelSpecManager):
    """Every lesson runs in the Python that Weike runs in, whatever kernels are installed."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        return KernelSpec(argv=COMMAND, display_name="Python", language="python")


class Manager(AsyncKernelManager):
    """Hands the connection file to the user that the kernel runs as."""

    room: Room

    def write_connection_file(self, **kwargs: Any) -> None:
        super().write_connection_file(**kwargs)
        self.room.give(Path(self.connection_file))


class Client(NotebookClient):
    """Runs cells one by one, and stops one that floods us with output."""

    def __init__(self, *args: Any, most_output: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most_output = most_output
        self.received = 0

    @property
    def flooded(self) -> bool:
        return self.received > self.most_output

    def output(self, outs: Any, msg: Any, display_id: Any, cell_index: int) -> Any:
        if self.flooded:
            return None
        content = msg["content"]
        self.received += len(content.get("text") or "") + sum(
            len(value) for value in (content.get("data") or {}).values() if isinstance(value, str)
        )
        if self.flooded:
            assert self.km is not None
            self._stopping = asyncio.ensure_future(self.km.interrupt_kernel())
            return None
        return super().output(outs, msg, display_id, cell_index)

    async def ask(self, expressions: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        """The MIME bundles of some expressions, asked in silence."""
        assert self.kc is not None
        request = self.kc.execute(
            "", silent=True, store_history=False, user_expressions=dict(expressions)
        )
        reply = await self.async_wait_for_reply(request)
        answers = (reply or {}).get("content", {}).get("user_expressions", {})
        return {name: answer.get("data", {}) for name, answer in answers.items()}


@asynccontextmanager
async def start_kernel(
    source: LessonSource, room: Room, *, startup: float
) -> AsyncIterator[tuple[Manager, AsyncKernelClient]]:
    """A kernel in the lesson's folder; it is killed at the end. Raises `ExecutionError`."""
    folder = room.folder()
    with (folder / "stderr").open("w+b") as stderr:  # while nobody else can put a link there
        room.give(folder)
        # Sockets in a folder that nobody else may enter, where the system has such sockets.
        sockets = {} if sys.platform == "win32" else {"transport": "ipc", "ip": str(folder / "s")}
        manager = Manager(
            kernel_spec_manager=OurPython(), connection_file=str(folder / "kernel.json"), **sockets
        )
        manager.room = room
        channels: AsyncKernelClient | None = None
        try:
            await manager.start_kernel(
                cwd=str(source.folder),
                env=room.environment(folder) | {CONNECTION: manager.connection_file},
                stdout=stderr,
                stderr=stderr,
                extra_arguments=["--HistoryManager.enabled=False"],
                **(room.user.popen if room.user else {}),
            )
            channels = manager.client()
            channels.start_channels()
            await channels.wait_for_ready(timeout=startup)
            channels.allow_stdin = False
        except BaseException as failure:  # a cancelled start leaves no process behind either
            if channels is not None:
                channels.stop_channels()
            await manager.shutdown_kernel(now=True)
            if not isinstance(failure, OSError | RuntimeError | ZMQError):
                raise
            stderr.seek(0)
            said = stderr.read().decode(errors="replace").strip().splitlines()
            raise will_not_start(source, said[-1] if said else str(failure)) from failure
    try:
        yield manager, channels
    finally:
        channels.stop_channels()
        await manager.shutdown_kernel(now=True)

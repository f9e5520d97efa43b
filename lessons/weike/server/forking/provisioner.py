"""`weike-fork`: a kernel provisioner that copies a prepared process instead of starting one.

In a kernelspec: `"metadata": {"kernel_provisioner": {"provisioner_name": "weike-fork", "config":
{"imports": ["numpy", "matplotlib.pyplot"]}}}`.
"""

from __future__ import annotations

import atexit
import json
import logging
import os
from collections.abc import Mapping
from concurrent.futures import Future
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import List, Unicode

from weike.results.folders import Folders, clear_stale
from weike.server.forking.plan import IMPORTS, Plan
from weike.server.forking.pool import POOL, MakeRoom, Pool
from weike.server.forking.process import ForkedProcess
from weike.server.forking.templates import CannotForkError, Room, SlowForkError, Template

LOG = logging.getLogger("weike.forking")
FOLDERS: Final = Folders("fork")  # of templates, in servers that are not ours
_USER = ("user", "group", "extra_groups")


class ForkProvisioner(LocalProvisioner):
    """Where no copy can be made, the kernel starts as usual; `reason` says why."""

    imports: Any = List(
        Unicode(),
        default_value=list(IMPORTS),
        help="Modules that are imported before the first kernel is forked",
    ).tag(config=True)

    pool: Pool = POOL
    reason: str | None = None
    template: Template | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Besides what `LocalProvisioner` takes: `pool`, `plan`, `room` for its template, and
        `shown`, the file for what the plan's cells show where they do not run in the template."""
        pool: Pool = kwargs.pop("pool", None) or self.pool
        plan: Plan = kwargs.pop("plan", None) or self._plan()
        room = kwargs.pop("room", None)
        shown = kwargs.pop("shown", None)
        self.reason = None
        user = {name: kwargs[name] for name in _USER if name in kwargs}
        try:
            room = room or _room(cmd[0], kwargs, user)
            process = await self._fork(pool, plan, cmd, kwargs, room, shown)
        except CannotForkError as failure:
            if isinstance(failure, SlowForkError) and plan.hidden and plan.cells:
                raise
            self.reason = str(failure)
            LOG.info("%s starts a kernel without forking: %s", plan.name, failure)
            return await super().launch_kernel(_alone(cmd, plan, shown, kwargs), **kwargs)
        if self.parent is not None:
            self.parent.ready.add_done_callback(partial(_end_unless_ready, process))
        self.process = process  # type: ignore[assignment]  # it does all that is asked of it
        self.pid = self.pgid = process.pid
        self.cwd = kwargs.get("cwd") or Path.cwd()
        return self.connection_info

    async def send_signal(self, signum: int) -> None:
        if self.process is None or self.process.poll() is None:
            await super().send_signal(signum)

    def _plan(self) -> Plan:
        return Plan(name=str(self.kernel_spec.display_name), imports=tuple(self.imports))

    async def _fork(
        self,
        pool: Pool,
        plan: Plan,
        cmd: list[str],
        kwargs: Mapping[str, Any],
        room: MakeRoom,
        shown: Any,
    ) -> ForkedProcess:
        file, arguments = _parts(cmd)
        request = {
            "connection_file": file,
            "arguments": arguments,
            "env": kwargs["env"],
            "cwd": str(kwargs.get("cwd") or ""),
            "clients": [os.getpid()] if plan.hidden else [],
            "shown": shown and str(shown),
        }
        assert self.kernel_id is not None
        self.template, process = await pool.copy(plan, self.kernel_id, request, room)
        return process


def _end_unless_ready(process: ForkedProcess, ready: Future[None]) -> None:
    """Where the rest of a kernel's start fails, Jupyter forgets it, and the process with it."""
    if not ready.cancelled() and ready.exception() is not None:
        process.kill()


@cache
def _tidy() -> None:
    """Once in a process: what others left goes now, what this one makes goes with it."""
    clear_stale()
    atexit.register(FOLDERS.close)
    atexit.register(POOL.close)


def _room(python: str, kwargs: Mapping[str, Any], user: Mapping[str, Any]) -> MakeRoom:
    def room() -> Room:
        _tidy()
        folder = FOLDERS.make()
        if user:
            os.chown(folder, user["user"], user["group"], follow_symlinks=False)
        return Room(folder=folder, env=kwargs["env"], popen=user, python=python)

    return room


def _parts(cmd: list[str]) -> tuple[str, list[str]]:
    """The connection file of a kernel's command, and what is given to IPython besides."""
    if "-f" not in cmd[:-1]:
        raise CannotForkError("the kernel's command names no connection file with -f")
    at = cmd.index("-f")
    return cmd[at + 1], cmd[at + 2 :]


def _alone(cmd: list[str], plan: Plan, shown: Any, kwargs: Mapping[str, Any]) -> list[str]:
    """The command of a kernel that runs the plan's cells by itself, or the given one.

    Where it names its connection file as seen from its own folder, it names all others so, too.
    """
    if not plan.cells:
        return cmd
    file, arguments = _parts(cmd)
    folder = Path(kwargs.get("cwd") or "")
    place = Path(file).with_name("plan.json")
    (folder / place).write_text(json.dumps(plan.to_json()), encoding="utf-8")
    (folder / place).chmod(0o644)
    seen = str(shown or "")
    if seen and not place.is_absolute():
        seen = os.path.relpath(seen, folder)
    names = [str(place), seen]
    return [cmd[0], "-P", "-m", "weike.server.forking.alone", *names, "-f", file, *arguments]

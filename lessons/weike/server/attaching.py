"""A kernel for a member who touches something live: the one that is there, or a fresh copy."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jupyter_core.utils import ensure_async

from weike.lessons.views import shown_models
from weike.quizzes.i18n import _
from weike.results.versions import LessonVersion
from weike.server.base import Refused
from weike.server.copyplan import plan_of
from weike.server.forking.templates import CannotForkError, SlowForkError
from weike.server.kernels import SHOWN, Kernels
from weike.server.line import Line

LOG = logging.getLogger("weike.live")
RUNS: Final = 60.0  # seconds for a lesson's cells where they run in the kernel itself
LARGEST: Final = 32 << 20  # bytes of what cells show
AT_ONCE: Final = 4  # kernels that start at the same time
AGAIN: Final = 4  # seconds until a member who waits asks again


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """`views`: the models that each cell shows, by its number among the live notebook's cells."""

    kernel_id: str
    views: Mapping[str, list[str]]
    resumed: bool


class Attaching:
    """One at a time for each member and lesson, however often the page asks."""

    def __init__(self, kernels: Kernels) -> None:
        self._kernels = kernels
        self._line = Line()
        self._busy: dict[tuple[str, str], asyncio.Future[Attached]] = {}
        self._views: dict[str, Mapping[str, list[str]]] = {}  # by kernel
        self._warm: set[str] = set()
        self._starting = asyncio.Semaphore(AT_ONCE)

    async def attach(self, member_id: str, lesson: LessonVersion) -> Attached:
        """Raises `Refused` 503 with the number of those who wait before."""
        key = (member_id, lesson.slug)
        task = self._busy.get(key)
        if task is None:
            task = self._busy[key] = asyncio.ensure_future(self._attach(member_id, lesson))
            task.add_done_callback(lambda _done: self._busy.pop(key, None))
        return await asyncio.shield(task)

    async def warm(self, lesson: LessonVersion) -> None:
        """Somebody reads a live lesson: have its template ready before something is touched."""
        if lesson.version in self._warm or lesson.live_notebook is None:
            return
        self._warm.add(lesson.version)
        try:
            plan = plan_of(lesson.slug, lesson.live_notebook, run=True)
            self._kernels.pool.retire(lesson.slug, keep=plan.key)
            await self._kernels.pool.template(plan, self._kernels.room)
        except CannotForkError:
            pass  # the pool has said why
        finally:
            self._warm.discard(lesson.version)

    async def _attach(self, member_id: str, lesson: LessonVersion) -> Attached:
        kernels = self._kernels
        there = kernels.of(member_id, lesson.slug, lesson.version)
        if there is not None and there in self._views:
            kernels.attendance.touched(there)
            return Attached(kernel_id=there, views=self._views[there], resumed=True)
        before = self._line.ask(member_id, time.monotonic())
        if before >= max(1, kernels.free) or not await kernels.make_place():
            raise _wait(before)
        self._line.leave(member_id)
        assert lesson.live_notebook is not None, "the route has looked"
        plan = plan_of(lesson.slug, lesson.live_notebook, run=True)
        kernels.pool.retire(lesson.slug, keep=plan.key)
        async with self._starting:
            try:
                kernel_id = await kernels.start(
                    member_id, lesson.slug, plan=plan, version=lesson.version
                )
            except SlowForkError as slow:
                LOG.warning("%s: this computer is too busy just now; members wait", slow)
                raise _wait(0) from None
        try:
            views = await self._read_views(kernel_id)
        except BaseException:
            await kernels.end(kernel_id)
            raise
        self._views = {key: one for key, one in self._views.items() if key in kernels}
        self._views[kernel_id] = views
        return Attached(kernel_id=kernel_id, views=views, resumed=False)

    async def _read_views(self, kernel_id: str) -> Mapping[str, list[str]]:
        template = self._kernels.provisioner(kernel_id).template
        if template is not None and template.runs:
            if template.views is None:
                template.views = await asyncio.to_thread(_views, template.shown)
            found: Mapping[str, list[str]] = template.views
            return found
        shown = self._kernels.folder(kernel_id) / SHOWN
        until = time.monotonic() + RUNS
        while not shown.exists():
            alive = kernel_id in self._kernels and await self._alive(kernel_id)
            if time.monotonic() > until or not alive:
                LOG.error(
                    "a live lesson's cells did not run in %.0f s: %s; see weike check",
                    RUNS,
                    "they take longer" if alive else "their process ended before",
                )
                raise Refused(503, "not_ready", _("The interactive part does not start just now."))
            await asyncio.sleep(0.1)
        return await asyncio.to_thread(_views, shown)

    async def _alive(self, kernel_id: str) -> bool:
        return await ensure_async(self._kernels.get_kernel(kernel_id).is_alive())


def _views(shown: Path) -> Mapping[str, list[str]]:
    """What a lesson's process has written; it is not trusted to be what it should."""
    try:
        with open(shown, "rb", opener=_at_once) as file:
            data = file.read(LARGEST)
        cells: dict[str, list[dict[str, Any]]] = json.loads(data)
        return {number: shown_models(outputs) for number, outputs in cells.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as failure:
        raise Refused(
            503, "not_ready", _("The interactive part does not start just now.")
        ) from failure


def _at_once(path: str, flags: int) -> int:
    """Neither wait for whoever writes into a pipe nor follow a link to another file."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0))


def _wait(before: int) -> Refused:
    message = (
        _("Just now many people use interactive parts. {n} are before you.").format(n=before)
        if before
        else _("Just now many people use interactive parts. You are next.")
    )
    return Refused(
        503, "full", message, more={"before": before}, headers={"Retry-After": str(AGAIN)}
    )

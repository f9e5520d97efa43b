"""PDF and pictures on demand: one at a time, away from the pages, each drawn once."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import Any

from weike.results.reporting import printing

_MOST = 64 << 20  # bytes that are kept in memory


class PrintShop:
    """Draws pages of HTML. The same page again is the copy that was kept."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="weike-print")
        self._kept: OrderedDict[str, bytes] = OrderedDict()

    async def pdf(self, html: str, *, footer: str) -> bytes:
        """See `printing.pdf`. The footer is not looked at: a copy keeps the one it had."""
        return await self._drawn(partial(printing.pdf, html, footer=footer), "pdf", html)

    async def png(self, html: str, *, width: int, height: int) -> bytes:
        """See `printing.png`."""
        task = partial(printing.png, html, width=width, height=height)
        return await self._drawn(task, f"png {width} {height}", html)

    async def _drawn(self, task: Callable[[], bytes], kind: str, html: str) -> bytes:
        key = hashlib.sha256(f"{kind}\n{html}".encode()).hexdigest()
        run: Callable[..., Any] = copy_context().run
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, run, self._once, key, task)

    def _once(self, key: str, task: Callable[[], bytes]) -> bytes:
        """In the one thread, so that two who ask at once wait for the same drawing."""
        found = self._kept.pop(key, None) or task()
        self._kept[key] = found
        while len(self._kept) > 1 and sum(map(len, self._kept.values())) > _MOST:
            self._kept.popitem(last=False)
        return found

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

"""PDF and pictures on demand: one at a time, away from the pages, each drawn once."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from weike.lessons.handouts.pictures import page_pictures
from weike.results.reporting import printing

_MOST = 64 << 20  # bytes that are kept in memory


class PrintShop:
    """Draws pages of HTML. The same page again is the copy that was kept."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="weike-print")
        self._kept: OrderedDict[str, tuple[bytes, ...]] = OrderedDict()

    async def pdf(self, html: str, *, footer: str) -> bytes:
        """See `printing.pdf`. The footer is not looked at: a copy keeps the one it had."""
        (made,) = await self._drawn(lambda: (printing.pdf(html, footer=footer),), "pdf", html)
        return made

    async def pages(self, html: str) -> tuple[bytes, ...]:
        """Every page as a picture that a chat app can keep."""
        return await self._drawn(lambda: tuple(page_pictures(printing.pdf(html))), "pages", html)

    async def png(self, html: str, *, width: int, height: int) -> bytes:
        """See `printing.png`."""
        (made,) = await self._drawn(
            lambda: (printing.png(html, width=width, height=height),), f"png {width} {height}", html
        )
        return made

    async def _drawn(
        self, task: Callable[[], tuple[bytes, ...]], kind: str, html: str
    ) -> tuple[bytes, ...]:
        key = hashlib.sha256(f"{kind}\n{html}".encode()).hexdigest()
        run: Callable[..., Any] = copy_context().run
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, run, self._once, key, task)

    def _once(self, key: str, task: Callable[[], tuple[bytes, ...]]) -> tuple[bytes, ...]:
        """In the one thread, so that two who ask at once wait for the same drawing."""
        found = self._kept.pop(key, None) or task()
        self._kept[key] = found
        while len(self._kept) > 1 and self._size() > _MOST:
            self._kept.popitem(last=False)
        return found

    def _size(self) -> int:
        return sum(len(page) for made in self._kept.values() for page in made)

    def close(self) -> None:
        self._thread.shutdown(cancel_futures=True)

"""Which pages are connected to which kernel, and when its member last did something there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

PAGES: Final = 8  # connected to one kernel; each costs some ten open files
COMING: Final = 5.0  # seconds that a page may take to connect to the kernel it was told of
CROWDED: Final = 4429  # the code with which the oldest is ended for a further one


class Attendance:
    """`close` ends a page's connection: without a code because the kernel is gone."""

    def __init__(self) -> None:
        self._open: dict[str, dict[Callable[..., None], None]] = {}  # the oldest first
        self._touched: dict[str, float] = {}

    def begins(self, kernel_id: str) -> None:
        self._open[kernel_id] = {}
        self._touched[kernel_id] = time.monotonic()

    def opened(self, kernel_id: str, close: Callable[..., None]) -> None:
        pages = self._open.get(kernel_id)
        if pages is None:  # it has ended meanwhile
            close()
            return
        pages[close] = None
        self.touched(kernel_id)
        for oldest in list(pages)[:-PAGES]:
            del pages[oldest]
            oldest(CROWDED)

    def closed(self, kernel_id: str, close: Callable[..., None]) -> None:
        self._open.get(kernel_id, {}).pop(close, None)

    def touched(self, kernel_id: str) -> None:
        if kernel_id in self._touched:
            self._touched[kernel_id] = time.monotonic()

    def connected(self, kernel_id: str) -> bool:
        return bool(self._open.get(kernel_id))

    def left(self, kernel_id: str) -> bool:
        """Whether no page is there, and none is on its way."""
        return not self.connected(kernel_id) and self.idle(kernel_id) >= COMING

    def idle(self, kernel_id: str) -> float:
        """Seconds since the last touch."""
        now = time.monotonic()
        return now - self._touched.get(kernel_id, now)

    def ends(self, kernel_id: str) -> None:
        """The kernel is gone, and its pages are told."""
        self._touched.pop(kernel_id, None)
        for close in list(self._open.pop(kernel_id, ())):
            close()

"""The server's time: the computer's, except that it does not go back under those who answer.

A computer that starts with a wrong clock is set right by a time server a moment later, perhaps by
hours (eight, where the clock keeps local time). Set back, it would give everybody who is in a timed
quiz that much more time. So time goes on as before for `HOLD`, longer than nearly every timed quiz
takes, and follows the computer afterwards. Set forward, it is followed at once: a computer that
slept was really away for so long.

Order never depends on any of that: answers count by their `seq`, attempts by their number, and
decisions by their id.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

LOG = logging.getLogger("weike.server")
HOLD = 2 * 3600.0  # seconds
JITTER = 1.0  # seconds that a time server may take back unnoticed


class Clock:
    """`clock()` is the time now. `behind` says how far the computer's own is behind it."""

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._wall, self._steady = wall, steady
        self._offset = wall() - steady()
        self._held: float | None = None  # until then by `steady`

    def __call__(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)

    @property
    def behind(self) -> float:
        """Seconds; 0 where the computer's clock is followed."""
        self._now()
        return 0.0 if self._held is None else self._steady() + self._offset - self._wall()

    def _now(self) -> float:
        steady, wall = self._steady(), self._wall()
        back = steady + self._offset - wall
        if back <= JITTER:
            if self._held is not None:
                LOG.warning(
                    "the clock is where it was before it was set back; it is followed again"
                )
            self._follow(steady, wall)
            return wall
        held = self._held  # threads ask too
        if held is None:
            self._held = steady + HOLD
            LOG.error(
                "the clock was set back by %s: quizzes that run go on by the time before, for %s;"
                " let the clock follow a time server, and see weike doctor",
                timedelta(seconds=round(back)),
                timedelta(seconds=HOLD),
            )
        elif steady >= held:
            LOG.warning(
                "the clock that was set back by %s is followed now", timedelta(seconds=round(back))
            )
            self._follow(steady, wall)
            return wall
        return steady + self._offset

    def _follow(self, steady: float, wall: float) -> None:
        self._offset, self._held = wall - steady, None

"""One simulated member: comes, reads, answers, puts the phone away and takes it up again.

What goes wrong is noted and tried again, as the page's own outbox does. What the server has
acknowledged is noted too, so that it can be looked for in the store afterwards.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketError

from .answers import OpenAttempt, answer_to, headers, open_request, submit_request
from .client import Connection, Request, Response, ResponseError, build
from .course import LESSON, LIVE, Reader
from .slider import GoneError, Slider, attach_request

T = TypeVar("T")
TRIES = 4
PATIENCE = 30.0
FAILURES = (ResponseError, OSError, TimeoutError, HTTPClientError, WebSocketError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Seconds that members take, each the middle of a range from a half to one and a half."""

    reading: float = 20.0
    thinking: float = 4.0
    asleep: float = 15.0
    between_slides: float = 3.0
    slides: int = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a member will do. `arrives` is in seconds from the beginning."""

    reader: Reader
    arrives: float
    live: bool
    sleeps: bool
    seed: int
    new: bool = False  # a further attempt, by who has handed in before


@dataclass(slots=True, kw_only=True)
class Log:
    """Moments are of `time.time()`.

    `asked` holds what was asked, when, and how long the answer took; `present` who came (+1) and
    went (-1): "here", "asleep" or "live".
    """

    asked: list[tuple[str, float, float]] = field(default_factory=list)
    errors: list[tuple[float, str]] = field(default_factory=list)
    present: list[tuple[float, str, int]] = field(default_factory=list)
    acknowledged: dict[str, object] = field(default_factory=dict)
    handed_in: set[str] = field(default_factory=set)
    finished: int = 0
    gone: int = 0  # copies that had ended when their members wanted them

    def times(self, what: str) -> list[float]:
        return [took for name, _when, took in self.asked if name == what]


class GaveUpError(Exception):
    """Tried again and again, in vain; the log says why."""


@dataclass(slots=True, kw_only=True)
class Place:
    """The server, and what all members share. `live` is set once nobody waits for the others."""

    port: int
    assets: Sequence[str]
    pace: Pace
    log: Log
    live: asyncio.Event = field(default_factory=asyncio.Event)
    host: str = "127.0.0.1"


class Visitor:
    def __init__(self, plan: Plan, place: Place) -> None:
        self._plan = plan
        self._place = place
        self._log = place.log
        self._chance = random.Random(plan.seed)
        self._connection: Connection | None = None
        self._slug = LIVE if plan.live else LESSON
        self._slider: Slider | None = None
        self._kernel = ""
        self._etag: str | None = None

    async def visit(self, attached: Callable[[], None] = lambda: None) -> None:
        """`attached` is called when the slider was moved for the first time, or never will be."""
        await asyncio.sleep(self._plan.arrives)
        self._mark("here", 1)
        try:
            await self._learn(attached)
            self._log.finished += 1
        except GaveUpError:
            pass
        finally:
            attached()
            self._leave()
            self._mark("here", -1)

    async def _learn(self, attached: Callable[[], None]) -> None:
        pace = self._place.pace
        attempt = await self._open()
        for path in self._place.assets:
            await self._ask("asset", _get(self._plan.reader, path))
        await self._pause(pace.reading)
        if self._plan.live:
            await self._touch()
            attached()
        half = len(attempt.items) // 2
        for seq, item in enumerate(attempt.items, 1):
            if self._plan.sleeps and seq == half + 1:
                attempt = await self._sleep(attempt, seq - 1)
            await self._pause(pace.thinking)
            answer = answer_to(attempt, item, seq, event=f"{attempt.id}-{seq}")
            await self._ask("answer", answer.request)
            self._log.acknowledged[answer.event] = answer.response
        await self._pause(pace.thinking)
        await self._ask("submit", submit_request(attempt))
        self._log.handed_in.add(attempt.id)
        if self._plan.live:
            await self._place.live.wait()  # the page stays open

    async def _open(self, *, known: str | None = None) -> OpenAttempt:
        """The page, then its first quiz: until both are there, nothing can be answered."""
        reader = self._plan.reader
        began, clock = time.time(), time.perf_counter()
        page = await self._ask("page", _get(reader, f"/lessons/{self._slug}", known))
        self._etag = page.header("ETag") or known
        opening = open_request(
            reader, keep=True, quiz=f"{self._slug}/{self._slug}", new=self._plan.new and not known
        )
        opened = await self._ask("attempt", opening)
        self._log.asked.append(("open", began, time.perf_counter() - clock))
        return OpenAttempt.of(reader, opened.text)

    async def _sleep(self, before: OpenAttempt, answered: int) -> OpenAttempt:
        """The phone is put away: the connections die, and the page is loaded again later."""
        self._leave()
        self._mark("asleep", 1)
        await self._pause(self._place.pace.asleep)
        self._mark("asleep", -1)
        attempt = await self._open(known=self._etag)
        if attempt.id != before.id or len(attempt.answered) != answered:
            self._error(
                f"came back to {len(attempt.answered)} answers instead of {answered}"
                if attempt.id == before.id
                else "came back to another attempt"
            )
        if self._plan.live:
            await self._come_back()
        return before

    async def _touch(self) -> None:
        """The first touch, then some more."""
        pace = self._place.pace
        await self._timed("first touch", self._attach)
        for _number in range(pace.slides):
            await self._pause(pace.between_slides)
            try:
                await self._timed("touch", self._slide)
            except GoneError:
                await self._attach()

    async def _attach(self) -> None:
        """A process, a connection to it, and the first value; again where it is gone by then."""
        for number in range(TRIES):
            answer = await self._ask("kernel", attach_request(self._plan.reader))
            self._kernel = answer.json()["kernel"]
            try:
                await self._timed("connect", self._connect)
                await self._slide()
            except GoneError:
                if number == TRIES - 1:
                    raise GaveUpError from None
            else:
                return

    async def _come_back(self) -> None:
        """The same process, and in it the value that was set."""
        value = self._slider.value if self._slider else None
        try:
            await self._timed("reconnect", self._connect)
            assert self._slider is not None
            if value is not None and self._slider.value != value:
                self._error(f"the slider stood at {value} before and at {self._slider.value} now")
            await self._timed("touch", self._slide)
        except GoneError:
            await self._attach()

    async def _connect(self) -> None:
        place = self._place
        self._unplug()
        slider = Slider(self._plan.reader, self._kernel, host=place.host, port=place.port)
        try:
            await slider.connect()
        except GoneError:
            slider.close()
            self._log.gone += 1
            raise
        except FAILURES as failure:
            slider.close()
            self._error(f"live: {type(failure).__name__}: {failure}")
            raise GaveUpError from failure
        self._slider = slider
        self._mark("live", 1)

    async def _slide(self) -> None:
        assert self._slider is not None
        steps = [step / 10 for step in range(5, 51) if step / 10 != self._slider.value]
        try:
            await self._slider.slide(self._chance.choice(steps))
        except GoneError:
            self._unplug()
            self._log.gone += 1
            raise
        except FAILURES as failure:
            self._error(f"slider: {type(failure).__name__}: {failure}")
            raise GaveUpError from failure

    def _leave(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._unplug()

    def _unplug(self) -> None:
        if self._slider is not None and self._slider.connected:
            self._slider.close()
            self._mark("live", -1)

    async def _ask(self, what: str, request: Request) -> Response:
        for number in range(TRIES):
            began, clock = time.time(), time.perf_counter()
            try:
                async with asyncio.timeout(PATIENCE):
                    if self._connection is None:
                        place = self._place
                        self._connection = await Connection.open(place.host, place.port)
                    response = await self._connection.ask(request)
            except FAILURES as failure:
                self._error(f"{what}: {type(failure).__name__}: {failure}")
                if self._connection is not None:
                    self._connection.close()
                    self._connection = None
                await asyncio.sleep(2.0**number)
            else:
                self._log.asked.append((what, began, time.perf_counter() - clock))
                return response
        raise GaveUpError

    async def _timed(self, what: str, work: Callable[[], Awaitable[T]]) -> T:
        began, clock = time.time(), time.perf_counter()
        result = await work()
        self._log.asked.append((what, began, time.perf_counter() - clock))
        return result

    async def _pause(self, middle: float) -> None:
        await asyncio.sleep(middle * self._chance.uniform(0.5, 1.5))

    def _mark(self, what: str, change: int) -> None:
        self._log.present.append((time.time(), what, change))

    def _error(self, text: str) -> None:
        self._log.errors.append((time.time(), f"{text} (member {self._plan.reader.member})"))


def _get(reader: Reader, path: str, known: str | None = None) -> Request:
    more = {"If-None-Match": known} if known else {}
    data = build("GET", path, headers(reader) | more)
    return Request(data=data, status=304 if known else 200, fresh=not known)

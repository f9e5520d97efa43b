"""The loads that a Weike server is put under, and what each one cost it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle, islice

from .answers import Answer, OpenAttempt, Taking, answers, headers, open_request
from .client import Connection, Request, Response, build, check
from .course import LESSON, Reader
from .load import Generator, Outcome, Target, Visit, offer, saturate
from .machine import SERVER_CORE, pin
from .process import Server
from .size import Size

PAGE = f"/lessons/{LESSON}"
MOST_REGULARS = 200
AT_ONCE = 2_000  # members who answer at the same time


@dataclass(slots=True, kw_only=True)
class Audience:
    """Members who come again and again, those who have not come yet, and what they all sent."""

    regulars: list[Reader]
    waiting: list[Reader]
    attempts: list[OpenAttempt] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    _answers: Iterator[Answer] | None = None

    @classmethod
    def of(cls, readers: list[Reader]) -> Audience:
        regulars = min(MOST_REGULARS, len(readers) // 4)
        return cls(regulars=readers[:regulars], waiting=readers[regulars:])

    def newcomers(self, count: int) -> list[Reader]:
        taken, self.waiting = self.waiting[:count], self.waiting[count:]
        return taken

    def next_answers(self, count: int) -> list[Answer]:
        if self._answers is None:
            self._answers = answers(self.attempts[-AT_ONCE:])
        return list(islice(self._answers, count))


class Loads:
    """All loads on one server. The server is put on its core here, threads included."""

    def __init__(
        self, server: Server, generator: Generator, audience: Audience, size: Size
    ) -> None:
        pin(SERVER_CORE, server.pid)
        self._server = server
        self._generator = generator
        self._audience = audience
        self._size = size
        self._target = Target(port=server.port, pid=server.pid, connections=size.connections)

    def pages(self) -> Outcome:
        """The light page alone, compressed, by signed-in members."""
        readers = self._audience.regulars
        page = self._reference(readers[0]).body
        visits = [[Request(data=_page(reader), body=page)] for reader in readers]
        return self._saturate(_repeated(visits, self._size.pages))

    def known_pages(self) -> Outcome:
        """The same by browsers that have it: 304."""
        readers = self._audience.regulars
        etag = self._reference(readers[0]).header("ETag")
        assert etag is not None
        known = {"If-None-Match": etag}
        visits = [[Request(data=_page(reader, known), status=304)] for reader in readers]
        return self._saturate(_repeated(visits, self._size.pages))

    def throng(self, count: int, seconds: float) -> Outcome:
        """Members who come for the first time at random moments and take the lesson to its end.

        They answer without a pause: nobody does, and it is harder for the server.
        """
        page = self._reference(self._audience.regulars[0]).body
        readers = self._audience.newcomers(count)
        visits = [
            [
                Request(data=_page(reader), body=page),
                open_request(reader, keep=True, note="open"),
                Taking(reader=reader),
            ]
            for reader in readers
        ]
        outcome = self._run(offer, self._target, visits, count / seconds)
        for number in outcome.done:
            told = Taking(reader=readers[number]).answers(outcome.kept[number][0])
            self._audience.acknowledged |= {answer.event for answer in told}
        return outcome

    def first_visits(self, count: int) -> Outcome:
        """The page and the attempt of members who come for the first time."""
        page = self._reference(self._audience.regulars[0]).body
        readers = self._audience.newcomers(count)
        visits = [[Request(data=_page(r), body=page), open_request(r, keep=True)] for r in readers]
        outcome = self._saturate(visits)
        self._audience.attempts += [
            OpenAttempt.of(readers[number], bodies[0]) for number, bodies in outcome.kept.items()
        ]
        return outcome

    def second_visits(self) -> Outcome:
        """The page and the running attempt of members who come back to it."""
        page = self._reference(self._audience.regulars[0]).body
        visits = [
            [Request(data=_page(reader), body=page), open_request(reader, keep=False)]
            for reader in (attempt.reader for attempt in self._audience.attempts[-AT_ONCE:])
        ]
        return self._saturate(_repeated(visits, self._size.pages // 4))

    def saturated_answers(self, count: int) -> Outcome:
        sent = self._audience.next_answers(count)
        return self._noted(sent, self._saturate([[answer.request] for answer in sent]))

    def offered_answers(self, count: int) -> Outcome:
        sent = self._audience.next_answers(count)
        visits = [[answer.request] for answer in sent]
        target = replace(self._target, connections=2 * self._size.connections)
        return self._noted(sent, self._run(offer, target, visits, self._size.offered_rate))

    def _noted(self, sent: Sequence[Answer], outcome: Outcome) -> Outcome:
        self._audience.acknowledged |= {sent[number].event for number in outcome.done}
        return outcome

    def _saturate(self, visits: Sequence[Visit]) -> Outcome:
        size = self._size
        return self._run(saturate, self._target, visits, size.seconds, size.warm_up)

    def _run(self, work: Callable[..., Outcome], *arguments: object) -> Outcome:
        time.sleep(0.5)  # what the last load left behind is not this one's
        return self._generator.run(work, *arguments)

    def _reference(self, reader: Reader) -> Response:
        """The page that every other answer is compared with."""

        async def get() -> Response:
            connection = await Connection.open("127.0.0.1", self._server.port)
            response = await connection.send(_page(reader))
            connection.close()
            return response

        response = asyncio.run(get())
        check(Request(data=b""), response)
        assert response.header("Content-Encoding") == "gzip"
        return response


def _page(reader: Reader, more: dict[str, str] | None = None) -> bytes:
    return build("GET", PAGE, headers(reader) | (more or {}))


def _repeated(visits: Sequence[Visit], count: int) -> list[Visit]:
    return list(islice(cycle(visits), count))

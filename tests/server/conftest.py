"""A server in a thread, with a real store, on a free port."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from argon2 import PasswordHasher

from weike.quizzes.course import Course
from weike.results.access import pins
from weike.results.access.signin import make_link
from weike.results.store import Store, open_store
from weike.server.app import WeikeServer

from .client import Browser
from .course import Pieces, fill, make_course
from .watch import Watch

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers."""

    server: WeikeServer
    course: Course
    store: Store
    pieces: Pieces
    loop: asyncio.AbstractEventLoop

    @property
    def port(self) -> int:
        return self.server.port

    def browser(self, **headers: str) -> Browser:
        return Browser(self.port, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def link(self, code: str) -> str:
        token = make_link(self.store, code, datetime.now(UTC))
        return f"{self.course.base_url}login/{token}"

    def signed_in(self, code: str, **headers: str) -> Browser:
        """A browser in which this person is signed in."""
        browser, link = self.browser(**headers), self.link(code)
        assert browser.get(link).status == 200
        assert browser.form(link).status == 303
        return browser

    def call(self, task: Callable[[], T]) -> T:
        """Run `task` in the server's thread."""

        async def inside() -> T:
            return task()

        return asyncio.run_coroutine_threadsafe(inside(), self.loop).result(20)


Start = Callable[..., Running]


@contextmanager
def serving(root: Path, settings: str = "", *, ip: str = "127.0.0.1") -> Iterator[Running]:
    course = make_course(root, settings)
    with open_store(course.results / "weike.db", course=course) as store:
        pieces = fill(course, store)
        server = WeikeServer(course=course, store=store, ip=ip, port=0)
        server.initialize()
        ready, stop = threading.Event(), asyncio.Event()
        loop, watch = asyncio.new_event_loop(), Watch(store, course.root)

        def begin() -> None:
            watch.begin()
            ready.set()

        def run() -> None:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                runner.run(server.serve(begin, stop))

        thread = threading.Thread(target=run)
        thread.start()
        try:
            assert ready.wait(20), "the server did not start"
            yield Running(server, course, store, pieces, loop)
        finally:
            watch.end()
            loop.call_soon_threadsafe(stop.set)
            thread.join(30)
            assert not thread.is_alive(), "the server did not stop"
        assert not watch.found, "\n".join(watch.found)


@pytest.fixture(scope="session", autouse=True)
def _quick_pins() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(pins, "hasher", quick)
        patch.setattr(pins, "_nobodys", "")
        yield


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The server that most tests share: tests there leave nothing that others would mind."""
    with serving(tmp_path_factory.mktemp("course")) as found:
        yield found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start('base_url = "/weike/"')`: a server of the test's own."""
    with ExitStack() as stack:

        def begin(settings: str = "", *, ip: str = "127.0.0.1") -> Running:
            return stack.enter_context(serving(tmp_path / "course", settings, ip=ip))

        yield begin

"""What all requests of one server share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select

from weike.lessons.questions.library import Shelves
from weike.lessons.questions.uploads import Uploads
from weike.quizzes.course import Course
from weike.results import tables
from weike.results.access.sessions import Session, load_session
from weike.results.answering.attempts import Attempts
from weike.results.people import Branches, Member, branches
from weike.results.store import Store
from weike.server.clock import Clock
from weike.server.pages import Pages
from weike.server.preview.passes import Passes
from weike.server.printshop import PrintShop
from weike.server.proxies import Proxies
from weike.server.shelf import Shelf
from weike.server.trials import Trials

if TYPE_CHECKING:
    from weike.server.attaching import Attaching
    from weike.server.auth import Identity
    from weike.server.kernels import Kernels

T = TypeVar("T")


class Site:
    """One course, its store, and what this process keeps in memory of them."""

    identity: Identity
    kernels: Kernels
    attaching: Attaching
    measure: Callable[[], None]

    def __init__(self, course: Course, store: Store) -> None:
        self.course = course
        self.store = store
        self.now = Clock()
        self.said: dict[str, datetime] = {}  # when the log was last told of something
        self.proxies = Proxies(course.trusted_proxies)
        self.attempts = Attempts(store)
        self.pages = Pages(course)
        self.shelf = Shelf(store, self.pages)
        self.printshop = PrintShop()
        self.building = asyncio.Semaphore(1)  # lessons are run one by one: members come first
        self.shelves = Shelves(course)
        self.uploads = Uploads(course.results / "uploads")
        self.trials = Trials()
        self.passes = Passes()
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="weike-web")
        self._tasks: set[asyncio.Future[object]] = set()
        # argon2 takes 64 MiB and a tenth of a second each time: never more than two at once.
        self._hashers = ThreadPoolExecutor(2, thread_name_prefix="weike-pin")
        # One analysis at a time: on a large course they take seconds, and pages go first.
        self._analysts = ThreadPoolExecutor(1, thread_name_prefix="weike-analysis")
        # Who waits for a large bank waits here, and keeps nobody else from their page.
        self._readers = ThreadPoolExecutor(1, thread_name_prefix="weike-banks")

    async def work(self, task: Callable[..., T], *args: object, **options: object) -> T:
        """Run `task` in a thread that speaks the request's language."""
        return await _run(self._threads, task, *args, **options)

    async def hash_work(self, task: Callable[..., T], *args: object, **options: object) -> T:
        """Like `work`, for what compares or makes a PIN."""
        return await _run(self._hashers, task, *args, **options)

    async def analyse(self, task: Callable[..., T], *args: object, **options: object) -> T:
        """Like `work`, for what adds up many answers."""
        return await _run(self._analysts, task, *args, **options)

    async def read(self, task: Callable[..., T], *args: object, **options: object) -> T:
        """Like `work`, for banks and what lecturers send: a large one takes half a minute."""
        return await _run(self._readers, task, *args, **options)

    async def session(self, token: str) -> Session | None:
        now = self.now()
        return await self.store.fetch(
            lambda connection: load_session(connection, self.store, token, now), alone=True
        )

    def place(self, member: Member, slug: str) -> int | None:
        """The block of a lesson where this member was last."""
        places = tables.place
        query = select(places.c.place).where(places.c.member_id == member.id, places.c.slug == slug)
        with self.store.read() as connection:
            return connection.execute(query).scalar()

    def branches(self) -> Branches:
        return branches(self.store)

    def later(self, task: Coroutine[object, object, object]) -> None:
        """Run `task` in the loop without anybody waiting for it."""
        running = asyncio.ensure_future(task)
        self._tasks.add(running)
        running.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._hashers.shutdown(cancel_futures=True)
        self._readers.shutdown(cancel_futures=True)
        self.printshop.close()
        self._analysts.shutdown(cancel_futures=True)


async def _run(
    threads: ThreadPoolExecutor, task: Callable[..., T], *args: object, **options: object
) -> T:
    context = copy_context()
    call = partial(context.run, partial(task, *args, **options))
    return await asyncio.get_running_loop().run_in_executor(threads, call)

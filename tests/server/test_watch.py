"""Nothing on the event loop waits for the database or a file: a watch is kept over every server of
these tests (`conftest.serving`), and here it barks."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from weike.quizzes.course import load_course
from weike.results.audit import audit
from weike.results.catalogue import published
from weike.results.store import Store, open_store

from .watch import HeldUpError, Watch

Task = Callable[[Store], object]


def write(store: Store) -> None:
    audit(store, "command", "looked", "nobody", datetime.now(UTC))


def read_file(store: Store) -> bytes:
    return (store.media.parents[1] / "weike.toml").read_bytes()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    root = tmp_path_factory.mktemp("watched")
    (root / "weike.toml").write_text('title = "?"\n', encoding="utf-8")
    course = load_course(root)
    with open_store(course.results / "weike.db", course=course) as store:
        yield store


@pytest.fixture
def watch(store: Store) -> Watch:
    return Watch(store, store.media.parents[1])


def watched(watch: Watch, task: Callable[[], object]) -> object:
    """What `task` gives on a loop that is watched."""

    async def inside() -> object:
        watch.begin()
        try:
            found = task()
            return await found if asyncio.iscoroutine(found) else found
        finally:
            watch.end()

    return asyncio.run(inside())


@pytest.mark.parametrize("task", [published, write, read_file])
def test_what_would_hold_everybody_up_fails_and_is_told(
    store: Store, watch: Watch, task: Task
) -> None:
    with pytest.raises(HeldUpError):
        watched(watch, lambda: task(store))
    assert len(watch.found) == 1
    task(store)  # where nobody else waits, all is well


@pytest.mark.parametrize("task", [published, write, read_file])
def test_in_a_thread_everything_may_wait(store: Store, watch: Watch, task: Task) -> None:
    watched(watch, lambda: asyncio.to_thread(task, store))
    assert not watch.found


def test_a_short_read_of_sqlite_may_be_made_on_the_loop(store: Store, watch: Watch) -> None:
    assert watched(watch, lambda: store.fetch(lambda one: one.scalar(text("SELECT 7")))) == 7
    assert not watch.found


def test_files_of_programs_are_nobodys_business(watch: Watch) -> None:
    assert watched(watch, lambda: len(os.listdir(os.path.dirname(os.__file__)))) > 1
    assert not watch.found


def test_it_is_said_where_the_wait_began(store: Store, watch: Watch) -> None:
    with pytest.raises(HeldUpError, match=r"waits for the database: .*catalogue\.py:\d+ published"):
        watched(watch, lambda: published(store))

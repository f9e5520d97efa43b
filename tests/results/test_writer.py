from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, event, func, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from weike.results.errors import StoreUnavailableError
from weike.results.outage import kind_of
from weike.results.store import Store
from weike.results.tables import member
from weike.results.writer import Writer

NOW = datetime(2026, 10, 12, tzinfo=UTC)


def adding(key: str) -> Callable[[Connection], str]:
    def add(connection: Connection) -> str:
        connection.execute(insert(member).values(id=key, created=NOW))
        return key

    return add


def count(store: Store) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(member)).scalar_one()


class Gate:
    """An operation that holds the writer until it is opened, so that others have to wait."""

    def __init__(self, writer: Writer) -> None:
        self._open = threading.Event()
        entered = threading.Event()

        def hold(connection: Connection) -> None:
            entered.set()
            self._open.wait(10)

        self.done = writer.post(hold)
        assert entered.wait(10)

    def open(self) -> None:
        self._open.set()


def test_what_waits_at_once_shares_one_commit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weike.results.writer._SLICE", 60)  # however slow this machine is
    commits: list[object] = []
    gate = Gate(store.writer)
    waiting = [store.writer.post(adding(f"m{n}")) for n in range(50)]
    event.listen(store.engine, "commit", commits.append)
    gate.open()
    assert [one.result(10) for one in waiting] == [f"m{n}" for n in range(50)]
    assert len(commits) == 2  # the gate's own and one for all the others
    assert count(store) == 50


def test_nobody_waits_for_the_slow_ones_behind_them(store: Store) -> None:
    def slow(connection: Connection) -> None:
        time.sleep(0.2)

    gate = Gate(store.writer)
    first = store.writer.post(adding("m1"))
    behind = [store.writer.post(slow) for _n in range(5)]
    last = store.writer.post(adding("m2"))
    gate.open()
    assert first.result(10) == "m1"
    assert not behind[-1].done()
    assert last.result(10) == "m2"
    assert all(one.done() for one in behind)


def test_a_bad_operation_fails_alone(store: Store) -> None:
    gate = Gate(store.writer)
    first, again, other = (store.writer.post(adding(key)) for key in ("m1", "m1", "m2"))
    gate.open()
    assert (first.result(10), other.result(10)) == ("m1", "m2")
    with pytest.raises(IntegrityError):
        again.result(10)
    assert count(store) == 2


def test_a_bad_row_among_many_fails_alone(store: Store) -> None:
    calls: list[int] = []

    def add(connection: Connection, rows: Sequence[object]) -> Sequence[object]:
        calls.append(len(rows))
        connection.execute(insert(member), [{"id": key, "created": NOW} for key in rows])
        return rows

    async def scenario() -> list[object]:
        gate = Gate(store.writer)
        tasks = [
            asyncio.ensure_future(store.writer.submit_row(add, key))
            for key in ("m1", "m2", "m1", "m3")
        ]
        await asyncio.sleep(0)
        gate.open()
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = asyncio.run(scenario())
    assert [r for r in results if isinstance(r, str)] == ["m1", "m2", "m3"]
    assert sum(isinstance(r, IntegrityError) for r in results) == 1
    assert calls == [4, 1, 1, 1, 1]
    assert count(store) == 3


def test_the_writer_answers_an_event_loop_and_its_refusals(store: Store) -> None:
    async def scenario() -> None:
        assert await store.writer.submit(adding("m1")) == "m1"
        with pytest.raises(IntegrityError):
            await store.writer.submit(adding("m1"))
        assert await store.writer.submit(adding("m2")) == "m2"

    asyncio.run(scenario())
    assert count(store) == 2


def test_one_who_stops_waiting_does_not_stop_the_others(store: Store) -> None:
    async def scenario() -> None:
        gate = Gate(store.writer)
        gone = asyncio.ensure_future(store.writer.submit(adding("m1")))
        stays = asyncio.ensure_future(store.writer.submit(adding("m2")))
        await asyncio.sleep(0)
        gone.cancel()
        gate.open()
        assert await stays == "m2"

    asyncio.run(scenario())
    assert count(store) == 2


def test_a_full_queue_is_said_at_once(store: Store) -> None:
    writer = Writer(store.engine.execution_options(weike_write=True), limit=2)
    gate = Gate(writer)
    writer.post(adding("m1"))
    writer.post(adding("m2"))
    with pytest.raises(StoreUnavailableError):
        writer.post(adding("m3"))
    gate.open()
    writer.close()
    assert count(store) == 2


def test_closing_writes_what_waits_and_refuses_the_rest(store: Store) -> None:
    writer = Writer(store.engine.execution_options(weike_write=True))
    gate = Gate(writer)
    waiting = [writer.post(adding(f"m{n}")) for n in range(20)]
    closing = threading.Thread(target=writer.close)
    closing.start()
    gate.open()
    closing.join(10)
    assert [one.result(0) for one in waiting] == [f"m{n}" for n in range(20)]
    with pytest.raises(StoreUnavailableError):
        writer.post(adding("late"))


def test_a_commit_that_fails_is_told_to_everyone_and_the_writer_goes_on(store: Store) -> None:
    def fail(connection: Connection) -> None:
        event.remove(store.engine, "commit", fail)
        raise OperationalError("COMMIT", {}, OSError("database or disk is full"))

    gate = Gate(store.writer)
    listening = store.writer.post(lambda c: event.listen(store.engine, "commit", fail))
    waiting = [listening, *(store.writer.post(adding(f"m{n}")) for n in range(3))]
    gate.open()
    for one in waiting:
        with pytest.raises(StoreUnavailableError) as told:
            one.result(10)
        assert kind_of(told.value.__cause__ or told.value) == "full"
    assert store.writer.run(adding("m9")) == "m9"
    assert count(store) == 1


def test_nobody_is_told_saved_when_a_full_disk_undid_the_transaction(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not store.sqlite:
        pytest.skip("SQLite can pretend that its disk is full")
    monkeypatch.setattr("weike.results.writer._SLICE", 60)  # both in one transaction, however slow
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()

    def limited(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.execute(insert(member).values(id="x" * 1_000_000, created=NOW))

    gate = Gate(store.writer)
    small, large = store.writer.post(adding("m1")), store.writer.post(limited)
    gate.open()
    for one in (small, large):
        with pytest.raises(StoreUnavailableError) as told:
            one.result(10)
        assert kind_of(told.value.__cause__ or told.value) == "full"
    assert count(store) == 0


def test_a_lost_connection_is_told_and_then_made_again(store: Store) -> None:
    if store.sqlite:
        pytest.skip("a file cannot hang up")
    store.writer.run(adding("m1"))
    with pytest.raises(StoreUnavailableError):
        store.writer.run(
            lambda c: c.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        )
    assert store.writer.run(adding("m2")) == "m2"
    assert count(store) == 2


def test_another_process_that_holds_the_lock_is_waited_for(url: str, store: Store) -> None:
    with store.engine.execution_options(weike_write=True).begin() as connection:
        connection.execute(insert(member).values(id="other", created=NOW))
        waiting = store.writer.post(adding("m1"))
        assert not waiting.done()
    assert waiting.result(10) == "m1"
    assert count(store) == 2


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """A database shell in which somebody has begun to write, and went to lunch."""
    with closing(sqlite3.connect(store.url.database or "", isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        yield
        shell.execute("ROLLBACK")


def test_a_lock_that_lasts_is_told_to_all_who_wait_and_saving_begins_again_by_itself(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if not store.sqlite:
        pytest.skip("only SQLite has one lock for all")
    monkeypatch.setattr("weike.results.store._LOCK_WAIT", 0.2)
    monkeypatch.setattr("weike.results.store._HURRY", 0.01)
    monkeypatch.setattr("weike.results.writer._GRACE", 0)
    with locked(store):
        waiting = [store.writer.post(adding("m1"))]
        time.sleep(0.05)
        waiting.append(store.writer.post(adding("m2")))  # would have to wait for a second time
        for one in waiting:
            with pytest.raises(StoreUnavailableError):
                one.result(10)
        assert store.saving.refused == 2
        monkeypatch.setattr("weike.results.store._LOCK_WAIT", 20)
        begun = time.monotonic()
        with pytest.raises(StoreUnavailableError):
            store.writer.run(adding("m3"))
        assert time.monotonic() - begun < 10, "in an outage nobody waits for long"
    assert store.writer.run(adding("m4")) == "m4"
    assert not store.saving.lasts
    assert count(store) == 1
    first, last = [one.getMessage() for one in caplog.records]
    assert "let it finish, or end it" in first
    assert "saving works again" in last
    assert "3 refused" in last


def test_a_file_that_was_moved_takes_no_answer_until_it_is_back(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if not store.sqlite:
        pytest.skip("PostgreSQL keeps its files to itself")
    monkeypatch.setattr("weike.results.writer._GRACE", 0)
    file = Path(store.url.database or "")
    store.writer.run(adding("m1"))
    away = file.rename(file.with_name("away.db"))
    with pytest.raises(StoreUnavailableError):
        store.writer.run(adding("m2"))
    assert not file.exists(), "an empty database would be found by the next start"
    file.touch()
    with pytest.raises(StoreUnavailableError):
        store.writer.run(adding("m2"))
    away.replace(file)
    assert store.writer.run(adding("m3")) == "m3"
    assert count(store) == 2
    assert "start weike serve again" in caplog.text


@contextmanager
def beside() -> Iterator[Connection]:
    """A connection to another database of the same server."""
    server = create_engine("postgresql+psycopg://", isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        yield connection
    server.dispose()


@contextmanager
def shut(store: Store) -> Iterator[None]:
    """The database lets nobody in, and everybody out, as when it is stopped."""
    name = store.url.database
    with beside() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        kill(connection, store)
        try:
            yield
        finally:
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))


def kill(connection: Connection, store: Store) -> int:
    """End every connection to the store's database; how many there were."""
    ended = connection.execute(
        text(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
            " WHERE datname = :name"
        ),
        {"name": store.url.database},
    )
    return int(ended.scalar_one())


def test_a_database_that_is_started_anew_is_waited_for(store: Store) -> None:
    if store.sqlite:
        pytest.skip("a file is not started")
    store.writer.run(adding("m1"))
    store.writer._disconnect()
    with shut(store):
        waiting = store.writer.post(adding("m2"))
        time.sleep(0.2)
        assert not waiting.done()
    assert waiting.result(10) == "m2"
    assert store.saving.count == 0
    assert count(store) == 2


def test_a_database_that_stays_away_is_told_and_saving_begins_again_by_itself(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    if store.sqlite:
        pytest.skip("a file is not stopped")
    monkeypatch.setattr("weike.results.writer._GRACE", 0.1)
    store.writer.run(adding("m1"))
    with shut(store):
        for _n in range(3):
            with pytest.raises(StoreUnavailableError):
                store.writer.run(adding("m2"))
        with pytest.raises(OperationalError):
            asyncio.run(store.fetch(lambda c: c.execute(select(member.c.id)).all()))
    assert store.writer.run(adding("m3")) == "m3"
    assert len(asyncio.run(store.fetch(lambda c: c.execute(select(member.c.id)).all()))) == 2
    assert "see that the database runs and can be reached" in caplog.text
    assert [one.levelname for one in caplog.records] == ["ERROR", "WARNING"]


def test_connections_that_are_killed_while_they_rest_are_made_again_unnoticed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if store.sqlite:
        pytest.skip("a file cannot hang up")
    monkeypatch.setattr("weike.results.writer._REST", 0.05)
    store.writer.run(adding("m1"))
    time.sleep(0.2)
    with beside() as connection:
        assert kill(connection, store) >= 1
    assert store.writer.run(adding("m2")) == "m2"


def test_rows_are_written_again_when_the_connection_is_cut_under_them(store: Store) -> None:
    if store.sqlite:
        pytest.skip("a file cannot hang up")
    tries: list[int] = []

    def add(connection: Connection, rows: Sequence[object]) -> Sequence[object]:
        tries.append(len(rows))
        if len(tries) == 1:
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        connection.execute(insert(member), [{"id": key, "created": NOW} for key in rows])
        return rows

    assert asyncio.run(store.writer.submit_row(add, "m1")) == "m1"
    assert tries == [1, 1]
    assert (count(store), store.saving.count) == (1, 0)


def test_what_was_being_read_when_the_connection_was_cut_is_read_again(store: Store) -> None:
    if store.sqlite:
        pytest.skip("a file cannot hang up")
    tries: list[int] = []

    def read(connection: Connection) -> int:
        tries.append(1)
        if len(tries) == 1:
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
        return connection.execute(select(func.count()).select_from(member)).scalar_one()

    assert asyncio.run(store.fetch(read)) == 0
    assert len(tries) == 2

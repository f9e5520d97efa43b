"""A full disk, a database that is locked or away, a clock set back: what members and the log see.

Of connections: `test_connections.py`. Of the writer itself: `tests/results/test_writer.py`.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import OperationalError

from weike.results.store import Store
from weike.results.tables import response
from weike.server.care import look_after
from weike.server.clock import Clock

from .client import Answer, Browser
from .conftest import Running, serving

LESSON = "/lessons/fire"
HOURS = 8


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving(tmp_path_factory.mktemp("faults")) as found:
        yield found


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("weike.results.store._LOCK_WAIT", 0.1)
    monkeypatch.setattr("weike.results.store._HURRY", 0.02)
    monkeypatch.setattr("weike.results.writer._GRACE", 0)


class Phone:
    """A member who answers, and sends the same answer again until it is saved."""

    def __init__(self, running: Running, code: str) -> None:
        self.browser = running.signed_in(code)
        assert self.browser.get("/").status == 200
        self.opened = self.browser.post("/api/attempts", {"quiz": "fire/fire"}).json
        self.seq = 0

    def answer(self) -> Callable[[], Answer]:
        """Long enough that a few of them need room on the disk."""
        self.seq += 1
        path = f"/api/attempts/{self.opened['attempt']}/answers/gauge"
        data = {"response": ["绿" * 400], "event": f"{time.monotonic_ns():032}", "seq": self.seq}
        data["answered_at"] = self.opened["now"]
        return lambda: self.browser.ask("PUT", path, data=data)


@contextmanager
def full_disk(store: Store) -> Iterator[None]:
    def no_room(connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        [pages] = driver.execute("PRAGMA page_count").fetchone()
        driver.execute(f"PRAGMA max_page_count = {pages}")

    with _at_every(store, "begin", no_room):
        yield
    with store.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA max_page_count = 1000000")


@contextmanager
def locked(store: Store) -> Iterator[None]:
    with closing(sqlite3.connect(store.url.database or "", isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def away(store: Store) -> Iterator[None]:
    """What a driver says when its database cannot be reached; with a name that is nobody's."""

    def nothing(*_of_statement: object) -> None:
        told = sqlite3.OperationalError('connection to server at "db.internal" failed')
        raise OperationalError("SELECT", {}, told)

    with _at_every(store, "before_cursor_execute", nothing):  # not each read begins a transaction
        yield


@contextmanager
def _at_every(store: Store, moment: str, task: Callable[..., None]) -> Iterator[None]:
    event.listen(store.engine, moment, task)
    try:
        yield
    finally:
        event.remove(store.engine, moment, task)


@pytest.mark.parametrize(
    ("trouble", "why", "advice"),
    [
        (full_disk, "full", "the disk is full: free some space"),
        (locked, "locked", "let it finish, or end it"),
    ],
)
def test_what_cannot_be_saved_is_said_and_kept_and_saved_once_it_can(
    running: Running,
    caplog: pytest.LogCaptureFixture,
    trouble: Callable[[Store], AbstractContextManager[None]],
    why: str,
    advice: str,
) -> None:
    phone = Phone(running, "M01")
    with trouble(running.store):
        for _n in range(20):  # until no page of the file has room
            send = phone.answer()
            if send().status != 200:
                break
        for _n in range(5):
            refused = send()
            assert (refused.status, refused.error) == (503, "busy")
            assert refused.headers["Retry-After"] == "5"
            assert refused.json["error"]["message"] == "现在暂时无法保存，请过一分钟再试。"
        for path in (LESSON, "/", "/me", "/branches"):
            assert phone.browser.get(path).status == 200
        health = running.browser().get("/healthz")
        assert (health.status, health.json["saving"], health.json["why"]) == (200, False, why)
        metrics = running.browser().get("/metrics").text
        assert "\nweike_not_saving_seconds 0.0\n" not in metrics
    _settled(running.store)
    assert send().json["saved"] is True
    assert send().json["saved"] is True, "a phone that has not heard it sends it once more"
    assert running.browser().get("/healthz").json == {"ok": True, "saving": True}
    lines = [one.getMessage() for one in caplog.records if one.name == "weike.results"]
    assert len(lines) == 2, lines
    assert advice in lines[0]
    assert "saving works again" in lines[1]
    running.store.saving._told = None


def _settled(store: Store) -> None:
    """The bound on its pages stays with a connection: let the writer take another one."""
    with suppress(Exception):
        store.writer.run(lambda connection: connection.invalidate())


def test_when_too_much_waits_to_be_saved_the_rest_is_refused_and_saved_later(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Phone(running, "M05").answer()
    with monkeypatch.context() as patch:
        patch.setattr(running.store.writer, "_limit", 0)
        refused = send()
        assert (refused.status, refused.error) == (503, "busy")
    assert send().json["saved"] is True


def test_while_the_database_is_away_lessons_open_and_the_rest_says_so_plainly(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    phone = Phone(running, "M02")
    assert phone.browser.get(LESSON).status == 200
    stranger = running.browser()
    running.call(running.server.site.identity._seen.clear)
    assert phone.browser.get(LESSON).status == 200
    running.call(lambda: _forget_soon(running, phone.browser))
    with away(running.store):
        assert phone.browser.get(LESSON).status == 200, "who was here lately may read"
        home = phone.browser.get("/")
        assert (home.status, home.headers["Retry-After"]) == (503, "5")
        assert "服务器暂时读不到数据" in home.text
        assert '<a class="button" href="/">重试</a>' in home.text
        phone.browser.cookies["weike_language"] = "en"
        assert "cannot get at its data just now" in phone.browser.get("/").text
        opening = phone.browser.post("/api/attempts", {"quiz": "fire/fire"})
        assert (opening.status, opening.error) == (503, "busy")
        assert stranger.get("/login").status == 200
        health = stranger.get("/healthz")
        assert (health.status, health.json["error"]["ok"]) == (503, False)
        assert "db.internal" not in home.text + opening.text + health.text
        until = time.monotonic() + 5
        while not running.store.reading.lasts and time.monotonic() < until:
            time.sleep(0.05)
        assert running.store.reading.lasts
    assert phone.browser.get("/").status == 200
    assert stranger.get("/healthz").status == 200
    [line] = [
        one.getMessage()
        for one in caplog.records
        if one.name == "weike.results" and one.levelno == logging.ERROR
    ]
    assert "the database cannot be read" in line
    assert "see that the database runs and can be reached" in line


def _forget_soon(running: Running, browser: Browser) -> None:
    """As half a minute later: the session has to be looked up again."""
    seen = running.server.site.identity._seen
    for token, (_until, visitor) in list(seen.items()):
        seen[token] = (time.monotonic() - 1, visitor)


def test_signing_in_while_nothing_can_be_saved_is_no_wrong_pin(running: Running) -> None:
    browser = running.browser()
    browser.get("/login")
    with locked(running.store):
        answer = browser.form("/login", code="M03", pin="730284")
        assert answer.status == 503
        assert "现在暂时无法保存" in answer.text
        asked = browser.post("/login", {"code": "M03", "pin": "730284"})
        assert (asked.status, asked.error) == (503, "busy")
    assert browser.form("/login", code="M03", pin="730284").status == 401


def test_a_clock_that_is_set_back_breaks_nothing_and_changes_no_order(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    phone, site = Phone(running, "M04"), running.server.site
    assert phone.answer()().status == 200
    back: Callable[[], float] = lambda: time.time() - 3600 * HOURS  # noqa: E731
    monkeypatch.setattr(site.now, "_wall", back)
    assert phone.answer()().status == 200
    assert round(site.now.behind) == 3600 * HOURS
    assert "weike_clock_behind_seconds 28" in running.browser().get("/metrics").text
    assert f"the clock was set back by {HOURS}:00:00" in caplog.text

    monkeypatch.setattr(site, "now", Clock(back))  # as after a new start
    site.said.clear()
    look_after(site)
    assert "set the clock, and let it follow a time server" in caplog.text
    assert phone.answer()().json["saved"] is True
    for path in ("/", LESSON, "/me", "/branches", "/api/me", "/api/lessons"):
        assert phone.browser.get(path).status == 200, path
    organizer = running.signed_in("O01")
    for path in ("/organize", "/organize/unfinished", "/organize/assignments"):
        assert organizer.get(path).status == 200, path
    result = phone.browser.post(f"/api/attempts/{phone.opened['attempt']}/submit")
    assert result.status == 200
    again = phone.browser.post("/api/attempts", {"quiz": "fire/fire", "new": True})
    assert again.json["number"] == 2
    query = select(response.c.seq).where(response.c.attempt_id == phone.opened["attempt"])
    with running.store.read() as connection:
        seqs = connection.execute(query.order_by(response.c.received_at)).scalars().all()
    assert list(seqs) == [1, 2, 3]


def test_the_log_says_early_that_the_disk_is_nearly_full(
    running: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    site = running.server.site
    monkeypatch.setattr("weike.server.care.free_bytes", lambda _folder: 100 << 20)
    for _n in range(3):
        look_after(site)
    [line] = [one.getMessage() for one in caplog.records if "MB are free" in one.getMessage()]
    assert "only 100 MB are free" in line
    assert "free some space" in line

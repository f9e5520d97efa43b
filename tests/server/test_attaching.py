"""A live lesson in one page: a copy of the lesson's process for each member who touches it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY
from typing import Any

import pytest

from weike.results.catalogue import lesson as published_lesson
from weike.results.versions import store_version
from weike.server import attaching, attendance, copyplan, kernels
from weike.server.base import Refused
from weike.server.forking import pool

from .conftest import Running, serving
from .course import person
from .pulling import SOURCE, Page, attach, leave, lesson, pulled, put, until_closed


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEIKE_DATABASE_URL_OF_OTHERS", "postgresql://secret")
        patch.setenv("SECRET_KEY", "secret")
        patch.setitem(copyplan.BOUNDS, "seconds", 1)
        patch.setitem(copyplan.BOUNDS, "memory", 128 << 20)
        with serving(tmp_path_factory.mktemp("attaching")) as running:
            put(running, lesson("pull", "p1"))
            yield running


def test_a_member_gets_a_copy_that_has_run_the_lesson(own: Running) -> None:
    browser = own.signed_in("M01")
    found = attach(browser)
    assert not found["resumed"]
    assert own.server.kernel_manager.provisioner(found["kernel"]).reason is None

    async def talk() -> dict[str, Any]:
        page = Page(browser, found)
        socket = await page.connect()
        states = await page.states(socket)
        await leave(socket)
        return states

    states = asyncio.run(talk())
    [shown] = found["views"]["1"]
    assert states[shown]["model_name"] == "VBoxModel"
    assert pulled(browser, found, 4) == "v=4"


def test_coming_back_finds_everything_as_it_was(own: Running) -> None:
    browser = own.signed_in("M02")
    found = attach(browser)
    pulled(browser, found, 7)
    again = attach(browser)
    assert (again["kernel"], again["resumed"]) == (found["kernel"], True)

    async def talk() -> list[Any]:
        page = Page(browser, again)
        socket = await page.connect()
        states = await page.states(socket)
        await leave(socket)
        return [one["state"].get("value") for one in states.values()]

    assert {7, "v=7"} <= set(map(_plain, asyncio.run(talk())))


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | str) else None


def test_what_ended_kernels_leave_is_looked_for_and_no_logger_stays(
    own: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()
    monkeypatch.setattr(kernels.gc, "collect", looked.set)
    monkeypatch.setattr(kernels, "LEFTOVERS", 1)
    browser = own.signed_in("M02")
    known: set[str] = set()
    for _number in range(2):
        found = attach(browser)
        ended = browser.ask("DELETE", f"/api/kernels/{found['kernel']}")
        assert ended.status == 204
        known = known or set(logging.Logger.manager.loggerDict)
    assert set(logging.Logger.manager.loggerDict) == known
    assert looked.wait(10)


def test_a_computer_too_busy_to_copy_makes_members_wait_and_starts_nothing_heavier(
    own: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    browser = own.signed_in("M02")
    with monkeypatch.context() as busy:
        busy.setattr(pool, "FORK", 0.0001)
        refused = browser.post("/api/lessons/pull/kernel", {})
    assert (refused.status, refused.error) == (503, "full")
    assert refused.headers["Retry-After"]
    assert "too busy just now" in caplog.text
    assert pulled(browser, attach(browser), 4) == "v=4"


def test_two_members_have_two_states(own: Running) -> None:
    one, other = own.signed_in("M03"), own.signed_in("M04")
    mine, theirs = attach(one), attach(other)
    assert mine["kernel"] != theirs["kernel"]
    assert mine["views"] == theirs["views"], "one template"
    pulled(one, mine, 3)
    assert pulled(other, theirs, 5) == "v=5"
    assert other.get(f"/api/kernels/{mine['kernel']}").status == 404


def test_a_version_that_waits_is_tried_beside_the_published_one(own: Running) -> None:
    """Its author and reviewers get a copy of it, and members keep theirs and its template."""
    member, lecturer = own.signed_in("M01"), own.signed_in("L01")
    theirs = attach(member)
    before = own.server.kernel_manager.provisioner(theirs["kernel"]).template
    other = lesson("pull", "p2", SOURCE.replace('f"v={', 'f"new={'))
    store_version(own.store, other)
    base = "/teach/lessons/pull/versions/p2/try/"
    page = lecturer.get(base)
    assert f'data-attach="{base}kernel"' in page.text
    assert "ws://" in page.headers["Content-Security-Policy"]
    found = lecturer.post(f"{base}kernel", {}).json
    assert pulled(lecturer, found, 11) == "new=11"
    assert lecturer.post(f"{base}kernel", {}).json["resumed"] is True
    assert member.post(f"{base}kernel", {}).status == 403
    assert member.get(f"/api/kernels/{found['kernel']}").status == 404
    assert pulled(member, attach(member), 12) == "v=12"
    again = attach(own.signed_in("M06"))
    assert own.server.kernel_manager.provisioner(again["kernel"]).template is before


def test_what_a_lesson_does_by_itself_is_no_touch(
    own: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that ticks, or a callback that sleeps, kept its process when everybody had left."""
    manager = own.server.kernel_manager
    found = attach(own.signed_in("M10"))["kernel"]
    manager.get_kernel(found).execution_state = "busy"

    def cull() -> None:
        monkeypatch.setattr(manager, "cull_idle_timeout", 600)
        manager.get_kernel(found).last_activity = datetime.now(UTC)
        end = manager.cull_kernel_if_idle(found)
        asyncio.run_coroutine_threadsafe(end, own.loop).result(20)

    cull()
    assert found in manager
    manager.attendance._touched[found] -= 601
    cull()
    assert found not in manager


def test_nobody_waits_for_the_cells_of_a_process_that_has_ended(tmp_path: Path) -> None:
    class Ended(dict[str, Any]):
        provisioner = get_kernel = dict.__getitem__

        def folder(self, _kernel_id: str) -> Path:
            return tmp_path

    class Kernel:
        template = None

        async def is_alive(self) -> bool:
            return False

    found = attaching.Attaching(Ended(k=Kernel()))  # type: ignore[arg-type]
    with pytest.raises(Refused):
        asyncio.run(asyncio.wait_for(found._read_views("k"), 5))


def test_a_pipe_in_place_of_what_cells_show_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "shown.json")
    with pytest.raises(Refused):
        attaching._views(tmp_path / "shown.json")


def test_asking_twice_at_once_gives_one_copy(own: Running) -> None:
    member = "M05"
    browser = own.signed_in(member)
    before = len(own.server.kernel_manager.list_kernel_ids())

    version, known = published_lesson(own.store, "pull"), person(own.store, member)
    assert version is not None

    async def both() -> list[str]:
        attaching = own.server.site.attaching
        found = await asyncio.gather(*(attaching.attach(known.id, version) for _n in range(3)))
        return [one.kernel_id for one in found]

    ids = asyncio.run_coroutine_threadsafe(both(), own.loop).result(20)
    assert len(set(ids)) == 1
    assert len(own.server.kernel_manager.list_kernel_ids()) == before + 1
    assert attach(browser)["kernel"] == ids[0]


def test_a_copy_knows_no_secret_and_lives_in_a_folder_of_its_own(own: Running) -> None:
    browser = own.signed_in("M06")
    found = attach(browser)
    said = pulled(browser, found, 99)
    folder = own.server.kernel_manager.folder(found["kernel"])
    assert said == f"['WEIKE_LIVE'] {folder}"
    template = own.server.kernel_manager.provisioner(found["kernel"]).template
    told = Path("/proc/net/unix").read_text() + Path(
        f"/proc/{template.process.pid}/cmdline"
    ).read_text("utf-8")
    assert "weike.server.forking.template" in told
    assert folder.parent.name not in told, "everybody may read where others live"


def test_a_message_does_not_wait_for_news_of_the_one_before(own: Running) -> None:
    browser = own.signed_in("M06")
    found = attach(browser)

    async def talk() -> int:
        page = Page(browser, found)
        socket = await page.connect()
        await page.states(socket)
        [gone] = own.server.site.kernels.attendance._open[found["kernel"]]
        stream = gone.__self__.ws_connection.stream  # type: ignore[attr-defined]
        at_once = stream.socket.getsockopt(IPPROTO_TCP, TCP_NODELAY)
        await leave(socket)
        return int(at_once)

    assert asyncio.run(talk()) != 0


@pytest.mark.parametrize(
    ("value", "advice"), [(66, "a loop"), (77, "print in a loop"), (88, "lists that only grow")]
)
def test_what_runs_away_is_ended_and_the_log_says_what_to_look_for(
    own: Running, caplog: pytest.LogCaptureFixture, value: int, advice: str
) -> None:
    browser = own.signed_in("M07")
    found = attach(browser)

    async def talk() -> int | None:
        page = Page(browser, found)
        socket = await page.connect()
        await page.touch(socket, value)
        return await until_closed(socket)

    assert asyncio.run(talk()) == 4404
    assert any(advice in one.message and "pull" in one.message for one in caplog.records)
    assert browser.get(f"/api/kernels/{found['kernel']}").status == 404
    fresh = attach(browser)
    assert not fresh["resumed"]
    assert pulled(browser, fresh, 1) == "v=1"


@pytest.mark.parametrize("what", ["copy", "template"])
def test_after_a_kill_the_next_touch_starts_anew(
    own: Running, caplog: pytest.LogCaptureFixture, what: str
) -> None:
    browser = own.signed_in("M08")
    found = attach(browser)
    provisioner = own.server.kernel_manager.provisioner(found["kernel"])

    async def talk() -> int | None:
        socket = await Page(browser, found).connect()
        pid = provisioner.pid if what == "copy" else provisioner.template.process.pid
        os.kill(pid, signal.SIGKILL)
        return await until_closed(socket)

    assert asyncio.run(talk()) == 4404
    assert any("dmesg" in one.message for one in caplog.records)
    fresh = attach(browser)
    assert (fresh["resumed"], fresh["kernel"] != found["kernel"]) == (False, True)
    assert pulled(browser, fresh, 2) == "v=2"


def test_who_comes_when_all_are_taken_waits_in_line_and_is_told_so(
    own: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, second, third = (own.signed_in(code) for code in ("M09", "M10", "M11"))
    found = attach(one)
    taken = len(own.server.kernel_manager.list_kernel_ids())
    for kernel_id in own.server.kernel_manager.list_kernel_ids():
        if kernel_id != found["kernel"]:
            taken -= 1
            end = own.server.kernel_manager.end(kernel_id)
            asyncio.run_coroutine_threadsafe(end, own.loop).result(20)
    assert taken == 1
    monkeypatch.setattr(kernels, "MOST", 1)
    monkeypatch.setattr(attendance, "COMING", 0)

    async def while_connected() -> list[Any]:
        socket = await Page(one, found).connect()
        answers = [
            await asyncio.to_thread(browser.post, "/api/lessons/pull/kernel", {})
            for browser in (second, third, second)
        ]
        await leave(socket)
        return answers

    answers = asyncio.run(while_connected())
    assert [answer.status for answer in answers] == [503] * 3
    assert [answer.json["error"]["before"] for answer in answers] == [0, 1, 0]
    assert "前面还有 1 人" in answers[1].json["error"]["message"]
    assert answers[0].headers["Retry-After"]
    assert third.post("/api/lessons/pull/kernel", {}).status == 503, "others were first"
    until = time.monotonic() + 10
    while (
        own.server.kernel_manager.attendance.connected(found["kernel"]) and time.monotonic() < until
    ):
        time.sleep(0.05)
    assert not attach(second)["resumed"]
    assert one.get(f"/api/kernels/{found['kernel']}").status == 404, "nobody looked at it"


def test_a_changed_lesson_gives_a_new_copy(own: Running) -> None:
    browser = own.signed_in("L01")
    put(own, lesson("change", "c1"))
    old = attach(browser, "change")
    template = own.server.kernel_manager.provisioner(old["kernel"]).template
    put(own, lesson("change", "c2", SOURCE.replace('f"v={', 'f"w={')))
    new = attach(browser, "change")
    assert new["kernel"] != old["kernel"]
    assert pulled(browser, new, 1) == "w=1"
    assert template.retiring


def test_a_lesson_that_cannot_be_copied_works_all_the_same(
    own: Running, caplog: pytest.LogCaptureFixture
) -> None:
    thread = (
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()"
    )
    put(own, lesson("thread", "t1", thread + SOURCE))
    browser = own.signed_in("A01")
    found = attach(browser, "thread")
    assert len(found["views"]["1"]) == 1
    assert pulled(browser, found, 6) == "v=6"
    assert any("2 threads" in one.message for one in caplog.records)


def test_reading_a_live_lesson_makes_its_process_ready(own: Running) -> None:
    put(own, lesson("warm", "w1"))
    own.server.site.shelf.refresh()
    page = own.signed_in("M01").get("/lessons/warm")
    assert f"ws://127.0.0.1:{own.port}" in page.headers["Content-Security-Policy"]
    assert 'id="live-words"' in page.text
    until = time.monotonic() + 20
    while time.monotonic() < until:
        names = {one.plan.name for one in own.server.kernel_manager.pool if one.ready.done()}
        if "warm" in names:
            break
        time.sleep(0.1)
    assert "warm" in names


def test_no_process_and_no_folder_is_left_behind(tmp_path: Path) -> None:
    with serving(tmp_path / "course") as running:
        put(running, lesson("pull", "p1"))
        found = attach(running.signed_in("M01"))
        manager = running.server.kernel_manager
        provisioner = manager.provisioner(found["kernel"])
        pids = [provisioner.pid, provisioner.template.process.pid]
        folders = [manager.folder(found["kernel"]), provisioner.template.room.folder]
        assert all(folder.is_dir() for folder in folders)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert not any(folder.exists() for folder in folders)

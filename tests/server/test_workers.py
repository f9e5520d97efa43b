"""`weike serve --workers`: several processes, one port, one PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path
from uuid import uuid4

import psutil
import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from weike.cli import weike
from weike.results import tables
from weike.results.access.signin import make_link
from weike.results.store import Store, open_store
from weike.server.port import bind

from .channels import LIVE, kernel, message
from .client import Browser
from .course import fill, make_course

COUNT = 2


@pytest.fixture(scope="module")
def database(new_database: Callable[[str], str]) -> str:
    return new_database("weike_workers")


class Served:
    """The command in a process of its own."""

    def __init__(self, root: Path, database: str) -> None:
        [probe] = bind("127.0.0.1", 0)
        self.port = port = probe.getsockname()[1]
        probe.close()
        program = str(Path(sys.executable).with_name("weike"))
        command = [program, "serve", str(root), "--no-publish"]
        command += ["--port", str(port), "--workers", str(COUNT)]
        self.log = root / "serve.log"
        self.temporary = root / "tmp"
        self.temporary.mkdir(exist_ok=True)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={
                    **os.environ,
                    "WEIKE_DATABASE_URL": database,
                    "TMPDIR": str(self.temporary),
                },
            )
        self.wait()

    def wait(self) -> None:
        until = time.monotonic() + 60
        while not self.healthy():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)

    def healthy(self) -> bool:
        """Both processes are ready: the address is printed then, and not when the first answers."""
        with suppress(OSError, HTTPException):
            printed = f"127.0.0.1:{self.port}/" in self.log.read_text()
            all_there = len(self.workers) == COUNT
            return printed and all_there and Browser(self.port).get("/healthz").status == 200
        return False

    @property
    def kernels(self) -> int:
        """Each has a folder as long as it is there, whatever the figures say."""
        return len(list(self.temporary.glob("weike-live-*/*/kernel.json")))

    @property
    def workers(self) -> list[psutil.Process]:
        """By their number; what they start themselves is not among them."""
        found = {}
        for one in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):  # it has just ended
                command = one.cmdline()
                if "weike.server.workers" in command:
                    found[json.loads(command[-1])["number"]] = one
        return [one for _number, one in sorted(found.items())]


@pytest.fixture(scope="module")
def store(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    course = make_course(tmp_path_factory.mktemp("workers"), f'database_url = "{database}"')
    with open_store(course=course) as found:
        fill(course, found)
        found.media.parent.mkdir(exist_ok=True)
        yield found


@pytest.fixture(scope="module")
def served(store: Store, database: str) -> Iterator[Served]:
    found = Served(store.media.parent.parent, database)
    yield found
    workers = found.workers
    found.process.send_signal(signal.SIGTERM)
    assert found.process.wait(40) == 0, found.log.read_text()
    assert "Fatal Python error" not in found.log.read_text()
    assert not any(one.is_running() for one in workers), "a worker outlived its server"


def signed_in(served: Served, store: Store, code: str) -> Browser:
    browser = Browser(served.port)
    link = f"/login/{make_link(store, code, datetime.now(UTC))}"
    assert browser.get(link).status == 200
    assert browser.form(link).status == 303
    return browser


def test_sqlite_is_refused_with_the_way_out(tmp_path: Path) -> None:
    make_course(tmp_path)
    result = CliRunner().invoke(weike, ["serve", str(tmp_path), "--workers", "2"])
    assert result.exit_code != 0
    assert "PostgreSQL" in str(result.exception)
    assert "database_url" in str(result.exception)


def test_an_answer_sent_to_every_process_at_once_counts_once(served: Served, store: Store) -> None:
    browser = signed_in(served, store, "M01")
    opened = browser.post("/api/attempts", {"quiz": "fire/fire"}).json
    paper = opened["paper"]["items"][0]
    body = {
        "response": paper["options"][0]["id"],
        "event": uuid4().hex,
        "seq": 1,
        "answered_at": datetime.now(UTC).isoformat(),
    }
    address = f"/api/attempts/{opened['attempt']}/answers/{paper['item']}"

    def send(_n: int) -> int:
        mine = Browser(served.port, cookies=dict(browser.cookies))
        return mine.ask("PUT", address, data=body).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(40))) == {200}
    with store.read() as connection:
        found = connection.execute(
            select(func.count()).where(tables.response.c.event == body["event"])
        ).scalar_one()
    assert found == 1
    # Both processes have served: each has used some time.
    assert all(one.cpu_times().user > 0 for one in served.workers)


def test_a_kernel_is_reached_through_either_process(served: Served, store: Store) -> None:
    browser = signed_in(served, store, "M02")
    pages = [browser.get(LIVE) for _ in range(3)]
    assert {page.status for page in pages} == {200}
    kernel_id = kernel(pages[-1].text)

    async def asked() -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        address = f"ws://127.0.0.1:{served.port}/api/kernels/{kernel_id}/channels?session_id=s"
        connection = await websocket_connect(HTTPRequest(address, headers={"Cookie": cookies}))
        await connection.write_message(message("comm_info_request", {}))
        found = "closed"
        while (reply := await asyncio.wait_for(connection.read_message(), 20)) is not None:
            if json.loads(reply)["header"]["msg_type"] == "comm_info_reply":
                found = "answered"
                connection.close()
        return found

    for _ in range(6):  # the system chooses the process
        assert asyncio.run(asked()) == "answered"
    open_before = sockets(served)
    path = f"/api/kernels/{kernel_id}/channels"
    assert {browser.get(path).status for _ in range(6)} == {400}, "that is no websocket"
    until = time.monotonic() + 10
    while any(now > then for now, then in zip(sockets(served), open_before, strict=True)):
        assert time.monotonic() < until, "what was opened to ask is kept"
        time.sleep(0.05)
    stranger = signed_in(served, store, "M03")
    for _ in range(6):
        assert stranger.get(f"/api/kernels/{kernel_id}").status == 404
        assert Browser(served.port).get(f"/api/kernels/{kernel_id}").status == 401
    assert browser.ask("DELETE", f"/api/kernels/{kernel_id}").status == 204


def sockets(served: Served) -> list[int]:
    """Those that lead from one process to another, by process."""
    return [len(one.net_connections("unix")) for one in served.workers]


def figures(served: Served) -> dict[str, float]:
    """What `/metrics` says, by name and labels."""
    text = Browser(served.port).get("/metrics").text
    lines = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in lines}


def until_all_tell(served: Served, name: str, value: Callable[[], float]) -> None:
    """An answer is here before it is counted, and a process tells of its kernels every second."""
    until = time.monotonic() + 30
    while (told := {figures(served)[name] for _n in range(6)}) != {value()}:
        assert time.monotonic() < until, (told, value())


def test_whichever_process_is_asked_tells_the_figures_of_all(served: Served, store: Store) -> None:
    browser = signed_in(served, store, "M05")
    health = 'weike_requests_total{route="Health",status="200"}'
    before = figures(served)[health]
    for _n in range(20):  # the system chooses the process
        assert Browser(served.port).get("/healthz").status == 200
    until_all_tell(served, health, lambda: before + 20)
    found = figures(served)
    used = {name: n for name, n in found.items() if name.startswith("process_resident_memory")}
    names = [f'process_resident_memory_bytes{{worker="{number}"}}' for number in range(COUNT)]
    assert sorted(used) == names
    assert min(used.values()) > 20e6
    kernel_id = kernel(browser.get(LIVE).text)
    with_ours = served.kernels
    assert with_ours > 0
    until_all_tell(served, "weike_live_kernels", lambda: served.kernels)
    assert browser.ask("DELETE", f"/api/kernels/{kernel_id}").status == 204
    assert served.kernels == with_ours - 1
    until_all_tell(served, "weike_live_kernels", lambda: served.kernels)


def test_a_process_that_is_killed_is_started_again_and_nothing_is_lost(
    served: Served, store: Store
) -> None:
    browser = signed_in(served, store, "M04")
    opened = browser.post("/api/attempts", {"quiz": "fire/fire"}).json
    before, link = figures(served), 'weike_requests_total{route="Link",status="303"}'
    served.workers[1].kill()
    served.workers[0].kill()
    time.sleep(0.5)
    served.wait()
    again = browser.post("/api/attempts", {"quiz": "fire/fire"}).json
    assert again["attempt"] == opened["attempt"]
    assert "is started again" in served.log.read_text()
    found = figures(served)
    assert found[link] == before[link], "what the killed ones had counted"
    assert found["weike_live_kernels"] == 0


def test_no_process_outlives_a_server_that_is_killed(store: Store, database: str) -> None:
    served = Served(store.media.parent.parent, database)
    workers = served.workers
    served.process.kill()
    served.process.wait()
    assert psutil.wait_procs(workers, timeout=30)[1] == []

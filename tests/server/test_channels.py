"""The connection of a live page to its kernel, in the hands of somebody who is not its page."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import pytest
from jupyter_server.services.kernels.connection.base import (
    serialize_binary_message,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from weike.results.access.signin import end_session
from weike.server.auth import SESSION
from weike.server.handlers.live import SIGNED_OUT, Channels

from .channels import LIVE, UPGRADE, kernel, message
from .client import Browser
from .conftest import Running

T = TypeVar("T")

FORBIDDEN = (
    "execute_request",
    "complete_request",
    "inspect_request",
    "history_request",
    "is_complete_request",
    "input_reply",
    "debug_request",
    "interrupt_request",
    "create_subshell_request",
)


@dataclass(frozen=True, slots=True)
class Own:
    """A member with a kernel."""

    browser: Browser
    kernel_id: str

    def connect(self, *protocols: str) -> Awaitable[WebSocketClientConnection]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())
        path = f"/api/kernels/{self.kernel_id}/channels?session_id=s"
        address = f"ws://127.0.0.1:{self.browser.port}{path}"
        request = HTTPRequest(address, headers={"Cookie": cookies})
        return websocket_connect(request, subprotocols=list(protocols) or None)


@pytest.fixture(scope="module")
def own(running: Running) -> Iterator[Own]:
    browser = running.signed_in("M07")
    found = Own(browser, kernel(browser.get(LIVE).text))
    yield found
    browser.ask("DELETE", f"/api/kernels/{found.kernel_id}")


async def until_info(socket: WebSocketClientConnection) -> list[str]:
    """What the kernel has said when it is done with a question that it may answer."""
    await socket.write_message(message("kernel_info_request", {}))
    seen: list[str] = []
    while True:
        text = await asyncio.wait_for(socket.read_message(), 30)
        assert isinstance(text, str), "the connection has been closed"
        seen.append(text)
        said = json.loads(text)
        asked = said["parent_header"].get("msg_id") == "kernel_info_request"
        if asked and said["content"].get("execution_state") == "idle":
            return seen


def with_socket(
    own: Own, talk: Callable[[WebSocketClientConnection], Awaitable[T]], *protocols: str
) -> T:
    async def run() -> T:
        socket = await own.connect(*protocols)
        try:
            return await talk(socket)
        finally:
            socket.close()
            while socket.close_code is None and await socket.read_message() is not None:
                pass

    return asyncio.run(run())


@pytest.mark.parametrize("origin", ["null", "http://evil.example", "http://[", "file://"])
def test_a_page_of_another_site_gets_no_connection(own: Own, origin: str) -> None:
    path = f"/api/kernels/{own.kernel_id}/channels?session_id=s"
    assert own.browser.get(path, **UPGRADE, Origin=origin).status == 403


def test_a_connection_has_no_name_without_end(own: Own) -> None:
    path = f"/api/kernels/{own.kernel_id}/channels?session_id={'x' * 300}"
    assert own.browser.get(path, **UPGRADE).status == 400


def test_a_connection_ends_with_the_session(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where that was ended in another browser or process."""
    monkeypatch.setattr(Channels, "ping_interval", 100)
    browser = running.signed_in("M08")
    mine = Own(browser, kernel(browser.get(LIVE).text))

    async def talk(socket: WebSocketClientConnection) -> None:
        await until_info(socket)
        await asyncio.to_thread(end_session, running.store, browser.cookies[SESSION])
        running.call(lambda: running.server.site.identity.forget(browser.cookies[SESSION]))
        while await asyncio.wait_for(socket.read_message(), 20) is not None:
            pass
        assert socket.close_code == SIGNED_OUT

    with_socket(mine, talk)
    end = running.server.kernel_manager.end(mine.kernel_id)
    asyncio.run_coroutine_threadsafe(end, running.loop).result(20)


def test_no_message_runs_code_or_looks_into_the_kernel(own: Own) -> None:
    content = {"code": "print(6 * 7)", "cursor_pos": 1, "detail_level": 0, "value": "x"}
    content |= {"user_expressions": {"x": "6 * 7"}, "type": "request", "command": "evaluate"}

    async def talk(socket: WebSocketClientConnection) -> None:
        for channel in ("shell", "control", "stdin"):
            for kind in FORBIDDEN:
                await socket.write_message(message(kind, content, channel))
        kinds = {
            json.loads(text)["parent_header"].get("msg_type") for text in await until_info(socket)
        }
        assert not kinds & set(FORBIDDEN)

    with_socket(own, talk)


@pytest.mark.parametrize("text", ["[]", "null", "{", '{"header": null}', '{"header": {}}', b"\0"])
def test_a_message_without_a_shape_ends_the_connection_and_fills_no_log(
    own: Own, caplog: pytest.LogCaptureFixture, text: str | bytes
) -> None:
    async def talk(socket: WebSocketClientConnection) -> None:
        await until_info(socket)
        await socket.write_message(text, binary=isinstance(text, bytes))
        while await asyncio.wait_for(socket.read_message(), 30) is not None:
            pass
        assert socket.close_code == 1007

    with_socket(own, talk)
    assert [record for record in caplog.records if record.exc_info] == []


NEWER = "v1.kernel.websocket.jupyter.org"
# Without end; the whole message a hundred times; a part that begins beyond it.
TABLES = {
    "": [b"\x7f\xff\xff\xff", struct.pack(">102I", 100, *[408, 0] * 50, 0), b"\0\0\0\1" * 2],
    NEWER: [b"\xff" * 8, struct.pack("<102Q", 100, *[816, 0] * 50, 0), b"\1\0\0\0\0\0\0\0" * 2],
}


@pytest.mark.parametrize(
    ("protocol", "sent"), [(name, one) for name, found in TABLES.items() for one in found]
)
def test_a_message_that_lies_about_its_parts_keeps_nobody_waiting(
    own: Own, protocol: str, sent: bytes
) -> None:
    async def talk(socket: WebSocketClientConnection) -> None:
        await socket.write_message(sent, binary=True)
        while await asyncio.wait_for(socket.read_message(), 30) is not None:
            pass
        assert socket.close_code == 1007

    with_socket(own, talk, *filter(None, [protocol]))


def test_bytes_of_a_widget_come_and_go_by_both_protocols(own: Own) -> None:
    """By the older one, too, which our own page speaks: Voilà knows the newer alone."""
    state = {"_model_module": "@jupyter-widgets/controls", "_model_module_version": "2.0.0"}
    state |= {"_model_name": "ImageModel", "_view_module": "@jupyter-widgets/controls"}
    state |= {"_view_module_version": "2.0.0", "_view_name": "ImageView", "format": "png"}
    data = {"state": state, "buffer_paths": [["value"]]}
    opened = json.loads(
        message("comm_open", {"comm_id": "d" * 32, "target_name": "jupyter.widget", "data": data})
    )
    asked = json.loads(
        message("comm_msg", {"comm_id": "d" * 32, "data": {"method": "request_state"}})
    )
    picture = b"a picture"

    async def older(socket: WebSocketClientConnection) -> bytes:
        await socket.write_message(serialize_binary_message(opened | {"buffers": [picture]}), True)
        await socket.write_message(json.dumps(asked))
        return await binary(socket)

    async def newer(socket: WebSocketClientConnection) -> bytes:
        parts = [json.dumps(asked[name]).encode() for name in PARTS]
        await socket.write_message(serialize_msg_to_ws_v1(parts, "shell"), binary=True)
        while picture not in (found := await binary(socket)):
            pass
        return found

    assert with_socket(own, older).endswith(picture)
    assert with_socket(own, newer, NEWER).endswith(picture)


PARTS = ("header", "parent_header", "metadata", "content")


async def binary(socket: WebSocketClientConnection) -> bytes:
    while True:
        found = await asyncio.wait_for(socket.read_message(), 30)
        assert found is not None, "the connection has been closed"
        if isinstance(found, bytes):
            return found


def test_what_fails_in_the_kernel_tells_no_path_of_this_computer(own: Own) -> None:
    contents = [
        {"comm_id": "a" * 32, "target_name": "jupyter.widget", "data": {}},
        {"comm_id": "b" * 32, "target_name": "nothing", "data": {}},
    ]

    async def talk(socket: WebSocketClientConnection) -> list[str]:
        for content in contents:
            await socket.write_message(message("comm_open", content))
        await socket.write_message(message("comm_msg", {"comm_id": "a" * 32, "data": []}))
        seen = await until_info(socket)
        await asyncio.sleep(1)  # what is printed waits for more of it
        return seen + await until_info(socket)

    seen = [json.loads(text) for text in with_socket(own, talk)]
    kinds = [one["msg_type"] for one in seen]
    assert kinds.count("comm_close") == len(contents)
    assert "stream" not in kinds, "what the machinery complains about was printed"

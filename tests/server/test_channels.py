"""The connection of a live page to its kernel, in the hands of somebody who is not its page."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import pytest
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from .client import Browser
from .conftest import Running
from .test_live import LIVE, UPGRADE, kernel

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

    def connect(self) -> Awaitable[WebSocketClientConnection]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())
        path = f"/api/kernels/{self.kernel_id}/channels?session_id=s"
        address = f"ws://127.0.0.1:{self.browser.port}{path}"
        return websocket_connect(HTTPRequest(address, headers={"Cookie": cookies}))


@pytest.fixture(scope="module")
def own(running: Running) -> Iterator[Own]:
    browser = running.signed_in("M07")
    found = Own(browser, kernel(browser.get(LIVE).text))
    yield found
    browser.ask("DELETE", f"/api/kernels/{found.kernel_id}")


def message(kind: str, content: object, channel: str = "shell") -> str:
    header = {"msg_id": kind, "msg_type": kind, "session": "s", "username": "u"}
    whole = {"header": header, "parent_header": {}, "metadata": {"version": "2.1.0"}}
    return json.dumps(whole | {"content": content, "channel": channel, "buffers": []})


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


def with_socket(own: Own, talk: Callable[[WebSocketClientConnection], Awaitable[T]]) -> T:
    async def run() -> T:
        socket = await own.connect()
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

"""A lesson with a slider to pull, and a page that is connected to its kernel."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from weike.results.catalogue import publish
from weike.results.versions import LessonVersion, store_version

from .channels import message
from .client import Browser
from .conftest import Running

SOURCE = """
import os, time
import ipywidgets
slider, label = ipywidgets.IntSlider(), ipywidgets.Label()
held = []
def show(change):
    if change.new == 66:
        while True: pass
    if change.new == 77:
        while True: print("for ever")
    if change.new == 88:
        while True: held.append(bytearray(1 << 20))
    if change.new == 99:
        names = [n for n in os.environ if n.startswith(("WEIKE_", "SECRET"))]
        label.value = f"{sorted(names)} {os.getcwd()}"
    else:
        label.value = f"v={change.new}"
slider.observe(show, "value")
ipywidgets.VBox([slider, label])
"""


def lesson(slug: str, version: str, source: str = SOURCE) -> LessonVersion:
    cell = {"id": "a", "cell_type": "code", "metadata": {}, "outputs": [], "source": source}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    return LessonVersion(
        slug=slug, version=version, title="拉一拉", language="zh-CN", kind="live", order=9,
        live_notebook=json.dumps(notebook),
        body_html=f'<section class="weike-live" data-live="{slug}" data-cell="1" data-views="[]" '
        'data-models="{}"></section>',
    )  # fmt: skip


def put(running: Running, version: LessonVersion) -> None:
    store_version(running.store, version)
    publish(running.store, version.slug, version.version, "command", datetime.now(UTC))


def attach(browser: Browser, slug: str = "pull") -> dict[str, Any]:
    answer = browser.post(f"/api/lessons/{slug}/kernel", {})
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


class Page:
    """A page's connection to its kernel."""

    def __init__(self, browser: Browser, found: dict[str, Any]) -> None:
        self.browser = browser
        self.found = found

    async def connect(self) -> WebSocketClientConnection:
        cookies = "; ".join(f"{name}={value}" for name, value in self.browser.cookies.items())
        path = f"/api/kernels/{self.found['kernel']}/channels?session_id=s"
        address = f"ws://127.0.0.1:{self.browser.port}{path}"
        return await websocket_connect(HTTPRequest(address, headers={"Cookie": cookies}))

    async def states(self, socket: WebSocketClientConnection) -> dict[str, Any]:
        """All models, as the page asks for them."""
        opened = json.loads(
            message("comm_open", {"comm_id": "c", "target_name": "jupyter.widget.control"})
        )
        opened["content"]["data"] = {}
        opened["metadata"] = {"version": "1.0.0"}
        await socket.write_message(json.dumps(opened))
        data = {"method": "request_states"}
        await socket.write_message(message("comm_msg", {"comm_id": "c", "data": data}))
        while True:
            said = await heard(socket)
            if said["msg_type"] == "comm_msg" and said["content"]["comm_id"] == "c":
                found: dict[str, Any] = said["content"]["data"]["states"]
                return found

    async def pull(self, socket: WebSocketClientConnection, value: int) -> str:
        """Set the slider; what the label says then."""
        await self.touch(socket, value)
        while True:
            said = await heard(socket)
            if said["msg_type"] == "comm_msg":
                state = said["content"]["data"].get("state", {})
                if isinstance(state.get("value"), str):
                    return str(state["value"])

    async def touch(self, socket: WebSocketClientConnection, value: int) -> None:
        states = await self.states(socket)
        [slider] = [k for k, one in states.items() if one["model_name"] == "IntSliderModel"]
        data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        await socket.write_message(message("comm_msg", {"comm_id": slider, "data": data}))


async def heard(socket: WebSocketClientConnection) -> dict[str, Any]:
    text = await asyncio.wait_for(socket.read_message(), 20)
    assert isinstance(text, str), "the connection has been closed"
    found: dict[str, Any] = json.loads(text)
    return found


async def until_closed(socket: WebSocketClientConnection) -> int | None:
    while await asyncio.wait_for(socket.read_message(), 60) is not None:
        pass
    socket.close()
    return socket.close_code


async def leave(socket: WebSocketClientConnection) -> None:
    socket.close()
    await until_closed(socket)


def pulled(browser: Browser, found: dict[str, Any], value: int) -> str:
    async def talk() -> str:
        page = Page(browser, found)
        socket = await page.connect()
        said = await page.pull(socket, value)
        await leave(socket)
        return said

    return asyncio.run(talk())

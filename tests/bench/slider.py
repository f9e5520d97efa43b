"""A member's hand on the slider of a live lesson: what `static/live/` says to the server."""

from __future__ import annotations

import asyncio
import json
import uuid
from contextlib import suppress
from typing import Any

from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import (
    WebSocketClientConnection,
    WebSocketClosedError,
    websocket_connect,
)

from .answers import headers, write_headers
from .client import Request, ResponseError, build
from .course import LIVE, Reader

CONTROL = "jupyter.widget.control"
VERSION = "1.0.0"
PATIENCE = 30.0
AGAIN, ASKED = 5.0, 6  # as in static/live/part.js: seconds, and how often here
GONE = 4404  # the code with which a connection ends whose process has ended

Message = dict[str, Any]


def attach_request(reader: Reader) -> Request:
    """The first touch: a process of one's own."""
    data = build("POST", f"/api/lessons/{LIVE}/kernel", write_headers(reader), b"{}")
    return Request(data=data, holds=b'"kernel"')


class GoneError(Exception):
    """The process has ended: the page says so, and the next touch begins anew."""


class Slider:
    """The first slider of the live demo lesson, behind a connection of one member's own."""

    def __init__(self, reader: Reader, kernel: str, *, host: str, port: int) -> None:
        self._reader = reader
        self._kernel = kernel
        self._host = f"{host}:{port}"
        self._session = uuid.uuid4().hex
        self._socket: WebSocketClientConnection | None = None
        self._model = ""
        self.value = 0.0

    @property
    def connected(self) -> bool:
        return self._socket is not None

    async def connect(self) -> None:
        """Connected, and the states of all controls known."""
        address = f"ws://{self._host}/api/kernels/{self._kernel}/channels"
        request = HTTPRequest(
            f"{address}?session_id={self._session}",
            headers={**headers(self._reader), "Origin": f"http://{self._host}"},
            connect_timeout=PATIENCE,
        )
        try:
            self._socket = await websocket_connect(request)
        except HTTPClientError as refused:
            if refused.code == 404:
                raise GoneError from refused
            raise
        comm = uuid.uuid4().hex
        opened = {"comm_id": comm, "target_name": CONTROL, "data": {}}
        await self._say("comm_open", opened, {"version": VERSION})
        states = (await self._states(comm))["states"]
        sliders = (
            (model, one["state"])
            for model, one in states.items()
            if one["state"]["_model_name"] == "FloatSliderModel"
        )
        self._model, state = next(sliders)
        self.value = float(state["value"])

    async def _states(self, comm: str) -> Message:
        """Asked of a busy process, the answer may be published before we are heard of: so again."""
        for _number in range(ASKED):
            await self._say("comm_msg", {"comm_id": comm, "data": {"method": "request_states"}})
            with suppress(TimeoutError):
                return await self._hear(lambda data: "states" in data, patience=AGAIN)
        raise TimeoutError("no states of the controls")

    async def slide(self, value: float) -> None:
        """Set it, and wait until the lesson shows another text."""
        data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        await self._say("comm_msg", {"comm_id": self._model, "data": data})
        await self._hear(lambda said: "停车距离" in str(said.get("state", {}).get("value")))
        self.value = value

    def close(self) -> None:
        """As a phone that goes to sleep: without a word to the process."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    async def _say(self, kind: str, content: Message, metadata: Message | None = None) -> None:
        assert self._socket is not None
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": kind,
            "session": self._session,
            "username": "",
            "version": "5.3",
        }
        message = {
            "header": header,
            "parent_header": {},
            "metadata": metadata or {},
            "content": content,
            "channel": "shell",
            "buffers": [],
        }
        try:
            await self._socket.write_message(json.dumps(message))
        except WebSocketClosedError:
            raise self._over() from None

    def _over(self) -> Exception:
        assert self._socket is not None
        code = self._socket.close_code
        return GoneError() if code == GONE else ResponseError(f"the connection ended ({code})")

    async def _hear(self, wanted: Any, patience: float = PATIENCE) -> Message:
        """The data of the first comm message that is wanted."""
        async with asyncio.timeout(patience):
            while True:
                assert self._socket is not None
                raw = await self._socket.read_message()
                if raw is None:
                    raise self._over()
                message = _read(raw)
                if message["header"]["msg_type"] == "error":
                    raise ResponseError(f"the lesson failed: {message['content']}")
                data = message["content"].get("data", {})
                if message["header"]["msg_type"] == "comm_msg" and wanted(data):
                    return dict(data)


def _read(raw: str | bytes) -> Message:
    """A message with buffers begins with their number and places; its first piece is the JSON."""
    if isinstance(raw, bytes):
        pieces = int.from_bytes(raw[:4])
        begin = int.from_bytes(raw[4:8])
        raw = raw[begin : int.from_bytes(raw[8:12]) if pieces > 1 else len(raw)]
    message: Message = json.loads(raw)
    return message

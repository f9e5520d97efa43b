"""Requests that belong to a kernel, passed on to the process that holds it."""

from __future__ import annotations

import asyncio
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.httputil import HTTPHeaders
from tornado.iostream import StreamClosedError
from tornado.simple_httpclient import SimpleAsyncHTTPClient
from tornado.websocket import WebSocketClientConnection, WebSocketHandler, websocket_connect

from weike.quizzes.i18n import _
from weike.server.base import Handler, Refused
from weike.server.sharing import ToHub

TIMEOUT = 180.0  # seconds: a page with a kernel comes piece by piece
LONGEST = 64 * 1024 * 1024  # bytes of one message from a kernel, such as a picture
_OURS = ("connection", "transfer-encoding", "content-length", "keep-alive", "upgrade", "te")


class Forward(Handler):
    """The same request to the other process; its answer comes back piece by piece.

    Both processes look who asks and whether the token is right.
    """

    async def get(self, *_parts: str, **_named: str) -> None:
        await self._pass_on()

    async def post(self, *_parts: str, **_named: str) -> None:
        await self._pass_on()

    async def put(self, *_parts: str, **_named: str) -> None:
        await self._pass_on()

    async def delete(self, *_parts: str, **_named: str) -> None:
        await self._pass_on()

    def head(self, *_parts: Any, **_named: Any) -> Any:
        return self._pass_on()

    async def _pass_on(self) -> None:
        request = HTTPRequest(
            f"http://weike{self.request.uri}",
            method=self.request.method or "GET",
            headers=passed_on(self),
            body=self.request.body or None,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            decompress_response=False,
            request_timeout=TIMEOUT,
            header_callback=self._header,
            streaming_callback=self._piece,
        )
        self.clear()
        try:
            answer = await _client(self).fetch(request, raise_error=False)
        except (OSError, HTTPClientError) as error:
            raise _away() from error
        if answer.code == 599:
            raise _away()
        self.set_status(answer.code, answer.reason)
        await self.finish()

    def _header(self, line: str) -> None:
        if line.startswith("HTTP/"):
            self.set_status(int(line.split(" ", 2)[1]))
            return
        name, separator, value = line.partition(":")
        name = name.strip()
        if not separator or name.lower() in _OURS:
            return
        if name.lower() == "set-cookie":
            self.add_header(name, value.strip())
        else:
            self.set_header(name, value.strip())

    def _piece(self, piece: bytes) -> None:
        self.write(piece)
        self.site.later(self._flushed())

    async def _flushed(self) -> None:
        try:
            await self.flush()
        except StreamClosedError:
            return


class ForwardApi(Forward):
    """What a script asks for: refusals are JSON."""

    def wants_json(self) -> bool:
        return True


class ForwardOpen(Forward):
    """What strangers may ask for too: the other process looks whether they hold a pass."""

    public = True
    referrer = "no-referrer"


class ForwardOpenApi(ForwardOpen, ForwardApi):
    """The same for scripts."""


class ForwardChannels(Handler, WebSocketHandler):
    """The messages of a kernel, in both directions."""

    hub: WebSocketClientConnection | None = None

    def wants_json(self) -> bool:
        return True

    def check_origin(self, origin: str | None = None) -> bool:
        """As for every write; the process with the kernel looks again."""
        return self.request.headers.get("Origin") != "null" and Handler.check_origin(self)

    async def get(self, *_parts: str, **_named: str) -> None:
        """Ask there first: what is refused there is refused here, before anything is opened."""
        wished = self.request.headers.get("Sec-WebSocket-Protocol", "")
        request = HTTPRequest(f"ws://weike{self.request.uri}", headers=passed_on(self))
        try:
            self.hub = await websocket_connect(
                request,
                subprotocols=[one.strip() for one in wished.split(",") if one.strip()] or None,
                max_message_size=LONGEST,
                resolver=ToHub(hub=_hub(self)),
            )
        except HTTPClientError as error:
            code = error.code if 400 <= error.code < 500 else 503
            raise Refused(code, "not_found", _nothing()) from error
        except OSError as error:
            raise _away() from error
        try:
            await WebSocketHandler.get(self)
        finally:  # also where Tornado refuses: nothing is opened then, and nothing closed
            self.hub.close()

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return self.hub.selected_subprotocol if self.hub else None

    def open(self, *_parts: str, **_named: str) -> None:
        self.set_nodelay(True)
        self.site.later(self._from_kernel())

    async def on_message(self, message: str | bytes) -> None:
        assert self.hub is not None, "opened with the other end"
        await self.hub.write_message(message, binary=isinstance(message, bytes))

    async def _from_kernel(self) -> None:
        assert self.hub is not None
        while (message := await self.hub.read_message()) is not None:
            try:
                await self.write_message(message, binary=isinstance(message, bytes))
            except (StreamClosedError, asyncio.CancelledError):
                break
            except Exception:  # Tornado's own, where the browser has just left
                break
        self.close(self.hub.close_code, self.hub.close_reason)

    def on_close(self) -> None:
        if self.hub is not None:
            self.hub.close()


def passed_on(handler: Handler) -> HTTPHeaders:
    """The browser's headers, and what this process has found out about its address."""
    request, found = handler.request, HTTPHeaders()
    for name, value in request.headers.get_all():
        if name.lower() not in _OURS and not name.lower().startswith("sec-websocket"):
            found.add(name, value)
    found["X-Forwarded-For"] = request.remote_ip or ""
    found["X-Forwarded-Proto"] = request.protocol
    return found


def _hub(handler: Handler) -> Any:
    shared = handler.settings["voila"].shared
    assert shared is not None, "only a worker passes on"
    return shared.hub


def _client(handler: Handler) -> AsyncHTTPClient:
    client: AsyncHTTPClient | None = handler.settings.get("weike_hub")
    if client is None:
        client = SimpleAsyncHTTPClient(
            force_instance=True, resolver=ToHub(hub=_hub(handler)), max_clients=500
        )
        handler.settings["weike_hub"] = client
    return client


def _nothing() -> str:
    return _("There is nothing here, or it is not for you.")


def _away() -> Refused:
    return Refused(
        503,
        "busy",
        _("Interactive parts are just being started again. Try again in a minute."),
        headers={"Retry-After": "10"},
    )

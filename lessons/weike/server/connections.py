"""Tornado's server with a bound on its connections, so that nobody can take all of them.

Whoever connects and sends nothing, half a header or half a body is cut off by Tornado's own
timeouts. Until then such connections add up. At the bound, those go first that have waited longest
without a whole request: of members these are idle ones, and a browser connects again by itself.
"""

from __future__ import annotations

import logging
import socket
import time
from asyncio import Future
from collections.abc import Awaitable
from typing import Any

from tornado.http1connection import HTTP1ServerConnection
from tornado.httpserver import HTTPServer
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream, StreamBufferFullError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

LOG = logging.getLogger("weike.server")

IDLE = 75  # seconds for a whole header, also between two requests
BODY = 60  # seconds for a whole body; uploads have their own
UNREAD = 90  # seconds in which nothing that was sent is received: then the other end is gone
MOST_HEADER = 32 * 1024
MOST_BODY = 1024 * 1024
SMALL = 64 * 1024
MOST_UNDERWAY = 256 * 1024 * 1024  # bytes of larger bodies on their way at once
MOST = 8_192  # some 20 kB each
MOST_UNREAD = 16 * 1024 * 1024  # bytes that wait for the reader of a websocket
RESERVE = 512  # files for everything but connections: the database, kernels, films
SAY_AGAIN = 60.0


class Server(HTTPServer):
    """`most` connections at once; beyond that, the longest waiting one makes room for the next."""

    def initialize(self, *arguments: Any, most: int = MOST, **options: Any) -> None:
        bounds = {
            "idle_connection_timeout": IDLE,
            "body_timeout": BODY,
            "max_header_size": MOST_HEADER,
            "max_body_size": MOST_BODY,
            "max_buffer_size": 4 * MOST_BODY,
        }
        super().initialize(*arguments, **bounds | options)
        self.most = most
        self.turned_away = 0
        self.underway = 0
        self._waiting: dict[HTTP1ServerConnection, None] = {}  # the longest waiting first
        self._said = -SAY_AGAIN

    @property
    def open(self) -> int:
        return len(self._connections)

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        if self.open >= self.most and not self._make_room():
            stream.close()
            return
        _notice_when_gone(stream.socket)
        super().handle_stream(stream, address)

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        assert isinstance(server_conn, HTTP1ServerConnection)
        self.begins(server_conn)
        return _Request(
            self, server_conn, request_conn, super().start_request(server_conn, request_conn)
        )

    def on_close(self, server_conn: object) -> None:
        assert isinstance(server_conn, HTTP1ServerConnection)
        self._waiting.pop(server_conn, None)
        super().on_close(server_conn)

    def begins(self, connection: HTTP1ServerConnection) -> None:
        """It waits for a request, from now on."""
        self._waiting.pop(connection, None)
        self._waiting[connection] = None

    def is_here(self, connection: HTTP1ServerConnection) -> None:
        """Its request is here and is being answered."""
        self._waiting.pop(connection, None)

    def _make_room(self) -> bool:
        self.turned_away += 1
        now = time.monotonic()
        if now - self._said >= SAY_AGAIN:
            self._said = now
            LOG.error(
                "%d connections at once, the most there may be: those that wait longest are closed"
                " (%d so far); if members are so many, let the system open more files (ulimit -n,"
                " LimitNOFILE=) or use --workers; if it is one address, stop it before Weike",
                self.open,
                self.turned_away,
            )
        oldest = next(iter(self._waiting), None)
        if oldest is None:
            return False
        del self._waiting[oldest]
        oldest.stream.close()
        return True


class BoundedSocket(WebSocketHandler):
    """A websocket that does not keep for a slow page whatever its lesson goes on saying."""

    def write_message(
        self, message: bytes | str | dict[str, Any], binary: bool = False
    ) -> Future[None]:
        stream: IOStream | None = getattr(self.ws_connection, "stream", None)
        if stream is not None:
            stream.max_write_buffer_size = MOST_UNREAD
        try:
            return super().write_message(message, binary)
        except StreamBufferFullError as error:
            LOG.warning(
                "a live lesson says more than its page can read, %d MB wait: the connection is"
                " ended, and the page connects again; let the lesson show less at once",
                MOST_UNREAD >> 20,
            )
            assert stream is not None
            stream.close()
            raise WebSocketClosedError from error


class _Request(HTTPMessageDelegate):
    """Tells the server when a request is here, and bounds what comes in at once."""

    def __init__(
        self,
        server: Server,
        connection: HTTP1ServerConnection,
        request: HTTPConnection,
        inner: HTTPMessageDelegate,
    ) -> None:
        self._server, self._connection, self._request = server, connection, request
        self._inner = inner
        self._size = 0

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        length = headers.get("Content-Length", "0")
        chunked = "Transfer-Encoding" in headers
        size = MOST_BODY if chunked or not length.isdecimal() else min(int(length[:9]), MOST_BODY)
        if size > SMALL:
            if self._server.underway + size > MOST_UNDERWAY:
                self._request.set_max_body_size(SMALL)  # type: ignore[attr-defined]
            else:
                self._size = size
                self._server.underway += size
        return self._inner.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        return self._inner.data_received(chunk)

    def finish(self) -> None:
        self._over()
        self._server.is_here(self._connection)
        self._inner.finish()

    def on_connection_close(self) -> None:
        self._over()
        self._inner.on_connection_close()

    def _over(self) -> None:
        self._server.underway -= self._size
        self._size = 0


def _notice_when_gone(connection: socket.socket | None) -> None:
    """A client that reads nothing any more would hold on to its answer for hours."""
    if connection is None or connection.family == socket.AF_UNIX:
        return
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * UNREAD)

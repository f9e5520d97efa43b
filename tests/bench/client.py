"""A keep-alive HTTP/1.1 client of just the parts that a load generator needs.

Requests are bytes built beforehand; an answer is split by its Content-Length and checked whole.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
_BODILESS = (204, 304)


class ResponseError(Exception):
    """An answer that is not the one that was asked for, or not HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request and what a right answer to it is.

    Without `fresh`, 200 is right too, because what was known may be old. `body`: the whole body as
    sent, byte for byte; `holds`: a part of its text; `keep`: hand the text back; `note`: keep the
    time since the visit's last note, or its beginning, under this name.
    """

    data: bytes
    status: int = 200
    fresh: bool = True
    body: bytes | None = None
    holds: bytes = b""
    keep: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str | None:
        found = re.search(
            rb"\r\n%s: *([^\r]*)" % re.escape(name.encode()), self.head, re.IGNORECASE
        )
        return found[1].decode("latin-1").strip() if found else None

    @property
    def text(self) -> bytes:
        """The body without its compression."""
        packed = self.body.startswith(b"\x1f\x8b")
        return gzip.decompress(self.body) if packed else self.body

    def json(self) -> Any:
        return json.loads(self.text)


def build(
    method: str, path: str, headers: Mapping[str, str], body: bytes = b"", *, host: str = "bench"
) -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method in ("POST", "PUT"):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def split(buffer: bytes | bytearray) -> tuple[Response, int] | None:
    """The first answer in `buffer` and its length in bytes, or None while it is incomplete."""
    end = buffer.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buffer[: end + 2])
    if not head.startswith(b"HTTP/1.1 "):
        raise ResponseError(f"not an HTTP/1.1 answer: {head[:60]!r}")
    status = int(head[9:12])
    start = end + 4
    if status in _BODILESS:
        return Response(status, head, b""), start
    length = _LENGTH.search(head)
    if length is None:
        reason = "is chunked" if _CHUNKED.search(head) else "has no Content-Length"
        raise ResponseError(f"an answer with status {status} {reason}")
    stop = start + int(length[1])
    if len(buffer) < stop:
        return None
    return Response(status, head, bytes(buffer[start:stop])), stop


def check(request: Request, response: Response) -> None:
    if response.status != request.status and (request.fresh or response.status != 200):
        raise ResponseError(
            f"status {response.status}, not {request.status}: {response.body[:200]!r}"
        )
    if request.body is not None and response.body != request.body:
        raise ResponseError(f"another body than expected: {response.body[:200]!r}")
    if request.holds and request.holds not in response.text:
        raise ResponseError(f"no {request.holds!r} in {response.text[:200]!r}")


class Connection(asyncio.Protocol):
    """One kept-alive connection; one request is under way at a time."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waiter: asyncio.Future[Response] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, host: str, port: int) -> Connection:
        _transport, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    async def send(self, data: bytes) -> Response:
        assert self._transport is not None
        assert self._waiter is None
        self._waiter = asyncio.get_running_loop().create_future()
        self._transport.write(data)
        return await self._waiter

    async def ask(self, request: Request) -> Response:
        """Send, wait, and raise `ResponseError` unless the answer is the right one."""
        response = await self.send(request.data)
        check(request, response)
        return response

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            found = split(self._buffer)
        except ResponseError as error:
            self._finish(error)
            return
        if found is None:
            return
        response, length = found
        del self._buffer[:length]
        self._finish(response if not self._buffer else ResponseError("bytes after the answer"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish(exc or ResponseError("the server closed the connection"))

    def _finish(self, result: Response | Exception) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            return
        if isinstance(result, Exception):
            waiter.set_exception(result)
        else:
            waiter.set_result(result)

"""Half-open connections, half a header, half a body, a reader that sleeps: others are served."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketClosedError

from weike.server import connections
from weike.server.connections import BoundedSocket, Server
from weike.server.handlers.lesson import PIECE
from weike.server.openfiles import FEW, open_files
from weike.server.port import bind

HALVES = (
    b"",
    b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 50000\r\n\r\nhalf",
)


class Echo(RequestHandler):
    def get(self) -> None:
        self.finish("here")

    def post(self) -> None:
        self.finish(str(len(self.request.body)))


class Film(RequestHandler):
    """Sent as media are: piece by piece."""

    waits = 0

    async def get(self) -> None:
        for _n in range(100):
            self.write(b"x" * PIECE)
            await self.flush()
            Film.waits += 1


class Chatter(BoundedSocket):
    """Says more than anybody reads."""

    said = 0

    def open(self, *_path: str, **_named: str) -> None:
        asyncio.ensure_future(self.chatter())  # noqa: RUF006

    async def chatter(self) -> None:
        with suppress(WebSocketClosedError):
            while True:
                self.write_message(b"x" * 100_000, binary=True)
                Chatter.said += 1
                await asyncio.sleep(0)


@asynccontextmanager
async def serving(
    **options: Any,
) -> AsyncIterator[tuple[Server, int, Callable[[bytes], Client]]]:
    clients: list[Client] = []

    def connect(said: bytes) -> Client:
        clients.append(Client(port, said))
        return clients[-1]

    server = Server(Application([("/", Echo), ("/film", Film), ("/chatter", Chatter)]), **options)
    sockets = bind("127.0.0.1", 0)
    server.add_sockets(sockets)
    port = sockets[0].getsockname()[1]
    try:
        yield server, port, connect
    finally:
        for one in clients:
            one.socket.close()
        server.stop()
        await server.close_all_connections()


class Client:
    """A connection that says something and may say no more."""

    def __init__(self, port: int, said: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)
        self.socket.send(said)

    async def hears(self, end: bytes) -> bytes:
        """What comes, up to `end` or the end of the connection."""
        heard = b""
        async with asyncio.timeout(5):
            while not end or end not in heard:
                piece = await asyncio.get_running_loop().sock_recv(self.socket, 65536)
                if not piece:
                    break
                heard += piece
        return heard


async def ask(port: int) -> str:
    answer = await AsyncHTTPClient().fetch(f"http://127.0.0.1:{port}/", request_timeout=5)
    return answer.body.decode()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)


def test_who_sends_nothing_or_half_of_it_is_cut_off_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "IDLE", 0.2)
    monkeypatch.setattr(connections, "BODY", 0.2)

    async def scenario() -> None:
        async with serving() as (server, port, connect):
            clients = [connect(said) for said in HALVES * 3]
            assert await ask(port) == "here"
            assert [await one.hears(b"") for one in clients] == [b""] * 9
            await until(lambda: server.open == 0)
            assert server._waiting == {}
            assert server.underway == 0

    asyncio.run(scenario())


def test_however_many_are_half_open_others_are_served_and_the_log_says_what_to_do(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario() -> None:
        async with serving(most=10) as (server, port, connect):
            member = connect(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b"200 OK" in await member.hears(b"here")
            for n in range(200):
                connect(HALVES[n % 3])
            for _n in range(20):
                assert await ask(port) == "here"
            await until(lambda: server.open <= 10)
            assert server.turned_away >= 190
            assert await member.hears(b"") == b"", "the idle one will connect again"

    with caplog.at_level(logging.WARNING):
        asyncio.run(scenario())
    [line] = [one.getMessage() for one in caplog.records if one.name == "weike.server"]
    assert "the most there may be" in line
    assert "LimitNOFILE" in line


def test_large_bodies_on_their_way_are_bounded_altogether(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_UNDERWAY", 1_000_000)
    large = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 400000\r\n\r\nx"

    async def scenario() -> None:
        async with serving() as (server, _port, connect):
            two = [connect(large) for _n in range(2)]
            await until(lambda: server.underway == 800_000)
            assert b"400 Bad Request" in await connect(large).hears(b"\r\n")
            small = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
            assert b"200 OK" in await connect(small).hears(b"\r\n")
            for one in two:
                one.socket.close()
            await until(lambda: server.underway == 0)

    asyncio.run(scenario())


def test_a_length_that_is_no_number_is_refused_and_nothing_failed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario() -> None:
        async with serving() as (_server, _port, connect):
            odd = connect(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ²\r\n\r\n".encode("latin1")
            )
            assert b"400 Bad Request" in await odd.hears(b"\r\n")

    with caplog.at_level(logging.ERROR):
        asyncio.run(scenario())
    assert not caplog.records


def test_of_what_a_slow_reader_was_sent_no_more_than_a_piece_is_kept() -> None:
    async def scenario() -> None:
        async with serving() as (server, port, _connect):
            with socket.socket() as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.connect(("127.0.0.1", port))
                client.sendall(b"GET /film HTTP/1.1\r\nHost: x\r\n\r\n")
                await until(lambda: server.open == 1)
                [one] = server._connections
                await until(lambda: len(one.stream._write_buffer or ()) > 0)
                await asyncio.sleep(0.2)
                sent = Film.waits
                await asyncio.sleep(0.2)
                assert Film.waits == sent < 100, "it waits for the reader"
                assert len(one.stream._write_buffer or ()) <= PIECE + 100
                assert await ask(port) == "here"
                if hasattr(socket, "TCP_USER_TIMEOUT"):
                    ours = one.stream.socket
                    bound = ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
                    assert bound == 1000 * connections.UNREAD
            await until(lambda: server.open == 0)

    asyncio.run(scenario())


def test_what_a_live_lesson_says_to_a_page_that_does_not_read_is_bounded(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections, "MOST_UNREAD", 1_000_000)
    handshake = (
        b"GET /chatter HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )

    async def scenario() -> None:
        async with serving() as (_server, port, connect):
            sleeper = connect(handshake)
            await until(lambda: "says more than its page can read" in caplog.text)
            assert Chatter.said * 100_000 < 20_000_000  # what the system's own buffers took
            assert await ask(port) == "here"
            with suppress(ConnectionResetError):
                await sleeper.hears(b"")  # it ends

    asyncio.run(scenario())


def test_the_process_asks_for_as_many_files_as_it_may_have() -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] not in (resource.RLIM_INFINITY,) and before[1] < FEW:
        pytest.skip("this system lets nobody have that many")
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, before[1]))
    try:
        assert open_files() >= FEW
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == open_files()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_system_that_gives_fewer_files_than_it_promises_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resource = pytest.importorskip("resource")

    def refuse(*_given: object) -> None:
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda _what: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert open_files() == 256

"""Everything that reaches a browser, byte for byte: pages, scripts, JSON, websocket frames."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Error, Page, Response, WebSocket

from .secrets_course import SECRETS, TELLING


@dataclass
class Recorder:
    page: Page
    received: list[tuple[str, bytes]] = field(default_factory=list)
    _responses: list[Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("response", lambda response: self._responses.append(response))
        self.page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self._frame(socket.url, frame))

    def _frame(self, url: str, frame: str | bytes) -> None:
        self.received.append((url, frame.encode() if isinstance(frame, str) else frame))

    def take(self) -> list[tuple[str, bytes]]:
        """(where from, bytes) of everything since the start.

        Call it before leaving a page: the browser forgets the bodies of the page that it left.
        """
        for response in self._responses:
            self.received.append((response.url, json.dumps(response.headers).encode()))
            try:
                self.received.append((response.url, response.body()))
            except Error:  # a redirect and a 304 have no body
                assert not response.ok, response.url
        self._responses.clear()
        return self.received


def leaks(received: list[tuple[str, bytes]]) -> list[str]:
    """Every secret in what was received, and where."""
    found = []
    for url, content in received:
        text = content.decode("utf-8", "replace")
        found += [f"{secret} in {url}" for secret in SECRETS if secret in text]
        if "/api/attempts" in url and text.startswith("{"):
            found += [
                f"{name} in {url}" for name in sorted(TELLING & set(_names(json.loads(text))))
            ]
    return found


def _names(body: Any) -> Iterator[str]:
    if isinstance(body, dict):
        yield from body
        # A list of that name is a side of a matching question; a truth says what is right.
        if isinstance(body.get("right"), bool):
            yield "right: true or false"
        for value in body.values():
            yield from _names(value)
    elif isinstance(body, list):
        for value in body:
            yield from _names(value)

"""Answers to send: what a browser would put for every question of the attempts it opened."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .client import Request, build
from .course import QUIZ, Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAttempt:
    reader: Reader
    id: str
    items: Sequence[dict[str, Any]]
    answered: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, reader: Reader, body: bytes) -> OpenAttempt:
        """From the answer to `POST /api/attempts`."""
        opened = json.loads(body)
        return cls(
            reader=reader,
            id=opened["attempt"],
            items=opened["paper"]["items"],
            answered=opened["answers"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One response, under the id by which it is found in the log again."""

    event: str
    request: Request
    response: object = None


def headers(reader: Reader) -> dict[str, str]:
    """What a phone sends with every request, as far as the server looks at it."""
    cookies = "; ".join(f"{name}={value}" for name, value in reader.cookies.items())
    return {"Cookie": cookies, "Accept-Encoding": "gzip, deflate", "Accept-Language": "zh-CN"}


def write_headers(reader: Reader) -> dict[str, str]:
    return headers(reader) | {"X-XSRFToken": reader.xsrf, "Content-Type": "application/json"}


def open_request(
    reader: Reader, *, keep: bool, note: str = "", quiz: str = QUIZ, new: bool = False
) -> Request:
    """`POST /api/attempts` as the page sends it; with `keep`, what it opened is handed back."""
    asked = {"quiz": quiz, "place": True} | ({"new": True} if new else {})
    body = json.dumps(asked).encode()
    data = build("POST", "/api/attempts", write_headers(reader), body)
    return Request(data=data, holds=b'"paper"', keep=keep, note=note)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """A member who answers every question of the attempt just opened, and hands in."""

    reader: Reader

    def answers(self, text: bytes) -> list[Answer]:
        attempt = OpenAttempt.of(self.reader, text)
        return [
            answer_to(attempt, item, seq, event=f"{attempt.id}-{seq}")
            for seq, item in enumerate(attempt.items, start=1)
        ]

    def after(self, text: bytes) -> list[Request]:
        attempt = OpenAttempt.of(self.reader, text)
        submit = submit_request(attempt, note="submit")
        return [*(answer.request for answer in self.answers(text)), submit]


def submit_request(attempt: OpenAttempt, *, note: str = "") -> Request:
    path = f"/api/attempts/{attempt.id}/submit"
    data = build("POST", path, write_headers(attempt.reader), b"{}")
    return Request(data=data, holds=b'"percent"', note=note)


def answers(attempts: Sequence[OpenAttempt]) -> Iterator[Answer]:
    """For ever: everybody's first question, everybody's second, …, then changes of mind."""
    seq = 0
    while True:
        for number in range(max(len(attempt.items) for attempt in attempts)):
            seq += 1
            for attempt in attempts:
                if number < len(attempt.items):
                    event = secrets.token_hex(16)
                    yield answer_to(attempt, attempt.items[number], seq, event=event)


def answer_to(attempt: OpenAttempt, item: dict[str, Any], seq: int, *, event: str) -> Answer:
    response = _response(item, seq)
    body = {
        "response": response,
        "event": event,
        "seq": seq,
        "answered_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    }
    path = f"/api/attempts/{attempt.id}/answers/{item['item']}"
    data = build("PUT", path, write_headers(attempt.reader), json.dumps(body).encode())
    # Feedback in the answer shows that it was graded.
    request = Request(data=data, holds=b'"feedback"', note="answer")
    return Answer(event=event, request=request, response=response)


def _response(item: dict[str, Any], seq: int) -> object:
    options = [option["id"] for option in item.get("options", ())]
    match item["type"]:
        case "single":
            return options[seq % len(options)]
        case "multiple":
            return options[: 1 + seq % len(options)]
        case "boolean":
            return seq % 2 == 0
        case "blank":
            return ["干粉"] * item["blanks"]
        case "numeric":
            return "5"
        case other:
            raise AssertionError(f"no answer for a question of type {other}")

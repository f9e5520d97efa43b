"""Chinese papers, and what the reader makes of them."""

from __future__ import annotations

from typing import Any

from weike.quizzes.formats import chinese

CHOICE = "A．提起\nB．拔销\nC．压下\n"


def bodies(text: str) -> list[dict[str, Any]]:
    return [question.to_json() for question in chinese.loads(text)]


def only(text: str) -> dict[str, Any]:
    (body,) = bodies(text)
    return body


def key(body: dict[str, Any]) -> str:
    """The letters of the right options."""
    return "".join(chr(65 + n) for n, option in enumerate(body["options"]) if option["right"])


def texts(body: dict[str, Any]) -> list[str]:
    return [option["text"] for option in body["options"]]


def problems(text: str) -> list[tuple[int | None, str]]:
    return [(p.line, p.message) for p in chinese.read(text).problems]

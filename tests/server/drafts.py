"""Lessons that a lecturer begins in the browser, with a quiz whose key is known."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from .client import Answer, Browser

Json = dict[str, Any]

KEY = "提起灭火器，这是答案"
QUESTION: Json = {
    "id": "q1", "type": "single", "stem": "第一步？", "points": 1,
    "explanation": "口诀：提、拔、握、压。",
    "options": [{"text": KEY, "right": True}, {"text": "压下压把", "right": False}],
}  # fmt: skip


def begin(lecturer: Browser, title: str = "灭火器的使用") -> str:
    answer = lecturer.form("/teach/lessons/new", title=title, topic="消防")
    assert answer.status == 303
    return answer.location.split("/")[3]


def opened(lecturer: Browser, slug: str) -> Json:
    answer = lecturer.get(f"/teach/lessons/{slug}/document")
    assert answer.status == 200
    found: Json = answer.json
    return found


def save(lecturer: Browser, slug: str, expected: str, document: Json) -> Answer:
    body = {"expected": expected, "document": document}
    return lecturer.ask("PUT", f"/teach/lessons/{slug}/document", data=body)


def with_quiz(document: Json) -> Json:
    form = {"name": "quiz-1", "title": "", "bank": "", "draw": None, "passing": None}
    blocks = [
        *document["blocks"],
        {"key": "n1", "kind": "text", "text": "## 先看\n\n看**指针**。"},
        {"key": "n2", "kind": "quiz", **form, "questions": [QUESTION]},
    ]
    return {**document, "blocks": blocks}


def picture() -> bytes:
    data = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SECRETPHONE"
    exif[0x0112] = 6
    Image.new("RGB", (40, 20), (200, 0, 0)).save(data, "JPEG", exif=exif)
    return data.getvalue()

"""Documents of the composer, put together by hand."""

from __future__ import annotations

from typing import Any

from weike.lessons.compose.document import read_document, write_document

Json = dict[str, Any]


def read(data: Json) -> Json:
    return read_document(data, language="zh-CN")


def write(data: Json, document: Json, **options: Any) -> Json | None:
    return write_document(data, document, language="zh-CN", **options)


def blank(**said: Any) -> Json:
    about = {"title": "灭火", "topic": "消防", "minutes": 5, "audience": "", "language": "zh-CN"}
    return {**about, "blocks": [], **said}


def block(document: Json, key: str) -> Json:
    return next(one for one in document["blocks"] if one["key"] == key)


def text(key: str, words: str) -> Json:
    return {"key": key, "kind": "text", "text": words}


def quiz(key: str, *questions: Json, **said: Any) -> Json:
    form = {"name": "q1", "title": "", "bank": "", "draw": None, "passing": None}
    return {"key": key, "kind": "quiz", **form, "questions": list(questions), **said}


SINGLE: Json = {
    "id": "q1",
    "type": "single",
    "stem": "第一步？",
    "points": 1,
    "options": [{"text": "提", "right": True}, {"text": "拔", "right": False}],
}


def is_setup(cell: Json) -> bool:
    return "".join(cell["source"]).strip() == "%load_ext weike.widgets"

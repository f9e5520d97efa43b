"""A bank of the course, and the form of a question as a browser fills it in."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from urllib.parse import quote, urlencode

from .client import Answer, Browser
from .conftest import Running

BANK = """---
title: 消防题库
topic: 消防
---

## 使用灭火器的第一步是什么？ {#fire-001 difficulty=2 topic="操作"}
- [x] 提起灭火器
- [ ] 拔掉保险销
  > 这是第二步。

> 口诀：提、拔、握、压。

## 灭火器压力表指针在 [[绿色|绿]] 区为正常。 {#fire-002}

## 干粉灭火器可以扑灭电气火灾。 {#fire-003 tags="电气"}
- [x] 正确
- [ ] 错误
"""
PATH = "quizzes/消防.md"
QUESTION = f"/teach/bank/question?bank={quote(PATH)}&item=fire-001"


def write(running: Running, path: str, text: str | bytes) -> Path:
    file = running.course.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def lesson(running: Running, cell: str, *, slug: str = "use-of-bank") -> None:
    """A notebook in the course folder with one quiz."""
    cells = [
        {"id": "a", "cell_type": "markdown", "metadata": {}, "source": "# 用题库的微课"},
        {
            "id": "b", "cell_type": "code", "metadata": {}, "execution_count": None,
            "outputs": [], "source": cell,
        },
    ]  # fmt: skip
    book = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    write(running, f"lessons/{slug}.ipynb", json.dumps(book))


def fields(page: Answer) -> list[tuple[str, str]]:
    """Every field of the form of a question, as a browser would send it unchanged."""
    form = page.text.partition('id="question-form"')[2].partition("</form>")[0]
    found = []
    for tag in re.finditer(r"<input ([^>]*)>|<textarea ([^>]*)>(.*?)</textarea>", form, re.DOTALL):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag[1] or tag[2]))
        if attributes.get("type") in ("radio", "checkbox") and "checked" not in tag[0]:
            continue
        value = tag[3] if tag[3] is not None else attributes.get("value", "")
        found.append((attributes["name"], html.unescape(value)))
    return [(name, value) for name, value in found if name != "_xsrf"]


def send(browser: Browser, path: str, sent: list[tuple[str, str]], **more: str) -> Answer:
    body = urlencode([("_xsrf", browser.cookies["_xsrf"]), *sent, *more.items()])
    kind = {"Content-Type": "application/x-www-form-urlencoded", "X-XSRFToken": ""}
    return browser.ask("POST", path, body=body.encode(), headers=kind)


def changed(sent: list[tuple[str, str]], name: str, value: str) -> list[tuple[str, str]]:
    """With the first field of this name changed."""
    n = next(n for n, one in enumerate(sent) if one[0] == name)
    return [*sent[:n], (name, value), *sent[n + 1 :]]


def stems(page: Answer) -> list[str]:
    listed = page.text.partition('<ul class="questions')[2].partition("</ul>")[0]
    return re.findall(r"<a [^>]*>([^<]*)</a>", listed)

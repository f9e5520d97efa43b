"""A small quiz under three sets of rules, and what a browser says about it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from weike.quizzes.errors import AttemptRefused
from weike.results.store import Store

from .facts import NOW

QUIZ = """---
title: 灭火器
---

## 使用灭火器的第一步是什么？ {#fire-001}
- [x] 提起灭火器
- [ ] 拔掉保险销
- [ ] 压下压把

## 压力表指针在 [[绿色|绿]] 区为正常。 {#fire-002}

## 胸外按压每分钟多少次？ {#fire-003}
= 110 ± 10 次
"""
TEST = QUIZ.replace("---\n\n", "behaviour: test\nattempts: 2\nwait: 10 min\n---\n\n")
TIMED = QUIZ.replace("---\n\n", "behaviour: test\nlimit: 10 min\n---\n\n")
RIGHT = "提起灭火器"


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def body(response: object, n: int, *, event: str | None = None, at: str | None = None) -> Any:
    return {
        "response": response,
        "event": event or f"event-{n:08d}",
        "seq": n,
        "answered_at": at or "2026-10-12T01:31:00.000Z",
    }


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coroutine)


def refused(coroutine: Coroutine[Any, Any, Any]) -> AttemptRefused:
    with pytest.raises(AttemptRefused) as caught:
        asyncio.run(coroutine)
    return caught.value


def option(opened: Any, item: str, text: str) -> str:
    """The id that an option has on this paper."""
    (question,) = [q for q in opened["paper"]["items"] if q["item"] == item]
    (found,) = [o["id"] for o in question["options"] if text in o["html"]]
    return str(found)


def count(store: Store, table: Any) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()

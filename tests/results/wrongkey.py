"""A quiz whose key is wrong, the same with the right one, and how it is put right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from weike.results.correcting.rescoring import RescoringReport, rescore
from weike.results.store import Store

from .facts import NOW

LATER = NOW + timedelta(days=10)
WRONG = """---
title: 灭火器
behaviour: test
pass: 60%
---

## 第一步？ {#first}
- [x] 拔掉
- [ ] 提起
- [ ] 压下

## 哪些要带？ {#take points=2}
- [x] 安全帽
- [x] 手电
- [ ] 打火机

## 指针在 [[绿色|绿]] 区为正常。 {#gauge}
"""
MENDED = WRONG.replace("[x] 拔掉", "[ ] 拔掉").replace("[ ] 提起", "[x] 提起")
WHY = "教材第 12 页：先提起"


def but(**changed: Any) -> dict[str, Any]:
    """What the wrong key takes for right, but for these."""
    return {"first": "拔掉", "take": ["安全帽", "手电"], "gauge": "绿"} | changed


def mend(store: Store, quiz: str = "fire/quiz", **options: Any) -> RescoringReport:
    return rescore(store, quiz, **{"because": WHY, "by": "command", "now": LATER} | options)

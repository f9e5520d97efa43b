"""A small course for those who write questions: a bank, and a lesson with an essay."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl

SETTINGS = """title = "安全培训"
language = "zh-CN"
levels = ["支部"]
"""
PEOPLE = """工号,姓名,支部,角色
M01,王一,储运党支部,
M02,李二,储运党支部,
M03,张三,储运党支部,
L01,赵讲师,储运党支部,讲师
"""
BANK = """---
title: 消防题库
topic: 消防
---

## 使用灭火器的第一步是什么？ {#fire-001 difficulty=2 topic="操作"}
- [x] 提起灭火器
- [ ] 拔掉保险销
  > 这是第二步。
- [ ] 压下压把

> 口诀：提、拔、握、压。

## 灭火器压力表指针在 [[绿色|绿]] 区为正常。 {#fire-002}

## 胸外按压每分钟多少次？ {#fire-003}
= 110 ± 10 次

## 安全色表示什么？ {#fire-004}
- 红色 -> 禁止
- 黄色 -> 警告
- -> 提示

## 干粉灭火器可以扑灭电气火灾。 {#fire-005}
- [x] 正确
- [ ] 错误
"""
ESSAY = """%%quiz risk
---
title: 隐患反思
behaviour: test
---

## 说说你们班组的一个隐患，准备怎么治理？ {#risk-1 type=essay points=8}

> 要写到人、机、环、管四个方面。
"""
FROM_BANK = """%%quiz entry
---
title: 有限空间小测
bank: {bank}
shuffle: none
---
"""
ANSWERS = {
    "M01": "皮带机尾部护栏松动，已报修。\n以后每班检查一次。",
    "M02": "没有隐患。",
    "M03": "照明不足，准备换灯，并在交接班时说明。",
}


def make_course(root: Path) -> Path:
    (root / "quizzes").mkdir(parents=True)
    (root / "weike.toml").write_text(SETTINGS, "utf-8")
    (root / "members.csv").write_text(PEOPLE, "utf-8")
    (root / "quizzes/消防.md").write_text(BANK, "utf-8")
    write_lesson(root, "risk", "班组隐患", ESSAY)
    return root


def write_lesson(root: Path, slug: str, title: str, quiz: str) -> None:
    cells = [
        {"cell_type": "markdown", "source": f"# {title}\n\n先想一想，再回答。"},
        {"cell_type": "code", "source": "%load_ext weike.widgets"},
        {"cell_type": "code", "source": quiz},
    ]
    for n, cell in enumerate(cells):
        cell |= {"id": f"c{n}", "metadata": {}}  # type: ignore[dict-item]
        if cell["cell_type"] == "code":
            cell |= {"outputs": [], "execution_count": None}  # type: ignore[dict-item]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = {
        "nbformat": 4, "nbformat_minor": 5, "cells": cells,
        "metadata": {"kernelspec": kernel, "weike": {"minutes": 5}},
    }  # fmt: skip
    file = root / "lessons/安全" / f"{slug}.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(book, ensure_ascii=False), "utf-8")


def workbook() -> bytes:
    """Twenty rows; three of them cannot be taken."""
    rows: list[list[object]] = [
        ["单选", f"进入第 {n} 号有限空间之前先做什么？", "通风检测", "直接进入", "喊几声", "A", 2]
        for n in range(1, 18)
    ]
    rows.insert(3, ["单选", "没有答案的题？", "甲", "乙", None, None, None])
    rows.insert(9, ["多选题目", "题型写错的题？", "甲", "乙", None, "AB", None])
    rows.insert(15, ["单选", "难度写错的题？", "甲", "乙", None, "A", 9])
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [["题型", "题干", "选项A", "选项B", "选项C", "答案", "难度"], *rows]:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

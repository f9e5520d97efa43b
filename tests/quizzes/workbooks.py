"""Workbooks of questions, put together row by row."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from weike.quizzes.formats import excel

HEADER = ["题号", "题型*", "题干*", "选项A", "选项B", "选项C", "选项D", "答案*", "解析", "分值"]
HEADER += ["难度(1–5)", "知识点", "标签", "来源"]


def book(*rows: Any, header: Any = HEADER, above: Any = ()) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (*above, header, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def row(kind: str, stem: str, answer: Any, *options: Any, **more: Any) -> list[Any]:
    offered = [*options, None, None, None, None][:4]
    names = ("解析", "分值", "难度", "知识点", "标签", "来源")
    return [more.get("题号"), kind, stem, *offered, answer, *(more.get(name) for name in names)]


def only(*cells: Any, **more: Any) -> dict[str, Any]:
    (question,) = excel.loads(book(row(*cells, **more)))
    return question.to_json()


def problems(*rows: Any) -> list[tuple[int | None, str | None, str]]:
    return [(p.line, p.column, p.message) for p in excel.read(book(*rows)).problems]

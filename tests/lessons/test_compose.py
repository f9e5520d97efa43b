"""What the composer writes into notebooks, and what a browser cannot make it write."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest

from weike.lessons.compose.blocks import DocumentError
from weike.lessons.compose.document import find_cell, new_notebook
from weike.lessons.compose.dumping import dump_notebook
from weike.lessons.compose.quiztext import problems
from weike.quizzes.formats import markdown

from .composed import SINGLE, Json, blank, block, is_setup, quiz, read, text, write


def test_a_new_lesson_is_an_ordinary_notebook_without_outputs() -> None:
    data = new_notebook(
        blank(
            blocks=[
                text("a1", "## 先看\n\n看指针。"),
                {"key": "b1", "kind": "picture", "src": "media/a b.png", "words": "指针 [绿]",
                 "caption": "“绿”区"},
                quiz("c1", SINGLE),
            ]
        ),
        language="zh-CN",
    )  # fmt: skip
    nbformat.validate(nbformat.reads(dump_notebook(data).decode(), as_version=4))
    assert [cell["id"] for cell in data["cells"]] == ["setup", "a1", "b1", "c1"]
    assert [json.dumps(cell.get("outputs", [])) for cell in data["cells"]] == ["[]"] * 4
    assert data["cells"][0]["source"] == ["%load_ext weike.widgets"]
    assert data["cells"][2]["source"] == ['![指针 \\[绿\\]](media/a%20b.png "“绿”区")']
    assert "".join(data["cells"][3]["source"]) == (
        "%%quiz q1\n## 第一步？ {#q1}\n- [x] 提\n- [ ] 拔"
    )
    assert data["metadata"]["weike"] == {
        "title": "灭火", "topic": "消防", "minutes": 5, "language": "zh-CN",
    }  # fmt: skip
    assert dump_notebook(data).endswith(b"\n}\n")
    assert b'\n "cells"' in dump_notebook(data)


def test_what_is_written_is_read_as_the_same_document() -> None:
    document = blank(
        blocks=[
            text("a1", "你好"),
            {"key": "b1", "kind": "video", "src": "media/a.mp4", "words": "x", "caption": ""},
            quiz("c1", SINGLE, title="小测", passing=80),
            quiz("d1", name="q2", bank="fire.md", draw=5),
        ]
    )
    data = new_notebook(document, language="zh-CN")
    again = read(data)
    assert again["blocks"].pop(0)["kind"] == "setup"
    assert again == document


def test_saving_the_same_document_again_changes_nothing() -> None:
    document = blank(blocks=[text("a1", "你好"), quiz("c1", SINGLE)])
    data = new_notebook(document, language="zh-CN")
    document["blocks"].insert(0, read(data)["blocks"][0])
    assert write(data, document) is None


def test_the_line_for_quizzes_stands_before_the_first_one() -> None:
    data = new_notebook(blank(), language="zh-CN")
    setup = read(data)["blocks"][0]
    for blocks in ([quiz("c1", SINGLE)], [quiz("c1", SINGLE), setup]):
        written = write(data, blank(blocks=blocks))
        assert written is not None
        assert is_setup(written["cells"][0])
        assert len(written["cells"]) == 2


CELL = """%%quiz fire
---
title: 小测
pass: 80%   # 厂里规定
---

<!-- 老张出的题 -->
## 第一题 {#one}
* [x]  对的
* [ ]  错的

> 为什么

##   第二题   {#two}
= 110±10 次
"""


def fire() -> Json:
    cell = {"cell_type": "code", "id": "c1", "metadata": {"tags": ["x"]}, "source": CELL,
            "execution_count": 3, "outputs": [{"output_type": "stream"}]}  # fmt: skip
    return {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def test_an_edited_question_leaves_the_lines_of_the_others() -> None:
    data = fire()
    document = read(data)
    document["blocks"][0]["questions"][0]["options"][1]["text"] = "不对的"
    written = write(data, document)
    assert written is not None
    cell = find_cell(written, "c1")
    assert cell is not None
    assert cell["metadata"] == {"tags": ["x"]}
    assert (cell["outputs"], cell["execution_count"]) == ([], None)
    assert cell["source"] == CELL.replace("* [x]  对的\n* [ ]  错的", "- [x] 对的\n- [ ] 不对的")
    assert cell["source"].startswith("%%quiz fire\n---\ntitle: 小测\npass: 80%   # 厂里规定")


def test_another_title_writes_the_head_anew_and_nothing_else() -> None:
    data = fire()
    document = read(data)
    document["blocks"][0]["title"] = "大测"
    written = write(data, document)
    assert written is not None
    source = find_cell(written, "c1")["source"]  # type: ignore[index]
    assert source.startswith("%%quiz fire\n---\ntitle: 大测\npass: 80%\n---\n\n")
    assert source.endswith(CELL[CELL.index("## 第一题") :])


@pytest.mark.parametrize(
    "unfinished",
    [
        {"id": "n1", "type": "single", "stem": "", "options": []},
        {"id": "n1", "type": "single", "stem": "A?", "options": [{"text": "a", "right": False}]},
        {"id": "n1", "type": "single", "stem": "-->\n## x", "options": []},
        {"id": "n1", "type": "numeric", "stem": "A?", "answers": [{"value": ""}]},
        {"id": "n1", "type": "blank", "stem": "A ____", "blanks": [[""]]},
        {"id": "n1", "type": "boolean", "stem": "A"},
    ],
)
def test_an_unfinished_question_is_kept_and_asked_of_nobody(unfinished: Json) -> None:
    data = new_notebook(blank(blocks=[quiz("c1", unfinished, SINGLE)]), language="zh-CN")
    form = block(read(data), "c1")
    assert form["questions"] == [unfinished, SINGLE]
    source = "".join(find_cell(data, "c1")["source"])  # type: ignore[index]
    bank = markdown.loads(source.partition("\n")[2])
    assert [question.id for question in bank.questions] == ["q1"]
    assert problems(unfinished)
    assert problems(SINGLE) == []


def test_a_quiz_of_unfinished_questions_alone_is_still_a_quiz() -> None:
    empty = {"id": "n1", "type": "single", "stem": "", "options": []}
    for form in (quiz("c1", title="T"), quiz("c1", empty, title="T")):
        data = new_notebook(blank(blocks=[form]), language="zh-CN")
        assert block(read(data), "c1") == form


def test_the_same_question_twice_is_asked_once() -> None:
    other = {**SINGLE, "stem": "另一题"}
    data = new_notebook(blank(blocks=[quiz("c1", SINGLE, other)]), language="zh-CN")
    form = block(read(data), "c1")
    assert form["questions"] == [SINGLE, other]


def test_a_question_that_gets_another_stem_keeps_its_id() -> None:
    data = fire()
    data["cells"][0]["source"] = "%%quiz fire\n## 一\n- [x] a\n- [ ] b\n"
    document = read(data)
    question = document["blocks"][0]["questions"][0]
    id, question["stem"] = question["id"], "二"
    written = write(data, document)
    assert written is not None
    assert block(read(written), "c1")["questions"][0]["id"] == id


@pytest.mark.parametrize(
    "forged",
    [
        {"key": "k1", "kind": "kept", "what": "code", "text": "import os"},
        {"key": "k1", "kind": "code", "text": "import os"},
        {"key": "k1", "kind": "quiz", "text": "x"},
        quiz("k1", name="a\nimport os"),
        quiz("k1", name="a b"),
        quiz("k1", name=""),
        quiz("k1", bank="x.md\nimport: os"),
        quiz("k1", {"id": "a}\n!rm", "type": "single", "stem": ""}),
        quiz("k1", SINGLE, bank="fire.md"),
        {"key": "../x", "kind": "text", "text": ""},
        {"key": "k1", "kind": "text", "text": 3},
        {"key": "k1", "kind": "picture", "src": "", "words": "", "caption": ""},
        {"key": "k1", "kind": "picture", "src": "a", "words": "a\n\nb", "caption": ""},
        "text",
    ],
)
def test_no_block_brings_code_or_another_shape_into_a_notebook(forged: Any) -> None:
    data = new_notebook(blank(), language="zh-CN")
    with pytest.raises(DocumentError):
        write(data, blank(blocks=[forged]))


def test_a_block_cannot_change_the_kind_of_a_cell() -> None:
    data = fire()
    with pytest.raises(DocumentError):
        write(data, blank(blocks=[text("c1", "import os")]))


def test_a_removed_cell_comes_back_from_an_older_revision() -> None:
    data = fire()
    data["cells"][0] |= {"source": "print(1)"}
    document = read(data)
    empty = write(data, {**document, "blocks": []})
    assert empty is not None
    assert empty["cells"] == []
    back = write(empty, document, older=lambda key: find_cell(data, key))
    assert back is not None
    assert back["cells"] == data["cells"]

"""Lesson → composer → notebook → JupyterLab → composer loses nothing."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weike.lessons.compose.blocks import DocumentError
from weike.lessons.compose.document import (
    find_cell,
    new_notebook,
    read_document,
    write_document,
)
from weike.lessons.compose.dumping import dump_notebook
from weike.lessons.compose.outputs import MOST_LETTERS, shown_outputs
from weike.lessons.compose.quiztext import problems
from weike.lessons.notebook import NotebookError, parse_notebook
from weike.quizzes.formats import markdown

ROOT = Path(__file__).parents[2]
LESSONS = sorted(p for p in ROOT.glob("lessons/*/*.ipynb") if p.parent.name != "weike")
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


# Arbitrary notebooks

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.floats(allow_nan=False, width=32) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
TABLES = st.dictionaries(WORDS, VALUES, max_size=3)
IDS = st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True)
QUIZZES = st.sampled_from(
    [
        "%%quiz one\n## A?\n- [x] a\n- [ ] b\n",
        "%%quiz two\n---\ntitle: T\ndraw: 1\n---\n# no\n",
        "%%quiz\n## no name\n- [x] a\n- [ ] b",
        "%%quiz three\n\n<!-- a note -->\n## A? {#a}\n- [x] a\n- [ ] b\n\n> why\n\n## B\n= 3",
        '%%quiz four\n<!-- unfinished: {"id": "x", "type": "single", "stem": ""} -->',
        "%%quiz broken\n## A?\n- [x] a\n- [x]",
        "%load_ext weike.widgets",
        "import os\nprint(1)",
        '![a \\] b](media/a%20b.png "c")',
        "![](x.mp3)",
        "![a](x.png)\n",
        "![a](x.png) and more",
    ]
)
SOURCES = (WORDS | QUIZZES).flatmap(
    lambda source: st.sampled_from([source, source.splitlines(keepends=True)])
)


MIMES = st.sampled_from(
    ["text/plain", "text/html", "image/png", "application/vnd.jupyter.widget-view+json"]
)
OUTPUTS = st.one_of(
    st.fixed_dictionaries(
        {"output_type": st.just("stream"), "name": WORDS, "text": WORDS | st.lists(WORDS)}
    ),
    st.fixed_dictionaries(
        {
            "output_type": st.sampled_from(["display_data", "execute_result"]),
            "data": st.dictionaries(MIMES, VALUES) | TABLES,
            "metadata": TABLES,
        },
        optional={"execution_count": VALUES, "transient": TABLES},
    ),
    st.fixed_dictionaries(
        {"output_type": st.just("error")},
        optional={"ename": VALUES, "evalue": VALUES, "traceback": VALUES},
    ),
    TABLES,  # what no version of Jupyter has written
)


@st.composite
def cells(draw: st.DrawFn) -> Json:
    kind = draw(st.sampled_from(["markdown", "code", "raw"]))
    cell = {"cell_type": kind, "metadata": draw(TABLES), "source": draw(SOURCES)}
    if draw(st.booleans()):
        cell["id"] = draw(IDS)
    if kind == "code":
        cell["execution_count"] = draw(st.none() | st.integers(1, 9))
        cell["outputs"] = draw(st.lists(OUTPUTS, max_size=2))
    elif draw(st.booleans()):
        cell["attachments"] = draw(st.dictionaries(WORDS, TABLES, max_size=2))
    # A later format, or another program, may say more of a cell than we know.
    return cell | draw(TABLES.map(lambda t: {"x-" + key: value for key, value in t.items()}))


@st.composite
def notebooks(draw: st.DrawFn) -> Json:
    weike = st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("title", "topic", "minutes", "audience", "language"), VALUES)
    )
    return {
        "cells": draw(st.lists(cells(), max_size=6)),
        "metadata": draw(TABLES) | draw(st.just({}) | st.builds(lambda w: {"weike": w}, weike)),
        "nbformat": 4,
        "nbformat_minor": draw(st.integers(0, 5)),
    } | draw(TABLES.map(lambda t: {"x-" + key: value for key, value in t.items()}))


def sound(document: Json) -> Json:
    """As the page sends it, whose fields cannot hold just anything."""
    minutes = document["minutes"]
    document["minutes"] = minutes if minutes is None or 1 <= minutes <= 120 else None
    return document


@given(notebooks())
@settings(max_examples=120, deadline=None)
def test_a_lesson_that_nobody_edits_stays_as_it_is(data: Json) -> None:
    before = copy.deepcopy(data)
    document = read(data)
    if document["minutes"] == sound(copy.deepcopy(document))["minutes"]:
        assert write(data, document) is None
    assert data == before


@given(notebooks(), st.data())
@settings(max_examples=120, deadline=None)
def test_what_is_not_edited_keeps_every_field_wherever_it_goes(data: Json, draw: Any) -> None:
    document = sound(read(data))
    order = draw.draw(st.permutations(range(len(data["cells"]))))
    document["blocks"] = [document["blocks"][n] for n in order]
    document["blocks"].insert(draw.draw(st.integers(0, len(order))), text("added-1", "新的一段"))
    written = write(data, document)
    assert written is not None
    kept = [one for one in written["cells"] if one in data["cells"]]
    expected = [data["cells"][n] for n in order]
    moved_setup = [one for one in expected if not is_setup(one)]
    assert [one for one in kept if not is_setup(one)] == moved_setup
    assert len([one for one in kept if is_setup(one)]) >= len(expected) - len(moved_setup)
    rest = {key: value for key, value in data.items() if key not in ("cells", "metadata")}
    assert {key: written[key] for key in rest} == rest
    for key, value in data["metadata"].items():
        assert key == "weike" or written["metadata"][key] == value


def is_setup(cell: Json) -> bool:
    return "".join(cell["source"]).strip() == "%load_ext weike.widgets"


@given(notebooks(), WORDS.filter(str.strip))
@settings(max_examples=80, deadline=None)
def test_an_edited_text_keeps_its_id_and_metadata_and_touches_no_other_cell(
    data: Json, words: str
) -> None:
    document = sound(read(data))
    texts = [n for n, one in enumerate(document["blocks"]) if one["kind"] == "text"]
    if not texts:
        return
    at = texts[0]
    document["blocks"][at]["text"] += words + "!"
    written = write(data, document)
    assert written is not None
    setups = len(written["cells"]) - len(data["cells"])
    assert setups in (0, 1)
    changed = [c for c in written["cells"] if c not in data["cells"] and not is_setup(c)]
    assert len(changed) == 1
    before, after = data["cells"][at], changed[0]
    assert {**after, "source": None} == {**before, "source": None}
    assert "".join(after["source"]) == document["blocks"][at]["text"]
    assert type(after["source"]) is type(before["source"])


HANDS = {
    "jupyter": {"indent": 1, "ensure_ascii": False, "end": "\n"},
    "colab": {"indent": 2, "ensure_ascii": False, "end": ""},
    "escapes": {"indent": 1, "ensure_ascii": True, "end": "\n"},
    "tabs": {"indent": "\t", "ensure_ascii": False, "end": "\n"},
}


@given(notebooks(), st.sampled_from(sorted(HANDS)), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_file_is_written_in_the_hand_of_who_wrote_it_and_reads_back_the_same(
    data: Json, hand: str, windows: bool
) -> None:
    assert json.loads(dump_notebook(data)) == data
    style = dict(HANDS[hand])
    end = str(style.pop("end"))
    content = (json.dumps(data, **style) + end).encode("utf-8", "surrogatepass")  # type: ignore[arg-type]
    if windows:
        content = content.replace(b"\n", b"\r\n")
    after = dump_notebook(data, like=content)
    assert json.loads(after) == data
    assert after.endswith(b"\n") == content.endswith(b"\n")
    if b"\\u" in content or not content.isascii():
        assert after.split(b"\n")[0] == content.split(b"\n")[0]
        assert after == content or b"\\u" in content
    else:
        assert after == content


@pytest.mark.parametrize("minor", range(6))
def test_an_edit_keeps_what_each_minor_format_may_hold(minor: int) -> None:
    """Ids since 4.5, in no earlier one; raw cells, attachments and outputs in all of them."""
    pixel = "iVBORw0KGgo="
    shown = [
        {"output_type": "stream", "name": "stdout", "text": ["42\n"]},
        {"output_type": "execute_result", "data": {"text/plain": "7", "image/png": pixel},
         "metadata": {"image/png": {"width": 9}}, "execution_count": 2},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
    ]  # fmt: skip
    named = [
        {"cell_type": "raw", "metadata": {"format": "text/latex"}, "source": "\\LaTeX"},
        {"cell_type": "markdown", "metadata": {}, "source": ["![a](attachment:a.png)"],
         "attachments": {"a.png": {"image/png": pixel}}},
        {"cell_type": "code", "metadata": {"collapsed": True}, "source": "6*7",
         "execution_count": 2, "outputs": shown},
        {"cell_type": "markdown", "metadata": {}, "source": "text"},
    ]  # fmt: skip
    if minor == 5:
        named = [{"id": f"c{n}", **cell} for n, cell in enumerate(named)]
    data: Json = {"cells": named, "metadata": {}, "nbformat": 4, "nbformat_minor": minor}
    nbformat.validate(data)
    document = read(data)
    assert [one["kind"] for one in document["blocks"]] == ["kept", "kept", "kept", "text"]
    document["blocks"][-1]["text"] = "another"
    document["blocks"].append(text("new-1", "more"))
    written = write(data, document)
    assert written is not None
    nbformat.validate(nbformat.reads(dump_notebook(written).decode(), as_version=4))
    assert written["cells"][:3] == named[:3]
    assert ["id" in cell for cell in written["cells"]] == [minor == 5] * 5
    assert document["blocks"][2]["outputs"] == [
        {"text": "42"},
        {"said": "A picture; the preview shows it."},
        {"said": "It stopped with an error: E: v"},
    ]


def test_long_outputs_and_those_nobody_can_show_here_are_bounded() -> None:
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "x"}, "text/plain": "Int()"}
    outputs: list[Any] = [
        {"output_type": "stream", "text": "a" * 9_000},
        {"output_type": "display_data", "data": view},
        {"output_type": "display_data", "data": {"text/html": "<b>x</b>"}},
        None,
        *[{"output_type": "stream", "text": "b"}] * 9,
    ]
    shown = shown_outputs({"outputs": outputs})
    assert [len(one.get("text", "")) for one in shown] == [MOST_LETTERS + 1, 0, 0, 1, 1]
    assert "control" in shown[1]["said"]


def test_a_cell_of_an_unknown_kind_is_named_and_nothing_is_written() -> None:
    data = {"cells": [{"cell_type": "sql", "metadata": {}, "source": ""}], "nbformat": 4}
    with pytest.raises(NotebookError, match="cell 1: a part is of an unknown kind: sql"):
        parse_notebook(data, "a.ipynb")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_our_own_lessons_pass_through_the_composer(lesson: Path) -> None:
    content = lesson.read_bytes()
    data = json.loads(content)
    document = read(data)
    assert write(data, document) is None
    assert dump_notebook(data) == content
    document["blocks"].append(text("new-1", "再看一遍。"))
    written = write(data, document)
    assert written is not None
    assert written["cells"][:-1] == data["cells"]
    nbformat.validate(nbformat.reads(dump_notebook(written).decode(), as_version=4))


# What it writes


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


# What a browser may not do


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

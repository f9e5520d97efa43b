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

from weike.lessons.compose.dumping import dump_notebook
from weike.lessons.compose.outputs import MOST_LETTERS, shown_outputs
from weike.lessons.notebook import NotebookError, parse_notebook

from .composed import Json, is_setup, read, text, write
from .notebooks import WORDS, notebooks

ROOT = Path(__file__).parents[2]
LESSONS = sorted(p for p in ROOT.glob("lessons/*/*.ipynb") if p.parent.name != "weike")


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

"""Notebooks as any program may have written them."""

from __future__ import annotations

from hypothesis import strategies as st

from .composed import Json

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

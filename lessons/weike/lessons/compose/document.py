"""A notebook as blocks for the composer, and the blocks back into the notebook.

What the composer does not understand stays in the notebook as it is: cells that are not edited
keep every byte of their JSON, edited ones keep their id, metadata and attachments. The browser
never sends code: a block that is "kept" is named by its key, and the cell comes from the file.

A document is `{"title", "topic", "minutes", "language", "audience", "blocks": […]}`. Every block
has `key` and `kind`; the other fields are those of `weike.lessons.compose.blocks`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from itertools import chain, count
from typing import Any

from weike.lessons.catalogue import first_heading
from weike.lessons.compose.blocks import (
    SETUP,
    DocumentError,
    block_of,
    changed_source,
    checked_block,
    new_cell,
)
from weike.lessons.metadata import MOST_MINUTES
from weike.lessons.notebook import joined, parse_notebook
from weike.lessons.quizcell import LOADS, MAGIC
from weike.quizzes.i18n import LANGUAGES, _
from weike.quizzes.question import content_hash

Cell = dict[str, Any]
Json = dict[str, Any]
# Finds the cell that once had a key, for a block whose removal was undone.
Older = Callable[[str], Cell | None]

MOST_BLOCKS = 500
MOST_WORDS = 300  # characters of a title, a topic, an audience
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TEXTS = ("title", "topic", "audience")


def read_document(data: Mapping[str, Any], *, language: str, zone: tzinfo = UTC) -> Json:
    """The blocks of a notebook (its parsed JSON). `language` is the course's."""
    cells = data["cells"]
    return _about(data, language) | {
        "blocks": [
            block_of(cell, key, zone=zone) for key, cell in zip(keys(cells), cells, strict=True)
        ]
    }


def write_document(
    data: Mapping[str, Any],
    document: Mapping[str, Any],
    *,
    language: str,
    zone: tzinfo = UTC,
    older: Older = lambda key: None,
) -> Json | None:
    """The notebook with what the document says; None where it says nothing new.

    Raises `DocumentError` for a document that the composer cannot have made.
    """
    blocks = _checked(document)
    known = dict(zip(keys(data["cells"]), data["cells"], strict=True))
    ids = all("id" in cell for cell in data["cells"]) and data.get("nbformat_minor", 0) >= 5
    cells = list(_cells(blocks, known, older, zone=zone, ids=ids))
    metadata = _metadata(data, document, language)
    if metadata is data["metadata"] and _same(cells, data["cells"]):
        return None
    return {**data, "cells": _with_setup(cells, ids=ids), "metadata": metadata}


def new_notebook(document: Mapping[str, Any], *, language: str, zone: tzinfo = UTC) -> Json:
    """The notebook of a lesson that begins in the composer."""
    empty: Json = {
        "cells": [],
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3 (ipykernel)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    filled = write_document(empty, document, language=language, zone=zone) or empty
    cells = filled["cells"]
    if not any(_is_setup(cell) for cell in cells):
        cells = [_setup(ids=True, taken=set()), *cells]
    weike = {"language": document["language"], **filled["metadata"].get("weike", {})}
    return {**filled, "cells": cells, "metadata": {**filled["metadata"], "weike": weike}}


def keys(cells: Sequence[Mapping[str, Any]]) -> list[str]:
    """One name for each cell: its id; without one, a hash. The second of a name has a number."""
    seen: Counter[str] = Counter()
    found = []
    for cell in cells:
        id = cell.get("id")
        key = id if isinstance(id, str) and CELL_ID.fullmatch(id) else "h" + content_hash(cell)
        seen[key] += 1
        found.append(key if seen[key] == 1 else f"{key}~{seen[key]}")
    return found


def find_cell(data: Mapping[str, Any], key: str) -> Cell | None:
    """The cell of a notebook that has a key."""
    return dict(zip(keys(data["cells"]), data["cells"], strict=True)).get(key)


def _about(data: Mapping[str, Any], language: str) -> Json:
    """What the lesson says of itself, as the catalogue reads it."""
    said = data["metadata"].get("weike")
    table = said if isinstance(said, dict) else {}
    minutes, tag = table.get("minutes"), table.get("language")
    texts = {key: table.get(key) for key in _TEXTS}
    about: Json = {
        key: text.strip() if isinstance(text, str) else "" for key, text in texts.items()
    }
    about["title"] = about["title"] or first_heading(parse_notebook(data, "")) or ""
    known = isinstance(minutes, int) and not isinstance(minutes, bool)
    about["minutes"] = minutes if known else None
    about["language"] = tag if tag in LANGUAGES else language
    return about


def _metadata(data: Mapping[str, Any], document: Mapping[str, Any], language: str) -> Json:
    """The notebook's metadata, the very same object where nothing of it changes."""
    metadata: Json = data["metadata"]
    before = _about(data, language)
    changed = {key: document[key] for key in before if document[key] != before[key]}
    if not changed:
        return metadata
    said = metadata.get("weike")
    table = {**(said if isinstance(said, dict) else {}), **changed}
    kept = {key: value for key, value in table.items() if value not in ("", None)}
    return {**metadata, "weike": kept}


def _checked(document: Mapping[str, Any]) -> list[Json]:
    """The blocks of a document whose every field has its shape."""
    blocks, minutes = document.get("blocks"), document.get("minutes")
    texts = [document.get(key) for key in _TEXTS]
    whole = isinstance(minutes, int) and not isinstance(minutes, bool)
    sound = (
        all(isinstance(text, str) and len(text) <= MOST_WORDS for text in texts)
        and document.get("language") in LANGUAGES
        and (minutes is None or (whole and 1 <= minutes <= MOST_MINUTES))
        and isinstance(blocks, list)
        and len(blocks) <= MOST_BLOCKS
    )
    if not sound or not isinstance(blocks, list):
        raise DocumentError(_("this is no lesson that the page has written"))
    found = [checked_block(block) for block in blocks]
    if len({block["key"] for block in found}) < len(found):
        raise DocumentError(_("this is no lesson that the page has written"))
    return found


def _cells(
    blocks: Sequence[Json],
    known: Mapping[str, Cell],
    older: Older,
    *,
    zone: tzinfo,
    ids: bool,
) -> Iterator[Cell]:
    for block in blocks:
        key = block["key"]
        cell = known.get(key) or older(key)
        if cell is None:
            yield new_cell(block, id=key if ids else None, zone=zone)
            continue
        source = changed_source(cell, block, zone=zone)
        yield cell if source is None else _with_source(cell, source)


def _with_source(cell: Cell, source: str) -> Cell:
    """The cell with another text, which no longer has the old one's outputs."""
    text: str | list[str] = source
    if isinstance(cell["source"], list):
        text = source.splitlines(keepends=True)
    changed = {**cell, "source": text}
    if cell["cell_type"] == "code":
        changed |= {"outputs": [], "execution_count": None}
    return changed


def _with_setup(cells: list[Cell], *, ids: bool) -> list[Cell]:
    """The cells with the line before the first quiz that makes quizzes known."""
    for index, cell in enumerate(cells):
        source = joined(cell["source"])
        if cell["cell_type"] != "code":
            continue
        if LOADS.search(source):
            return cells
        if MAGIC.match(source.lstrip()):
            own = next((n for n, one in enumerate(cells) if n > index and _is_setup(one)), None)
            moved = cells.pop(own) if own is not None else _setup(ids=ids, taken=set(keys(cells)))
            return [moved, *cells]
    return cells


def _is_setup(cell: Cell) -> bool:
    return cell["cell_type"] == "code" and joined(cell["source"]).strip() == SETUP


def _setup(*, ids: bool, taken: set[str]) -> Cell:
    names = chain(["setup"], (f"setup-{n}" for n in count(2)))
    id = next(name for name in names if name not in taken)
    return new_cell({"kind": "setup"}, id=id if ids else None)


def _same(cells: Sequence[Cell], others: Sequence[Cell]) -> bool:
    return len(cells) == len(others) and all(a is b for a, b in zip(cells, others, strict=True))

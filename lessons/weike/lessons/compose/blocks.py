"""One cell of a notebook as one block of the composer, and back.

| kind | is | fields |
|---|---|---|
| `setup` | the line that makes quizzes known | |
| `text` | Markdown | `text` |
| `picture`, `audio`, `video` | Markdown that holds one file | `src`, `words`, `caption` |
| `quiz` | a `%%quiz` cell that can be read | those of `weike.lessons.compose.quiztext` |
| `kept` | anything else, shown and left alone | `what`, `text`, `why`, `outputs` |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Any
from urllib.parse import quote, unquote

from weike.lessons.compose.outputs import shown_outputs
from weike.lessons.compose.quiztext import read_quiz, sound_quiz, write_quiz
from weike.lessons.media import FILMS, PICTURES, SOUNDS, suffix_of
from weike.lessons.notebook import joined
from weike.lessons.quizcell import MAGIC
from weike.quizzes.errors import BankError, WeikeError
from weike.quizzes.i18n import _

Json = dict[str, Any]

SETUP = "%load_ext weike.widgets"
KINDS = ("setup", "text", "picture", "audio", "video", "quiz", "kept")
MEDIA = ("picture", "audio", "video")
KEY = re.compile(r"[A-Za-z0-9_~-]{1,80}")
MOST_TEXT = 200_000  # characters of one block
# `![words](address "caption")` alone in its cell. Inside, a backslash stands before a bracket,
# a quote or a backslash that is text.
_INSIDE = r"(?:[^\\\[\]\n]|\\[\\\[\]])*"
_FILE = re.compile(rf'!\[({_INSIDE})\]\(([^\s()<>"\\]+)(?: "((?:[^"\\\n]|\\["\\])*)")?\)')


class DocumentError(WeikeError):
    """A document that no page of ours has sent."""


def block_of(cell: Mapping[str, Any], key: str, *, zone: tzinfo = UTC) -> Json:
    """The block that shows a cell."""
    source, kind = joined(cell["source"]), cell["cell_type"]
    if kind == "markdown" and not cell.get("attachments"):
        return {"key": key, **(_file(source) or {"kind": "text", "text": source})}
    if kind == "code" and source.strip() == SETUP:
        return {"key": key, "kind": "setup"}
    why = ""
    if kind == "code" and MAGIC.match(source):
        try:
            return {"key": key, "kind": "quiz", **read_quiz(source, zone=zone)}
        except BankError as error:
            kind, why = "quiz", str(error)
    kept = {"key": key, "kind": "kept", "what": kind, "text": source, "why": why}
    return kept | {"outputs": shown_outputs(cell)}


def _file(source: str) -> Json | None:
    """The picture, sound or film that a cell holds; None where anything else stands there."""
    match = _FILE.fullmatch(source)
    if match is None:
        return None
    src, suffix = unquote(match[2]), suffix_of(match[2])
    kinds = {"picture": PICTURES, "audio": SOUNDS, "video": FILMS}
    kind = next((kind for kind, suffixes in kinds.items() if suffix in suffixes), None)
    if kind is None:
        return None
    caption = re.sub(r'\\(["\\])', r"\1", match[3] or "")
    words = re.sub(r"\\([\\\[\]])", r"\1", match[1])
    block = {"kind": kind, "src": src, "words": words, "caption": caption}
    return block if _file_source(block) == source else None


def _file_source(block: Mapping[str, Any]) -> str:
    words = re.sub(r"([\\\[\]])", r"\\\1", block["words"])
    caption = re.sub(r'(["\\])', r"\\\1", block["caption"])
    behind = f' "{caption}"' if caption else ""
    return f"![{words}]({quote(block['src'], safe='/~!*,;:@$&=+-._?#')}{behind})"


def changed_source(cell: Mapping[str, Any], block: Json, *, zone: tzinfo = UTC) -> str | None:
    """The cell's text as the block wants it; None where the cell says it already."""
    source = joined(cell["source"])
    match block["kind"]:
        case "text" | "picture" | "audio" | "video" if cell["cell_type"] == "markdown":
            wanted = block["text"] if block["kind"] == "text" else _file_source(block)
            return None if wanted == source else wanted
        case "quiz" if cell["cell_type"] == "code" and MAGIC.match(source):
            wanted = write_quiz(block, source, zone=zone)
            return None if wanted == source else wanted
        case "setup" | "kept":
            return None
    raise DocumentError(_("this is no lesson that the page has written"))


def new_cell(block: Json, *, id: str | None, zone: tzinfo = UTC) -> Json:
    """The cell of a block that no cell was there for. Code cannot come in this way."""
    match block["kind"]:
        case "setup":
            type, source = "code", SETUP
        case "text":
            type, source = "markdown", block["text"]
        case "picture" | "audio" | "video":
            type, source = "markdown", _file_source(block)
        case "quiz":
            type, source = "code", write_quiz(block, None, zone=zone)
        case _:
            raise DocumentError(
                _("a part of the lesson that was kept as it is cannot be found any more")
            )
    cell: Json = {"cell_type": type}
    if type == "code":
        cell["execution_count"] = None
    if id is not None:
        cell["id"] = id
    cell["metadata"] = {}
    if type == "code":
        cell["outputs"] = []
    return {**cell, "source": source.splitlines(keepends=True)}


def checked_block(block: object) -> Json:
    """A block whose fields have their shapes, without any other field. Raises `DocumentError`."""
    if not isinstance(block, dict) or block.get("kind") not in KINDS:
        raise DocumentError(_("this is no lesson that the page has written"))
    kind, key = block["kind"], block.get("key")
    sound = isinstance(key, str) and KEY.fullmatch(key) is not None
    fields: tuple[str, ...] = ()
    if kind == "text":
        fields = ("text",)
    elif kind in MEDIA:
        fields = ("src", "words", "caption")
        one_line = all("\n" not in str(block.get(name)) for name in fields)
        sound = sound and one_line and bool(block.get("src"))
    elif kind == "quiz":
        sound = sound and sound_quiz(block)
        fields = ("name", "title", "bank")
    for name in fields:
        sound = sound and isinstance(block.get(name), str) and len(block[name]) <= MOST_TEXT
    if not sound:
        raise DocumentError(_("this is no lesson that the page has written"))
    more = ("draw", "passing", "questions") if kind == "quiz" else ()
    return {name: block[name] for name in ("key", "kind", *fields, *more)}

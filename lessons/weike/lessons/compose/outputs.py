"""What a cell from JupyterLab showed when it was run last, in words, to be looked at only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from weike.lessons.notebook import joined
from weike.lessons.views import VIEW
from weike.quizzes.i18n import _

Json = dict[str, Any]

MOST = 5
MOST_LETTERS = 2_000


def shown_outputs(cell: Mapping[str, Any]) -> list[Json]:
    """`{"text"}` for letters, `{"said"}` for a sentence about what only the preview can show.

    Everything that Jupyter can write is expected, and everything that somebody else has written.
    """
    outputs = cell.get("outputs")
    found = map(_shown, outputs) if isinstance(outputs, list) else iter(())
    return list(islice(filter(None, found), MOST))


def _shown(output: object) -> Json | None:
    if not isinstance(output, dict):
        return None
    match output.get("output_type"):
        case "stream":
            return _text(output.get("text"))
        case "error":
            name, value = output.get("ename"), output.get("evalue")
            return {"said": _("It stopped with an error: {error}").format(error=f"{name}: {value}")}
        case "display_data" | "execute_result":
            data = output.get("data")
            return _displayed(data) if isinstance(data, dict) else None
    return None


def _displayed(data: Mapping[str, Any]) -> Json | None:
    if VIEW in data:
        return {"said": _("A control, which members use when the lesson is published.")}
    if any(str(kind).startswith("image/") for kind in data):
        return {"said": _("A picture; the preview shows it.")}
    plain = next(_texts(data, "text/markdown", "text/plain", "text/latex"), None)
    if plain is None and data:
        return {"said": _("Something that only the preview can show.")}
    return plain


def _texts(data: Mapping[str, Any], *kinds: str) -> Iterator[Json]:
    for kind in kinds:
        if (text := _text(data.get(kind))) is not None:
            yield text


def _text(value: object) -> Json | None:
    if not isinstance(value, str | list):
        return None
    text = joined(value).rstrip()
    if not text:
        return None
    return {"text": text[:MOST_LETTERS] + "…" * (len(text) > MOST_LETTERS)}

"""Sending a file that was made for one person."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from weike.server.base import Handler

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "xlsx": XLSX,
}
SHOWN: Final = ("json", "png")  # a program reads the one, a phone keeps the other by a long press


def send_file(handler: Handler, body: bytes, name: str, *, binary: bool | None = None) -> None:
    """A file that nobody keeps on the way; `name` with its suffix, in any language.

    With `binary` it is always kept, not shown, whatever it holds: text where that is False.
    """
    suffix = name.rpartition(".")[2]
    other = "application/octet-stream" if binary else "text/plain; charset=utf-8"
    handler.set_header(
        "Content-Type", TYPES[suffix] if binary is None else TYPES.get(suffix, other)
    )
    handler.set_header("Cache-Control", "no-store")
    how = "inline" if suffix in SHOWN and binary is None else "attachment"
    handler.set_header(
        "Content-Disposition",
        f"{how}; filename=\"weike.{suffix}\"; filename*=UTF-8''{quote(name, safe='')}",
    )
    handler.finish(body)

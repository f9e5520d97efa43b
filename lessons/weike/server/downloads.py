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


def send_file(handler: Handler, body: bytes, name: str) -> None:
    """A file that nobody keeps on the way; `name` with its suffix, in any language."""
    suffix = name.rpartition(".")[2]
    handler.set_header("Content-Type", TYPES[suffix])
    handler.set_header("Cache-Control", "no-store")
    how = "inline" if suffix in SHOWN else "attachment"
    handler.set_header(
        "Content-Disposition",
        f"{how}; filename=\"weike.{suffix}\"; filename*=UTF-8''{quote(name, safe='')}",
    )
    handler.finish(body)

"""Files inside Moodle XML: pictures go into the text itself, everything else is named."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from weike.quizzes.html import is_remote
from weike.quizzes.i18n import _
from weike.quizzes.moodle.tree import Node

PLACE = "@@PLUGINFILE@@"
MAX_PICTURE = 2_000_000
_KINDS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
)


def pictures_of(nodes: Iterable[Node]) -> Mapping[str, Node]:
    """The files below these elements by their path, such as `/cell.png`."""
    found: dict[str, Node] = {}
    for node in nodes:
        for file in node.all("file"):
            path = f"{file.attributes.get('path', '/')}{file.attributes.get('name', '')}"
            found.setdefault(unquote(path), file)
    return found


@dataclass(slots=True)
class Pictures:
    """Where pictures go: into `media` beside the bank, or into the text where there is no such
    place (`beside` is None)."""

    beside: str | None
    media: dict[str, bytes] = field(default_factory=dict)

    def address(self, source: str, files: Mapping[str, Node], dropped: list[str]) -> str | None:
        """Where a picture is to be found from a bank; None for one that cannot come along."""
        if not source.startswith(PLACE):
            if is_remote(source):
                dropped.append(_("pictures from other hosts, which are not shown"))
            return source or None
        path = unquote(source.removeprefix(PLACE).split("?")[0])
        file = files.get(path) or files.get("/" + path.rsplit("/", 1)[-1])
        data = None if file is None else _decoded(file)
        kind = None if data is None else _kind(data)
        if data is None or kind is None:
            dropped.append(_("the file {name}").format(name=path.strip("/")))
            return None
        if self.beside is None:
            return f"data:image/{kind};base64,{base64.b64encode(data).decode()}"
        suffix = {"jpeg": "jpg", "svg+xml": "svg"}.get(kind, kind)
        name = f"media/{self.beside}-{hashlib.sha256(data).hexdigest()[:8]}.{suffix}"
        self.media[name] = data
        return name


def _decoded(file: Node) -> bytes | None:
    if file.attributes.get("encoding", "base64") != "base64":
        return None
    try:
        data = base64.b64decode("".join(file.own.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if len(data) <= MAX_PICTURE else None


def _kind(data: bytes) -> str | None:
    for start, kind in _KINDS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    head = data[:1000].lstrip().lower()
    return "svg+xml" if head.startswith((b"<svg", b"<?xml")) and b"<svg" in head else None

"""How a film was made, from its container: whether every phone can play it. Nothing is decoded."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from weike.quizzes.i18n import _

# The names that a container gives to ways of coding which some phones or browsers do not know.
_UNKNOWN = {
    b"hvc1": "H.265 (HEVC)",
    b"hev1": "H.265 (HEVC)",
    b"dvh1": "Dolby Vision",
    b"dvhe": "Dolby Vision",
    b"vvc1": "H.266",
    b"av01": "AV1",
    b"mp4v": "MPEG-4 Visual",
    b"s263": "H.263",
    b"jpeg": "Motion JPEG",
    b"apcn": "ProRes",
    b"apch": "ProRes",
    b"apcs": "ProRes",
    b"apco": "ProRes",
    b"ap4h": "ProRes",
    b"samr": "AMR",
    b"alac": "Apple Lossless",
    b"ac-3": "Dolby AC-3",
    b"ec-3": "Dolby E-AC-3",
}
_INSIDE = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_MOST_BOXES = 10_000
# What cameras and old programs write; pages take none of these.
FOREIGN = (
    frozenset({"avi", "wmv", "mkv", "flv", "mov", "mpg", "mpeg", "3gp", "rm", "rmvb", "vob"})
    | {"ts", "mts", "m2ts", "asf", "f4v", "m4v"}
    | {"wma", "amr", "aac", "flac"}
)


def foreign_codec(film: BinaryIO) -> str | None:
    """The name of a coding in an mp4 that not every phone can play; None where there is none."""
    try:
        size = film.seek(0, os.SEEK_END)
        return next((_UNKNOWN[kind] for kind in _entries(film, size) if kind in _UNKNOWN), None)
    except (OSError, struct.error):
        return None


def how_to_convert() -> str:
    return _(
        "save it as MP4 with H.264 and AAC, in the export of a video editor or with:"
        " ffmpeg -i IN -c:v libx264 -pix_fmt yuv420p -c:a aac -movflags +faststart OUT.mp4"
    )


def _entries(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The codings that the tables of samples name."""
    waiting = [(0, size)]
    seen = 0
    while waiting:
        at, end = waiting.pop()
        while at + 8 <= end and seen < _MOST_BOXES:
            seen += 1
            file.seek(at)
            length, kind = struct.unpack(">I4s", file.read(8))
            head = 8
            if length == 1:
                (length,) = struct.unpack(">Q", file.read(8))
                head = 16
            length = length or end - at  # 0: to the end
            if length < head:
                return
            if kind in _INSIDE:
                waiting.append((at + head, min(at + length, end)))
            elif kind == b"stsd":
                yield from _samples(file, at + head, min(at + length, end))
            at += length


def _samples(file: BinaryIO, at: int, end: int) -> Iterator[bytes]:
    file.seek(at + 4)
    (count,) = struct.unpack(">I", file.read(4))
    at += 8
    for _n in range(min(count, 16)):
        if at + 8 > end:
            return
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        yield kind
        if length < 8:
            return
        at += length

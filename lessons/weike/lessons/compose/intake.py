"""Pictures, sounds and films that a lecturer brings: looked at, cleaned, put beside the lesson.

What a camera writes into a picture besides the picture (where and when it was taken, with which
phone) does not belong into a lesson. It is cut out here, without drawing the picture anew; which
side is up is kept.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from weike.lessons.codecs import FOREIGN, foreign_codec
from weike.lessons.media import FILMS, MB, PICTURES, SOUNDS
from weike.lessons.picture import PictureError, Size, picture_size
from weike.lessons.sources import Changed, SourceError, content_hash, save_source
from weike.quizzes.course import Course
from weike.quizzes.i18n import _

MOST_PICTURE: Final = 10 * MB
MOST_FILM: Final = 50 * MB
MOST_PIXELS: Final = 50_000_000
KINDS: Final = {"picture": PICTURES, "audio": SOUNDS, "video": FILMS}

_FOREIGN_SOUNDS: Final = frozenset({"wma", "amr", "aac", "flac"})
# What ends a run of pixels: anything but 00, which stands behind an FF among them, and RST0-7.
_MARKER: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_STARTS: Final = {
    "mp3": re.compile(rb"ID3|\xff[\xe0-\xff]"),
    "m4a": re.compile(rb".{4}ftyp", re.DOTALL),
    "mp4": re.compile(rb".{4}ftyp", re.DOTALL),
    "ogg": re.compile(rb"OggS"),
    "wav": re.compile(rb"RIFF.{4}WAVE", re.DOTALL),
    "webm": re.compile(rb"\x1a\x45\xdf\xa3"),
}


class IntakeError(SourceError):
    """A file that cannot go into a lesson, with what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """`src` is the file's address from the lesson's folder."""

    kind: str
    src: str
    size: Size | None


def most_bytes(name: str) -> int:
    """How large a file of this name may be. Raises `IntakeError` for one that cannot be had."""
    return MOST_PICTURE if _suffix(name) in PICTURES else MOST_FILM


def take_file(course: Course, lesson: str, name: str, content: bytes) -> Taken:
    """Put a file beside the lesson at path `lesson`. Raises `IntakeError`, `SourceError`."""
    suffix = _suffix(name)
    if len(content) > most_bytes(name):
        raise IntakeError(
            _("{file} is larger than {n} MB").format(file=name[-60:], n=most_bytes(name) // MB)
        )
    kind = next(kind for kind, suffixes in KINDS.items() if suffix in suffixes)
    size = None
    if kind == "picture":
        content, size = _picture(content, suffix, name)
    elif not _STARTS[suffix].match(content):
        raise IntakeError(
            _("{file} is damaged, or it is not what its name says").format(file=name[-60:])
        )
    elif suffix == "mp4" and (codec := foreign_codec(io.BytesIO(content))):
        raise IntakeError(
            _(
                "{file} is a film in {codec}, which many phones cannot play; convert it to MP4 with"
                " H.264 (in 格式工厂, HandBrake or WPS: “MP4 · H.264/AVC”) and bring that"
            ).format(file=name[-60:], codec=codec)
        )
    stem = re.sub(r"[^a-z0-9]+", "-", PurePosixPath(name).stem.lower()).strip("-")[:40] or kind
    own = f"media/{stem}-{hashlib.sha256(content).hexdigest()[:8]}.{suffix}"
    path = str(PurePosixPath(lesson).parent / own)
    try:
        save_source(course, path, content, expected=None)
    except Changed as there:  # the same file once more
        if there.hash != content_hash(content):
            raise
    return Taken(kind=kind, src=own, size=size)


def _suffix(name: str) -> str:
    suffix = name.rpartition(".")[2].lower()
    if suffix in FOREIGN:
        raise IntakeError(_to_convert(suffix).format(file=name[-60:], kind=f".{suffix}"))
    if suffix in ("heic", "heif"):
        raise IntakeError(
            _(
                "{file} is a HEIC picture, which most phones cannot show; send it as JPEG (on an"
                " iPhone: Settings, Camera, Formats, Most Compatible)"
            ).format(file=name[-60:])
        )
    if not any(suffix in suffixes for suffixes in KINDS.values()):
        known = " ".join(sorted({one for suffixes in KINDS.values() for one in suffixes}))
        raise IntakeError(
            _("{file} cannot go into a lesson; bring one of: {kinds}").format(
                file=name[-60:], kinds=known
            )
        )
    return suffix


def _to_convert(suffix: str) -> str:
    if suffix in _FOREIGN_SOUNDS:
        return _(
            "{file} is a sound of the kind {kind}, which many phones cannot play; convert it to MP3"
            " (in 格式工厂 or a recorder's export) and bring that"
        )
    return _(
        "{file} is a film of the kind {kind}, which many phones cannot play; convert it to MP4 with"
        " H.264 (in 格式工厂, HandBrake or 剪映) and bring that"
    )


def _picture(content: bytes, suffix: str, name: str) -> tuple[bytes, Size | None]:
    try:
        size = picture_size(content, suffix)
        if size is not None and size.width * size.height > MOST_PIXELS:
            raise PictureError(_("the picture has too many pixels; make it smaller"))
        cleaner = {"jpg": _clean_jpeg, "jpeg": _clean_jpeg, "png": _clean_png, "webp": _clean_webp}
        cleaned = cleaner.get(suffix, bytes)(content)
        if picture_size(cleaned, suffix) != size:
            raise PictureError(_("the picture is cut off"))
    except (PictureError, struct.error, IndexError) as flaw:
        raise IntakeError(f"{name[-60:]}: {flaw}") from flaw
    return cleaned, size


def _clean_jpeg(data: bytes) -> bytes:
    """Without EXIF, XMP, comments and whatever programs add; only which side is up stays.

    Nor what phones put behind the picture: a film of the moment before, a second picture for
    bright screens, each with a place and a time of its own.
    """
    kept, at = [data[:2]], 2
    while True:
        marker, length = struct.unpack(">HH", data[at : at + 4])
        if marker == 0xFFFF:
            at += 1
            continue
        segment = data[at : at + 2 + length]
        if marker == 0xFFE1 and (side := _orientation(segment[4:])):
            kept.append(_exif(side))
        elif not (0xFFE1 <= marker <= 0xFFEF or marker == 0xFFFE) or _is_of_colours(segment):
            kept.append(segment)
        at += 2 + length
        if marker == 0xFFDA:
            found = _MARKER.search(data, at)
            end = found.start() if found else len(data)
            kept.append(data[at:end])
            if found is None or found[0].endswith(b"\xd9"):
                return b"".join([*kept, b"\xff\xd9"])
            at = end


def _is_of_colours(segment: bytes) -> bool:
    """Whether it says which colours are meant, or how Adobe wrote them."""
    return segment[:2] == b"\xff\xee" or (
        segment[:2] == b"\xff\xe2" and segment[4:].startswith(b"ICC_PROFILE\0")
    )


def _orientation(exif: bytes) -> int:
    """EXIF's number for which side is up, 0 where it does not say, or says the usual."""
    tiff = exif[6:]
    if exif[:6] != b"Exif\0\0" or len(tiff) < 10:
        return 0
    order = "<" if tiff[:2] == b"II" else ">"
    (at,) = struct.unpack(order + "I", tiff[4:8])
    (entries,) = struct.unpack(order + "H", tiff[at : at + 2])
    for n in range(min(entries, 200)):
        tag, _kind, _count, value = struct.unpack(
            order + "HHIH", tiff[at + 2 + 12 * n : at + 12 + 12 * n]
        )
        if tag == 0x0112:
            return int(value) if 2 <= value <= 8 else 0
    return 0


def _exif(side: int) -> bytes:
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, side, 0, 0)
    return struct.pack(">HH", 0xFFE1, len(tiff) + 8) + b"Exif\0\0" + tiff


def _clean_png(data: bytes) -> bytes:
    dropped = {b"eXIf", b"tEXt", b"iTXt", b"zTXt", b"tIME"}
    kept, at = [data[:8]], 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind = data[at + 4 : at + 8]
        if kind not in dropped:
            kept.append(data[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            break
    return b"".join(kept)


def _clean_webp(data: bytes) -> bytes:
    kept = []
    for kind, chunk in _riff(data):
        if kind in (b"EXIF", b"XMP "):
            continue
        if kind == b"VP8X":  # its flags promise what is gone now
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]
        kept.append(chunk)
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(data):
        (length,) = struct.unpack("<I", data[at + 4 : at + 8])
        end = at + 8 + length + length % 2
        yield data[at : at + 4], data[at:end]
        at = end

"""What the first bytes of a picture say: its kind and its size on the page."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat

from weike.quizzes.i18n import _

# Elements of SVG that run code or load something; a drawing needs none of them.
ACTIVE = frozenset({"script", "foreignobject", "iframe", "object", "embed", "handler", "listener"})
NUMBER = re.compile(r"\s*([0-9]*\.?[0-9]+)(px|pt|in|cm|mm|)?\s*", re.ASCII)
_BEYOND = 1e9  # pixels; a number of hundreds of digits is infinite, or none at all
UNITS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}


class PictureError(ValueError):
    """The bytes are not the picture that the file's name promises; the text says why."""


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in CSS pixels."""

    width: int
    height: int


def picture_size(data: bytes, suffix: str) -> Size | None:
    """The size of a picture, None where an SVG names none. Raises `PictureError`."""
    reader = READERS[suffix]
    try:
        size = reader(data)
    except (struct.error, IndexError) as error:
        raise PictureError(_("the picture is cut off")) from error
    if size is not None and not (size.width and size.height):
        raise PictureError(_("the picture is empty"))
    return size


def _png(data: bytes) -> Size:
    if data[:8] != b"\x89PNG\r\n\x1a\n" or data[12:16] != b"IHDR":
        raise PictureError(_("this is not a PNG picture"))
    return Size(*struct.unpack(">II", data[16:24]))


def _gif(data: bytes) -> Size:
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        raise PictureError(_("this is not a GIF picture"))
    return Size(*struct.unpack("<HH", data[6:10]))


def _jpeg(data: bytes) -> Size:
    """Walks the segments to the frame header, which holds the size."""
    if data[:2] != b"\xff\xd8":
        raise PictureError(_("this is not a JPEG picture"))
    at = 2
    turned = False
    while True:
        (marker,) = struct.unpack(">H", data[at : at + 2])
        if marker == 0xFFFF:  # padding
            at += 1
            continue
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if marker == 0xFFE1:
            turned = turned or _is_turned(data[at + 4 : at + 2 + length])
        if 0xFFC0 <= marker <= 0xFFCF and marker not in (0xFFC4, 0xFFC8, 0xFFCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return Size(height, width) if turned else Size(width, height)
        if marker < 0xFF00 or length < 2:
            raise PictureError(_("this is not a JPEG picture"))
        at += 2 + length


def _is_turned(exif: bytes) -> bool:
    """Whether a phone held the picture on its side (EXIF orientation 5 to 8)."""
    tiff = exif[6:]
    if exif[:6] != b"Exif\0\0" or len(tiff) < 10:
        return False
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        (at,) = struct.unpack(order + "I", tiff[4:8])
        (entries,) = struct.unpack(order + "H", tiff[at : at + 2])
        for n in range(min(entries, 200)):
            entry = tiff[at + 2 + 12 * n : at + 14 + 12 * n]
            tag, _kind, _count, value = struct.unpack(order + "HHIH", entry[:10])
            if tag == 0x0112:
                return bool(5 <= value <= 8)
    except struct.error:
        return False
    return False


def _webp(data: bytes) -> Size:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise PictureError(_("this is not a WebP picture"))
    kind = data[12:16]
    if kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
    elif kind == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (n & 0x3FFF for n in struct.unpack("<HH", data[26:30]))
    else:
        raise PictureError(_("this is not a WebP picture"))
    return Size(width, height)


def _svg(data: bytes) -> Size | None:
    """Reads the whole drawing, because it must hold nothing that runs or loads."""
    root: dict[str, str] = {}
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        local = name.rpartition(":")[2].lower()
        if depth == 0:
            if local != "svg":
                raise PictureError(_("this is not an SVG picture"))
            root.update(attributes)
        depth += 1
        if local in ACTIVE:
            raise PictureError(_("the drawing holds <{name}>").format(name=local))
        for key, value in attributes.items():
            _check_attribute(key.rpartition(":")[2].lower(), value)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse_entity(*_declaration: object) -> None:
        raise PictureError(_("the drawing declares entities"))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = refuse_entity
    try:
        parser.Parse(data, True)
    except expat.ExpatError as failure:
        raise PictureError(
            _("the drawing is damaged at line {n}").format(n=failure.lineno)
        ) from failure
    return _svg_size(root)


def _check_attribute(key: str, value: str) -> None:
    target = re.sub(r"[\s\x00-\x1f]", "", value).lower()
    if key.startswith("on") or target.startswith(("javascript:", "vbscript:")):
        raise PictureError(_("the drawing holds code in {name}").format(name=key))
    if key in ("href", "src") and target.startswith(("http:", "https:", "//", "file:")):
        raise PictureError(_("the drawing loads {address}").format(address=value[:80]))


def _svg_size(root: dict[str, str]) -> Size | None:
    sides = [_length(root.get(key, "")) for key in ("width", "height")]
    box = [float(n) for n in re.findall(r"-?[0-9]*\.?[0-9]+", root.get("viewBox", ""))]
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        wide, high = sides
        if wide is None and high is None:
            sides = [box[2], box[3]]
        elif wide is None and high is not None:
            sides[0] = high * box[2] / box[3]
        elif wide is not None and high is None:
            sides[1] = wide * box[3] / box[2]
    width, height = sides
    if not width or not height or not (width < _BEYOND and height < _BEYOND):
        return None
    return Size(max(1, round(width)), max(1, round(height)))


def _length(text: str) -> float | None:
    match = NUMBER.fullmatch(text)
    return float(match[1]) * UNITS[match[2] or ""] if match else None


READERS: dict[str, Callable[[bytes], Size | None]] = {
    "png": _png,
    "jpg": _jpeg,
    "jpeg": _jpeg,
    "gif": _gif,
    "webp": _webp,
    "svg": _svg,
}

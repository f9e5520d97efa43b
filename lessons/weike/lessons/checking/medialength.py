"""How long a sound or a film plays, from its first bytes: nothing is decoded."""

from __future__ import annotations

import re
import struct
import wave
from pathlib import Path

_LOOK = 4_000_000  # bytes at either end in which a container says its length
_CUE = re.compile(r"-->\s*(?:(\d+):)?(\d+):(\d+)[.,](\d+)")
_MP3_KBPS = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MP3_KBPS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MP3_HZ = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def media_seconds(path: Path) -> float | None:
    """The length of a file, or of its captions where it does not say; None where nothing does."""
    try:
        seconds = _READERS.get(path.suffix.lower(), lambda _path: None)(path)
    except (OSError, EOFError, ValueError, ArithmeticError, struct.error, wave.Error, IndexError):
        seconds = None
    if seconds is not None and 0 < seconds < 86_400:
        return seconds
    return _captions(path.with_suffix(".vtt"))


def _captions(path: Path) -> float | None:
    try:
        cues = _CUE.findall(path.read_text(encoding="utf-8-sig", errors="replace"))
    except OSError:
        return None
    ends = [int(h or 0) * 3600 + int(m) * 60 + float(f"{s}.{part}") for h, m, s, part in cues]
    return max(ends, default=None)


def _wav(path: Path) -> float:
    with wave.open(str(path)) as sound:
        return float(sound.getnframes() / sound.getframerate())


def _mp4(path: Path) -> float | None:
    """The box `moov` holds `mvhd`, which counts in ticks of its own."""
    with path.open("rb") as file:
        end = path.stat().st_size
        while file.tell() + 8 <= end:
            start = file.tell()
            size, kind = struct.unpack(">I4s", file.read(8))
            if size == 1:
                size = struct.unpack(">Q", file.read(8))[0]
            if kind == b"moov":
                return _mvhd(file.read(min(size or _LOOK, _LOOK)))
            if size < 8:
                return None
            file.seek(start + size)
    return None


def _mvhd(data: bytes) -> float | None:
    at = data.find(b"mvhd")
    if at < 0:
        return None
    long = data[at + 4] == 1
    ticks, length = struct.unpack_from(">IQ" if long else ">II", data, at + (24 if long else 16))
    return float(length / ticks)


def _webm(path: Path) -> float | None:
    """EBML: the scale in nanoseconds (2AD7B1) and the duration as a float (4489)."""
    with path.open("rb") as file:
        data = file.read(_LOOK)
    found = data.find(b"\x44\x89")
    if found < 0:
        return None
    size = data[found + 2] & 0x7F
    (duration,) = struct.unpack_from(">d" if size == 8 else ">f", data, found + 3)
    scale = 1_000_000
    at = data.find(b"\x2a\xd7\xb1")
    if at >= 0:
        scale = int.from_bytes(data[at + 4 : at + 4 + (data[at + 3] & 0x7F)], "big") or scale
    return float(duration * scale / 1e9)


def _ogg(path: Path) -> float | None:
    """The position in the last page, over the rate that the first page names."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(4096)
        file.seek(max(0, size - 65_536))
        tail = file.read()
    last = tail.rfind(b"OggS")
    if last < 0:
        return None
    (position,) = struct.unpack_from("<q", tail, last + 6)
    if (at := head.find(b"OpusHead")) >= 0:
        (skipped,) = struct.unpack_from("<H", head, at + 10)
        return float((position - skipped) / 48_000)
    at = head.find(b"\x01vorbis")
    if at < 0:
        return None
    (rate,) = struct.unpack_from("<I", head, at + 12)
    return float(position / rate)


def _mp3(path: Path) -> float | None:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(10)
        start = 0
        if head.startswith(b"ID3"):
            start = 10 + sum(
                (byte & 0x7F) << shift
                for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True)
            )
        file.seek(start)
        data = file.read(8192)
    for at in range(len(data) - 4):
        frame = _frame(data[at : at + 4])
        if frame is None:
            continue
        rate, samples, kbps = frame
        for name in (b"Xing", b"Info"):
            mark = data.find(name, at, at + 200)
            if mark >= 0 and data[mark + 7] & 1:
                (frames,) = struct.unpack_from(">I", data, mark + 8)
                return float(frames * samples / rate)
        return (size - start) * 8 / (kbps * 1000)
    return None


def _frame(head: bytes) -> tuple[int, int, int] | None:
    """Rate, samples and kbit/s of an MPEG audio layer III frame."""
    if head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, bits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bits in (0, 15) or rate == 3:
        return None
    kbps = (_MP3_KBPS if version == 3 else _MP3_KBPS_2)[bits]
    return _MP3_HZ[version][rate], 1152 if version == 3 else 576, kbps


_READERS = {
    ".wav": _wav,
    ".mp4": _mp4,
    ".m4a": _mp4,
    ".webm": _webm,
    ".ogg": _ogg,
    ".mp3": _mp3,
}

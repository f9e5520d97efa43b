"""A film that a phone cannot play is named before a member waits for it."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weike.lessons.codecs import foreign_codec
from weike.lessons.lint import lint


def box(kind: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def film(*codecs: bytes, before: bytes = b"") -> bytes:
    """An mp4 with a track for each codec; `before` are boxes above the table of contents."""
    tracks = [
        box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", box(
            b"stsd", struct.pack(">II", 0, 1), box(codec, bytes(40))
        )))))
        for codec in codecs
    ]  # fmt: skip
    return box(b"ftyp", b"isom") + before + box(b"moov", box(b"mvhd", bytes(20)), *tracks)


@pytest.mark.parametrize(
    ("codecs", "expected"),
    [
        ((b"avc1", b"mp4a"), None),
        ((b"hvc1", b"mp4a"), "H.265 (HEVC)"),
        ((b"avc1", b"ac-3"), "Dolby AC-3"),
        ((b"mp4v",), "MPEG-4 Visual"),
    ],
)
def test_the_codec_is_found_in_any_track(codecs: tuple[bytes, ...], expected: str | None) -> None:
    assert foreign_codec(io.BytesIO(film(*codecs))) == expected
    assert (
        foreign_codec(io.BytesIO(film(*codecs, before=box(b"mdat", b"stsdhvc1" * 9)))) == expected
    )


@given(st.binary(max_size=60) | st.builds(lambda n: film(b"hvc1")[:n], st.integers(0, 200)))
def test_no_bytes_crash_it(data: bytes) -> None:
    assert foreign_codec(io.BytesIO(data)) in (None, "H.265 (HEVC)")


def findings(folder: Any, address: str) -> list[tuple[str, str]]:
    source = folder.read(f"# A\n\n![x]({address})")
    return [(f.message, f.repair) for f in lint(source, root=Path(folder.root))]


def test_a_lesson_names_it_and_how_to_convert_it(folder: Any) -> None:
    folder.write("lessons/fire/a.vtt", "WEBVTT\n")
    folder.write("lessons/fire/a.mp4", film(b"hvc1"))
    ((message, repair),) = findings(folder, "a.mp4")
    assert message == "a.mp4 is coded as H.265 (HEVC), which many phones cannot play"
    assert "ffmpeg -i IN -c:v libx264" in repair
    folder.write("lessons/fire/a.mp4", film(b"avc1"))
    assert findings(folder, "a.mp4") == []


def test_a_film_of_another_container_is_told_how_to_be_converted(folder: Any) -> None:
    folder.write("lessons/fire/a.wmv", b"x")
    source = folder.read("# A\n\n<video src='a.wmv'></video>")
    (finding,) = [f for f in lint(source, root=Path(folder.root)) if "film" in f.message]
    assert "MP4 with H.264" in finding.repair

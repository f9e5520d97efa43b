"""The first bytes of a picture say how large it is; a drawing may hold nothing that runs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from weike.lessons.picture import READERS, PictureError, Size, picture_size

HEADS = [
    b"",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"\xff\xd8\xff\xe1",
    b"RIFF\0\0\0\0WEBPVP8X",
    b"<svg ",
]


@pytest.mark.parametrize(
    ("kind", "suffix", "options"),
    [
        ("PNG", "png", {}),
        ("GIF", "gif", {}),
        ("JPEG", "jpg", {}),
        ("JPEG", "jpeg", {"progressive": True, "comment": b"x" * 500}),
        ("WEBP", "webp", {}),
        ("WEBP", "webp", {"lossless": True}),
        ("WEBP", "webp", {"exif": b"Exif\0\0"}),
    ],
)
def test_the_size_is_read_from_the_header(
    folder: Any, kind: str, suffix: str, options: dict[str, Any]
) -> None:
    data = folder.picture(kind, (317, 211), **options)
    assert picture_size(data, suffix) == Size(317, 211)


def test_a_photo_that_was_taken_sideways_is_turned(folder: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert picture_size(folder.picture("JPEG", (317, 211), exif=exif), "jpg") == Size(211, 317)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="40" height="20"', Size(40, 20)),
        ('width="3in" height="72pt"', Size(288, 96)),
        ('viewBox="0 0 40 20"', Size(40, 20)),
        ('width="80" viewBox="0 0 40 20"', Size(80, 40)),
        ('height="80px" viewBox="0,0,40,20"', Size(160, 80)),
        ('width="100%" height="100%" viewBox="0 0 40 20"', Size(40, 20)),
        ('width="100%"', None),
        ('width="' + "9" * 400 + '" height="1"', None),
        ('viewBox="0 0 ' + "9" * 400 + ' 1" height="0.' + "0" * 400 + '1"', None),
    ],
)
def test_the_size_of_a_drawing_comes_from_its_sides_or_its_view_box(
    attributes: str, size: Size | None
) -> None:
    data = f'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" {attributes}/>'
    assert picture_size(data.encode(), "svg") == size


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<script>alert(1)</script>", "the drawing holds <script>"),
        ("<foreignObject/>", "the drawing holds <foreignobject>"),
        ('<path onload="x()"/>', "the drawing holds code in onload"),
        ('<a href="java&#10;script:x()"/>', "the drawing holds code in href"),
        ('<image href="https://a.example/x.png"/>', "the drawing loads https://a.example/x.png"),
        ('<image xlink:href="//a.example/x.png"/>', "the drawing loads //a.example/x.png"),
        ("<path>", "the drawing is damaged at line 1"),
    ],
)
def test_a_drawing_that_runs_or_loads_something_is_refused(inside: str, reason: str) -> None:
    namespaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    with pytest.raises(PictureError, match=f"^{reason}$"):
        picture_size(f"<svg {namespaces}>{inside}</svg>".encode(), "svg")


def test_a_drawing_that_declares_entities_is_refused() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>'
    with pytest.raises(PictureError, match="declares entities"):
        picture_size(bomb.encode(), "svg")


def test_a_drawing_with_the_usual_doctype_is_fine() -> None:
    data = (
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg width="4" height="2"/>'
    )
    assert picture_size(data.encode(), "svg") == Size(4, 2)


@pytest.mark.parametrize("suffix", ["png", "gif", "jpg", "webp", "svg"])
def test_bytes_that_are_something_else_are_refused(suffix: str) -> None:
    with pytest.raises(PictureError):
        picture_size(b"<html><script>alert(1)</script></html>", suffix)


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", "png"), ("JPEG", "jpg"), ("WEBP", "webp")])
def test_a_picture_that_is_cut_off_is_refused(folder: Any, kind: str, suffix: str) -> None:
    with pytest.raises(PictureError):
        picture_size(folder.picture(kind)[:14], suffix)


@given(st.sampled_from(sorted(READERS)), st.sampled_from(HEADS), st.binary(max_size=80))
def test_whatever_the_bytes_there_is_a_size_or_a_reason(
    suffix: str, head: bytes, rest: bytes
) -> None:
    try:
        size = picture_size(head + rest, suffix)
    except PictureError:
        return
    assert size is None or (size.width > 0 and size.height > 0)

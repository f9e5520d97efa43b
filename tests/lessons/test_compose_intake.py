"""What a lecturer brings is looked at, cleaned and put beside the lesson under a safe name."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from weike.lessons.compose.intake import IntakeError, take_file
from weike.lessons.picture import Size
from weike.quizzes.course import Course

LESSON = "lessons/fire/fire.ipynb"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(root=tmp_path)


def picture(kind: str, *, side: int = 1, **options: Any) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SECRETPHONE"
    exif[0x0112] = side
    data = io.BytesIO()
    Image.new("RGB", (40, 20), (200, 0, 0)).save(data, kind, exif=exif, **options)
    return data.getvalue()


def kept(course: Course, src: str) -> bytes:
    return (course.root / "lessons/fire" / src).read_bytes()


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_a_picture_loses_what_the_camera_wrote_and_no_pixel(
    course: Course, kind: str, suffix: str
) -> None:
    content = picture(kind)
    assert b"SECRETPHONE" in content
    taken = take_file(course, LESSON, f"a.{suffix}", content)
    cleaned = kept(course, taken.src)
    assert b"SECRETPHONE" not in cleaned
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(cleaned)) as after:
        assert after.tobytes() == before.tobytes()


@pytest.mark.parametrize("progressive", [False, True])
def test_what_a_phone_puts_behind_a_picture_is_cut_off(course: Course, progressive: bool) -> None:
    data, drawn = io.BytesIO(), Image.effect_noise((64, 48), 90).convert("RGB")
    options: dict[str, Any] = {"progressive": progressive, "restart_marker_blocks": 1}
    second = Image.new("RGB", (8, 8))
    drawn.save(data, "MPO", save_all=True, append_images=[second], **options)
    content = data.getvalue() + b"\0\0\0\x18ftypmp42" + b"SECRETPLACE"
    assert content.count(b"\xff\xd8") > 1
    cleaned = kept(course, take_file(course, LESSON, "a.jpg", content).src)
    assert b"SECRETPLACE" not in cleaned
    assert cleaned.count(b"\xff\xd8") == 1
    assert b"MPF\0" not in cleaned
    assert cleaned.endswith(b"\xff\xd9")
    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(cleaned)) as after:
        assert after.format == "JPEG"
        assert after.tobytes() == before.tobytes()


def test_words_inside_a_png_are_cut_out(course: Course) -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "SECRETNAME")
    taken = take_file(course, LESSON, "a.png", picture("PNG", pnginfo=words))
    assert b"SECRETNAME" not in kept(course, taken.src)


@pytest.mark.parametrize("side", range(2, 9))
def test_which_side_of_a_photo_is_up_is_kept(course: Course, side: int) -> None:
    taken = take_file(course, LESSON, "a.jpg", picture("JPEG", side=side))
    with Image.open(io.BytesIO(kept(course, taken.src))) as after:
        assert dict(after.getexif()) == {0x0112: side}
    assert taken.size == (Size(20, 40) if side >= 5 else Size(40, 20))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("IMG_2041.JPG", "media/img-2041-"),
        ("灭火器.jpg", "media/picture-"),
        ("../../etc/x.jpg", "media/x-"),
        ("a b<script>.jpg", "media/a-b-script-"),
        ("x" * 300 + ".jpg", "media/" + "x" * 40 + "-"),
    ],
)
def test_a_file_gets_a_name_that_is_safe_everywhere(
    course: Course, name: str, expected: str
) -> None:
    taken = take_file(course, LESSON, name, picture("JPEG"))
    assert taken.src.startswith(expected)
    assert kept(course, taken.src)


def test_the_same_file_twice_is_one_file(course: Course) -> None:
    first = take_file(course, LESSON, "a.jpg", picture("JPEG"))
    assert take_file(course, LESSON, "a.jpg", picture("JPEG")) == first
    assert len(list((course.root / "lessons/fire/media").iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.exe", b"MZ", "cannot go into a lesson"),
        ("a", b"", "cannot go into a lesson"),
        ("a.heic", b"", "HEIC"),
        ("MOV_1.MOV", b"", "film of the kind .mov, .*convert it to MP4 with H.264"),
        ("a.amr", b"", "sound of the kind .amr, .*convert it to MP3"),
        ("a.jpg", b"not a picture", "not a JPEG"),
        ("a.jpg", picture("JPEG")[:30], "a.jpg"),
        ("a.png", picture("PNG")[:20], "cut off"),
        ("a.png", picture("JPEG"), "not a PNG"),
        ("a.mp3", b"\0\0\0\0", "not what its name says"),
        ("a.mp4", b"<html>", "not what its name says"),
        ("a.jpg", b"\xff\xd8" + b"\0" * 10_000_000, "larger than 10 MB"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "script"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason_and_nothing_is_written(
    course: Course, name: str, content: bytes, said: str
) -> None:
    with pytest.raises(IntakeError, match=said):
        take_file(course, LESSON, name, content)
    assert not list(course.root.rglob("*.*"))


def test_no_cut_or_flipped_byte_makes_more_than_a_named_error(course: Course) -> None:
    for kind, suffix in (("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")):
        content = picture(kind, side=6)
        for at in range(0, len(content), 7):
            for broken in (content[:at], content[:at] + b"\xff" + content[at + 1 :]):
                try:
                    take_file(course, LESSON, f"a.{suffix}", broken)
                except IntakeError:
                    continue

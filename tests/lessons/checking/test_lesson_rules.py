"""Outline, length, pictures, and what comes from outside: found in a lesson that is not run."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import pytest

from weike.lessons.checking.description import says_nothing
from weike.lessons.checking.medialength import media_seconds
from weike.lessons.finding import Finding
from weike.lessons.lint import lint
from weike.lessons.reading import reading_minutes

LOAD = "%load_ext weike.widgets"


def findings(folder: Any, *cells: Any, **said: Any) -> list[Finding]:
    return lint(folder.read(*cells, **said), root=folder.root)


def only(folder: Any, *cells: Any, **said: Any) -> Finding:
    (finding,) = findings(folder, *cells, **said)
    assert finding.repair
    return finding


def sound(path: Path, seconds: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(1000)
        file.writeframes(bytes(1000 * seconds))
    path.with_suffix(".transcript.md").write_text("Words.", encoding="utf-8")
    return path


# Outline


def test_a_long_lesson_without_sections_is_a_warning(folder: Any) -> None:
    assert only(folder, "# One", "火" * 800).message == "the lesson has no sections"
    assert findings(folder, "# One", "火" * 400, "## Two", "火" * 400) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("# One\n\n### Deep", 3, "the heading “Deep” leaves a level out"),
        ("# One\n\n## Two\n\n# Three", 5, "the lesson has a second title, “Three”"),
        ("# One\n\n##\n\nText", 3, "the heading is empty"),
    ],
)
def test_a_crooked_outline_is_a_warning(folder: Any, text: str, line: int, message: str) -> None:
    finding = only(folder, text)
    assert (finding.severity, finding.cell, finding.line) == ("warning", 1, line)
    assert finding.message == message


def test_a_comment_in_code_is_no_heading(folder: Any) -> None:
    assert findings(folder, "# One\n\n```sh\n# two\n```\n\n## Part") == []


# Length


def test_the_narration_counts_where_it_is_longer_than_the_text(folder: Any) -> None:
    sound(folder.root / "lessons/fire/talk.wav", 60)
    short = folder.read("火" * 70, narration="talk.wav")
    assert reading_minutes(short, folder.root) == pytest.approx(1.0)
    long = folder.read("火" * 700, narration="talk.wav")
    assert reading_minutes(long, folder.root) == pytest.approx(2.0)


def test_sounds_films_words_and_questions_count(folder: Any) -> None:
    sound(folder.root / "lessons/fire/a.wav", 30)
    folder.write("quizzes/fire.md", "## A?\n- [x] a\n- [ ] b\n\n## B?\n- [x] a\n- [ ] b\n")
    cells = (
        "word " * 90,
        "![a sound](a.wav)",
        folder.code("%%quiz own\n## What?\n- [x] a\n- [ ] b\n"),
        folder.code("%%quiz bank\n---\nbank: fire.md\n---\n"),
        folder.code("%%quiz drawn\n---\nbank: fire.md\ndraw: 1\n---\n"),
        folder.code('Quiz("made", bank="fire.md")'),
    )
    # 90 words, the look at a sound's place, 30 seconds, and 1 + 2 + 1 + 2 questions
    assert reading_minutes(folder.read(*cells), folder.root) == pytest.approx(
        0.5 + 2 / 180 + 0.15 + 0.5 + 3.0
    )


def test_stated_minutes_far_above_what_a_lesson_takes_are_questioned(folder: Any) -> None:
    finding = only(folder, "火" * 350, minutes=45)
    assert finding.message == "the lesson says 45 minutes; reading and answering takes about 1"
    assert "hours of training" in finding.repair
    assert findings(folder, "火" * 350, minutes=8) == []


def test_the_length_of_a_film_is_read_from_its_own_bytes() -> None:
    film = Path(__file__).parents[3] / "lessons/fire/media/pass.mp4"
    assert media_seconds(film) == pytest.approx(27, abs=1)


def test_the_length_of_other_kinds_is_read_too(tmp_path: Path) -> None:
    ogg = tmp_path / "a.ogg"
    head = b"OggS" + bytes(24) + b"OpusHead\x01\x01" + (312).to_bytes(2, "little") + bytes(10)
    last = b"OggS\0\x04" + (48_000 * 20 + 312).to_bytes(8, "little") + bytes(20)
    ogg.write_bytes(head + bytes(500) + last)
    assert media_seconds(ogg) == pytest.approx(20)
    mp3 = tmp_path / "a.mp3"
    mp3.write_bytes(b"\xff\xfb\x90\x00" + bytes(128_000 // 8 * 10 - 4))
    assert media_seconds(mp3) == pytest.approx(10)
    webm = tmp_path / "a.webm"
    webm.write_bytes(
        b"\x1a\x45\xdf\xa3" + b"\x2a\xd7\xb1\x83\x0f\x42\x40" + b"\x44\x89\x84\x46\x1c\x40\x00"
    )
    assert media_seconds(webm) == pytest.approx(10)


@pytest.mark.parametrize("suffix", ["mp4", "m4a", "webm", "ogg", "mp3", "wav"])
def test_a_damaged_file_has_no_length_unless_its_captions_tell(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"a.{suffix}"
    for content in (b"", b"\0" * 100, b"\xff" * 5000, b"moov" * 40, b"OggS" * 9):
        file.write_bytes(content)
        assert media_seconds(file) is None or suffix == "mp3"
    file.write_bytes(b"")
    (tmp_path / "a.vtt").write_text("WEBVTT\n\n00:01.000 --> 01:05.500\nEnd\n")
    assert media_seconds(file) == 65.5


# Pictures


@pytest.mark.parametrize(
    ("description", "address", "empty"),
    [
        ("图片", "a.png", True),
        ("示意图 2", "a.png", True),
        ("image", "a.png", True),
        ("IMG_20260101", "x.jpg", True),
        ("gauge.png", "media/gauge.png", True),
        ("fire-extinguisher", "fire-extinguisher.svg", True),
        ("压力表，指针停在绿区", "a.png", False),
        ("gauge", "gauge.png", False),
        ("picture of a gauge in the green zone", "a.png", False),
    ],
)
def test_a_description_says_what_the_picture_shows(
    description: str, address: str, empty: bool
) -> None:
    assert says_nothing(description, address) is empty


def test_such_a_description_is_a_warning_in_texts_and_in_questions(folder: Any) -> None:
    folder.write("lessons/fire/a.png", folder.picture())
    quiz = folder.code("%%quiz a\n## What? ![图片](a.png)\n- [x] b\n- [ ] c\n")
    found = findings(folder, "# One\n\n![image](a.png)", folder.code(LOAD), quiz)
    assert [(one.cell, one.line, one.message) for one in found] == [
        (1, 3, "the description “image” does not say what the picture shows"),
        (3, 2, "the description “图片” does not say what the picture shows"),
    ]


def test_a_picture_with_more_pixels_than_a_phone_can_hold_is_a_warning(folder: Any) -> None:
    folder.write("lessons/fire/a.png", folder.picture(size=(4000, 3000)))
    finding = only(folder, "# One\n\n![a gauge](a.png)")
    assert finding.message.startswith("a.png has 4000 × 3000 pixels")
    assert (finding.severity, finding.line) == ("warning", 3)


# From outside


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[more](https://a.example/x)", "the link leads to another computer: https://a.example/x"),
        ("<https://a.example>", "the link leads to another computer: https://a.example"),
        ("<a href='//a.example/x'>x</a>", "the link leads to another computer: //a.example/x"),
        (
            "<p style='background: url(http://a.example/x.png)'>x</p>",
            "the style comes from another computer: http://a.example/x.png",
        ),
        (
            "<style>@import 'https://a.example/x.css';</style>",
            "the style comes from another computer: https://a.example/x.css",
        ),
    ],
)
def test_an_address_on_another_computer_is_named(folder: Any, text: str, message: str) -> None:
    found = findings(folder, "# One", f"First.\n\n{text}")
    assert ("warning", 2, 3, message) in [
        (one.severity, one.cell, one.line, one.message) for one in found
    ]


def test_addresses_that_load_nothing_are_fine(folder: Any) -> None:
    text = "[call](tel:119) [write](mailto:a@a.example) [up](#one) `https://a.example`"
    assert findings(folder, "# One", text) == []


@pytest.mark.parametrize(
    ("code", "line", "message"),
    [
        (
            'import pandas as pd\npd.read_csv("https://a.example/x.csv")',
            2,
            "the code reads from another computer: https://a.example/x.csv",
        ),
        (
            'URL = "https://a.example/x.csv"\n\nfetch(url=URL)',
            3,
            "the code reads from another computer: https://a.example/x.csv",
        ),
        (
            "HTML('<img src=\"//a.example/x.png\">')",
            1,
            "the code reads from another computer: //a.example/x.png",
        ),
        (
            "x = 1\n!pip install seaborn",
            2,
            "the lesson installs or downloads when it runs: !pip install seaborn",
        ),
    ],
)
def test_code_that_needs_another_computer_is_named(
    folder: Any, code: str, line: int, message: str
) -> None:
    finding = only(folder, "# One", folder.code(code))
    assert (finding.severity, finding.cell, finding.line) == ("warning", 2, line)
    assert finding.message == message


def test_an_address_that_is_only_printed_is_fine(folder: Any) -> None:
    assert findings(folder, "# One", folder.code('print("see https://a.example for more")')) == []

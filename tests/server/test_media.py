"""Pictures, sounds and films: whole, in part, and only for members."""

from __future__ import annotations

from pathlib import Path

import pytest

from weike.results.media import LARGE, Media

from .client import Browser
from .conftest import Running
from .course import PICTURE, SOUND

SIZE = len(SOUND)


@pytest.fixture
def browser(running: Running) -> Browser:
    return running.signed_in("M01")


@pytest.fixture
def sound(running: Running) -> str:
    return f"/media/{running.pieces.sound}"


def test_a_picture_is_kept_for_ever_and_can_run_nothing(running: Running, browser: Browser) -> None:
    answer = browser.get(f"/media/{running.pieces.picture}", **{"Accept-Encoding": "gzip"})
    assert answer.body == PICTURE
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    )


def test_a_picture_that_the_browser_has_is_not_sent_again(
    running: Running, browser: Browser
) -> None:
    path = f"/media/{running.pieces.picture}"
    etag = browser.get(path).headers["Etag"]
    assert browser.get(path, **{"If-None-Match": etag}).status == 304


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=100-", 100, SIZE - 1),
        ("bytes=-5", SIZE - 5, SIZE - 1),
        (f"bytes=0-{SIZE * 9}", 0, SIZE - 1),
        (f"bytes=-{SIZE * 9}", 0, SIZE - 1),
    ],
)
def test_a_player_gets_the_part_that_it_asks_for(
    browser: Browser, sound: str, wanted: str, first: int, last: int
) -> None:
    answer = browser.get(sound, Range=wanted)
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.body == SOUND[first : last + 1]
    assert answer.headers["Content-Length"] == str(len(answer.body))


@pytest.mark.parametrize("wanted", [f"bytes={SIZE}-", "bytes=9-3", "bytes=-0"])
def test_a_part_beyond_the_end_is_refused(browser: Browser, sound: str, wanted: str) -> None:
    answer = browser.get(sound, Range=wanted)
    assert answer.status == 416
    assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize(
    "wanted", ["bytes=", "bytes=1-2,4-5", "items=1-2", "bytes=-" + "9" * 5_000, "nonsense"]
)
def test_a_range_that_is_none_gives_the_whole(browser: Browser, sound: str, wanted: str) -> None:
    answer = browser.get(sound, Range=wanted)
    assert (answer.status, len(answer.body)) == (200, SIZE)


def test_a_part_of_something_older_gives_the_whole(browser: Browser, sound: str) -> None:
    etag = browser.get(sound).headers["Etag"]
    assert browser.get(sound, Range="bytes=1-2", **{"If-Range": etag}).status == 206
    assert browser.get(sound, Range="bytes=1-2", **{"If-Range": '"old"'}).status == 200


def test_asking_for_the_headers_sends_no_content(browser: Browser, sound: str) -> None:
    answer = browser.ask("HEAD", sound)
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(SIZE)
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_only_members_get_media_and_only_media(running: Running, browser: Browser) -> None:
    assert running.browser().get(f"/media/{running.pieces.picture}").status == 302
    assert browser.get(f"/media/{'0' * 32}.svg").status == 404
    assert browser.get("/media/../weike.toml").status == 404


def test_a_large_film_is_sent_out_of_its_file(
    running: Running, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = tmp_path / "film"
    film.write_bytes(bytes(range(251)) * (2 * LARGE // 251))
    found = Media("video/mp4", file=film)
    monkeypatch.setattr("weike.server.handlers.lesson.media", lambda _store, _name: found)
    path = f"/media/{'ab' * 16}.mp4"
    assert browser.get(path).body == film.read_bytes()
    part = browser.get(path, Range="bytes=1000000-1000009")
    assert part.body == film.read_bytes()[1_000_000:1_000_010]

"""A light page: the same bytes for everyone, small, and free of anything that could leak."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from pathlib import Path

import pytest

from weike.quizzes.i18n import LANGUAGES
from weike.results.catalogue import lesson, publish, withdraw
from weike.results.versions import store_version
from weike.server import pages
from weike.server.assets import squeezed

from .conftest import Running, Start

FIRE = "/lessons/fire"


def test_two_members_get_the_same_bytes(running: Running) -> None:
    first, second = running.signed_in("M01"), running.signed_in("L01")
    assert first.get(FIRE).body == second.get(FIRE).body
    assert "学员一" not in first.get(FIRE).text


def test_a_page_that_the_browser_has_is_not_sent_again(running: Running) -> None:
    browser = running.signed_in("M01")
    answer = browser.get(FIRE)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = browser.get(FIRE, **{"If-None-Match": answer.headers["Etag"]})
    assert (again.status, again.body) == (304, b"")
    assert browser.get(FIRE, **{"If-None-Match": '"another"'}).status == 200


def test_the_page_is_compressed_beforehand(running: Running) -> None:
    browser = running.signed_in("M01")
    plain = browser.get(FIRE)
    packed = browser.get(FIRE, **{"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert "Content-Encoding" not in plain.headers


def test_each_language_and_text_size_has_a_page_of_its_own(running: Running) -> None:
    browser, pages = running.signed_in("M01"), {}
    for language in LANGUAGES:
        for large in ("0", "1"):
            browser.cookies |= {"weike_language": language, "weike_large": large}
            page = browser.get(FIRE).text
            assert f'<html lang="{language}"' in page
            assert ('class="large"' in page) is (large == "1")
            assert '<div class="lesson" lang="zh-CN">' in page
            pages[page] = browser.get(FIRE).headers["Etag"]
    assert len(pages) == len(set(pages.values())) == 4


def test_an_unknown_language_is_the_courses(running: Running) -> None:
    browser = running.signed_in("M01")
    browser.cookies["weike_language"] = "xx"
    assert '<html lang="zh-CN"' in browser.get(FIRE).text


def test_nothing_on_a_page_is_inline_or_from_another_host(running: Running) -> None:
    browser = running.signed_in("M01")
    for path in ("/", FIRE, "/me", "/branches", "/login", "/lessons/live", "/nothing"):
        page = browser.get(path).text
        scripts = re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)
        assert all("src=" in attributes or "json" in attributes for attributes, _ in scripts)
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", page)
        assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page)


def test_the_policy_allows_only_ourselves(running: Running) -> None:
    policy = running.signed_in("M01").get(FIRE).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_first_open_takes_five_requests_and_forty_kilobytes(running: Running) -> None:
    browser = running.signed_in("M01")
    page = browser.get(FIRE, **{"Accept-Encoding": "gzip"})
    links = set(re.findall(r'/static/weike/[^"]+', gzip.decompress(page.body).decode()))
    assert len(links) == 3  # with the page and what the first of them asks for, five
    size = len(page.body)
    for link in links:
        asset = browser.get(link, **{"Accept-Encoding": "gzip"})
        assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        size += len(asset.body)
    size += len(browser.post("/api/attempts", {"quiz": "fire/fire", "place": True}).body)
    assert size < 40_000


def test_the_place_comes_with_the_attempt_for_a_page_that_asks(start: Start) -> None:
    browser = start().signed_in("M01")
    asked = {"quiz": "fire/fire", "place": True}
    assert browser.post("/api/attempts", asked).json["place"] is None
    assert browser.post("/api/lessons/fire/place", {"place": 2}).status == 200
    assert browser.post("/api/attempts", asked).json["place"] == 2
    assert "place" not in browser.post("/api/attempts", {"quiz": "fire/fire"}).json
    assert browser.post("/api/attempts", asked | {"place": 1}).status == 400


def test_a_film_costs_nothing_before_the_text_can_be_read(start: Start) -> None:
    running = start()
    film = '<video controls="" preload="none" src="../media/a.mp4" poster="../media/b.png">'
    body = f'<figure class="weike-player">{film}</video></figure>'
    version = lesson(running.store, "read")
    assert version is not None
    store_version(running.store, replace(version, version="r2", body_html=body))
    publish(running.store, "read", "r2", "command")
    running.server.site.shelf.refresh()
    page = running.signed_in("M01").get("/lessons/read").text
    assert re.findall(r"<video[^>]*>", page) == [
        '<video data-controls="" preload="none" src="../media/a.mp4" data-poster="../media/b.png">'
    ]


def test_a_squeezed_style_says_the_same() -> None:
    style = """
    /* Why; this { is } no rule. */
    .a > .b,
    .c .d { content: " · ";  margin: 0 auto }
    @media (min-width: 4em) {
      .e { grid-template-areas: "x y" "z z"; }
    }
    """
    assert squeezed(style).strip() == (
        '.a > .b,\n    .c .d{content: " · ";margin: 0 auto}'
        '@media (min-width: 4em){.e{grid-template-areas: "x y" "z z";}}'
    )


def test_an_asset_is_found_under_its_hash_only(running: Running) -> None:
    browser = running.browser()
    assert browser.get("/static/weike/weike.0123456789abcdef.css").status == 404
    assert browser.get("/static/weike/page.css").status == 302, "unknown: for members only"


def test_the_first_quiz_is_named_early_and_the_live_part_has_its_door(running: Running) -> None:
    browser = running.signed_in("M01")
    head = browser.get(FIRE).text.partition('rel="stylesheet"')[0]
    assert re.search(r'<script async [^>]*data-base="/" data-quiz="fire/fire">', head)
    assert "<script async" not in browser.get("/lessons/read").text, "it has no questions"
    assert 'href="/lessons/live/live"' in browser.get("/lessons/live").text


def test_the_page_is_correct_html_with_one_heading_and_landmarks(running: Running) -> None:
    browser = running.signed_in("M01")
    for path in ("/", FIRE, "/me", "/branches", "/login"):
        page = (running.browser() if path == "/login" else browser).get(path).text
        assert page.startswith("<!DOCTYPE html>")
        assert len(re.findall(r"<h1[ >]", page)) == 1
        assert page.count("<main") == 1


def test_lessons_and_their_previews_are_drawn_by_the_same_pieces() -> None:
    """What stands in two templates is mended in one of them."""
    templates = Path(pages.__file__).with_name("templates")
    texts = [file.read_text(encoding="utf-8") for file in templates.rglob("*.html")]
    for piece in ("<!DOCTYPE", 'class="tool" data-large', '"lesson-about"', 'id="live-words"'):
        assert sum(text.count(piece) for text in texts) == 1, piece


@pytest.mark.parametrize("slug", ["draft", "nothing", "weike"])
def test_what_is_not_published_does_not_exist(running: Running, slug: str) -> None:
    browser = running.signed_in("A01")
    assert browser.get(f"/lessons/{slug}").status == 404
    assert browser.get(f"/lessons/{slug}/live").status == 404
    assert browser.get(f"/api/lessons/{slug}/place").status == 404


def test_a_publication_elsewhere_is_noticed(start: Start) -> None:
    running = start()
    browser = running.signed_in("M01")
    assert browser.get(FIRE).status == 200
    withdraw(running.store, "fire", "command")
    running.server.site.shelf.refresh()
    assert browser.get(FIRE).status == 404
    assert "灭火器" not in browser.get("/").text
    publish(running.store, "fire", "f1", "command")
    running.server.site.shelf.refresh()
    assert browser.get(FIRE).status == 200

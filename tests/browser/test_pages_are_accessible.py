"""Every page can be read and used: by axe's rules, on a small screen, in large text, at night."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from .answers import Key
from .conftest import Context
from .judging import dressed, misfits, troubles
from .people import Client, People, Person
from .screens import LIVE, OPEN, Visitors, ask_for_review, decide, nothing, screens, study
from .serving import Server

# Language, colours, and the width at which axe looks too: nothing that it finds depends on how two
# of these come together. Large text is what makes a page too wide; that of usual size is looked at
# where pages are said to be light.
LOOKS = [("zh-CN", "light", 390), ("en", "dark", 1280)]
INLINE = re.compile(
    r"""<style|\sstyle\s*=|\son[a-z]+\s*=\s*["']|<script(?![^>]*\ssrc=)(?![^>]*"application/json")"""
)
KERNELS = re.compile(r"^weike_live_kernels (\S+)", re.MULTILINE)


@pytest.fixture(scope="module")
def persons(people: People, key: dict[str, Key]) -> dict[str, Person]:
    member = people.newcomer()
    study(member, key)
    decide(people, member)
    roles = {role: people.with_role(role) for role in ("lecturer", "organizer", "reviewer")}
    ask_for_review(people, roles["lecturer"], roles["reviewer"])
    # Drawn once with a browser of the server's own, which takes its time where two tests run.
    pictures = f"{people.server.url}/lessons/{OPEN}/print/outline/"
    with Client.of(member).opener.open(pictures, timeout=120) as answer:
        answer.read()
    return {"member": member, **roles}


@pytest.mark.parametrize(("language", "scheme", "axe"), LOOKS)
def test_nothing_is_wrong_with_any_page(
    language: str,
    scheme: str,
    axe: int,
    people: People,
    persons: dict[str, Person],
    new_context: Context,
) -> None:
    url = people.server.url
    visitors = Visitors(people, persons, dressed(new_context, url, language, scheme, True))
    found: list[str] = []
    for screen in screens(persons["member"].path):
        page = visitors.open(screen)
        name = f"{screen.name}-{language}-{scheme}-large"
        found += troubles(page, screen, language, axe=axe, pictures=name)
        page.close()
    assert not found, "\n".join(found)


def kernels(server: Server) -> float:
    with urlopen(f"{server.url}/metrics") as answer:
        match = KERNELS.search(answer.read().decode())
    return float(match[1]) if match else 0.0


def test_pages_are_light(people: People, persons: dict[str, Person], new_context: Context) -> None:
    """No other host, nothing inline, no complaint of the browser, no websocket, no kernel.

    And nothing too wide or too small in text of the usual size.
    """
    url = people.server.url
    make = dressed(new_context, url, "zh-CN", "light", False)
    visitors = Visitors(people, persons, make)
    before = kernels(people.server)
    asked: list[str] = []
    said: list[str] = []
    unfit: list[str] = []
    for screen in screens(persons["member"].path):
        if screen.act is not nothing:
            continue  # the same page, with something done on it
        page = visitors.context(screen.who).new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("websocket", lambda socket: asked.append(f"websocket {socket.url}"))
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        answer = page.goto(url + screen.path)
        assert answer is not None
        # What a control shows is data of the live part, cleaned before it is drawn.
        drawn = re.sub(r'data-models="[^"]*"', "", answer.text())
        assert not INLINE.search(drawn), screen.name
        assert "script-src 'self'; style-src 'self'" in answer.headers["content-security-policy"]
        page.locator(screen.ready).first.wait_for()
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_load_state("networkidle")
        unfit += [f"{screen.name}: {one}" for one in misfits(page)]
        page.close()
    assert [one for one in asked if not one.startswith((f"{url}/", "data:"))] == []
    assert [one for one in said if "the server responded with a status of" not in one] == []
    assert kernels(people.server) <= before
    assert not unfit, "\n".join(unfit)


def test_large_text_is_one_tap_away_and_stays(
    newcomer: Person, signed_in: Callable[..., Page]
) -> None:
    page = signed_in(newcomer)
    size = "parseFloat(getComputedStyle(document.querySelector('main p')).fontSize)"
    before = page.evaluate(size)
    button = page.locator(".tools").get_by_role("button", name="大字")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.tap()
    assert page.evaluate(size) >= 1.25 * before
    for path in ("", "me", "branches", f"lessons/{OPEN}", f"lessons/{LIVE}"):
        page.goto(newcomer.link.partition("login/")[0] + path)
        expect(page.locator("html.large")).to_be_attached()
        expect(button).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(page.locator("html.large")).to_be_attached()
    button.tap()
    page.reload()
    expect(page.locator("html.large")).not_to_be_attached()

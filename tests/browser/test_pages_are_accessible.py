"""Every page can be read and used: by axe's rules, on a small screen, in large text, at night."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, Page, expect

from .answers import Key
from .looks import look
from .people import Client, People, Person
from .screens import LIVE, OPEN, Screen, Visitors, ask_for_review, decide, nothing, screens, study
from .serving import Server

Context = Callable[..., BrowserContext]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
# Language, colours, and the width at which axe looks too: nothing that it finds depends on how two
# of these come together. Large text is what makes a page too wide; that of usual size is looked at
# where pages are said to be light.
LOOKS = [("zh-CN", "light", 390), ("en", "dark", 1280)]
KERNELS = re.compile(r"^weike_live_kernels (\S+)", re.MULTILINE)
INLINE = re.compile(
    r"""<style|\sstyle\s*=|\son[a-z]+\s*=\s*["']|<script(?![^>]*\ssrc=)(?![^>]*"application/json")"""
)

# What is wider than the screen and does not scroll in a frame of its own.
TOO_WIDE = """(width) => {
  if (document.documentElement.scrollWidth <= width) return [];
  const framed = (e) => e && e !== document.body &&
    (getComputedStyle(e).overflowX !== "visible" || framed(e.parentElement));
  return Array.from(document.body.querySelectorAll("*"))
    .filter((e) => e.getBoundingClientRect().right > width + 1 && !framed(e.parentElement))
    .map((e) => e.outerHTML.slice(0, 160));
}"""

# Controls that a thumb misses. A choice is as large as its label; a link in a sentence may be
# small (WCAG 2.5.8 says so too).
TOO_SMALL = """() => {
  const controls = "a[href], button, input:not([type=hidden]), select, summary, textarea";
  const small = [];
  for (const e of document.querySelectorAll(controls)) {
    const style = getComputedStyle(e);
    if (!e.getClientRects().length || style.visibility === "hidden") continue;
    if (e.matches("a") && style.display === "inline") continue;
    if (e.matches("[aria-hidden=true][tabindex='-1']")) continue; // for password managers
    const boxes = [e, ...Array.from(e.labels || [])].map((one) => one.getBoundingClientRect());
    if (boxes[0].bottom <= 0) continue; // waits above the page until it has the focus
    if (!boxes.some((box) => box.width >= 43.5 && box.height >= 43.5)) {
      small.push(Math.round(boxes[0].width) + "x" + Math.round(boxes[0].height) + " " +
        e.outerHTML.slice(0, 120));
    }
  }
  return small;
}"""


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


def dressed(new_context: Context, url: str, language: str, scheme: str, large: bool) -> Any:
    """Make browsers of one look; the reader has chosen the language and the size before."""

    def make() -> BrowserContext:
        context = new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, color_scheme=scheme
        )
        cookies = [("weike_language", language), ("weike_large", "1" if large else "0")]
        context.add_cookies([{"name": k, "value": v, "url": url} for k, v in cookies])
        return context

    return make


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


def troubles(page: Page, screen: Screen, language: str, *, axe: int, pictures: str) -> list[str]:
    """Everything that is wrong with a page of this look, at the widths that people have."""
    found = violations(page) if axe == 390 else []
    found += misfits(page)
    if page.locator("html").get_attribute("lang") != language:
        found.append("the page does not say its language")
    body = page.locator(".lesson")
    if body.count() and body.get_attribute("lang") != (screen.language or "zh-CN"):
        found.append("the lesson does not say its language")
    if not page.locator(".tools [data-large]").is_visible():
        found.append("there is no button for large text")
    look(page, f"{pictures}-390")
    for width in (320, 640, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        found += wide(page, width)
    look(page, f"{pictures}-1280")
    if axe == 1280:
        found += [f"on a desktop, {one}" for one in violations(page)]
    found += disorder(page)
    return [f"{screen.name}: {one}" for one in found]


def misfits(page: Page) -> list[str]:
    """What a thumb misses, and what is wider than the phone."""
    return [f"small: {one}" for one in page.evaluate(TOO_SMALL)] + wide(page, 390)


def wide(page: Page, width: int) -> list[str]:
    return [f"wider than {width}: {one}" for one in page.evaluate(TOO_WIDE, width)]


def disorder(page: Page) -> list[str]:
    """One first heading, none skipped below it; every picture described."""
    levels: list[int] = page.evaluate(
        "Array.from(document.querySelectorAll('h1,h2,h3,h4,h5,h6'))"
        ".filter((h) => h.getClientRects().length).map((h) => Number(h.tagName[1]))"
    )
    found = []
    if levels.count(1) != 1 or any(b - a > 1 for a, b in pairwise(levels)):
        found.append(f"headings {levels}")
    bare = page.locator("main img:not([alt]), main .weike-figure img[alt='']").count()
    return [*found, f"{bare} pictures say nothing"] if bare else found


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

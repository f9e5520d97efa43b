"""What is wrong with a page as a browser draws it: by axe's rules, and by our own."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import BrowserContext, Page

from .conftest import Context
from .looks import look
from .screens import Screen

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}

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

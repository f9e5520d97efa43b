"""The page on which lessons are written, and how a person works it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from .documents import file
from .people import People


def saved(page: Page) -> None:
    expect(page.locator("#compose-state")).to_have_class("compose-state compose-saved")


def edit(page: Page, members: People, slug: str) -> None:
    page.goto(f"{members.server.url}/teach/lessons/{slug}/edit")
    page.locator(".compose-state").wait_for()


def text_of(page: Page, n: int = 0) -> Locator:
    return page.locator(".compose-text").nth(n)


@dataclass
class Clicks:
    """Counts every click of a person's own, and the time it all takes."""

    page: Page
    count: int = 0

    def __call__(self, place: Locator) -> None:
        place.click()
        self.count += 1

    def named(self, name: str, within: Locator | None = None) -> None:
        place: Page | Locator = within or self.page
        self(place.get_by_role("button", name=name, exact=True).first)


def bring(page: Page, members: People, name: str, data: bytes) -> str:
    """A document through the page for new lessons, to where its author goes on; the slug."""
    page.goto(f"{members.server.url}/teach/lessons/new")
    page.locator("#bring").set_input_files([file(name, data)])
    expect(page.locator(".bring-state")).to_contain_text("根据文档推测")
    page.get_by_role("link", name="继续编写").click()
    page.locator(".compose-block").first.wait_for()
    return page.url.split("/")[-2]


def to_review(page: Page) -> None:
    page.get_by_role("link", name="送审与发布").click()
    page.get_by_role("button", name="生成预览").click()
    page.wait_for_url("**/versions/**")
    page.get_by_role("button", name="送审", exact=True).click()
    page.wait_for_load_state()


def pull(page: Page, handle: Locator, target: Locator, *, finger: bool) -> None:
    """From a handle to just above a part, by touch or with the mouse."""
    handle.evaluate("handle => handle.scrollIntoView({ block: 'center' })")
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + 22, box["y"] + 22
    touch = page.context.new_cdp_session(page)

    def act(kind: str, y: float) -> None:
        if finger:
            points = [] if kind == "End" else [{"x": x, "y": y}]
            touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
        else:
            page.mouse.move(x, y)
            {"Start": page.mouse.down, "End": page.mouse.up}.get(kind, lambda: None)()

    act("Start", y)
    act("Move", y - 12)
    page.locator(".compose-line").wait_for(state="attached")
    above = target.bounding_box()
    assert above is not None
    act("Move", above["y"] + 4)
    act("End", above["y"] + 4)
    page.locator(".compose-line").wait_for(state="detached")

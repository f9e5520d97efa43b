"""Widgets that a lesson's page does not know have a page of their own, and it lasts too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import nbformat
import pytest
from playwright.sync_api import Page, expect

from .judging import violations
from .looks import look
from .people import People
from .serving import ROOT, Server
from .sockets import CHANNELS, SOCKETS

SLOW = 60_000
LESSON = """\
import ipywidgets

ipywidgets.ColorPicker(description="颜色")
"""
SLIDER = """\
speed = ipywidgets.IntSlider(value=2, description="速度")
said = ipywidgets.Label("还没有动")
speed.observe(lambda change: setattr(said, "value", f"现在是 {change.new} 档"), "value")
ipywidgets.VBox([speed, said])
"""
# A sleep of an hour: the clock jumps, and nothing that waits has been done.
SLEEP = "const now = Date.now; Date.now = () => now() + 3600e3"


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    root = tmp_path_factory.mktemp("apart") / "course"
    for folder in ("lessons", "quizzes"):
        (root / folder).mkdir(parents=True)
    (root / "weike.toml").write_text('title = "演示"\n', encoding="utf-8")
    roster = (ROOT / "members.csv").read_text("utf-8").splitlines(keepends=True)
    (root / "members.csv").write_text("".join(roster[:10]), encoding="utf-8")
    new = nbformat.v4
    cells = [
        new.new_markdown_cell("# 两种控件\n\n拉一拉。"),  # type: ignore[no-untyped-call]
        new.new_code_cell(LESSON),  # type: ignore[no-untyped-call]
        new.new_code_cell(SLIDER),  # type: ignore[no-untyped-call]
    ]
    notebook = new.new_notebook(cells=cells)  # type: ignore[no-untyped-call]
    nbformat.write(notebook, root / "lessons" / "colours.ipynb")  # type: ignore[no-untyped-call]
    with Server(root) as server, closing(People(server)) as people:
        yield people


@pytest.fixture
def page(people: People, signed_in: Callable[..., Page]) -> Page:
    """A member at the slider of the page apart."""
    page = signed_in(people.newcomer())
    page.add_init_script(SOCKETS)
    page.goto(f"{people.server.url}/lessons/colours")
    page.get_by_role("link", name="打开互动部分").click(no_wait_after=True)
    expect(page.get_by_role("slider")).to_be_visible(timeout=SLOW)
    return page


def push(page: Page) -> None:
    page.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")


def says(page: Page, number: int) -> None:
    expect(page.get_by_text(f"现在是 {number} 档")).to_be_visible(timeout=SLOW)


def status(page: Page, words: str) -> None:
    expect(page.get_by_role("status").get_by_text(words)).to_be_visible(timeout=SLOW)


def test_a_lost_connection_comes_back_and_what_was_set_meanwhile_counts(page: Page) -> None:
    push(page)
    says(page, 3)
    page.context.set_offline(True)
    page.evaluate("sockets.forEach((socket) => socket.close())")
    status(page, "连接断开了")
    look(page, "live-apart-lost", whole=False)
    push(page)
    page.context.set_offline(False)
    status(page, "已重新连上")
    says(page, 4)
    assert page.get_by_role("slider").first.get_attribute("aria-valuenow") in ("4", "4.0")
    found = violations(page)
    assert not found, "\n".join(found)


def test_after_an_hours_sleep_a_connection_that_only_looks_alive_is_made_anew(page: Page) -> None:
    push(page)
    says(page, 3)
    before = page.evaluate("sockets.length")
    page.evaluate(SLEEP)
    page.evaluate("dispatchEvent(new Event('online'))")
    status(page, "已重新连上")
    assert page.evaluate("sockets.length") == before + 1
    push(page)
    says(page, 4)


def test_a_process_that_is_gone_is_said_to_be_gone_and_a_touch_begins_anew(page: Page) -> None:
    push(page)
    says(page, 3)
    url = page.evaluate("sockets[0].url")
    match = CHANNELS.search(url)
    assert match is not None
    token = page.evaluate("/_xsrf=([^;]*)/.exec(document.cookie)[1]")
    host = "/".join(page.url.split("/")[:3])
    address = f"{host}/api/kernels/{match[1]}"
    ended = page.context.request.delete(address, headers={"X-XSRFToken": token})
    assert ended.status == 204
    status(page, "自动停止")
    look(page, "live-apart-gone", whole=False)
    page.get_by_role("status").get_by_role("button").tap()
    expect(page.get_by_text("还没有动")).to_be_visible(timeout=SLOW)
    push(page)
    says(page, 3)

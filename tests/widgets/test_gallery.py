"""The gallery shows every question type, in a plain Voilà and its own kernel, with no server."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest
from playwright.sync_api import Browser, Page, expect

from weike.quizzes.formats import markdown
from weike.quizzes.types import known

ROOT = Path(__file__).parents[2]
EXPLANATION = "口诀：提、拔、握、压"
GALLERY = ROOT / "widgets" / "gallery.ipynb"


def cells() -> list[str]:
    notebook = nbformat.read(GALLERY, as_version=4)  # type: ignore[no-untyped-call]
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def test_the_gallery_shows_every_type() -> None:
    shown = {
        question.type
        for cell in cells()
        if cell.startswith("%%quiz")
        for question in markdown.loads(cell.split("\n", 1)[1])
    }
    assert shown == known().keys()


def test_the_gallery_is_kept_without_outputs() -> None:
    notebook = nbformat.read(GALLERY, as_version=4)  # type: ignore[no-untyped-call]
    assert all(not cell.get("outputs") for cell in notebook.cells)


@pytest.fixture(scope="module")
def voila(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("voila")
    command = [sys.executable, "-m", "voila", str(GALLERY), f"--port={port}", "--no-browser"]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=home, stdout=log, stderr=log)
        url = f"http://127.0.0.1:{port}/"
        try:
            for _ in range(120):
                try:
                    urlopen(url + "voila/static/").close()
                except URLError as error:
                    if hasattr(error, "code"):
                        break  # it answers, whatever it says
                    time.sleep(0.25)
            yield url
        finally:
            process.terminate()
            process.wait(10)


def quiz(page: Page, title: str) -> Any:
    heading = page.get_by_role("heading", name=title)
    return page.locator(".weike-quiz").filter(has=heading)


def text(frame: str | bytes) -> str:
    """A message of the kernel as text, whichever way its letters were written."""
    plain = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), plain)


def test_quizzes_are_answered_in_a_plain_voila(chromium: Browser, voila: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    context.set_default_timeout(60_000)
    page = context.new_page()
    frames: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda data: frames.append(text(data))),
    )
    page.goto(voila)
    every = quiz(page, "各种题型")
    expect(every.get_by_text("第 1 题 / 共 12 题")).to_be_visible(timeout=60_000)
    assert not any(EXPLANATION in frame for frame in frames), "the kernel told before the answer"

    every.get_by_text("摇晃瓶体").tap()
    # JupyterLab would take D D and the arrows for its own, were it not told.
    picked = every.get_by_label("摇晃瓶体")
    picked.focus()
    expect(picked).to_have_attribute("data-lm-suppress-shortcuts", "true")
    every.get_by_role("button", name="确定", exact=True).tap()
    feedback = every.locator(".wq-feedback:visible")
    expect(feedback).to_contain_text("不正确")
    expect(feedback).to_contain_text("口诀")
    assert any(EXPLANATION in frame for frame in frames)
    every.get_by_role("button", name="下一题").tap()
    picture = every.get_by_role("img", name=re.compile("斜杠"))
    assert str(picture.get_attribute("src")).startswith("data:image/svg+xml;base64,")

    timed = quiz(page, "两分钟测验")
    timed.get_by_role("button", name="开始").tap()
    expect(timed.get_by_role("timer")).to_contain_text("1:5")
    timed.get_by_label("您的答案").fill("105")
    timed.get_by_role("button", name="下一题").tap()
    timed.get_by_role("radio", name="正确", exact=True).tap()
    page.wait_for_timeout(450)
    timed.get_by_role("button", name="交卷").tap()
    expect(timed.get_by_role("region", name="结果")).to_contain_text("100%")

    english = quiz(page, "Three quick ones")
    expect(english.get_by_text("Question 1 of 3")).to_be_visible()
    ids = page.evaluate("[...document.querySelectorAll('.weike-quiz [id]')].map(e => e.id)")
    assert len(ids) == len(set(ids)), "quizzes share a page, and share no id"
    context.close()

"""A lecturer opens JupyterLab: a template from the launcher, a quiz at once, a mistake by line."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from weike.commands.course import make_course
from weike.quizzes.i18n import use_language

from .conftest import DESKTOP, Context

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/lab\?token=\w+")
SLOW = 60_000  # JupyterLab on a busy machine
WHY = "红区是压力不足"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    with use_language("zh-CN"):
        make_course(tmp_path / "course")
    own = tmp_path / "course/lessons/_templates"
    own.mkdir()
    notebook = json.loads(next((tmp_path / "course/lessons").glob("*/*.ipynb")).read_text())
    (own / "toolbox-talk.ipynb").write_text(json.dumps(notebook))
    return tmp_path / "course"


@pytest.fixture
def lab(course: Path, tmp_path: Path) -> Iterator[str]:
    """The address that `weike author` prints."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "config")}
    (tmp_path / "config").mkdir()
    allowed = json.dumps({"ServerApp": {"allow_root": True}})  # in a container, tests are root
    (tmp_path / "config/jupyter_server_config.json").write_text(allowed)
    weike = Path(sys.executable).with_name("weike")
    log = tmp_path / "lab.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [weike, "author", course, "--no-browser", "--port", str(port), "--lan", "127.0.0.1"],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **home},
            start_new_session=True,
        )
    try:
        yield address(log, process)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def address(log: Path, process: subprocess.Popen[bytes]) -> str:
    for _ in range(300):
        if found := ADDRESS.search(log.read_text()):
            return found[0]
        if process.poll() is not None:
            break
        time.sleep(0.2)
    return pytest.fail(log.read_text())


def run_all(page: Page) -> None:
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()


def test_a_template_becomes_a_lesson_whose_quiz_works_and_whose_mistake_has_its_line(
    lab: str, course: Path, new_context: Context
) -> None:
    page = new_context(**{**DESKTOP, "locale": "en-US"}).new_page()
    page.set_default_timeout(SLOW)
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(lab)
    cards = page.locator(".jp-Launcher-section").first.locator(".jp-LauncherCard")
    expect(cards).to_have_count(5, timeout=SLOW)
    titles = ["图文微课", "动手微课", "只有测验", "灭火器：提、拔、握、压"]
    assert [title.strip() for title in cards.all_inner_texts()][:4] == titles
    look(page, "author-launcher")
    cards.first.click()
    expect(page.locator(".jp-NotebookPanel")).to_be_visible(timeout=SLOW)
    file = course / "lessons/new-lesson.ipynb"
    assert json.loads(file.read_text(encoding="utf-8"))["metadata"]["weike"]["minutes"] == 2

    expect(page.locator("#jp-main-statusbar")).to_contain_text("Idle", timeout=SLOW)
    run_all(page)
    quiz = page.locator(".jp-OutputArea-output").filter(has_text="压力表的指针在红区")
    expect(quiz.get_by_role("radio")).to_have_count(3, timeout=SLOW)
    look(page, "author-quiz")

    cell = page.locator(".jp-CodeCell", has_text="%%quiz").locator(".cm-content")
    cell.get_by_text("- [x] 取下来").click()
    page.keyboard.press("Home")
    for key in ["ArrowRight"] * 3 + ["Delete", " "]:
        page.keyboard.press(key)
    page.keyboard.press("Shift+Enter")
    error = page.locator(".jp-OutputArea-output").filter(has_text="没有正确答案")
    expect(error).to_contain_text("第 7 行", timeout=SLOW)
    expect(error).to_contain_text("## 压力表的指针在红区")
    expect(error).not_to_contain_text("Traceback")
    look(page, "author-mistake")
    cell.get_by_text("- [ ] 取下来").click()
    page.keyboard.press("Home")
    for key in ["ArrowRight"] * 3 + ["Delete", "x"]:
        page.keyboard.press(key)
    taken_on_a_phone(page, new_context().new_page())
    assert said == []


def taken_on_a_phone(lab: Page, phone: Page) -> None:
    """What was just typed is saved and shown as members will see it, at an address of its own."""
    lab.get_by_role("button", name="手机预览").click()
    dialog = lab.locator(".jp-Dialog")
    alone = "手机打不开：这台电脑没有接入网络（只有 127.0.0.1）"
    expect(dialog).to_contain_text(alone, timeout=SLOW)
    address = str(dialog.get_by_role("link").get_attribute("href"))
    look(lab, "author-phone")
    assert address.startswith("http://127.0.0.1:")
    assert f":{lab.url.split(':')[2].split('/')[0]}/" not in address, "not Lab's own port"
    said: list[str] = []
    phone.on("response", lambda answer: said.append(answer.text()))
    phone.goto(address)
    phone.locator(".wq-card label", has_text="取下来").tap()
    assert not [one for one in said if WHY in one], "nothing of the key before an answer"
    phone.get_by_role("button", name="确定").tap()
    expect(phone.locator(".wq-feedback").first).to_contain_text(WHY, timeout=SLOW)
    look(phone, "author-on-a-phone")
    root = address.partition("/preview/")[0]
    for path in ("/", "/lab", "/api/contents", "/weike.toml", f"/preview/{'x' * 32}/"):
        assert phone.request.get(root + path).status == 404, path
    assert phone.request.get(f"{address}files/weike.toml").status == 404


def look(page: Page, name: str) -> None:
    folder = os.environ.get("WEIKE_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")

"""The same notebook without our server: under plain Voilà, and in JupyterLab."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import BrowserContext, expect

from .answers import Key
from .conftest import DESKTOP
from .looks import look
from .quizpage import QuizPage
from .screens import OPEN
from .serving import ROOT, free_port

Context = Callable[..., BrowserContext]
SLOW = 90_000
SMALL = """\
## 使用灭火器的第一步是什么？
- [x] 提起灭火器
- [ ] 压下压把

> 口诀：提、拔、握、压。
"""


@contextmanager
def running(program: str, *arguments: str, home: Path) -> Iterator[str]:
    """A program of this environment on a free port; gives its address once it listens."""
    port = free_port()
    command = [str(Path(sys.executable).with_name(program)), *arguments, f"--port={port}"]
    settings = {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home / "config")}
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--no-browser"], cwd=home, env=os.environ | settings, stdout=log, stderr=log
        )
        try:
            deadline = time.monotonic() + 60
            while not listens(port):
                assert process.poll() is None, (home / "log").read_text()
                assert time.monotonic() < deadline, f"{program} does not listen"
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_lesson_is_answered_under_plain_voila(
    tmp_path: Path, new_context: Context, key: dict[str, Key]
) -> None:
    for name in ("weike.toml", "lessons", "quizzes"):  # without results, as anybody may copy them
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("weike"))
        else:
            shutil.copy(source, tmp_path)
    notebook = tmp_path / "lessons" / "fire" / f"{OPEN}.ipynb"
    with running("voila", str(notebook), home=tmp_path) as url:
        page = new_context().new_page()
        page.goto(url, timeout=SLOW)
        quiz = QuizPage(page, key[OPEN])
        quiz.button("确定").first.wait_for(timeout=SLOW)
        quiz.give(right=False)
        quiz.check()
        expect(quiz.feedback).to_contain_text("不正确")
        expect(quiz.feedback).to_contain_text("解析")
        look(page, "voila", whole=False)
        for _question in range(4):
            quiz.button("下一题").tap()
            quiz.give()
            quiz.check()
        quiz.button("交卷").tap()
        expect(quiz.result).to_contain_text("80%")


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    file = tmp_path / "small.ipynb"
    book = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    book.cells = [
        nbformat.v4.new_code_cell("%load_ext weike.widgets"),  # type: ignore[no-untyped-call]
        nbformat.v4.new_code_cell(f"%%quiz fire-check\n{SMALL}"),  # type: ignore[no-untyped-call]
    ]
    nbformat.write(book, file)  # type: ignore[no-untyped-call]
    return file


def test_a_quiz_is_answered_in_jupyterlab(
    tmp_path: Path, notebook: Path, new_context: Context
) -> None:
    options = ["--IdentityProvider.token=", "--ServerApp.password=", f"--notebook-dir={tmp_path}"]
    root = ["--allow-root"] if os.geteuid() == 0 else []
    with running("jupyter-lab", *options, *root, home=tmp_path) as url:
        page = new_context(**DESKTOP).new_page()
        page.goto(f"{url}/lab/tree/{notebook.name}", timeout=SLOW)
        page.get_by_text("Python 3 (ipykernel) | Idle").first.wait_for(timeout=SLOW)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
        quiz = page.locator(".weike-quiz")
        quiz.get_by_text("压下压把").click(timeout=SLOW)
        quiz.get_by_role("button", name="确定").first.click()
        expect(quiz.locator(".wq-feedback")).to_contain_text("不正确")
        expect(quiz.locator(".wq-feedback")).to_contain_text("口诀")
        look(page, "jupyterlab", whole=False)

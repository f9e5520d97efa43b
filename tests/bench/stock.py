"""Stock Voilà beside which Weike is measured: a notebook with one anywidget quiz and a slider."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import nbformat

from .client import build
from .phone import Hand
from .process import Server, free_port
from .watch import MIB, proportional

_QUIZ = """\
import pathlib
import anywidget
import traitlets


class TinyQuiz(anywidget.AnyWidget):
    _esm = pathlib.Path("quiz.js")
    stem = traitlets.Unicode().tag(sync=True)
    options = traitlets.List().tag(sync=True)

    def __init__(self, right, **traits):
        super().__init__(**traits)
        self.right = right
        self.on_msg(self.judge)

    def judge(self, _quiz, message, _buffers):
        self.send({"right": message["chosen"] == self.right})


TinyQuiz(stem="灭火器压力表的指针在红区，说明什么？",
         options=["压力正常", "压力不足，须送修", "压力过高", "可以继续使用"], right=1)
"""
SLIDER = """\
import ipywidgets

speed = ipywidgets.FloatSlider(max=4)
distance = ipywidgets.Label("0.0 m")
speed.observe(lambda change: setattr(distance, "value", f"{change.new ** 2 / 5:.1f} m"), "value")
ipywidgets.VBox([speed, distance])
"""

HAND = Hand(track=".noUi-target", says=".widget-label")
POOL = 4
PREHEATED = ("--preheat_kernel=True", f"--pool_size={POOL}")


def write_notebook(folder: Path) -> Path:
    """The stock lesson in `folder`, with the script of its quiz."""
    notebook = nbformat.v4.new_notebook(
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}
        },
        cells=[
            nbformat.v4.new_markdown_cell("# 灭火器\n\n先看压力表，再提灭火器。"),
            nbformat.v4.new_code_cell(_QUIZ),
            nbformat.v4.new_code_cell(SLIDER),
        ],
    )
    script = Path(__file__).with_name("stock_quiz.js").read_text(encoding="utf-8")
    (folder / "quiz.js").write_text(script, encoding="utf-8")
    path = folder / "stock.ipynb"
    nbformat.write(notebook, path)
    return path


@contextmanager
def stock_server(folder: Path, *options: str) -> Iterator[Server]:
    """`voila stock.ipynb`, plain or with `options`; ready once it has rendered the notebook."""
    port = free_port()
    notebook = write_notebook(folder)
    voila = [sys.executable, "-m", "voila", notebook.name, "--no-browser", f"--port={port}"]
    command = [*voila, *options]
    with Server(command, port=port, ready="/", folder=folder, log=folder / "voila.log") as server:
        yield server


def opens_per_second(server: Server, *, opens: int, at_once: int) -> float:
    """Opens of the page, a kernel for each; an open ends with the last byte of the HTML."""

    async def work() -> float:
        waiting = iter(range(opens))

        async def visitor() -> None:
            for _number in waiting:
                await _read_to_the_end(server.port)

        began = time.perf_counter()
        await asyncio.gather(*(visitor() for _ in range(at_once)))
        return opens / (time.perf_counter() - began)

    with ThreadPoolExecutor(1) as aside:  # Playwright may have a loop in this thread
        return aside.submit(lambda: asyncio.run(work())).result()


def at_rest(server: Server, *, patience: float = 30.0) -> None:
    """Wait until nothing is computed any more: kernels that are preheated are ready then."""
    stop = time.monotonic() + patience
    before = server.cpu_seconds()
    while time.monotonic() < stop:
        time.sleep(0.5)
        now = server.cpu_seconds()
        if now - before < 0.05:
            return
        before = now


def memory_each(server: Server) -> float:
    """MiB of the server and its kernels together, for each kernel."""
    pids = server.family()
    return sum(map(proportional, pids)) / MIB / max(1, len(pids) - 1)


def one_open(server: Server) -> float:
    """Seconds until the last byte of the page."""
    began = time.perf_counter()
    asyncio.run(_read_to_the_end(server.port))
    return time.perf_counter() - began


async def _read_to_the_end(port: int) -> None:
    """Voilà sends the page in chunks: ask for the connection to be closed after it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(build("GET", "/", {"Connection": "close", "Accept-Encoding": "gzip"}))
    page = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert page.startswith(b"HTTP/1.1 200"), page[:300]
    assert b"jupyter" in page

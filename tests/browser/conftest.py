"""The demo course, served by the real command, and a real browser in front of it."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"https?://\S+/login/\S+")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
    "locale": "zh-CN",
}


def copy_course(target: Path) -> Path:
    """What an organisation would keep of this repository: no code, no results."""
    target.mkdir(parents=True)
    for name in ("weike.toml", "members.csv"):
        shutil.copy(ROOT / name, target)
    for name in ("lessons", "quizzes"):
        shutil.copytree(
            ROOT / name, target / name, ignore=shutil.ignore_patterns("weike", ".ipynb_checkpoints")
        )
    return target


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Server:
    """`weike serve` on one course folder; it can be killed and started again."""

    root: Path
    ip: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    links: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://{self.ip}:{self.port}"

    @property
    def log(self) -> Path:
        return self.root / "serve.log"

    def start(self, *options: str, wait: float = 180) -> None:
        """Start and wait until `/healthz` answers; reads the links from what was printed."""
        command = [str(Path(sys.executable).with_name("weike")), "serve", str(self.root)]
        where = ["--ip", self.ip, "--port", str(self.port)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, *where, *options], stdout=log, stderr=subprocess.STDOUT, text=True
            )
        deadline = time.monotonic() + wait
        while not self.healthy():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)
        self.links = LINK.findall(self.log.read_text())

    def healthy(self) -> bool:
        try:
            with urlopen(f"{self.url}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def kill(self) -> None:
        """As a power cut would: no time to tidy up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()


@pytest.fixture(scope="session")
def served_course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One published demo course for the tests that leave it running."""
    server = Server(copy_course(tmp_path_factory.mktemp("demo") / "course"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Make browser contexts (by default a phone) that are closed after the test."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        contexts.append(chromium.new_context(**(options or PHONE)))  # type: ignore[arg-type]
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()

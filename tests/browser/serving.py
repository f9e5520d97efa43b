"""The real `weike serve` on a copy of the demo course; it can be killed and started again."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"https?://\S+/login/\S+")
SPARE_ADDRESS = "10.213.77.1"


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


def free_port(ip: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((ip, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def own_address() -> Iterator[str]:
    """An address of this computer that is not loopback; one is added where there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("198.51.100.1", 9))  # nothing is sent
            found: str = probe.getsockname()[0]
        except OSError:
            found = "127.0.0.1"
    if not found.startswith("127."):
        yield found
        return
    change = ["ip", "address", "replace", f"{SPARE_ADDRESS}/32", "dev", "lo"]
    subprocess.run(change, check=True)
    try:
        yield SPARE_ADDRESS
    finally:
        subprocess.run(["del" if word == "replace" else word for word in change], check=True)


def wait_for(url: str, process: subprocess.Popen[Any], *, wait: float = 60) -> None:
    """Until something answers there; fails when the process has ended or takes too long."""
    deadline = time.monotonic() + wait
    while not answers(url):
        assert process.poll() is None, f"it ended with status {process.returncode}"
        assert time.monotonic() < deadline, f"{url} does not answer"
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


WEIKE = (str(Path(sys.executable).with_name("weike")),)


@dataclass
class Server:
    root: Path
    ip: str = "127.0.0.1"
    port: int = 0
    options: tuple[str, ...] = ()
    program: tuple[str, ...] = WEIKE
    links: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] | None = None

    def __post_init__(self) -> None:
        self.port = self.port or free_port(self.ip)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://{self.ip}:{self.port}"

    @property
    def log(self) -> Path:
        return self.root / "serve.log"

    def start(self, *, wait: float = 240) -> None:
        """Start and wait until `/healthz` answers; reads the links from what was printed."""
        command = [*self.program, "serve", str(self.root)]
        where = ["--ip", self.ip, "--port", str(self.port)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, *where, *self.options], stdout=log, stderr=subprocess.STDOUT, text=True
            )
        deadline = time.monotonic() + wait
        while not answers(f"{self.url}/healthz"):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)
        self.links = LINK.findall(self.log.read_text())

    def kill(self) -> None:
        """As a power cut would: no time to tidy up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """As an administrator would: SIGTERM."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()

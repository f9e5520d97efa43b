"""The demo course, published once, served as often as needed, and a real browser in front of it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from .answers import Key, keys
from .people import People, Person
from .quizpage import QuizPage
from .serving import ROOT, WEIKE, Server, copy_course

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
    "locale": "zh-CN",
}
DESKTOP = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN"}
PATIENCE = 15_000

Context = Callable[..., BrowserContext]
SignIn = Callable[..., Page]


@pytest.fixture(scope="session")
def published_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo course after its first start, which runs every lesson; shared by all workers."""

    def make(course: Path) -> None:
        with Server(copy_course(course)):
            pass

    return made_once(tmp_path_factory, "published", make)


@pytest.fixture(scope="session")
def busy_course(published_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo course after a quarter of learning, to be copied; shared by all workers."""

    def make(course: Path) -> None:
        shutil.copytree(published_course, course)
        subprocess.run([*WEIKE, "demo-activity", "--seed", "7"], cwd=course, check=True)

    return made_once(tmp_path_factory, "busy", make)


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that is made by the worker who wants it first."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, done = shared / name, shared / f"{name}.done"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(folder)
            done.touch()
    return folder


@pytest.fixture(scope="session")
def start_server(
    published_course: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Server]]:
    """Serve a copy of the published course: `start_server(ip="…")`."""
    servers: list[Server] = []

    def start(*, ip: str = "127.0.0.1") -> Server:
        root = tmp_path_factory.mktemp("course") / "course"
        shutil.copytree(published_course, root)
        servers.append(Server(root, ip=ip, options=("--no-publish",)))
        servers[-1].start()
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def served_course(start_server: Callable[..., Server]) -> Server:
    """For the tests that leave it running and never meet each other's members."""
    return start_server()


@pytest.fixture(scope="session")
def people(served_course: Server) -> Iterator[People]:
    people = People(served_course)
    yield people
    people.close()


@pytest.fixture
def newcomer(people: People) -> Person:
    return people.newcomer()


@pytest.fixture(scope="session")
def key() -> dict[str, Key]:
    """The right answers of every lesson."""
    return keys(ROOT)


@pytest.fixture
def new_context(chromium: Browser) -> Iterator[Context]:
    """Make browser contexts (by default a phone) that are closed after the test."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        contexts.append(chromium.new_context(**(options or PHONE)))  # type: ignore[arg-type]
        contexts[-1].set_default_timeout(PATIENCE)
        return contexts[-1]

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def phone(new_context: Context) -> Page:
    return new_context().new_page()


@pytest.fixture
def signed_in(new_context: Context) -> SignIn:
    """A page on a new phone (or other device) where this person has used the personal link."""

    def sign_in(person: Person, **options: object) -> Page:
        page = new_context(**options).new_page()
        page.goto(person.link)
        page.locator("form button[type=submit]").click()
        page.locator(".greeting").wait_for()
        return page

    return sign_in


@pytest.fixture
def open_quiz(key: dict[str, Key]) -> Callable[[Page, str], QuizPage]:
    """Go to a lesson on a signed-in page and wait for its quiz."""

    def open_quiz(page: Page, slug: str) -> QuizPage:
        host = "/".join(page.url.split("/")[:3])
        page.goto(f"{host}/lessons/{slug}")
        quiz = QuizPage(page, key[slug])
        quiz.stems()
        return quiz

    return open_quiz

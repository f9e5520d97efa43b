"""The interactive part of a lesson: a kernel that is the member's own, through Voilà."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from .looks import look
from .people import Client, People, Person
from .quizpage import QuizPage
from .screens import LIVE
from .test_pages_are_accessible import violations

SignIn = Callable[..., Page]
Open = Callable[[Page, str], QuizPage]
CHANNELS = re.compile(r"/api/kernels/([0-9a-f-]{36})/channels")
SLOW = 60_000


@dataclass(slots=True)
class Part:
    """An opened interactive part, and every address that its page has asked."""

    page: Page
    asked: list[str] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)

    @property
    def kernel(self) -> str:
        match = CHANNELS.search(self.sockets[0])
        assert match is not None
        return match[1]

    @property
    def distance(self) -> str:
        return self.page.get_by_text(re.compile("停车距离 .* 米")).inner_text()


@pytest.fixture
def part(newcomer: Person, signed_in: SignIn, open_quiz: Open) -> Part:
    """A member has come from the lesson's page by its button."""
    part = Part(signed_in(newcomer))
    part.page.on("request", lambda request: part.asked.append(request.url))
    part.page.on("websocket", lambda socket: part.sockets.append(socket.url))
    open_quiz(part.page, LIVE)
    assert part.sockets == []
    part.page.get_by_role("link", name="打开互动部分").tap()
    expect(part.page.get_by_text(re.compile("停车距离 .* 米"))).to_be_visible(timeout=SLOW)
    return part


def test_a_slider_moves_the_figures(part: Part) -> None:
    before = part.distance
    handle = part.page.get_by_role("slider").first
    handle.focus()
    for _step in range(10):
        part.page.keyboard.press("ArrowRight")
    expect(part.page.get_by_text(before)).to_be_hidden()
    number = re.compile(r"([\d.]+) 米")
    after = number.search(part.distance)
    first = number.search(before)
    assert after is not None
    assert first is not None
    assert float(after[1]) > float(first[1])
    look(part.page, "live")
    page = part.page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name="返回微课").tap()
    expect(page).to_have_url(re.compile(f"/lessons/{LIVE}$"))


def test_the_page_of_the_live_part_asks_no_other_host(part: Part, people: People) -> None:
    host = people.server.url.removeprefix("http://")
    assert len(part.sockets) == 1
    ours = (f"http://{host}/", f"ws://{host}/", "data:", f"blob:http://{host}/")
    assert [one for one in part.asked + part.sockets if not one.startswith(ours)] == []


def test_a_kernel_belongs_to_its_member(part: Part, people: People) -> None:
    client = Client.of(people.newcomer())
    kernel = f"api/kernels/{part.kernel}"
    assert client.status("GET", kernel) == 404
    assert client.status("DELETE", kernel) == 404
    assert client.status("POST", f"{kernel}/interrupt") == 404
    assert client.status("POST", f"voila/api/shutdown/{part.kernel}") == 404
    assert client.status("GET", f"{kernel}/channels") == 404
    assert client.status("GET", "api/kernels") == 404
    stranger = Client(people.server.url)
    assert stranger.status("GET", kernel) == 401
    mine = part.page.context.request.get(f"{people.server.url}/{kernel}")
    assert mine.status == 200


def test_the_kernel_ends_with_its_page(part: Part, people: People) -> None:
    address = f"{people.server.url}/api/kernels/{part.kernel}"
    part.page.goto(f"{people.server.url}/lessons/{LIVE}")
    deadline = time.monotonic() + 20
    while part.page.context.request.get(address).status != 404:
        assert time.monotonic() < deadline, "the kernel lives on"
        time.sleep(0.2)


def test_axe_finds_nothing_in_the_live_part(part: Part) -> None:
    found = violations(part.page)
    assert not found, "\n".join(found)


def test_questions_of_a_live_lesson_need_no_kernel(
    newcomer: Person, signed_in: SignIn, open_quiz: Open
) -> None:
    page = signed_in(newcomer)
    sockets: list[str] = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    quiz = open_quiz(page, LIVE)
    quiz.answer_all()
    quiz.button("交卷").tap()
    expect(quiz.result).to_contain_text("100%")
    assert sockets == []

"""The live part of a lesson, on its page: controls at once, a process of one's own at a touch."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
import pytest
from playwright.sync_api import Page, WebSocket, expect
from sqlalchemy import select

from weike.results import tables
from weike.results.catalogue import lesson
from weike.server.attendance import PAGES

from .answers import Key
from .judging import violations
from .looks import look
from .people import Client, People, Person
from .quizpage import QuizPage
from .screens import LIVE
from .serving import Server
from .sockets import CHANNELS, SOCKETS

SignIn = Callable[..., Page]
Open = Callable[[Page, str], QuizPage]
SLOW = 20_000


@dataclass(slots=True)
class Part:
    """A live lesson, and every address that its page has asked."""

    page: Page
    asked: list[str] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)

    @property
    def kernel(self) -> str:
        match = CHANNELS.search(self.sockets[0])
        assert match is not None
        return match[1]

    @property
    def metres(self) -> float:
        said = self.page.get_by_text(re.compile("停车距离 .* 米")).first.inner_text()
        match = re.search(r"停车距离 ([\d.]+) 米", said)
        assert match is not None, said
        return float(match[1])

    def push(self, steps: int = 1) -> None:
        """Move the first slider, and wait for what follows."""
        before = self.metres
        handle = self.page.get_by_role("slider").first
        handle.focus()
        for _step in range(steps):
            self.page.keyboard.press("ArrowRight")
        expect(self.page.get_by_text(f"停车距离 {before} 米")).to_be_hidden(timeout=SLOW)

    def status(self, words: str) -> None:
        expect(self.page.get_by_role("status").get_by_text(words)).to_be_visible(timeout=SLOW)


@pytest.fixture
def part(newcomer: Person, signed_in: SignIn, open_quiz: Open) -> Part:
    part = Part(signed_in(newcomer))
    part.page.add_init_script(SOCKETS)
    part.page.on("request", lambda request: part.asked.append(request.url))

    def connected(socket: WebSocket) -> None:
        part.sockets.append(socket.url)

    part.page.on("websocket", connected)
    open_quiz(part.page, LIVE)
    return part


def test_controls_show_their_published_state_before_anything_runs(part: Part) -> None:
    expect(part.page.get_by_role("slider")).to_have_count(4)
    expect(part.page.get_by_label("带速（m/s）")).to_have_value("2")
    assert part.metres == 9.6
    assert part.sockets == []
    assert not [one for one in part.asked if "voila" in one or "kernel" in one]


def test_a_slider_moves_the_figures(part: Part) -> None:
    before = part.metres
    part.push()
    part.push(9)
    assert part.metres > before
    look(part.page, "live")
    assert part.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert len(part.sockets) == 1


def test_a_reviewer_moves_the_slider_of_a_version_and_answers_without_a_record(
    people: People, signed_in: SignIn, key: dict[str, Key]
) -> None:
    reviewer = people.with_role("reviewer")
    page, shown = signed_in(reviewer), lesson(people.store, LIVE)
    assert shown is not None
    page.goto(f"{people.server.url}/teach/lessons/{LIVE}/versions/{shown.version}")
    page.get_by_role("link", name="以学员身份试学").click()
    part = Part(page)
    before = part.metres
    part.push(9)
    assert part.metres > before
    assert QuizPage(page, key[LIVE]).stems()
    look(page, "live-tried-by-a-reviewer")
    quiz = f"{LIVE}/{shown.quizzes[0].id}"
    attempts = tables.attempt
    with people.store.read() as connection:
        mine = attempts.c.member_id == reviewer.id, attempts.c.quiz == quiz
        assert connection.execute(select(attempts).where(*mine)).all() == []


def test_the_live_part_asks_no_other_host(part: Part, people: People) -> None:
    part.push()
    host = people.server.url.removeprefix("http://")
    ours = (f"http://{host}/", f"ws://{host}/", "data:")
    assert [one for one in part.asked + part.sockets if not one.startswith(ours)] == []


def test_a_kernel_belongs_to_its_member(part: Part, people: People) -> None:
    part.push()
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


def test_who_comes_back_finds_everything_as_it_was(part: Part) -> None:
    part.push(5)
    metres = part.metres
    part.page.reload()
    part.status("已重新连上")
    assert part.metres == metres
    part.page.goto("/".join(part.page.url.split("/")[:3]))
    part.page.go_back()
    part.status("已重新连上")
    assert part.metres == metres
    part.push()
    assert len({CHANNELS.findall(one)[0] for one in part.sockets}) == 1


def test_a_lost_connection_comes_back_by_itself_and_is_seen_to(part: Part) -> None:
    part.push(3)
    metres = part.metres
    part.page.context.set_offline(True)
    part.page.evaluate("sockets.forEach((socket) => socket.close())")
    part.status("连接断开了")
    part.page.get_by_role("slider").first.focus()
    part.page.keyboard.press("ArrowRight")
    time.sleep(3)
    assert part.metres == metres
    part.page.context.set_offline(False)
    part.status("已重新连上")
    expect(part.page.get_by_text(f"停车距离 {metres} 米")).to_be_hidden(timeout=SLOW)


def test_a_connection_that_only_looks_alive_is_given_up_and_what_was_set_counts(part: Part) -> None:
    part.push()
    metres = part.metres
    part.page.evaluate("sockets[sockets.length - 1].send = () => {}")
    part.page.get_by_role("slider").first.focus()
    part.page.keyboard.press("ArrowRight")
    part.status("已重新连上")
    expect(part.page.get_by_text(f"停车距离 {metres} 米")).to_be_hidden(timeout=SLOW)


def test_two_pages_of_one_member_show_the_same(part: Part) -> None:
    part.push(3)
    other = Part(part.page.context.new_page())
    other.page.goto(part.page.url)
    other.page.get_by_role("slider").first.wait_for()
    for one in (other, part):
        before = part.metres, other.metres
        one.push()
        until = time.monotonic() + SLOW / 1000
        while not (agree(part, other) and (part.metres, other.metres) != before):
            assert time.monotonic() < until, (part.metres, other.metres)
            part.page.wait_for_timeout(100)


def test_a_page_for_which_there_is_no_room_leaves_it_to_the_others_until_it_is_touched(
    part: Part,
) -> None:
    part.push()
    open_all = """([kernel, most]) => { for (let n = 0; n < most; n++) new WebSocket(
        location.origin.replace("http", "ws") + `/api/kernels/${kernel}/channels?session_id=${n}`
    ); }"""
    part.page.evaluate(open_all, [part.kernel, PAGES])
    part.status("连接断开了")
    part.page.wait_for_timeout(1_500)  # after any other loss it would be there again
    assert len(part.sockets) == 1 + PAGES
    part.push()
    assert len(part.sockets) == 2 + PAGES


def agree(one: Part, other: Part) -> bool:
    values = [part.page.get_by_role("slider").first.input_value() for part in (one, other)]
    return one.metres == other.metres and values[0] == values[1]


def test_a_prepared_process_that_is_killed_takes_the_part_along_and_a_touch_begins_anew(
    part: Part, people: People
) -> None:
    part.push(3)
    kill_templates(people.server)
    part.status("刚才设置的内容没有保留")
    part.push()


def kill_templates(server: Server) -> None:
    """What happens where memory runs out."""
    assert server.process is not None
    for one in psutil.Process(server.process.pid).children():
        if "weike.server.forking.template" in one.cmdline():
            one.kill()


def test_what_is_gone_is_said_to_be_gone_and_a_touch_begins_anew(part: Part) -> None:
    part.push(3)
    token = part.page.evaluate("/_xsrf=([^;]*)/.exec(document.cookie)[1]")
    host = "/".join(part.page.url.split("/")[:3])
    address = f"{host}/api/kernels/{part.kernel}"
    ended = part.page.context.request.delete(address, headers={"X-XSRFToken": token})
    assert ended.status == 204
    part.status("刚才设置的内容没有保留")
    part.push()
    part.status("刚才设置的内容没有保留")
    assert len({CHANNELS.findall(one)[0] for one in part.sockets}) == 2


def test_axe_finds_nothing_in_the_live_part(part: Part) -> None:
    part.push()
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

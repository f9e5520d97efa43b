"""A dead network, a cleared phone, a server that falls over, a shared phone: no answer is lost."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError, URLError

import pytest
from playwright.sync_api import Error, Page, Request, expect

from weike.results.access.signin import set_pin
from weike.results.people import find_member

from .answers import Key
from .looks import look
from .people import Client, People, Person
from .quizpage import QuizPage
from .serving import Server

SignIn = Callable[..., Page]
Open = Callable[[Page, str], QuizPage]
PRACTICE, TEST = "lockout", "confined-space"
UNSAVED = re.compile("未保存|离线")
PIN = "730284"


def kept(page: Page) -> list[str]:
    """The keys of the answers that wait in this browser."""
    names: list[str] = page.evaluate("Object.keys(localStorage)")
    return [name for name in names if name.count(":") == 3]


def answer(quiz: QuizPage, count: int, *, last: bool = False) -> None:
    """Answer so many questions of a test from the one that is shown on; stay at the last one."""
    for i in range(count):
        quiz.give()
        if i + 1 < count or not last:
            quiz.button("下一题").tap()


def saved(quiz: QuizPage) -> None:
    expect(quiz.state).to_have_text("已保存", timeout=30_000)
    expect(quiz.page.locator("section.weike-quiz .wq-bar")).to_be_visible()
    assert kept(quiz.page) == []


def stored(people: People, person: Person, slug: str) -> dict[str, Any]:
    """What the store holds by item: the answer with the highest seq; none came twice."""
    rows = people.responses(person, f"{slug}/{slug}")
    assert len({row.seq for row in rows}) == len(rows)
    return {row.item: row.raw for row in sorted(rows, key=lambda row: row.seq)}


@pytest.mark.parametrize("slug", [PRACTICE, TEST])
def test_answers_given_without_network_arrive_once_after_a_reload(
    slug: str, people: People, newcomer: Person, signed_in: SignIn, open_quiz: Open
) -> None:
    page = signed_in(newcomer)
    quiz = open_quiz(page, slug)
    count = len(quiz.stems())
    for _question in range(3):
        quiz.give()
        if slug == PRACTICE:
            quiz.check()
        quiz.button("下一题").tap()
    saved(quiz)
    assert len(stored(people, newcomer, slug)) == 3

    page.context.set_offline(True)
    for i in range(3, count):
        quiz.give()
        if slug == PRACTICE:
            quiz.button("确定").first.tap()
            expect(quiz.button("确定")).to_have_count(0)  # 下一题 is what helps now
        expect(quiz.state).to_have_text("离线")
        if i + 1 < count:
            quiz.button("下一题").tap()
    look(page, f"offline-{slug}", whole=False)
    assert len(stored(people, newcomer, slug)) == 3
    with suppress(Error):  # as a person would try
        page.reload(timeout=5000)
    page.context.set_offline(False)
    page.goto(f"{people.server.url}/lessons/{slug}")
    quiz.stems()
    saved(quiz)
    assert len(stored(people, newcomer, slug)) == count
    if slug == PRACTICE:
        assert len(people.responses(newcomer, f"{slug}/{slug}")) == count
    time.sleep(0.5)
    if not quiz.button("交卷").is_visible():  # everything is answered, so the first one is shown
        for _question in range(count - 1):
            quiz.button("下一题").tap()
        time.sleep(0.5)
    quiz.button("交卷").tap()
    expect(quiz.result).to_contain_text("100%")


def test_a_first_open_takes_five_requests_and_opens_one_attempt(
    people: People, newcomer: Person, signed_in: SignIn
) -> None:
    Client.of(newcomer).call("POST", f"api/lessons/{PRACTICE}/place", {"place": 5})
    page = signed_in(newcomer)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.goto(f"{people.server.url}/lessons/{PRACTICE}")
    expect(page.get_by_role("button", name="上次学到这里")).to_be_visible()
    page.locator(".wq-stem").first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    asked = [one for one in asked if "/media/" not in one and " data:" not in one]
    assert len(asked) == 5, asked
    assert sum(one.endswith("/api/attempts") for one in asked) == 1
    page.locator("main h1").tap()  # whoever begins to use the page is not in need of the offer
    expect(page.get_by_role("button", name="上次学到这里")).to_be_hidden()


def test_answers_are_sent_by_themselves_when_the_network_is_back(
    people: People, newcomer: Person, signed_in: SignIn, open_quiz: Open
) -> None:
    page = signed_in(newcomer)
    quiz = open_quiz(page, TEST)
    count = len(quiz.stems())
    answer(quiz, 3)
    page.context.set_offline(True)
    answer(quiz, count - 3, last=True)
    expect(quiz.state).to_have_text("离线")
    time.sleep(0.5)
    quiz.button("交卷").tap()
    expect(quiz.root.locator(".wq-trouble")).to_contain_text("还没有交卷")
    look(page, "offline-submit", whole=False)
    page.context.set_offline(False)
    expect(quiz.result).to_contain_text("100%", timeout=30_000)  # the wish to submit is kept too
    assert len(stored(people, newcomer, TEST)) == count


def test_a_cleared_phone_resumes_with_what_was_acknowledged(
    people: People, newcomer: Person, signed_in: SignIn, open_quiz: Open
) -> None:
    page = signed_in(newcomer)
    quiz = open_quiz(page, TEST)
    stems = quiz.stems()
    answer(quiz, 3)
    saved(quiz)
    before = stored(people, newcomer, TEST)
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.context.clear_cookies()
    page.goto(f"{people.server.url}/lessons/{TEST}")
    expect(page.get_by_label("工号")).to_be_visible()

    page.goto(newcomer.link)
    page.get_by_role("button", name="继续").tap()
    page.locator(".greeting").wait_for()
    quiz = open_quiz(page, TEST)
    assert quiz.stems() == stems
    expect(quiz.root.locator(".wq-progress")).to_contain_text("第 4 题")
    expect(quiz.root.locator(".wq-at-answered")).to_have_count(3)
    answer(quiz, len(stems) - 3, last=True)
    saved(quiz)
    after = stored(people, newcomer, TEST)
    assert len(after) == len(stems)
    assert before.items() <= after.items()


def test_a_restart_of_the_server_costs_no_answer(
    start_server: Callable[..., Server], signed_in: SignIn, open_quiz: Open
) -> None:
    server = start_server()
    people = People(server)
    try:
        person = people.newcomer()
        quiz = open_quiz(signed_in(person), TEST)
        count = len(quiz.stems())
        answer(quiz, 3)
        saved(quiz)
        server.stop()
        answer(quiz, 1)
        expect(quiz.state).to_have_text(UNSAVED)
        server.start()
        saved(quiz)
        answer(quiz, count - 4, last=True)
        saved(quiz)
        assert len(stored(people, person, TEST)) == count
    finally:
        people.close()
        server.stop()


@dataclass(slots=True)
class Writer:
    """A member who answers as fast as the server takes it, and remembers what was acknowledged."""

    client: Client
    opened: Any
    key: Key
    number: int
    seq: int = 0
    acknowledged: dict[str, tuple[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, person: Person, key: Key, number: int) -> Writer:
        client = Client.of(person)
        opened = client.call("POST", "api/attempts", {"quiz": f"{PRACTICE}/{PRACTICE}"})
        return cls(client, opened, key, number)

    def write(self, until: threading.Event) -> None:
        for item in self.endless():
            if until.is_set():
                return
            self.seq += 1
            event = f"{self.number:02}{self.seq:030}"
            body = {
                "response": self.key.response(item, right=self.seq % 3 != 0),
                "event": event,
                "seq": self.seq,
                "answered_at": datetime.now(UTC).isoformat(),
            }
            path = f"api/attempts/{self.opened['attempt']}/answers/{item['item']}"
            try:
                answer = self.client.call("PUT", path, body)
            except HTTPError:
                raise
            except (URLError, OSError, ValueError):
                return  # the server is gone
            assert answer["saved"] is True
            self.acknowledged[event] = (item["item"], self.seq)

    def endless(self) -> Iterator[Any]:
        while True:
            yield from self.opened["paper"]["items"]


def test_every_acknowledged_answer_survives_a_kill(
    start_server: Callable[..., Server], key: dict[str, Key]
) -> None:
    server = start_server()
    people = People(server)
    try:
        persons = [people.newcomer() for _n in range(6)]
        writers = [Writer.of(person, key[PRACTICE], n) for n, person in enumerate(persons)]
        over = threading.Event()
        with ThreadPoolExecutor(len(writers)) as pool:
            running = [pool.submit(writer.write, over) for writer in writers]
            while sum(len(writer.acknowledged) for writer in writers) < 300:
                assert not any(future.done() for future in running)
                time.sleep(0.02)
            server.kill()
            over.set()
            for future in running:
                future.result()
        server.start()
        for writer, person in zip(writers, persons, strict=True):
            rows = people.responses(person, f"{PRACTICE}/{PRACTICE}")
            stored = {row.event: (row.item, row.seq) for row in rows}
            assert writer.acknowledged
            assert writer.acknowledged.items() <= stored.items()
            again = Client.of(person).call(
                "POST", "api/attempts", {"quiz": f"{PRACTICE}/{PRACTICE}"}
            )
            assert again["attempt"] == writer.opened["attempt"]
            assert again["paper"] == writer.opened["paper"]
            for item, seq in writer.acknowledged.values():
                assert again["answers"][item]["seq"] >= seq
    finally:
        people.close()
        server.stop()


def test_kept_answers_wait_for_their_own_member(
    people: People, newcomer: Person, signed_in: SignIn, open_quiz: Open
) -> None:
    other = people.newcomer()
    page = signed_in(newcomer)
    puts: list[Request] = []
    page.on("request", lambda request: puts.append(request) if request.method == "PUT" else None)
    quiz = open_quiz(page, TEST)
    answer(quiz, 3)
    saved(quiz)
    page.route("**/api/attempts/*/answers/*", lambda route: route.abort())
    answer(quiz, 2)
    expect(quiz.state).to_have_text(UNSAVED)
    assert len(kept(page)) == 2

    page.goto(other.link)
    page.get_by_role("button", name="继续").tap()
    expect(page.locator(".greeting")).to_contain_text(other.name)
    page.unroute("**/api/attempts/*/answers/*")
    puts.clear()
    quiz = open_quiz(page, TEST)
    answer(quiz, 1)
    expect(quiz.state).to_have_text("已保存")
    time.sleep(1.5)
    assert len(puts) == 1
    assert len(stored(people, other, TEST)) == 1
    assert len(stored(people, newcomer, TEST)) == 3
    assert len(kept(page)) == 2

    page.goto(newcomer.link)
    page.get_by_role("button", name="继续").tap()
    expect(page.locator(".greeting")).to_contain_text(newcomer.name)
    quiz = open_quiz(page, TEST)
    saved(quiz)
    assert len(stored(people, newcomer, TEST)) == 5
    assert len(stored(people, other, TEST)) == 1


def test_a_session_that_ends_in_the_middle_keeps_the_answers(
    people: People, newcomer: Person, signed_in: SignIn, open_quiz: Open
) -> None:
    now = datetime.now(UTC)
    member = find_member(people.store, now=now, code=newcomer.code)
    assert member is not None
    set_pin(people.store, member, PIN, now)
    page = signed_in(newcomer)
    quiz = open_quiz(page, TEST)
    answer(quiz, 3)
    saved(quiz)
    page.context.clear_cookies(name="weike_session")
    answer(quiz, 2)
    expect(quiz.state).to_have_text("未保存")
    expect(quiz.root).to_contain_text("请重新登录")
    look(page, "signed-out", whole=False)
    assert len(kept(page)) == 2

    quiz.root.get_by_role("link", name="登录").tap()
    page.get_by_label("工号").fill(newcomer.code)
    page.get_by_label("数字密码", exact=True).fill(PIN)
    page.get_by_role("button", name="登录").tap()
    page.wait_for_url(f"**/lessons/{TEST}")
    quiz.stems()
    saved(quiz)
    assert len(stored(people, newcomer, TEST)) == 5

"""A member takes a lesson, and the branch moves."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .answers import Key, bare
from .conftest import DESKTOP, PHONE
from .keyboard import Keyboard
from .looks import look
from .people import Client, People, Person
from .quizpage import QuizPage
from .serving import Server, own_address

Open = Callable[[Page, str], QuizPage]
FIRST = "fire-extinguisher"


def board(page: Page, branch: str) -> dict[str, Any]:
    """One branch of GET /api/branches, as this member may see it."""
    answer = page.context.request.get(page.url.rpartition("/")[0] + "/api/branches")
    assert answer.ok, answer.text()
    return next(row for row in answer.json()["branches"] if row["branch"] == branch)


def board_after(page: Page, branch: str, before: dict[str, Any]) -> dict[str, Any]:
    """The figures may be a little old; wait until they have moved."""
    deadline = time.monotonic() + 20
    while (after := board(page, branch)) == before:
        assert time.monotonic() < deadline, "the branch did not move"
        time.sleep(0.3)
    return after


def take(client: Client, quiz: str, key: Key) -> None:
    """A whole quiz with right answers, without a browser."""
    opened = client.call("POST", "api/attempts", {"quiz": quiz})
    for n, item in enumerate(opened["paper"]["items"], start=1):
        path = f"api/attempts/{opened['attempt']}/answers/{item['item']}"
        body = {
            "response": key.response(item),
            "event": f"{opened['attempt']}{n}",
            "seq": n,
            "answered_at": opened["now"],
        }
        assert client.call("PUT", path, body)["saved"] is True
    client.call("POST", f"api/attempts/{opened['attempt']}/submit", {})


def team(people: People, key: dict[str, Key]) -> Person:
    """A member whose branch has enough results for its marks to be shown to everybody."""
    branch = people.branch_of(6, 14)
    for _mate in range(5):
        take(Client.of(people.newcomer(branch=branch)), f"{FIRST}/{FIRST}", key[FIRST])
    return people.newcomer(branch=branch)


def own_row(page: Page) -> Locator:
    return page.locator(".board tr.own")


def points(share: float) -> str:
    return f"{100 * share:.1f}"


def whole_job_by_touch(page: Page, person: Person, key: dict[str, Key], *, pictures: str) -> None:
    page.goto(person.link)
    expect(page.get_by_text(f"我是{person.name}")).to_be_visible()
    look(page, f"{pictures}-1-link")
    page.get_by_role("button", name="继续").tap()
    expect(page.locator(".greeting")).to_contain_text(person.name)
    assert "/login/" not in page.url
    look(page, f"{pictures}-2-home")
    before = board(page, person.branch_id)

    page.locator("a.hero").tap()
    quiz = QuizPage(page, key[FIRST])
    quiz.stems()
    assert page.url.endswith(f"/lessons/{FIRST}")
    look(page, f"{pictures}-3-lesson")
    quiz.root.scroll_into_view_if_needed()
    expect(quiz.state).to_have_text("已保存")

    quiz.give(right=False)
    quiz.check()
    expect(quiz.feedback).to_contain_text("不正确")
    expect(quiz.feedback.locator(".wq-explanation")).to_be_visible()
    look(page, f"{pictures}-4-wrong", whole=False)
    for _question in range(4):
        quiz.button("下一题").tap()
        quiz.give()
        quiz.check()
        expect(quiz.feedback.locator(".wq-outcome")).to_contain_text("正确")
    look(page, f"{pictures}-5-right", whole=False)
    quiz.button("交卷").tap()
    expect(quiz.result).to_contain_text("合格")
    expect(quiz.result).to_contain_text("80%")
    look(page, f"{pictures}-6-result", whole=False)

    page.get_by_role("link", name="返回学习").tap()
    page.locator(".nav").get_by_role("link", name="我的").tap()
    expect(page.locator(".results li")).to_have_count(1)
    expect(page.locator(".results li")).to_contain_text("80%")
    look(page, f"{pictures}-7-me")
    after = board_after(page, person.branch_id, before)
    assert after["attempted"] == before["attempted"] + 1
    assert after["completion"] > before["completion"]
    page.locator(".nav").get_by_role("link", name="支部").tap()
    expect(own_row(page)).to_contain_text(f"{100 * after['completion']:.0f}%")
    look(page, f"{pictures}-8-branches")


def test_a_phone_goes_from_the_link_to_a_branch_that_has_moved(
    people: People, phone: Page, key: dict[str, Key]
) -> None:
    person = team(people, key)
    whole_job_by_touch(phone, person, key, pictures="job")
    # Whoever has a duty sees the means; a member may not where other tests left a lone answer that
    # could be worked out from them.
    rows = Client.of(people.with_role("administrator")).call("GET", "api/branches")["branches"]
    seen = next(row for row in rows if row["branch"] == person.branch_id)
    assert seen["mean"] < 1  # as it was while only the mates had answered
    assert seen["adjusted_mean"] is not None
    shown = board(phone, person.branch_id)["adjusted_mean"]
    assert shown in (None, seen["adjusted_mean"])
    expect(own_row(phone)).to_contain_text("暂不显示" if shown is None else points(shown))


@pytest.fixture
def intranet() -> Iterator[str]:
    with own_address() as address:
        yield address


def test_the_same_works_at_an_intranet_address_without_https(
    intranet: str, start_server: Callable[..., Server], phone: Page, key: dict[str, Key]
) -> None:
    server = start_server(ip=intranet)
    people = People(server)
    try:
        person = people.newcomer(branch=people.branch_of(6, 14))
        whole_job_by_touch(phone, person, key, pictures="intranet")
        assert phone.evaluate("[isSecureContext, typeof crypto.randomUUID]") == [False, "undefined"]
        stored = people.responses(person, f"{FIRST}/{FIRST}")
        assert len({row.event for row in stored}) == 5
    finally:
        people.close()
        server.stop()


def test_the_same_works_by_keyboard_alone(
    people: People, newcomer: Person, new_context: Callable[..., Any], key: dict[str, Key]
) -> None:
    page = new_context(**DESKTOP).new_page()
    keys = Keyboard(page)
    page.goto(newcomer.link)
    keys.tab_to(page.get_by_role("button", name="继续"))
    keys.press("Enter")
    expect(page.locator(".greeting")).to_contain_text(newcomer.name)
    before = board(page, newcomer.branch_id)
    keys.tab_to(page.locator("a.hero"))
    keys.press("Enter")
    quiz = QuizPage(page, key[FIRST])
    count = len(quiz.stems())

    cards = quiz.root.locator(".wq-card")
    for i in range(count):
        card = cards.nth(i)
        stem = card.locator(".wq-stem").text_content() or ""
        keys.answer(card, quiz.key.answer(stem, right=i != 1))
        keys.tab_to(card.get_by_role("button", name="确定"))
        keys.press("Enter")
        feedback = card.locator(".wq-feedback")
        expect(feedback).to_be_visible()
        expect(feedback).to_be_focused()
        expect(feedback).to_contain_text("不正确" if i == 1 else "正确")
    keys.tab_to(quiz.button("交卷"))
    keys.press("Space")
    expect(quiz.result).to_contain_text("合格")
    expect(quiz.result).to_be_focused()

    keys.tab_to(quiz.result.locator(".wq-review-item").nth(1))
    keys.press("Enter")
    expect(cards.nth(1).locator("legend")).to_be_focused()
    keys.tab_to(page.locator("#end .button"))
    keys.press("Enter")
    page.locator(".greeting").wait_for()
    keys.tab_to(page.locator(".nav").get_by_role("link", name="我的"))
    keys.press("Enter")
    expect(page.locator(".results li")).to_contain_text("80%")
    keys.tab_to(page.locator(".nav").get_by_role("link", name="支部"))
    keys.press("Enter")
    after = board_after(page, newcomer.branch_id, before)
    assert after["attempted"] == before["attempted"] + 1
    expect(own_row(page)).to_be_visible()


def test_a_test_says_nothing_until_it_is_submitted(
    newcomer: Person, signed_in: Callable[..., Page], open_quiz: Open
) -> None:
    page = signed_in(newcomer)
    quiz = open_quiz(page, "confined-space")
    count = len(quiz.stems())
    for i in range(count):
        quiz.give(right=i != 2)
        expect(quiz.state).to_have_text("已保存")
        expect(quiz.feedback).to_be_hidden()
        if i + 1 < count:
            quiz.button("下一题").tap()
    look(page, "test-last-question", whole=False)
    time.sleep(0.5)  # 交卷 ignores a tap that was meant for 下一题
    quiz.button("交卷").tap()
    expect(quiz.result).to_contain_text("合格")
    wrong = quiz.result.locator(".wq-review-item.wq-is-wrong")
    expect(wrong).to_have_count(1)
    look(page, "test-result", whole=False)
    wrong.tap()
    expect(quiz.feedback).to_contain_text("解析")
    look(page, "test-review", whole=False)
    quiz.button("返回结果").tap()
    expect(quiz.result).to_be_visible()


def test_an_open_question_is_named_before_submitting(
    newcomer: Person, signed_in: Callable[..., Page], open_quiz: Open
) -> None:
    page = signed_in(newcomer)
    quiz = open_quiz(page, "confined-space")
    for _question in range(len(quiz.stems()) - 1):
        quiz.button("下一题").tap()
    time.sleep(0.5)
    quiz.button("交卷").tap()
    expect(quiz.root.locator(".wq-ask")).to_contain_text(f"{len(quiz.stems())} 题没有作答")
    look(page, "open-questions", whole=False)
    quiz.button("第 3 题").tap()
    expect(quiz.root.locator(".wq-progress")).to_contain_text("第 3 题")


def test_an_english_reader_takes_an_english_lesson(
    newcomer: Person, signed_in: Callable[..., Page], open_quiz: Open, key: dict[str, Key]
) -> None:
    page = signed_in(newcomer, **PHONE | {"locale": "en-GB"})
    page.get_by_role("button", name="English").tap()
    expect(page.get_by_text("lessons done")).to_be_visible()
    quiz = open_quiz(page, "coal-dust")
    count = len(quiz.stems())
    for i in range(count):
        quiz.give(right=i != 0)
        quiz.check("Check")
        expect(quiz.feedback).to_contain_text("Wrong" if i == 0 else "Right")
        if i + 1 < count:
            quiz.button("Next").tap()
    quiz.button("Submit").tap()
    expect(quiz.result).to_contain_text(re.compile("Passed|Not passed"))
    chinese = re.compile("[\u4e00-\u9fff]")
    words = quiz.root.inner_text() + page.locator(".top").inner_text().replace("中文", "")
    assert not chinese.search(bare(words).replace("微课示范课程", "")), words
    page.goto(page.url.partition("/lessons")[0] + "/me")
    expect(page.get_by_role("heading", name="My results")).to_be_visible()


def test_looking_at_a_link_signs_nobody_in(newcomer: Person, phone: Page) -> None:
    phone.goto(newcomer.link)
    host = newcomer.link.partition("/login/")[0]
    assert phone.context.request.get(f"{host}/api/me").status == 401
    phone.goto(host)
    expect(phone.get_by_label("工号")).to_be_visible()

"""A key was wrong: an organizer sees what would change, agrees, and members see what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from weike.quizzes.choice import Choice
from weike.results import tables
from weike.results.catalogue import lesson, publish
from weike.results.store import Store
from weike.results.versions import store_version

from .answers import Key
from .looks import look
from .people import Client, People, Person
from .screens import answer
from .serving import Server

SignIn = Callable[..., Page]
SLUG = "lockout"
BRANCH = "储运党支部"  # in the demo organizer's subtree
DESKTOP = {"viewport": {"width": 1280, "height": 900}, "locale": "zh-CN"}


@pytest.fixture
def own_server(start_server: Callable[..., Server]) -> Server:
    """The key is changed here, so nobody else may learn from it."""
    return start_server()


@pytest.fixture
def own_people(own_server: Server) -> Iterator[People]:
    people = People(own_server)
    yield people
    people.close()


def branch_id(store: Store, name: str) -> str:
    with store.read() as connection:
        query = select(tables.branch.c.id).where(tables.branch.c.name == name)
        return str(connection.execute(query).scalar_one())


def publish_another_key(store: Store) -> str:
    """The lesson again, in which another option of its first choice is right; its stem."""
    version = lesson(store, SLUG)
    assert version is not None
    [quiz] = version.quizzes
    place = next(n for n, one in enumerate(quiz.questions) if one.type == "single")
    question = quiz.questions[place]
    assert isinstance(question, Choice)
    moved = tuple(
        replace(option, right=n == (min(question.key) + 1) % len(question.options))
        for n, option in enumerate(question.options)
    )
    questions = list(quiz.questions)
    questions[place] = replace(question, options=moved)
    mended = replace(quiz, questions=tuple(questions))
    now = datetime.now(UTC)
    store_version(store, replace(version, version="mended", quizzes=(mended,)), now=now)
    publish(store, SLUG, "mended", "command", now)
    return question.stem


def submitted(person: Person, key: dict[str, Key]) -> Any:
    client = Client.of(person)
    attempt = answer(client, SLUG, key, wrong=set())
    return client.call("POST", f"api/attempts/{attempt}/submit", {})


def percent(page: Page) -> int:
    """The member's result of the lesson as `/me` shows it."""
    row = page.locator(".results li", has=page.locator(f"a[href$='{SLUG}']"))
    return int(row.locator(".number").inner_text().split("%")[0])


def test_a_wrong_key_is_found_shown_agreed_to_and_told_to_members(
    own_server: Server, own_people: People, key: dict[str, Key], signed_in: SignIn
) -> None:
    member = own_people.newcomer(branch=branch_id(own_people.store, BRANCH))
    result = submitted(member, key)
    assert result["percent"] == 100
    stem = publish_another_key(own_people.store)

    page = signed_in(own_people.with_role("organizer"))
    page.goto(f"{own_server.url}/organize/quizzes/{SLUG}/{SLUG}")
    page.get_by_role("link", name="题目更正").click()
    expect(page.locator("#published")).to_be_visible()
    look(page, "rescore-found-390")
    page.locator("#why").fill("教材已改版")
    page.locator(".accent button").click()

    expect(page.locator("h1")).to_have_text("会有什么变化")
    expect(page.locator(".keys")).to_contain_text(stem[:6])
    row = page.locator("tbody tr", has_text=member.name)
    expect(row).to_contain_text("100%")
    look(page, "rescore-report-390")
    page.set_viewport_size({"width": 1280, "height": 900})
    look(page, "rescore-report-1280")
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name="就这样判分").click()

    expect(page.locator("h1")).to_have_text("已更正")
    look(page, "rescore-done-390")
    now = int(row.locator(".after").inner_text().split("%")[0])
    assert now < 100
    page.get_by_role("link", name="这个测验的全部题目").click()
    expect(page.locator(".decisions")).to_contain_text("教材已改版")
    assert page.locator("#published").count() == 0

    phone = signed_in(member)
    phone.goto(f"{own_server.url}/me")
    assert percent(phone) == now
    expect(phone.locator(".results")).to_contain_text("题目已更正：教材已改版")
    look(phone, "rescore-me-390")


def test_a_question_is_given_to_everybody_from_a_desktop(
    own_server: Server, own_people: People, key: dict[str, Key], signed_in: SignIn
) -> None:
    member = own_people.newcomer(branch=branch_id(own_people.store, BRANCH))
    submitted(member, key)
    page = signed_in(own_people.with_role("lecturer"), **DESKTOP)
    page.goto(f"{own_server.url}/teach")
    page.locator(f"a[href$='organize/rescore/{SLUG}/{SLUG}']").click()
    first = page.locator(".asked li").first
    first.locator("summary").click()
    look(page, "rescore-open-1280")
    first.get_by_text("全员得分").click()
    first.locator("input[name=because]").fill("题意不清")
    look(page, "rescore-question-1280")
    first.get_by_role("button").click()
    expect(page.locator("h1")).to_have_text("会有什么变化")
    assert member.name not in page.content(), "a lecturer answers for no branch"
    page.get_by_role("button", name="就这样判分").click()
    expect(page.locator("h1")).to_have_text("已更正")
    page.get_by_role("link", name="这个测验的全部题目").click()
    expect(page.locator(".asked li").first).to_contain_text("全员得分")
    look(page, "rescore-decided-1280")

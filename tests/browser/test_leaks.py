"""No key, explanation or telling order reaches a browser before the rules allow."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from weike.quizzes.types import known

from .people import Client, People
from .recorder import Recorder, leaks
from .secrets_course import BEHAVIOURS, LEAK, TYPES, cells, make_course, write_notebook
from .serving import Server, free_port, wait_for

SignIn = Callable[..., Page]
# A notebook outside any course speaks the language of the computer.
SUBMIT = re.compile("^(Submit|交卷)$")
ANYWAY = re.compile("^(Submit all the same|仍要交卷)$")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_course(tmp_path_factory.mktemp("secrets") / "course")


@pytest.fixture(scope="module")
def members(course: Path) -> Iterator[People]:
    with Server(course) as server, closing(People(server)) as people:
        yield people


def fill_in(page: Page) -> None:
    """Answer the first question of each type, well or badly, and stay on the page."""
    quiz = page.locator(".weike-quiz")
    quiz.locator(".wq-stem").first.wait_for(state="attached")
    for card in quiz.locator(".wq-card").all()[: len(TYPES)]:
        if card.locator(".wq-part").count():
            card.locator("label").first.click()  # one of its questions stays unanswered
        elif card.locator("input.wq-field").count():
            card.locator("input.wq-field").first.fill("12")
            card.locator("input.wq-field").first.blur()
        elif card.locator("select").count():
            card.locator("select").first.select_option(index=1)
        elif card.locator(".wq-order-move").count():
            card.locator(".wq-order-move:enabled").first.click()
        elif card.locator("textarea").count():
            card.locator("textarea").fill("A ladder without a foot")
            card.locator("textarea").blur()
        elif not card.locator("label").count():
            continue  # a note asks nothing
        else:
            card.locator("label").first.click()


def settled(page: Page) -> None:
    expect(page.locator(".wq-status").first).to_have_class(re.compile("wq-saved"))
    page.wait_for_timeout(300)


def submit(page: Page) -> None:
    """Hand in with questions unanswered, which the quiz asks about first."""
    page.get_by_role("button", name=SUBMIT).last.click()
    sure = page.get_by_role("button", name=ANYWAY)
    sure.or_(page.locator(".wq-result")).first.wait_for()
    if sure.count():
        sure.first.click()
    page.locator(".wq-result").wait_for()


def test_the_course_of_secrets_has_a_question_of_every_type() -> None:
    assert set(TYPES) == set(known())


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_over_http_no_secret_is_sent_before_the_rules_allow(
    members: People, signed_in: SignIn, behaviour: str
) -> None:
    page = signed_in(members.newcomer(), viewport={"width": 1280, "height": 900})
    recorder = Recorder(page)
    page.goto(f"{members.server.url}/lessons/{behaviour}")
    if behaviour != "practice":  # there an answer releases the feedback
        fill_in(page)
    settled(page)
    recorder.take()
    for other in ("", "me", "branches", "api/me", "api/lessons", "api/branches"):
        page.goto(f"{members.server.url}/{other}", wait_until="networkidle")
        recorder.take()
    page.goto(f"{members.server.url}/lessons/{behaviour}")
    page.locator(".wq-stem").first.wait_for(state="attached")
    assert len(recorder.take()) > 20
    assert leaks(recorder.take()) == []
    if behaviour == "practice":
        return
    submit(page)
    settled(page)
    told = leaks(recorder.take())
    if behaviour == "test":
        assert any("QUOKKA in" in leak for leak in told), "the recorder would have missed a leak"
    else:
        assert told == [], "an exam tells nothing before its close"


def test_practice_tells_of_the_answered_question_and_of_no_other(members: People) -> None:
    client = Client.of(members.newcomer())
    opened = client.call("POST", "api/attempts", {"quiz": "practice/q"})
    item = next(i for i in opened["paper"]["items"] if i["item"] == "blank-1")
    answered = client.call(
        "PUT",
        f"api/attempts/{opened['attempt']}/answers/{item['item']}",
        {"response": ["x"], "event": "e" * 32, "seq": 1, "answered_at": opened["now"]},
    )
    again = client.call("POST", "api/attempts", {"quiz": "practice/q"})
    assert "QUOKKAexplainblank1" in str(answered)
    assert "QUOKKAexplainblank1" in str(again["answers"])
    assert str(again).count("QUOKKAexplain") == 1


def test_neither_place_nor_id_of_an_option_tells_which_is_right(members: People) -> None:
    places: set[int] = set()
    ids: list[str] = []
    for _ in range(24):
        paper = Client.of(members.newcomer()).call("POST", "api/attempts", {"quiz": "test/q"})
        options = next(i for i in paper["paper"]["items"] if i["item"] == "single-1")["options"]
        places.add(["Alpha 1" in option["html"] for option in options].index(True))
        ids += [option["id"] for option in options]
    assert places == {0, 1, 2}
    assert len(set(ids)) == len(ids)


def test_a_leak_planted_in_the_server_is_found(
    tmp_path: Path, new_context: Callable[..., object], signed_in: SignIn
) -> None:
    program = tmp_path / "leaking.py"
    program.write_text(LEAK + "\nfrom weike.cli import main\n\nmain()\n", encoding="utf-8")
    leaking = Server(make_course(tmp_path / "course"), program=(sys.executable, str(program)))
    with leaking as server, closing(People(server)) as people:
        page = signed_in(people.newcomer())
        recorder = Recorder(page)
        page.goto(f"{server.url}/lessons/test")
        page.locator(".wq-stem").first.wait_for(state="attached")
        assert any("QUOKKA in" in leak for leak in leaks(recorder.take()))


@pytest.fixture
def voila(tmp_path: Path) -> Iterator[Callable[[list[str]], str]]:
    """Serve a notebook of these cells with plain Voilà; the page's address."""
    processes: list[subprocess.Popen[bytes]] = []

    def serve(sources: list[str]) -> str:
        notebook = write_notebook(tmp_path / "secrets.ipynb", sources)
        port = free_port()
        command = [sys.executable, "-m", "voila", str(notebook), f"--port={port}", "--no-browser"]
        processes.append(
            subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        )
        wait_for(f"http://127.0.0.1:{port}/voila/static/voila.js", processes[-1])
        return f"http://127.0.0.1:{port}/"

    yield serve
    for process in processes:
        process.terminate()
        process.wait(20)


def open_under_voila(page: Page, url: str) -> Recorder:
    recorder = Recorder(page)
    page.goto(url, timeout=120_000)
    page.locator(".wq-stem").first.wait_for(state="attached", timeout=60_000)
    return recorder


def test_over_the_comm_no_secret_is_sent_before_the_rules_allow(
    voila: Callable[[list[str]], str], new_context: Callable[..., object]
) -> None:
    context = new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page = context.new_page()  # type: ignore[attr-defined]
    recorder = open_under_voila(page, voila(cells("test")))
    fill_in(page)
    settled(page)
    assert any(url.startswith("ws:") for url, _content in recorder.take())
    assert leaks(recorder.take()) == []
    submit(page)
    assert any("QUOKKA in" in leak for leak in leaks(recorder.take()))


def test_a_leak_planted_in_the_kernel_is_found(
    voila: Callable[[list[str]], str], new_context: Callable[..., object]
) -> None:
    page = new_context().new_page()  # type: ignore[attr-defined]
    recorder = open_under_voila(page, voila(cells("test", LEAK)))
    assert any("QUOKKA in" in leak for leak in leaks(recorder.take()))

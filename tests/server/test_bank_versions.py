"""Moving questions between banks and bringing old versions back, as a lecturer does it."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import pytest

from weike.quizzes.bank import load_bank

from .bankpages import BANK, PATH, QUESTION, changed, fields, lesson, send, write
from .client import Answer, Browser
from .conftest import Running, Start

OTHER = "quizzes/other.md"


@pytest.fixture
def running(start: Start) -> Running:
    running = start()
    write(running, PATH, BANK)
    write(running, OTHER, "## 丙？ {#other-1}\n- [x] 是\n- [ ] 否\n")
    return running


def hidden(page: Answer, *, form: int = 0) -> list[tuple[str, str]]:
    """The hidden fields of a form of the page, but for the token."""
    text = page.text.split('method="post"')[form + 1].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', text)
    return [(name, html.unescape(value)) for name, value in found if name != "_xsrf"]


def ids(running: Running, path: str) -> list[str]:
    return [one.id for one in load_bank(running.course.root / path)]


def look(browser: Browser, *items: str, to: str = OTHER, **more: str) -> Answer:
    sent = [("item", f"{PATH}:{item}") for item in items]
    return send(browser, "/teach/bank/move", sent, to=to, act="look", **more)


def test_ticked_questions_are_moved_after_their_lessons_were_named(running: Running) -> None:
    lesson(running, "%%quiz q1\n---\nbank: 消防.md\ndraw: 1\n---\n")
    browser = running.signed_in("L01")
    assert f'value="{PATH}:fire-001"' in browser.get("/teach/bank").text
    item = quote(f"{PATH}:fire-001")
    assert "用题库的微课" in browser.get(f"/teach/bank/move?item={item}").text
    page = look(browser, "fire-001", "fire-002")
    assert page.status == 200
    assert 'name="agreed"' in page.text
    assert "2 道题会移到 other.md" in page.text
    assert ids(running, OTHER) == ["other-1"], "nothing is written before it is agreed to"
    refused = send(browser, "/teach/bank/move", hidden(page), act="go")
    assert (refused.status, ids(running, OTHER)) == (400, ["other-1"])
    done = send(browser, "/teach/bank/move", hidden(page), act="go", agreed="1")
    assert done.status == 303, done.text
    assert ids(running, OTHER) == ["other-1", "fire-001", "fire-002"]
    assert ids(running, PATH) == ["fire-003"]
    again = send(browser, "/teach/bank/move", hidden(page), act="go", agreed="1")
    assert again.status == 400
    kept = look(browser, "fire-003")
    assert (kept.status, "用题库的微课" in kept.text) == (400, True), "the lesson needs one"
    # What was moved can be changed there, and its versions are those of both banks.
    moved = QUESTION.replace(quote(PATH), quote(OTHER))
    sent = changed(fields(browser.get(moved)), "stem", "先做什么？")
    assert send(browser, "/teach/bank/question", sent, act="save").status == 303
    assert browser.get(moved).text.count("/teach/bank/versions?") == 1


def test_all_that_was_found_is_copied_into_a_new_bank(running: Running) -> None:
    browser = running.signed_in("L01")
    page = browser.get("/teach/bank/move?all=1&bank=" + quote(PATH))
    assert len([one for one in hidden(page) if one[0] == "item"]) == 3
    looked = send(
        browser, "/teach/bank/move", hidden(page), to="", name="新的", way="copy", act="look"
    )
    assert "3 道题会复制到 新的.md" in looked.text
    stale = [(n, "0" if n == "seen" else v) for n, v in hidden(looked)]
    assert send(browser, "/teach/bank/move", stale, act="go").status == 409
    assert send(browser, "/teach/bank/move", hidden(looked), act="go").status == 303
    assert len(ids(running, "quizzes/新的.md")) == 3
    assert len(ids(running, PATH)) == 3
    for name in ("../x", "", "weike/x"):
        assert look(browser, "fire-001", to="", name=name).status == 400


def test_a_question_and_a_bank_come_back_as_they_were(running: Running) -> None:
    browser = running.signed_in("L01")
    sent = changed(fields(browser.get(QUESTION)), "stem", "改过的？")
    assert send(browser, "/teach/bank/question", sent, act="save").status == 303
    (link,) = re.findall(
        r'href="(/teach/bank/versions[^"]*item=[^"]*)"', browser.get(QUESTION).text
    )
    page = browser.get(html.unescape(link))
    assert re.search(r'class="less">- ## 改过的？', page.text)
    done = send(browser, "/teach/bank/versions", hidden(page))
    assert done.status == 303, done.text
    assert browser.get(done.location).status == 200
    assert (running.course.root / PATH).read_text("utf-8") == BANK
    listed = browser.get(f"/teach/bank/versions?bank={quote(PATH)}")
    links = re.findall(r'href="(/teach/bank/versions[^"]*version=[^"]*)"', listed.text)
    assert len(links) == 2
    changed_then = browser.get(html.unescape(links[0]))
    assert "改过的？" in changed_then.text
    stale = [(n, "0" if n == "seen" else v) for n, v in hidden(changed_then)]
    assert send(browser, "/teach/bank/versions", stale).status == 409
    assert send(browser, "/teach/bank/versions", hidden(changed_then)).status == 303
    assert "改过的？" in (running.course.root / PATH).read_text("utf-8")

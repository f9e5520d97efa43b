"""Correcting a question in the browser: look, agree, done."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from weike.quizzes.formats import markdown
from weike.quizzes.quiz import QuizDefinition
from weike.results.catalogue import publish
from weike.results.tables import audit, grade, rescoring
from weike.results.versions import LessonVersion, store_version

from .client import Answer
from .conftest import Running, Start
from .course import QUIZ

PATH = "/organize/rescore/fire/fire"
MENDED = QUIZ.replace("[x] 提起灭火器", "[ ] 提起灭火器").replace(
    "[ ] 拔掉保险销", "[x] 拔掉保险销"
)


def answered(running: Running, code: str) -> None:
    """One who is right by the first key."""
    browser = running.signed_in(code)
    opened = browser.post("/api/attempts", {"quiz": "fire/fire"}).json
    first = next(one for one in opened["paper"]["items"] if one["item"] == "first")
    picked = next(one["id"] for one in first["options"] if "提起" in one["html"])
    attempt = opened["attempt"]
    body = {"response": picked, "event": f"event-{code}-0001", "seq": 1}
    body |= {"answered_at": opened["now"]}
    saved = browser.ask("PUT", f"/api/attempts/{attempt}/answers/first", data=body)
    assert saved.json["saved"]
    assert browser.post(f"/api/attempts/{attempt}/submit", {}).json["score"] == 1


def mend(running: Running) -> None:
    """The lesson is published again with another key."""
    bank = markdown.loads(MENDED, source="fire.md")
    quiz = QuizDefinition(
        id="fire", title="灭火器小测", rules=bank.rules, questions=tuple(bank.questions)
    )
    now = datetime.now(UTC) - timedelta(seconds=1)
    version = LessonVersion(
        slug="fire", version="f2", title="灭火器", topic="消防", minutes=5, language="zh-CN",
        kind="light", body_html="<p>x</p>", quizzes=(quiz,), order=1,
    )  # fmt: skip
    store_version(running.store, version, now=now)
    publish(running.store, "fire", "f2", "command", now)


@pytest.fixture
def running(start: Start) -> Running:
    running = start()
    for code in ("M01", "M02", "M09"):
        answered(running, code)
    mend(running)
    return running


def fields(page: Answer) -> dict[str, str]:
    """The hidden fields of the last form on a page."""
    form = page.text.rpartition("<form")[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found if name != "_xsrf"}


def scores(running: Running) -> list[float]:
    with running.store.read() as connection:
        return list(connection.execute(select(grade.c.score)).scalars())


def test_nothing_happens_before_what_would_change_was_shown_and_agreed_to(
    running: Running,
) -> None:
    boss = running.signed_in("A01")
    page = boss.get(PATH)
    assert "提起灭火器" in page.text
    assert "拔掉保险销" in page.text
    asked = boss.form(PATH, action="key", because="教材改了")
    assert asked.status == 200
    assert "学员一" in asked.text
    assert scores(running) == [1, 1, 1]
    sure = fields(asked)
    assert sure["sure"] == "1"
    done = boss.form(PATH, **sure)
    assert done.status == 303
    assert scores(running) == [0, 0, 0]
    told = boss.get(done.location)
    assert "学员一" in told.text
    assert "教材改了" in told.text
    rows = boss.get(f"{done.location}&format=json").json["sheets"]["results"]["rows"]
    assert [(row["code"], row["before"], row["after"]) for row in rows] == [
        ("M09", 0.5, 0), ("M01", 0.5, 0), ("M02", 0.5, 0),
    ]  # fmt: skip
    again = boss.form(PATH, **sure)
    assert again.status == 400
    assert scores(running) == [0, 0, 0]
    member = running.signed_in("M01")
    assert member.post("/api/attempts", {"quiz": "fire/fire"}).json["result"]["score"] == 0
    assert "教材改了" in member.get("/me").text
    assert "教材改了" not in running.signed_in("M03").get("/me").text


def test_what_was_agreed_to_is_what_is_done(running: Running) -> None:
    boss, other = running.signed_in("A01"), running.signed_in("L01")
    sure = fields(boss.form(PATH, action="key", because="教材改了"))
    dropped = fields(other.form(PATH, action="drop", item="first", because="图错了"))
    assert other.form(PATH, **dropped).status == 303
    refused = boss.form(PATH, **sure)
    assert refused.status == 400
    with running.store.read() as connection:
        assert [row.action for row in connection.execute(select(rescoring))] == ["drop"]


def test_names_are_shown_to_those_who_answer_for_them_and_the_look_is_recorded(
    running: Running,
) -> None:
    def seen(code: str) -> str:
        browser = running.signed_in(code)
        browser.get(PATH)
        return browser.form(PATH, action="key", because="教材改了").text

    def looks() -> int:
        with running.store.read() as connection:
            found = connection.execute(select(audit).where(audit.c.act == "looked at rescoring"))
            return len(found.all())

    lecturers = seen("L01")
    assert "学员一" not in lecturers
    assert "学员九" not in lecturers
    assert looks() == 0
    organizers = seen("O01")
    assert "学员一" in organizers
    assert "学员九" not in organizers, "of another subtree"
    assert looks() == 1


def test_what_cannot_be_done_is_said_on_the_page(running: Running) -> None:
    boss = running.signed_in("A01")
    for asked in (
        {"action": "key", "because": " "},
        {"action": "full", "because": "图错了"},
        {"action": "full", "item": "none", "because": "图错了"},
        {"action": "lift", "item": "first", "because": "图错了"},
    ):
        answer = boss.form(PATH, **asked)
        assert answer.status == 400
        assert 'role="alert"' in answer.text
    assert scores(running) == [1, 1, 1]

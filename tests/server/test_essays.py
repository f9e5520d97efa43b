"""Marking essays in the browser."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select

from weike.quizzes.formats import markdown
from weike.quizzes.quiz import QuizDefinition
from weike.results.catalogue import publish
from weike.results.tables import audit, mark
from weike.results.versions import LessonVersion, store_version

from .client import Answer, Browser
from .conftest import Running, Start

PATH = "/teach/essays/risk/risk"
QUIZ = """---
title: 隐患反思
behaviour: test
---

## 说说你们班组的隐患。 {#e1 type=essay points=8}

> 要写到人、机、环、管。
"""
SAID = {"M01": "皮带护栏<b>松动</b>，\n已报修。", "M02": "没有隐患。", "L01": "照明不足。"}


def answered(running: Running, code: str) -> None:
    browser = running.signed_in(code)
    opened = browser.post("/api/attempts", {"quiz": "risk/risk"}).json
    body = {"response": SAID[code], "event": f"event-{code}-0001", "seq": 1}
    body |= {"answered_at": opened["now"]}
    path = f"/api/attempts/{opened['attempt']}"
    assert browser.ask("PUT", f"{path}/answers/e1", data=body).json["saved"]
    assert browser.post(f"{path}/submit", {}).json["pending"] == 1


@pytest.fixture
def running(start: Start) -> Running:
    running = start()
    bank = markdown.loads(QUIZ, source="risk.md")
    quiz = QuizDefinition(
        id="risk", title="隐患反思", rules=bank.rules, questions=tuple(bank.questions)
    )
    now = datetime.now(UTC) - timedelta(seconds=1)
    version = LessonVersion(
        slug="risk", version="r1", title="隐患", topic="安全", minutes=5, language="zh-CN",
        kind="light", body_html="<p>x</p>", quizzes=(quiz,), order=2,
    )  # fmt: skip
    store_version(running.store, version, now=now)
    publish(running.store, "risk", "r1", "command", now)
    for code in SAID:
        answered(running, code)
    return running


def fields(page: Answer) -> dict[str, str]:
    """The hidden fields of the form for the points."""
    form = page.text.partition('class="form card marking"')[2].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found if name != "_xsrf"}


def names_in(page: Answer) -> list[str]:
    return re.findall(r"学员[一二三]|M0\d", page.text)


def test_answers_come_without_names_and_one_after_the_other(running: Running) -> None:
    lecturer = running.signed_in("L01")
    page = lecturer.get("/teach/essays")
    assert page.status == 200
    assert "2 份待批改" in page.text
    assert "您自己的 1 份由他人批改" in page.text
    seen = []
    for points in ("6", "７．５ 分"):
        page = lecturer.get(PATH)
        assert names_in(page) == []
        assert "要写到人、机、环、管。" in page.text
        seen.append(next(text for text in SAID.values() if html.escape(text) in page.text))
        sent = lecturer.form(PATH, **fields(page), points=points, remark="再写一条措施")
        assert sent.status == 303
    assert sorted(seen) == sorted([SAID["M01"], SAID["M02"]])
    assert lecturer.get(PATH).location == "/teach/essays?saved=all"
    assert "已批改 2 份" in lecturer.get("/teach/essays").text
    assert "都批改完了" in lecturer.get("/teach/essays?saved=all").text
    with running.store.read() as connection:
        rows = connection.execute(select(mark.c.points, mark.c.remark).order_by(mark.c.id)).all()
    assert [tuple(row) for row in rows] == [(6.0, "再写一条措施"), (7.5, "再写一条措施")]


def test_members_see_that_it_waits_and_then_points_and_remark(running: Running) -> None:
    member, lecturer = running.signed_in("M01"), running.signed_in("L01")
    waiting = member.get("/me").text
    assert "待批改" in waiting
    assert "简答题批改结果" not in waiting
    for _n in range(2):
        page = lecturer.get(PATH)
        lecturer.form(PATH, **fields(page), quick="8", remark="<i>好</i>")
    told = member.get("/me").text
    assert "待批改" not in told
    assert "8 / 8 分" in told
    assert "&lt;i&gt;好&lt;/i&gt;" in told
    result = member.post("/api/attempts", {"quiz": "risk/risk"}).json["result"]
    assert (result["score"], result["pending"]) == (8, 0)
    assert result["items"][0]["feedback"]["remark"] == "<i>好</i>"


def test_wrong_points_are_said_and_nothing_is_lost(running: Running) -> None:
    lecturer = running.signed_in("L01")
    page = lecturer.get(PATH)
    again = lecturer.form(PATH, **fields(page), points="九", remark="写得认真")
    assert again.status == 400
    assert "0 到 8" in again.text
    assert "写得认真" in again.text
    assert 'value="九"' in again.text


def test_of_two_who_mark_at_once_the_second_is_told(running: Running) -> None:
    first, second = running.signed_in("L01"), running.signed_in("A01")
    page = first.get(PATH)
    sent = fields(page)
    assert first.form(PATH, **sent, points="3").status == 303
    late = second.form(PATH, **sent, points="5", remark="晚了一步")
    assert late.status == 409
    assert "3 分" in late.text
    assert "晚了一步" in late.text
    # Having seen it, the second may decide otherwise.
    assert second.form(PATH, **fields(late), points="5").status == 303


def test_a_name_is_shown_only_on_request_and_the_look_is_recorded(running: Running) -> None:
    lecturer = running.signed_in("L01")
    page = lecturer.get(PATH)
    shown = lecturer.form(PATH, **fields(page), act="who")
    assert shown.status == 200
    assert set(names_in(shown)) & {"学员一", "学员二"}
    with running.store.read() as connection:
        acts = connection.execute(
            select(audit.c.act).where(audit.c.act == "looked at who answered")
        ).all()
    assert len(acts) == 1


def test_nobody_reaches_their_own_answer(running: Running) -> None:
    lecturer, boss = running.signed_in("L01"), running.signed_in("A01")
    mine = None
    after = ""
    for _n in range(3):
        page = boss.get(f"{PATH}?after={quote(after)}")
        sent = fields(page)
        if html.escape(SAID["L01"]) in page.text:
            mine = sent
        after = f"{sent['item']} {sent['attempt']}"
    assert mine is not None
    assert lecturer.get(f"{PATH}?attempt={mine['attempt']}&item=e1").status == 404
    refused = lecturer.form(PATH, **mine, points="8")
    assert refused.status == 404
    with running.store.read() as connection:
        assert connection.execute(select(mark)).all() == []


def test_a_mark_can_be_changed_from_the_list_of_marked_ones(running: Running) -> None:
    lecturer = running.signed_in("L01")
    page = lecturer.get(PATH)
    lecturer.form(PATH, **fields(page), points="2", remark="太短")
    listed = lecturer.get(f"{PATH}?marked=1").text
    (link,) = re.findall(r'href="([^"]*attempt=[^"]*)"', listed)
    again = lecturer.get(html.unescape(link))
    assert 'value="2"' in again.text
    assert "太短" in again.text
    assert lecturer.form(PATH, **fields(again), points="4").status == 303
    with running.store.read() as connection:
        points = connection.execute(select(mark.c.points).order_by(mark.c.id)).scalars().all()
    assert points == [2.0, 4.0]


def test_members_and_organizers_mark_nothing(running: Running) -> None:
    for code in ("M01", "O01"):
        browser: Browser = running.signed_in(code)
        assert browser.get("/teach/essays").status == 403
        assert browser.get(PATH).status == 403
        assert browser.form(PATH, attempt="x", item="e1", points="8").status == 403

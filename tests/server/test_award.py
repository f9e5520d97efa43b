"""Being named among the best is each member's own choice, and only where the course offers it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from weike.results import tables
from weike.results.awarding import rankings
from weike.results.people import find_member

from .client import Browser
from .conftest import Running, Start

OFFERED = "[award]\npersons = true\nposted_days = 1\n"


def agree(browser: Browser, answer: str) -> int:
    return browser.form("/me/award", agree=answer).status


def test_a_course_that_names_nobody_does_not_ask(running: Running) -> None:
    page = running.signed_in("M01")
    assert "me/award" not in page.get("/me").text
    assert agree(page, "1") == 404


def test_a_member_agrees_and_takes_it_back_on_the_own_page(start: Start) -> None:
    running = start(OFFERED)
    page = running.signed_in("M01")
    assert "我同意" in page.get("/me").text
    assert agree(page, "1") == 303
    assert "收回同意" in page.get("/me?saved=award").text
    assert "我同意" in running.signed_in("M02").get("/me").text, "each decides alone"
    assert agree(page, "0") == 303
    assert "我同意" in page.get("/me").text


def test_a_named_person_disappears_from_every_page_with_the_consent(start: Start) -> None:
    running = start(OFFERED)
    store, now = running.store, datetime.now(UTC)
    page, other = running.signed_in("M01"), running.signed_in("M06")
    assert agree(page, "1") == 303
    ranking = rankings.draft(store, period=None, by="command", now=now)
    rankings.post(store, ranking, by="command", now=now)
    store.writer.run(
        lambda c: c.execute(update(tables.ranking_event).values(until=now - timedelta(hours=1)))
    )
    rankings.approve(store, ranking, by="command", now=now)
    best = find_member(store, code="M01", now=now)
    assert best is not None
    row = {"ranking_id": ranking, "level": 2, "member_id": best.id, "kept": False}
    row |= {"at": now, "by": "command"}
    store.writer.run(lambda c: c.execute(tables.flag.insert().values(**row)))
    for path in ("/rankings", f"/rankings/{ranking}"):
        assert "学员一" in other.get(path).text
    assert agree(page, "0") == 303
    for path in ("/rankings", f"/rankings/{ranking}", "/rankings?format=csv"):
        assert "学员一" not in other.get(path).text

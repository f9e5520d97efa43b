"""Lessons on paper: members get no answer and no exam question; who printed answers is recorded."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from weike.results import tables
from weike.results.catalogue import lesson, publish
from weike.results.reporting import printing
from weike.results.versions import store_version
from weike.server import printshop

from .conftest import Running

DOCUMENTS = ["outline", "handout"]
WITH_KEY = ["outline", "handout", "handout-key", "paper", "paper-key"]


@pytest.fixture
def drawn(running: Running, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was drawn, without a browser; of the tests before, no copy is kept."""
    pages: list[str] = []
    running.server.site.printshop._kept.clear()

    def pdf(html: str, *, footer: str = "") -> bytes:
        pages.append(html)
        return f"%PDF {footer}".encode()

    monkeypatch.setattr(printing, "pdf", pdf)
    return pages


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_member_prints_a_lesson_without_its_key(
    running: Running, drawn: list[str], name: str
) -> None:
    answer = running.signed_in("M04").get(f"/lessons/fire/print/{name}.pdf")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    (html,) = drawn
    assert 'class="keys"' not in html
    assert 'class="bubble"' not in html


@pytest.mark.parametrize("name", ["handout-key", "paper", "paper-key", "../handout"])
def test_a_member_has_no_way_to_a_key_or_a_paper(
    running: Running, drawn: list[str], name: str
) -> None:
    member = running.signed_in("M04")
    assert member.get(f"/lessons/fire/print/{name}.pdf").status == 404
    assert member.get(f"/teach/lessons/fire/print/{name}.pdf").status in (403, 404)
    assert drawn == []


def test_a_test_is_not_printed_for_members_before_or_after_it(
    running: Running, drawn: list[str]
) -> None:
    store = running.store
    found = lesson(store, "fire")
    assert found is not None
    (quiz,) = found.quizzes
    stem = quiz.questions[0].stem
    exam = replace(quiz, rules=replace(quiz.rules, behaviour="exam", draw=None))
    store_version(store, replace(found, version="exam1", quizzes=(exam,), media={}))
    publish(store, "fire", "exam1", "command")
    try:
        member, lecturer = running.signed_in("M04"), running.signed_in("L01")
        assert member.get("/lessons/fire/print/handout.pdf").status == 200
        assert lecturer.get("/teach/lessons/fire/print/handout.pdf").status == 200
    finally:
        publish(store, "fire", found.version, "command")
    for_member, for_lecturer = drawn
    assert stem[:4] not in for_member.partition("<body>")[2]
    assert stem[:4] in for_lecturer


@pytest.mark.parametrize("name", WITH_KEY)
def test_a_lecturer_prints_everything_and_answers_are_recorded(
    running: Running, drawn: list[str], name: str
) -> None:
    answer = running.signed_in("L01").get(f"/teach/lessons/fire/print/{name}.pdf?variant=B")
    assert answer.status == 200, answer.text
    (html,) = drawn
    assert ('class="keys"' in html) is name.endswith("-key")
    assert ('class="bubble"' in html) is name.startswith("paper")
    audit = tables.audit
    with running.store.read() as connection:
        seen = connection.execute(
            select(audit.c.detail).where(audit.c.act == "printed answers")
        ).scalars()
        kinds = {row["document"] for row in seen}
    if name.endswith("-key"):
        assert name.partition("-")[0] in kinds


def test_the_lecturers_page_offers_every_document(running: Running, drawn: list[str]) -> None:
    lecturer = running.signed_in("L01")
    page = lecturer.get("/teach/lessons/fire").text
    for name in WITH_KEY:
        assert f"/teach/lessons/fire/print/{name}.pdf" in page
        assert f"/teach/lessons/fire/print/{name}/" in page
    read = running.signed_in("M04").get("/lessons/fire").text
    assert "/lessons/fire/print/handout.pdf" in read
    assert "/lessons/fire/print/handout/" in read


@pytest.fixture
def two_pages(running: Running, drawn: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What pictures are made of, without PDFium."""
    monkeypatch.setattr(printshop, "page_pictures", lambda pdf: [b"\x89PNG 1", b"\x89PNG 2"])


def test_pages_are_kept_as_pictures_one_after_the_other(
    running: Running, drawn: list[str], two_pages: None
) -> None:
    member = running.signed_in("M04")
    page = member.get("/lessons/fire/print/handout/")
    assert re.findall(r'<img src="([^"]+)"', page.text) == ["1.png", "2.png"]
    assert "handout-key" not in page.text
    picture = member.get("/lessons/fire/print/handout/2.png")
    assert (picture.status, picture.headers["Content-Type"]) == (200, "image/png")
    assert picture.body == b"\x89PNG 2"
    assert picture.headers["Content-Disposition"].startswith("inline")
    assert member.get("/lessons/fire/print/handout/3.png").status == 404
    (html,) = drawn  # once for all of them
    assert "90mm 160mm" in html
    assert 'class="keys"' not in html


def test_pictures_of_a_paper_are_of_the_same_paper_and_answers_are_recorded(
    running: Running, drawn: list[str], two_pages: None
) -> None:
    lecturer = running.signed_in("L01")
    page = lecturer.get("/teach/lessons/fire/print/paper-key/?quiz=fire&variant=B").text
    assert "1.png?quiz=fire&amp;variant=B" in page
    address = "/teach/lessons/fire/print/paper-key/2.png?quiz=fire&variant=B"
    assert lecturer.get(address).status == 200
    assert len(drawn) == 1
    audit = tables.audit
    with running.store.read() as connection:
        last = connection.execute(
            select(audit.c.detail)
            .where(audit.c.act == "printed answers")
            .order_by(audit.c.id.desc())
            .limit(1)
        ).scalar_one()
    assert last == {"document": "paper", "page": 2}

"""Files for organizers and members: drawn once, about the right people, and recorded."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from weike.results import tables
from weike.results.people import branches
from weike.results.reporting import printing
from weike.server.printshop import PrintShop

from .conftest import Running


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was drawn, without a browser."""
    pages: list[str] = []

    def pdf(html: str, *, footer: str = "") -> bytes:
        pages.append(html)
        return f"%PDF {footer}".encode()

    monkeypatch.setattr(printing, "pdf", pdf)
    return pages


def printed(*tasks: Callable[[PrintShop], Any]) -> list[bytes]:
    async def printing() -> list[bytes]:
        shop = PrintShop()
        try:
            return list(await asyncio.gather(*(task(shop) for task in tasks)))
        finally:
            shop.close()

    return asyncio.run(printing())


def test_the_same_page_is_drawn_once_even_for_two_at_once(drawn: list[str]) -> None:
    made = printed(
        lambda shop: shop.pdf("<p>甲", footer="10:00"),
        lambda shop: shop.pdf("<p>甲", footer="10:05"),
        lambda shop: shop.pdf("<p>乙", footer="10:05"),
    )
    assert drawn == ["<p>甲", "<p>乙"]
    assert made == [b"%PDF 10:00", b"%PDF 10:00", b"%PDF 10:05"]


def test_copies_are_kept_only_as_long_as_there_is_room(
    drawn: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weike.server.printshop._MOST", 11)  # two copies of five bytes
    pages = ["1", "2", "1", "3", "1", "2"]
    printed(*(lambda shop, page=page: shop.pdf(page, footer="") for page in pages))
    assert drawn == ["1", "2", "3", "2"]  # 2 was asked for longest ago when 3 came


@pytest.fixture
def drawn_anew(running: Running, drawn: list[str]) -> list[str]:
    """Another file may have asked this server for the same pages before."""
    running.server.site.printshop._kept.clear()
    return drawn


def entries(running: Running) -> list[tuple[str, str]]:
    with running.store.read() as connection:
        rows = connection.execute(select(tables.audit).order_by(tables.audit.c.id)).all()
    return [(row.act, row.subject) for row in rows]


def the_id(running: Running, name: str) -> str:
    return next(one.id for one in branches(running.store) if one.name == name)


def book_of(body: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(body))


def test_the_workbook_without_names_looks_at_nobody_and_the_one_with_names_is_recorded(
    running: Running,
) -> None:
    organizer, branch = running.signed_in("O01"), the_id(running, "储运党支部")
    before = len(entries(running))
    plain = organizer.get(f"/organize/files/figures.xlsx?branch={branch}")
    every = [
        str(cell.value) for page in book_of(plain.body) for row in page.iter_rows() for cell in row
    ]
    assert [text for text in every if "学员" in text and "一" in text[-1:]] == []
    assert len(entries(running)) == before
    named = organizer.get(f"/organize/files/figures.xlsx?branch={branch}&names=1")
    assert "学员一" in [row[1].value for row in book_of(named.body)["未完成人员"].iter_rows()]
    assert entries(running)[before:] == [("looked at unfinished", branch)]


def test_every_training_record_of_a_branch_is_a_look_at_its_people(
    running: Running, drawn_anew: list[str]
) -> None:
    organizer, branch = running.signed_in("O01"), the_id(running, "储运党支部")
    before = len(entries(running))
    for name in ("training.xlsx", "sessions.pdf", "records.pdf"):
        assert organizer.get(f"/organize/files/{name}?branch={branch}").status == 200
    assert entries(running)[before:] == [("looked at training", branch)] * 3
    assert "学员一" in drawn_anew[-1]
    assert "学员六" not in drawn_anew[-1]  # of another branch


def test_a_member_gets_the_own_record_and_nothing_else(
    running: Running, drawn_anew: list[str]
) -> None:
    member = running.signed_in("M02")
    body = member.get("/me/training?format=pdf").body
    assert body.startswith(b"%PDF")
    assert "学员二" in drawn_anew[-1]
    assert [name for name in ("学员一", "学员三") if name in drawn_anew[-1]] == []

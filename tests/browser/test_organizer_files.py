"""An organizer takes files along; what stands in them is what the pages show."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader
from sqlalchemy import select

from weike.results import tables

from .answers import Key
from .looks import look
from .people import Client, People, Person
from .screens import answer
from .serving import Server

SignIn = Callable[..., Page]
SLUG = "lockout"
BRANCH = "储运党支部"  # in the demo organizer's subtree
FOREIGN = "后勤党支部"  # in another


def branch_id(people: People, name: str) -> str:
    with people.store.read() as connection:
        query = select(tables.branch.c.id).where(tables.branch.c.name == name)
        return str(connection.execute(query).scalar_one())


@pytest.fixture
def learned(people: People, key: Mapping[str, Key]) -> Person:
    """Somebody of the branch has submitted a lesson."""
    person = people.newcomer(branch=branch_id(people, BRANCH))
    client = Client.of(person)
    attempt = answer(client, SLUG, key, wrong={0})
    client.call("POST", f"api/attempts/{attempt}/submit", {})
    return person


@pytest.fixture
def files(people: People, signed_in: SignIn, served_course: Server, learned: Person) -> Page:
    """The page of the files, as the organizer finds it from the start page."""
    page = signed_in(people.with_role("organizer"))
    page.locator("nav a[href$='/organize']").first.click()
    page.locator(".areas a[href*='/organize/files']").click()
    expect(page.locator("main h1")).to_have_text("文件")
    page.locator("#branch").select_option(branch_id(people, BRANCH))
    page.wait_for_url("**branch=*")
    return page


def downloaded(page: Page, door: Locator, folder: Path) -> Path:
    with page.expect_download(timeout=60_000) as waiting:
        door.click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def rows(sheet: Any) -> list[dict[str, Any]]:
    header, *found = ([cell.value for cell in row] for row in sheet.iter_rows())
    return [dict(zip(header, row, strict=True)) for row in found]


def test_the_workbook_holds_the_numbers_of_the_screen(
    files: Page, people: People, served_course: Server, tmp_path: Path, learned: Person
) -> None:
    look(files, "organizer-files")
    file = downloaded(files, files.locator("a[href*='figures.xlsx']").first, tmp_path)
    assert file.name.startswith(f"支部学习数据-{BRANCH}-")
    book = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))
    assert "未完成人员" not in book.sheetnames
    [own, *_rest] = rows(book["支部"])
    assert own["支部"].endswith(BRANCH)

    files.goto(f"{served_course.url}/organize?branch={branch_id(people, BRANCH)}")
    tiles = files.locator(".tiles").first.inner_text()
    assert f"{100 * own['完成率']:.0f}%" in tiles
    shown = files.request.get(
        f"{served_course.url}/organize?branch={branch_id(people, BRANCH)}&format=json"
    ).json()["rows"][0]
    assert own["完成率"] == shown["completion"] > 0
    assert own["平均分"] == shown["mean"] > 0
    assert own["人数"] == shown["members"]
    assert own["未学完"] == shown["unfinished"]


def test_a_workbook_with_names_is_a_look_at_them_and_recorded(
    files: Page, people: People, tmp_path: Path
) -> None:
    file = downloaded(files, files.locator("a[href*='figures.xlsx'][href*='names=1']"), tmp_path)
    book = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))
    assert len(rows(book["未完成人员"])) > 10
    acts = select(tables.audit).where(tables.audit.c.act == "looked at unfinished")
    with people.store.read() as connection:
        entries = connection.execute(acts).all()
    assert [
        one
        for one in entries
        if one.subject == branch_id(people, BRANCH) and one.detail.get("file") == "figures.xlsx"
    ]


def test_the_report_is_a_pdf_in_chinese_about_the_branch(files: Page, tmp_path: Path) -> None:
    file = downloaded(files, files.locator("a[href*='report.pdf']").first, tmp_path)
    assert file.name.startswith(f"支部学习报告-{BRANCH}-")
    reader = PdfReader(file)
    text = unicodedata.normalize("NFKC", reader.pages[0].extract_text())
    assert "支部学习报告" in text
    assert BRANCH in text
    assert reader.metadata is not None
    assert str(reader.metadata.title).startswith("支部学习报告")


def test_the_training_record_names_who_took_part_and_leaves_room_to_sign(
    files: Page, learned: Person, tmp_path: Path
) -> None:
    file = downloaded(files, files.locator("a[href*='sessions.pdf']"), tmp_path)
    pages = [unicodedata.normalize("NFKC", page.extract_text()) for page in PdfReader(file).pages]
    assert [page for page in pages if learned.name in page and "本人签名" in page]
    book = openpyxl.load_workbook(
        downloaded(files, files.locator("a[href*='training.xlsx']"), tmp_path)
    )
    found = [row for row in rows(book["个人明细"]) if row["工号"] == learned.code]
    assert [(row["第几次"], row["结果"]) for row in found] == [(1, "合格")]


def test_a_poster_leads_a_phone_to_the_lesson(files: Page, served_course: Server) -> None:
    address = files.locator(f"a[href*='posters/{SLUG}.png']").get_attribute("href")
    made = files.request.get(f"{served_course.url}{address}", timeout=60_000)
    with Image.open(io.BytesIO(made.body())) as image:
        assert image.size == (1080, 1920)
        [code] = zxingcpp.read_barcodes(image.convert("L"))
    assert code.text == f"{served_course.url}/lessons/{SLUG}"
    words = files.locator(".posters li", has=files.locator(f"a[href*='posters/{SLUG}.png']"))
    words.locator("summary").click()
    assert code.text in words.locator("textarea").input_value()


def test_files_about_another_subtree_are_not_there(
    files: Page, people: People, served_course: Server
) -> None:
    other = branch_id(people, FOREIGN)
    for name in ("", "/figures.xlsx", "/report.pdf", "/training.xlsx", "/records.pdf"):
        address = f"{served_course.url}/organize/files{name}?branch={other}"
        assert files.request.get(address).status == 404


def test_members_read_and_keep_their_own_training_record(
    signed_in: SignIn, learned: Person, tmp_path: Path
) -> None:
    page = signed_in(learned)
    page.locator("nav a[href$='/me']").first.click()
    page.locator("a[href$='/me/training']").click()
    expect(page.locator("main h1")).to_have_text("培训档案")
    expect(page.locator(".results li")).to_have_count(1)
    expect(page.locator(".results")).to_contain_text("合格")
    look(page, "my-training")
    file = downloaded(page, page.locator("a[href$='format=pdf']"), tmp_path)
    text = unicodedata.normalize("NFKC", PdfReader(file).pages[0].extract_text())
    assert learned.name in text
    assert "本人签名" in text

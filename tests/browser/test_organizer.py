"""An organizer's job, from the sign-in to the workbook that goes to the manager."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from weike.quizzes.course import load_course
from weike.results.people import branches
from weike.results.store import open_store

from .conftest import DESKTOP, PHONE, Context
from .looks import look
from .serving import Server

TOP, CHILDREN = "生产党总支", ["储运党支部", "洗选一车间党支部", "洗选二车间党支部"]
FOREIGN = "机修党支部"


@pytest.fixture(scope="module")
def busy(busy_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("busy") / "course"
    with Server(shutil.copytree(busy_course, root), options=("--no-publish",)) as server:
        yield server


@pytest.fixture
def organizer(busy: Server, new_context: Context) -> Callable[..., Page]:
    """A page on a phone (or another device) where the organizer of one subtree has signed in."""

    def sign_in(**device: object) -> Page:
        page = new_context(**device, accept_downloads=True).new_page()
        page.goto(busy.links[2])
        page.locator("form button[type=submit]").click()
        page.locator(".greeting").wait_for()
        page.locator(".nav").get_by_role("link", name="管理").click()
        expect(page.locator("h1")).to_have_text(TOP)
        return page

    return sign_in


def figures(page: Page) -> dict[str, dict[str, str]]:
    """What the table of branches shows: branch → heading → text."""
    shown = {}
    for row in page.locator("table.branches tbody tr").all():
        cells = row.locator("td").all()
        shown[row.locator("th .name").inner_text()] = {
            str(cell.get_attribute("data-label")): cell.inner_text() for cell in cells
        }
    return shown


def number(text: str) -> float:
    found = re.search(r"-?\d+(\.\d+)?", text)
    assert found, text
    return float(found[0])


def workbook(page: Page) -> openpyxl.Workbook:
    with page.expect_download() as waiting:
        page.locator(".files").get_by_role("link", name="Excel").click()
    return openpyxl.load_workbook(BytesIO(Path(waiting.value.path()).read_bytes()))


def rows(sheet: Any) -> dict[str, dict[str, Any]]:
    """Row by the last name of its path."""
    header, *lines = sheet.iter_rows(values_only=True)
    whole = [dict(zip(header, line, strict=True)) for line in lines if line[1] is not None]
    return {str(line["支部"]).rpartition("/")[2]: line for line in whole}


def choose(page: Page, label: str, words: str) -> None:
    """Pick from a selector; the page that follows has it chosen."""
    with page.expect_navigation():
        page.get_by_label(label, exact=True).select_option(label=words)


def test_the_workbook_holds_the_numbers_of_the_screen(organizer: Callable[..., Page]) -> None:
    page = organizer(**DESKTOP)
    shown = figures(page)
    look(page, "organizer-overview")
    assert list(shown) == CHILDREN
    kept = rows(workbook(page).worksheets[0])
    assert set(kept) == {TOP, *CHILDREN}
    for name, cells in shown.items():
        assert kept[name]["学习分"] == pytest.approx(number(cells["学习分"]), abs=0.05)
        assert 100 * kept[name]["完成率"] == pytest.approx(number(cells["完成率"]), abs=0.5)
        assert 100 * kept[name]["覆盖率"] == pytest.approx(number(cells["覆盖率"]), abs=0.5)
        low, high = (float(one) for one in cells["可能范围"].split("–"))
        assert kept[name]["可能范围下限"] == pytest.approx(low, abs=0.05)
        assert kept[name]["可能范围上限"] == pytest.approx(high, abs=0.05)
        behind, people = (int(one) for one in re.findall(r"\d+", cells["未学完"]))
        assert (kept[name]["未学完"], kept[name]["人数"]) == (behind, people)


def test_a_quarter_is_picked_and_stays_on_the_way(organizer: Callable[..., Page]) -> None:
    page = organizer(**PHONE)
    now = page.get_by_label("时间").input_value()
    before = page.locator("#period optgroup").first.locator("option").nth(1).inner_text()
    choose(page, "时间", before)
    expect(page.get_by_label("时间")).not_to_have_value(now)
    expect(page.locator("main")).to_contain_text("还没有人答题")
    page.get_by_role("link", name=CHILDREN[0], exact=True).click()
    expect(page.locator("h1")).to_have_text(CHILDREN[0])
    expect(page.get_by_label("时间")).not_to_have_value(now)
    choose(page, "时间", page.locator(f"#period option[value='{now}']").inner_text())
    expect(page.locator(".tile").first).to_contain_text(re.compile(r"\d\d\.\d"))


def test_from_the_overview_down_to_a_question_on_a_phone(organizer: Callable[..., Page]) -> None:
    page = organizer(**PHONE)
    page.get_by_role("link", name=CHILDREN[1], exact=True).tap()
    expect(page.locator("h1")).to_have_text(CHILDREN[1])
    page.get_by_role("link", name="检修", exact=True).tap()
    page.get_by_role("link", name="检修前停电挂牌上锁").tap()
    attempted = number(page.locator(".tile", has_text="平均分").locator("small").inner_text())
    look(page, "organizer-lesson")
    page.get_by_role("link", name=re.compile("停电挂牌上锁小测")).tap()
    expect(page.locator(".questions > li")).to_have_count(6)
    look(page, "organizer-quiz")
    first = page.locator(".questions > li").first
    facility = first.locator("dd").first.inner_text()
    assert first.locator("dd").last.inner_text() == f"n = {attempted:.0f}"
    first.get_by_role("link").tap()
    look(page, "organizer-question")
    expect(page.locator("h1")).to_have_text("第 1 题，共 6 题")
    expect(page.locator(".tile", has_text="得分率").first).to_contain_text(facility)
    people = [int(cell) for cell in page.locator("td[data-label=人数]").all_inner_texts()]
    assert sum(people) == attempted, "everybody chose one option of a true–false question"
    expect(page.locator(".answers .badge.right")).to_have_count(1)
    way = page.locator(".crumbs li").all_inner_texts()
    assert [TOP, CHILDREN[1], "检修", "检修前停电挂牌上锁"] == way[:4]
    page.locator(".crumbs").get_by_role("link", name=TOP).tap()
    expect(page.locator("h1")).to_have_text(TOP)


def test_the_unfinished_are_named_and_the_paragraph_is_not_about_them(
    organizer: Callable[..., Page],
) -> None:
    page = organizer(**PHONE)
    behind = number(figures(page)[CHILDREN[2]]["未学完"])
    page.locator("tr", has_text=CHILDREN[2]).locator("td[data-label=未学完] a").tap()
    people = page.locator(".people li")
    expect(people).to_have_count(int(behind))
    names = page.locator(".people strong").all_inner_texts()
    page.locator(".paragraph summary").tap()
    look(page, "organizer-unfinished")
    paragraph = page.locator(".paragraph textarea").input_value()
    assert CHILDREN[2] in paragraph
    assert f"{behind:.0f}" in paragraph
    assert not [name for name in names if name in paragraph]
    kept = workbook(page).worksheets[0]
    column = [cell.value for cell in next(kept.iter_cols(2, 2))]
    assert set(names) <= set(column)


def test_the_branches_of_others_are_not_there(busy: Server, organizer: Callable[..., Page]) -> None:
    page = organizer(**DESKTOP)
    with open_store(course=load_course(busy.root)) as store:
        foreign = next(one.id for one in branches(store) if one.name == FOREIGN)
    for path in (
        f"organize?branch={foreign}",
        f"organize/branches/{foreign}",
        f"organize/unfinished?branch={foreign}",
        f"organize/lessons/lockout?branch={foreign}",
        f"organize/unfinished?branch={foreign}&format=json",
    ):
        answer = page.request.get(f"{busy.url}/{path}")
        assert answer.status == 404, path
        assert FOREIGN not in answer.text()
    expect(page.locator("main")).not_to_contain_text(FOREIGN)

"""An organizer looks at the figures: chart, table and file of one choice say the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from weike.quizzes.course import load_course
from weike.results.dashboards.demostore import small_demo

from .conftest import DESKTOP
from .judging import violations
from .looks import look
from .serving import Server

SLOW = 60_000
ORGANIZER = 2  # of the links that a demo prints
NAMES = ("branches", "completion", "topics", "lesson", "questions")

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A small demo course with figures, without running a lesson."""
    root = tmp_path_factory.mktemp("dashboards") / "course"
    for folder in ("lessons", "quizzes"):
        (root / folder).mkdir(parents=True)
    (root / "weike.toml").write_text('title = "演示"\ndemo = true\n', encoding="utf-8")
    with ThreadPoolExecutor(1) as beside:  # Playwright's loop may run in this thread
        course, now = load_course(root), datetime.now(UTC)
        beside.submit(small_demo, course, seed=1, now=now).result().close()
    with Server(root, options=("--no-publish",)) as running:
        yield running


@pytest.fixture
def opened(server: Server, new_context: Callable[..., BrowserContext]) -> Open:
    """`opened("branches", **DESKTOP)`: the organizer has come to a dashboard and sees a chart."""

    def open(name: str, *, asked: list[str] | None = None, **device: object) -> Page:
        page = new_context(**device).new_page()
        if asked is not None:
            page.on("request", lambda request: asked.append(request.url))
        page.goto(server.links[ORGANIZER])
        page.locator("form button[type=submit]").click()
        page.locator(".greeting").wait_for()
        page.goto(f"{server.url}/organize/dashboards")
        page.locator(f"a[href*='/dashboards/{name}']").click(no_wait_after=True)
        expect(page.get_by_text("需要几秒钟")).to_be_visible(timeout=SLOW)
        expect(page.locator(".weike-dashboard img")).to_be_visible(timeout=SLOW)
        return page

    return open


def rows(page: Page) -> list[list[str]]:
    """The table beside the chart, its head first."""
    found: list[list[str]] = page.locator(".weike-dashboard table tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return found


def choose(page: Page, words: str, option: str) -> None:
    """Take an option; wait until the chart says something else."""
    before = page.locator(".weike-dashboard img").get_attribute("src") or ""
    page.get_by_role("combobox", name=words).select_option(label=option)
    page.wait_for_function(
        "before => document.querySelector('.weike-dashboard img')?.getAttribute('src') !== before",
        arg=before,
        timeout=SLOW,
    )
    expect(page.locator(".weike-dashboard [role=status]")).to_have_text("", timeout=SLOW)


def test_chart_table_and_file_follow_branch_and_period(opened: Open, tmp_path: Path) -> None:
    page = opened("branches", **DESKTOP)
    assert len(rows(page)) == 1 + 4
    look(page, "dashboard-branches-1280", whole=False)
    choose(page, "支部", "　储运党支部")
    assert [row[0] for row in rows(page)[1:]] == ["储运党支部"]
    quarter = rows(page)
    month = page.get_by_role("combobox", name="时间").locator("option").last.inner_text()
    choose(page, "时间", month)
    assert rows(page) != quarter
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    file = tmp_path / "file.xlsx"
    download.value.save_as(file)
    assert download.value.suggested_filename.startswith("储运党支部 ")
    cells = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))
    at = next(n for n, row in enumerate(cells) if "平均分" in row)
    filed = dict(zip(cells[at], cells[at + 1], strict=True))
    shown = dict(zip(*rows(page), strict=True))
    assert {"完成率", "平均分", "人数"} <= set(shown) & set(filed)
    for title in set(shown) & set(filed):
        assert as_shown(shown[title], filed[title]), (title, shown[title], filed[title])


def as_shown(text: str, value: object) -> bool:
    """Whether the file's number is the screen's."""
    if text == "–":
        return value is None
    number = re.fullmatch(r"(-?[\d.]+)(%?)", text)
    if number is None:
        return str(value).endswith(text)
    assert isinstance(value, int | float)
    return abs(float(number[1]) - value * (100 if number[2] else 1)) <= 0.51


@pytest.mark.parametrize("name", NAMES)
def test_a_phone_gets_a_drawing_of_its_own_and_never_scrolls_sideways(
    opened: Open, name: str
) -> None:
    page = opened(name)
    image = page.locator(".weike-dashboard img")
    assert image.evaluate("image => image.currentSrc !== image.src"), "the narrow one"
    assert image.evaluate("image => image.naturalWidth") <= 420
    assert (image.get_attribute("alt") or "").strip()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("document.querySelector('#rendered_cells').scrollWidth <= innerWidth")
    look(page, f"dashboard-{name}-390", whole=False)
    image.scroll_into_view_if_needed()
    page.get_by_role("link", name="导出 CSV").scroll_into_view_if_needed()
    look(page, f"dashboard-{name}-390-table", whole=False)
    found = violations(page)
    assert not found, "\n".join(found)


def test_a_dashboard_asks_no_other_host_and_speaks_english(opened: Open, server: Server) -> None:
    asked: list[str] = []
    page = opened("topics", asked=asked, **DESKTOP)
    ours = (f"{server.url}/", "data:", f"blob:{server.url}/")
    assert [url for url in asked if not url.startswith(ours)] == []
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Weak topics by branch")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("link", name="Take along as Excel")).to_be_visible(timeout=SLOW)
    look(page, "dashboard-topics-1280-en", whole=False)


def test_the_kernel_ends_when_the_organizer_goes_back(opened: Open, server: Server) -> None:
    page = opened("lesson", **DESKTOP)
    kernel = page.evaluate(
        "JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId"
    )
    page.get_by_role("link", name="数据看板").click()
    expect(page).to_have_url(re.compile("/organize/dashboards"))
    address = f"{server.url}/api/kernels/{kernel}"
    for _n in range(50):
        if page.context.request.get(address).status == 404:
            return
        page.wait_for_timeout(200)
    pytest.fail("the kernel lives on")

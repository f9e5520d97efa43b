"""A lecturer who never opens Lab: a workbook into a bank, a question changed, essays marked."""

from __future__ import annotations

import io
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from weike.quizzes.bank import load_bank
from weike.results.authoring.revisions import keep_revision
from weike.results.store import open_store

from .bank_course import ANSWERS, FROM_BANK, make_course, workbook, write_lesson
from .conftest import DESKTOP
from .judging import dressed, troubles
from .people import Client, People, Person
from .screens import Screen
from .serving import WEIKE, Server

Context = Callable[..., BrowserContext]
BANK = "quizzes/消防.md"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = make_course(tmp_path_factory.mktemp("bank") / "course")
    subprocess.run([*WEIKE, "members", "import", "members.csv"], cwd=root, check=True)
    with Server(root) as server:
        yield server


@pytest.fixture(scope="module")
def crew(course: Server) -> Iterator[dict[str, Person]]:
    """The lecturer, and three members who have handed in an essay."""
    people = People(course)
    found = {"lecturer": people.with_role("lecturer")}
    for _n in ANSWERS:
        member = people.newcomer()
        hand_in(member)
        found[member.code] = member
    yield found
    people.close()


def hand_in(member: Person) -> None:
    client = Client.of(member)
    opened = client.call("POST", "api/attempts", {"quiz": "risk/risk", "new": True})
    path = f"api/attempts/{opened['attempt']}"
    event = f"event-{opened['attempt']}"
    body = {"response": ANSWERS[member.code], "event": event, "seq": 1}
    client.call("PUT", f"{path}/answers/risk-1", body | {"answered_at": opened["now"]})
    client.call("POST", f"{path}/submit", {})


@pytest.fixture
def desk(new_context: Context, crew: dict[str, Person]) -> Page:
    """The lecturer's office computer."""
    page = new_context(**DESKTOP, accept_downloads=True).new_page()
    sign_in(page, crew["lecturer"])
    return page


def sign_in(page: Page, person: Person) -> None:
    page.goto(person.link)
    page.locator("form button[type=submit]").click()
    page.locator(".greeting").wait_for()


class Counted:
    """Counts what a person does on the page, and how long it takes."""

    def __init__(self, page: Page) -> None:
        self.page, self.clicks, self.begun = page, 0, time.monotonic()

    def click(self, name: str, role: Any = "button") -> None:
        self.clicks += 1
        self.page.get_by_role(role, name=name).first.click()

    def told(self, what: str) -> None:
        print(f"{what}: {self.clicks} clicks, {time.monotonic() - self.begun:.1f} s")


def test_a_workbook_goes_in_but_for_its_bad_rows_and_is_used_in_a_lesson(
    course: Server, crew: dict[str, Person], desk: Page, new_context: Context, tmp_path: Path
) -> None:
    file = tmp_path / "有限空间.xlsx"
    file.write_bytes(workbook())
    desk.goto(f"{course.url}/teach/bank")
    doing = Counted(desk)
    doing.click("从文件导入题目", "link")
    doing.clicks += 1
    desk.locator("#file").set_input_files(file)
    doing.click("先看看")
    expect(desk.locator(".counts dd")).to_have_text(["17", "3", "0"])
    expect(desk.locator(".problems tbody tr")).to_have_count(3)
    assert not (course.root / "quizzes/有限空间.md").exists()
    doing.click("导入 17 题")
    expect(desk.locator("h1")).to_contain_text("17 题已进入题库")
    with desk.expect_download() as download:
        doing.click("下载有问题的题目", "link")
    back = Path(download.value.path()).read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(back)).active
    assert sheet is not None
    assert sheet.max_row == 4
    doing.told("a workbook of 20 rows into a bank, 3 back")
    assert len(load_bank(course.root / "quizzes/有限空间.md")) == 17

    write_lesson(course.root, "entry", "有限空间", FROM_BANK.format(bank="有限空间.md"))
    subprocess.run([*WEIKE, "publish", "entry"], cwd=course.root, check=True)
    phone = new_context().new_page()
    sign_in(phone, crew["M01"])
    phone.goto(f"{course.url}/lessons/entry")
    expect(phone.locator(".wq-stem").first).to_contain_text("进入第 1 号有限空间之前先做什么？")
    desk.goto(f"{course.url}/teach/bank?use=entry")
    expect(desk.locator("p[role=status]")).to_contain_text("17 题")


def test_a_question_is_changed_with_the_real_preview_beside_it(course: Server, desk: Page) -> None:
    desk.goto(f"{course.url}/teach/bank")
    doing = Counted(desk)
    desk.locator("#q").fill("第一步")
    doing.click("查找")
    doing.click("使用灭火器的第一步是什么？", "link")
    preview = desk.locator("#preview")
    expect(preview.locator(".wq-option")).to_have_count(3)
    desk.locator("#stem").fill("使用灭火器，先做什么？")
    expect(preview.locator(".wq-stem")).to_have_text("使用灭火器，先做什么？")
    preview.locator(".wq-option").nth(1).click()
    preview.get_by_role("button", name="确定").click()
    expect(preview).to_contain_text("这是第二步。")
    expect(preview.locator(".wq-feedback")).to_contain_text("口诀")
    doing.click("保存题目")
    expect(desk.locator(".notice.right")).to_be_visible()
    doing.told("find a question, change it, save it")
    assert load_bank(course.root / BANK).questions[0].stem == "使用灭火器，先做什么？"
    expect(desk.locator(".difference").first).to_contain_text("+ ## 使用灭火器，先做什么？")


def test_essays_are_marked_by_keyboard_one_after_the_other(
    course: Server, crew: dict[str, Person], desk: Page, new_context: Context
) -> None:
    desk.goto(f"{course.url}/teach/essays")
    begun = time.monotonic()
    desk.get_by_role("link", name="开始批改").click()
    for points in ("6", "2", "7.5"):
        expect(desk.locator("#points")).to_be_focused()
        shown = desk.locator("main").inner_text()
        assert not any(name in shown for name in ("王一", "李二", "张三"))
        before = desk.locator(".essay").inner_text()
        desk.keyboard.type(points)
        desk.keyboard.press("Tab")
        desk.keyboard.press("Tab")
        desk.keyboard.type("请再写一条管理措施。")
        desk.locator("#points").press("Enter")
        if points != "7.5":
            expect(desk.locator(".essay")).not_to_have_text(before)
    expect(desk.locator(".notice.right")).to_contain_text("都批改完了")
    print(f"three essays by keyboard: {time.monotonic() - begun:.1f} s")
    phone = new_context().new_page()
    sign_in(phone, crew["M01"])
    phone.goto(f"{course.url}/lessons/risk")
    expect(phone.locator(".wq-result")).to_contain_text("满分 8 分")
    phone.goto(f"{course.url}/me")
    expect(phone.locator("main")).to_contain_text("请再写一条管理措施。")


UNTIDY = """一、单选题（每题2分）
1、灭火器压力表指针在( )区为正常。
A.红色 B.绿色
2.发现隐患应（E）
A.报告 B.不管
"""
LOOKS = [("zh-CN", "light", False, 390), ("en", "dark", True, None)]


def change_once(course: Server, word: str) -> None:
    """A change of the bank by hand, kept among its versions when the page looks at it next."""
    place = course.root / BANK
    text = place.read_text("utf-8")
    with open_store(course.root / "results/weike.db") as store:
        now = datetime.now(UTC)
        keep_revision(store, BANK, text.encode(), by="command", now=now)
        changed = text.replace("口诀：", f"{word}：", 1)
        keep_revision(store, BANK, changed.encode(), by="command", now=now, note=word)
    place.write_text(changed, "utf-8")


@pytest.mark.parametrize(("language", "scheme", "large", "axe"), LOOKS)
def test_nothing_is_wrong_with_the_pages_of_the_bank(
    language: str,
    scheme: str,
    large: bool,
    axe: int | None,
    course: Server,
    crew: dict[str, Person],
    new_context: Context,
    tmp_path: Path,
) -> None:
    file = tmp_path / "有限空间二.xlsx"
    file.write_bytes(workbook())

    def a_report(page: Page) -> None:
        page.locator("#file").set_input_files(file)
        page.locator("main form button[type=submit]").click()
        page.locator(".counts").wait_for()

    def mending(page: Page) -> None:
        page.locator("#text").fill(UNTIDY)
        page.locator("main form button[type=submit]").click()
        page.locator("#mend").wait_for()

    def planned(page: Page) -> None:
        page.locator("#to").select_option("")
        page.locator("#name").fill("电气")
        page.locator("button[value=look]").click()
        page.locator("#then").wait_for()

    def brought_back(page: Page) -> None:
        page.locator(".versions a").first.click()
        page.locator("dl.counts").wait_for()

    def whole(page: Page) -> None:
        page.locator("#preview .wq-card").wait_for()
        for summary in page.locator("main summary").all():
            if not summary.evaluate("(e) => e.parentElement.open"):
                summary.click()
        page.evaluate("scrollTo(0, 0)")  # or the bar at the top covers half of a field

    hand_in(crew["M03"])  # so that something waits
    change_once(course, language)  # so that there is a version to bring back
    context = dressed(new_context, course.url, language, scheme, large)()
    sign_in(context.new_page(), crew["lecturer"])
    one = f"/teach/bank/question?bank={BANK}&item="
    shown = [
        Screen("bank", "/teach/bank"),
        Screen("bank-one", f"/teach/bank?bank={BANK}"),
        Screen("bank-none", "/teach/bank?q=nothing-like-it"),
        *(Screen(f"question-{n}", f"{one}fire-00{n}", act=whole) for n in (1, 2, 4)),
        Screen(
            "question-in-lesson", "/teach/bank/question?bank=lessons/安全/risk.ipynb&item=risk-1"
        ),
        Screen("question-new", f"/teach/bank/new?type=ordering&bank={BANK}"),
        Screen("bank-import", "/teach/bank/import"),
        Screen("bank-report", "/teach/bank/import", act=a_report),
        Screen("bank-mend", "/teach/bank/import", act=mending),
        Screen(
            "bank-moved", f"/teach/bank/move?item={BANK}:fire-001&item={BANK}:fire-003", act=planned
        ),
        Screen("bank-versions", f"/teach/bank/versions?bank={BANK}"),
        Screen("bank-restore", f"/teach/bank/versions?bank={BANK}", act=brought_back),
        Screen("bank-export", f"/teach/bank/export?bank={BANK}&format=aiken"),
        Screen("essays", "/teach/essays"),
        Screen("essay", "/teach/essays/risk/risk"),
        Screen("essays-marked", "/teach/essays/risk/risk?marked=1"),
    ]
    found: list[str] = []
    for screen in shown:
        page = context.new_page()
        page.goto(course.url + screen.path)
        page.locator(screen.ready).first.wait_for()
        screen.act(page)
        name = f"{screen.name}-{language}-{scheme}{'-large' if large else ''}"
        found += troubles(page, screen, language, axe=axe, pictures=name)
        page.close()
    assert not found, "\n".join(found)

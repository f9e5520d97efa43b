"""An organizer with a phone: assign, see who has not finished, excuse one, set a make-up test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from weike.quizzes.i18n import use_language
from weike.results.people import find_member
from weike.results.periods import Period, local_date
from weike.server.days import due_words

from .answers import Key
from .conftest import SignIn
from .looks import look
from .people import Client, People, Person
from .quizpage import QuizPage
from .screens import answer
from .serving import Server

SLUG = "confined-space"  # a test: its answers are told at the end
TITLE = "受限空间"


@pytest.fixture(scope="module")
def crowd(start_server: Callable[..., Server]) -> Iterator[People]:
    """A server of this module's own: what is assigned here concerns everybody on it."""
    people = People(start_server())
    yield people
    people.close()


def duty(crowd: People, organizer: Person) -> str:
    """The id of a branch that this organizer answers for."""
    found = find_member(crowd.store, code=organizer.code, now=datetime.now(UTC))
    assert found is not None
    return next(id for id in sorted(found.duty) if crowd_of(crowd, id) >= 4)


def crowd_of(crowd: People, branch: str) -> int:
    return sum(row.branch_id == branch for row in crowd._unmet())


def submit(person: Person, key: dict[str, Key], *, wrong: set[int]) -> None:
    client = Client.of(person)
    attempt = answer(client, SLUG, key, wrong=wrong)
    client.call("POST", f"api/attempts/{attempt}/submit", {})


def go(page: Page, *links: str) -> None:
    for name in links:
        page.get_by_role("link", name=name, exact=True).first.tap()


def agree(page: Page, button: str, *words: str) -> None:
    """The page says what would happen; nothing has happened yet."""
    page.get_by_role("button", name="下一步").tap()
    page.locator(".confirm").wait_for()
    for one in words:
        expect(page.locator("main")).to_contain_text(one)
    page.locator(".confirm").get_by_role("button", name=button, exact=True).tap()
    page.locator(".confirm").wait_for(state="detached")


def choose_person(page: Page, person: Person) -> None:
    page.get_by_label("工号或姓名").fill(person.code)
    page.get_by_role("button", name="查找").tap()
    page.get_by_role("link", name=person.name).tap()


def test_from_the_assignment_to_the_make_up_that_is_passed(
    crowd: People, signed_in: SignIn, key: dict[str, Key]
) -> None:
    store = crowd.store
    organizer = crowd.with_role("organizer")
    branch = duty(crowd, organizer)
    failing, idle, ill = (crowd.newcomer(branch=branch) for _one in range(3))
    done = crowd.newcomer(branch=branch)
    today = local_date(datetime.now(UTC), store.zone)
    due = Period.of(today).after - timedelta(days=1)
    with use_language("zh-CN"):
        due_said = due_words(due, today)

    # One attempt for this branch, so that a make-up is worth something.
    page = signed_in(organizer)
    go(page, "管理", "学习任务", "个别规则", "修改规则")
    page.get_by_label("支部（含下级）").select_option(branch)
    page.get_by_role("button", name="选择").tap()
    page.get_by_label("测验").select_option(f"{SLUG}/{SLUG}")
    page.get_by_label("一共可作答几次").fill("1")
    page.get_by_label("原因").fill("季度考核")
    look(page, "assigns-1-rules")
    agree(page, "修改规则", "可作答 1 次", "季度考核")
    expect(page.locator(".decisions")).to_contain_text("可作答 1 次")

    # Assign one lesson until the end of the quarter.
    go(page, "学习任务", "布置微课")
    expect(page.get_by_text("这是本期的第一次布置")).to_be_visible()
    page.locator(f"input[name=lesson][value={SLUG}]").locator("xpath=..").tap()
    page.get_by_label("支部（含下级）").select_option(branch)
    page.get_by_label("到期日").fill(due.isoformat())
    look(page, "assigns-2-new")
    agree(page, "布置", TITLE, "本期还没有任务")
    task = page.locator(".task").first
    expect(task).to_contain_text(TITLE)
    expect(task).to_contain_text(due_said)
    look(page, "assigns-3-list")

    # Members see it first, with its day.
    home = signed_in(failing)
    expect(home.locator(".assigned .row")).to_have_count(1)
    expect(home.locator(".assigned")).to_contain_text(TITLE)
    expect(home.locator(".assigned")).to_contain_text(due_said)
    expect(home.locator(".hero")).to_contain_text(TITLE)
    assert home.locator(".topics .row").count() > 5, "nothing else is hidden"
    look(home, "assigns-4-home")
    submit(failing, key, wrong={0, 1, 2, 3})
    submit(done, key, wrong=set())

    # Who has not finished, by name.
    page.goto(f"{crowd.server.url}/organize/unfinished?branch={branch}")
    people = page.locator("main")
    for one in (idle, ill):
        expect(people).to_contain_text(one.name)
    expect(people).not_to_contain_text(done.name)
    look(page, "assigns-5-unfinished")

    # One is ill.
    go(page, "学习任务", "免计人员")
    choose_person(page, ill)
    page.get_by_label("原因").fill("长期病假")
    agree(page, "免计", ill.name, "长期病假")
    expect(page.locator(".decisions")).to_contain_text(ill.name)
    look(page, "assigns-6-excused")
    page.goto(f"{crowd.server.url}/organize/unfinished?branch={branch}")
    expect(page.locator("main")).to_contain_text(idle.name)
    expect(page.locator("main")).not_to_contain_text(ill.name)

    # A make-up test for who failed; the absent ones are left out by hand.
    page.goto(f"{crowd.server.url}/organize/makeups/new?branch={branch}")
    page.get_by_label("测验").select_option(f"{SLUG}/{SLUG}")
    page.get_by_role("button", name="查看应补考人员").tap()
    failed = page.get_by_role("group", name="不合格")
    absent = page.get_by_role("group", name="缺考")
    expect(failed).to_contain_text(failing.name)
    expect(absent).to_contain_text(idle.name)
    expect(absent).not_to_contain_text(ill.name)
    for box in absent.get_by_role("checkbox").all():
        box.uncheck()
    look(page, "assigns-7-makeup")
    agree(page, "安排补考", failing.name, "两次成绩都保留")
    expect(page.locator("main")).to_contain_text("未参加")

    # The member takes it.
    home.reload()
    expect(home.locator(".makeup")).to_contain_text("补考")
    look(home, "assigns-8-home-makeup")
    home.locator(".makeup").tap()
    quiz = QuizPage(home, key[SLUG])
    expect(quiz.result).to_contain_text("未合格")
    expect(quiz.result).to_contain_text("补考")
    quiz.result.scroll_into_view_if_needed()
    look(home, "assigns-9-offer", whole=False)
    quiz.button("参加补考").tap()
    expect(quiz.root.locator(".wq-makeup")).to_have_text("补考")
    count = len(quiz.stems())
    for n in range(count):
        quiz.give()
        quiz.button("下一题" if n + 1 < count else "交卷").tap()
        home.wait_for_timeout(450)
    expect(quiz.result).to_contain_text("合格")
    expect(quiz.result).to_contain_text("作答次数已用完")
    look(home, "assigns-10-passed", whole=False)

    # Both results stay.
    page.reload()
    row = page.locator(".board tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(failing.name)
    expect(row).to_contain_text("100%")
    look(page, "assigns-11-makeup")
    home.goto(f"{crowd.server.url}/")
    expect(home.locator(".makeup")).to_have_count(0)


def test_what_an_organizer_takes_back_is_no_task_any_more(crowd: People, signed_in: SignIn) -> None:
    organizer = crowd.with_role("organizer")
    branch = duty(crowd, organizer)
    member = crowd.newcomer(branch=branch)
    page = signed_in(organizer)
    page.goto(f"{crowd.server.url}/organize/assignments/new")
    page.locator("input[name=lesson][value=lockout]").locator("xpath=..").tap()
    page.get_by_label("支部（含下级）").select_option(branch)
    agree(page, "布置")
    home = signed_in(member)
    tasks = home.locator(".assigned .row")
    before = tasks.count()
    assert home.locator(".assigned a[href$=lockout]").count() == 1
    page.locator(".task").first.get_by_role("link").tap()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="撤回勾选的微课").tap()
    page.locator(".confirm").get_by_role("button", name="撤回", exact=True).tap()
    page.locator(".confirm").wait_for(state="detached")
    home.reload()
    assert tasks.count() == before - 1
    assert home.locator(".assigned a[href$=lockout]").count() == 0

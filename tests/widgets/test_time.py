"""A timed quiz: 开始, the countdown, the end; and the wait between attempts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page, expect

Visit = Callable[..., Page]


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).tap()


def test_the_clock_starts_with_the_button_and_is_the_servers(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define(behaviour="test", limit=timedelta(minutes=10), attempts=2)
    page = visit(wait=".wq-start")
    expect(page.get_by_text("限时 10 分钟")).to_be_visible()
    expect(page.get_by_text("共 5 题")).to_be_visible()
    assert not any("提起灭火器" in text for text in site.said), "nothing to read ahead"
    site.later(hours=3)
    tap(page, "开始")
    expect(page.get_by_role("timer")).to_contain_text("9:5")
    expect(page.locator(".wq-card:visible legend")).to_be_focused()
    page.evaluate("Date.now = () => 0")
    page.wait_for_timeout(1200)
    expect(page.get_by_role("timer")).to_contain_text("9:5")

    # A phone that slept asks the server again.
    site.later(minutes=6)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("timer")).to_contain_text("3:5")


def test_the_last_minutes_are_announced(site: Any, define: Any, visit: Visit) -> None:
    site.definition = define(behaviour="test", limit=timedelta(seconds=62))
    page = visit(wait=".wq-start")
    tap(page, "开始")
    expect(page.locator("[aria-live=polite].wq-sr")).to_have_text("还剩 1 分钟")
    expect(page.locator(".wq-clock.wq-soon")).to_be_visible()


def test_at_the_deadline_what_was_saved_is_submitted(site: Any, define: Any, visit: Visit) -> None:
    site.definition = define(behaviour="test", limit=timedelta(seconds=4), passing=0.1)
    page = visit(wait=".wq-start")
    tap(page, "开始")
    page.get_by_text("提起灭火器").tap()
    expect(page.locator(".wq-status")).to_have_text("已保存")
    site.later(seconds=5)
    result = page.get_by_role("region", name="结果")
    expect(result).to_contain_text("时间到，已保存的作答已自动交卷。", timeout=8000)
    expect(result).to_contain_text("得 1 分 / 满分 7 分")
    expect(page.get_by_role("button", name="第 1 题 正确")).to_be_visible()


def test_a_late_answer_is_kept_and_the_member_told(site: Any, define: Any, visit: Visit) -> None:
    site.definition = define(behaviour="test", limit=timedelta(minutes=5))
    page = visit(wait=".wq-start")
    tap(page, "开始")
    expect(page.get_by_role("timer")).to_be_visible()
    site.later(minutes=6)
    page.get_by_text("提起灭火器").tap()
    expect(page.get_by_text("这个答案到达时已经超时，已记录，但不计分。")).to_be_visible()
    assert len(site.answers("single")) == 1


def test_the_wait_before_the_next_attempt_is_named(site: Any, define: Any, visit: Visit) -> None:
    site.definition = define(
        "## 一加一？ {#n}\n= 2\n", wait=timedelta(hours=2), attempts=3, behaviour="test"
    )
    page = visit()
    page.get_by_label("您的答案").fill("3")
    tap(page, "交卷")
    result = page.get_by_role("region", name="结果")
    expect(result).to_contain_text("未合格")
    expect(result).to_contain_text("第 1 次作答，共 3 次")
    expect(result).to_contain_text("2 小时后可以再次作答。")
    expect(page.get_by_role("button", name="再答一次")).to_have_count(0)
    site.later(hours=3)
    page.reload()
    page.get_by_role("button", name="再答一次").tap()
    expect(page.get_by_text("第 2 次作答")).to_be_visible()


def test_a_quiz_that_is_closed_for_good_offers_no_other_try(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define("## 一加一？ {#n}\n= 2\n", close=site.now - timedelta(days=1))
    page = visit(wait=".wq-trouble")
    expect(page.get_by_role("button", name="重试")).to_have_count(0)


def test_it_says_when_no_attempts_are_left(site: Any, define: Any, visit: Visit) -> None:
    site.definition = define("## 一加一？ {#n}\n= 2\n", attempts=1, behaviour="test")
    page = visit()
    page.get_by_label("您的答案").fill("2")
    tap(page, "交卷")
    expect(page.get_by_text("作答次数已用完。")).to_be_visible()


def test_a_make_up_test_is_offered_with_its_end_and_called_by_its_name(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define("## 一加一？ {#n}\n= 2\n", attempts=2, behaviour="test")
    api, closes = site.api, (site.now + timedelta(days=3)).isoformat()

    def with_offer(method: str, path: str, body: Any) -> Any:
        status, answer = api(method, path, body)
        if answer.get("number") == 1:
            answer["makeup"] = {"closes": closes}
        elif answer.get("number") == 2:
            answer["mode"] = "makeup"
        return status, answer

    site.api = with_offer
    page = visit()
    expect(page.locator(".wq-makeup")).to_have_count(0)
    page.get_by_label("您的答案").fill("3")
    tap(page, "交卷")
    expect(page.get_by_text("补考，还有 3 天截止")).to_be_visible()
    tap(page, "参加补考")
    expect(page.locator(".wq-makeup")).to_have_text("补考")


def test_an_exam_says_when_its_answers_will_be_told(site: Any, define: Any, visit: Visit) -> None:
    site.definition = define(
        "## 一加一？ {#n}\n= 2\n", behaviour="exam", close=site.now + timedelta(days=3)
    )
    page = visit()
    expect(page.get_by_role("timer")).to_have_count(0)
    page.get_by_label("您的答案").fill("2")
    tap(page, "交卷")
    expect(page.get_by_text("答案将在测验结束后公布，还有 3 天。")).to_be_visible()
    assert not any('"feedback"' in text for text in site.said)


def test_a_quiz_that_is_not_open_says_so(site: Any, define: Any, visit: Visit) -> None:
    site.definition = define(open=site.now + timedelta(days=1))
    page = visit(wait=".wq-trouble")
    expect(page.get_by_role("alert")).to_be_visible()
    site.later(days=2)
    tap(page, "重试")
    expect(page.get_by_text("第 1 题 / 共 5 题")).to_be_visible()

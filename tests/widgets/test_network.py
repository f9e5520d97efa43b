"""Nothing is lost on a patchy network, and nothing is sent in somebody else's name."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).tap()


def stored(page: Page) -> dict[str, Any]:
    """The outbox by key, as it lies in localStorage."""
    return {
        key: json.loads(value)
        for key, value in page.evaluate("Object.entries(localStorage)")
        if key.startswith("weike:")
    }


@pytest.fixture(autouse=True)
def as_a_test(site: Any, define: Any) -> None:
    site.definition = define(behaviour="test", passing=0)


def test_answers_given_offline_survive_a_reload_and_arrive_once(site: Any, visit: Visit) -> None:
    page = visit()
    page.get_by_text("拔掉保险销").tap()
    expect(page.locator(".wq-status")).to_have_text("已保存")
    page.context.set_offline(True)
    expect(page.locator(".wq-status")).to_have_text("离线")
    tap(page, "下一题")
    page.get_by_text("对讲机").tap()
    tap(page, "下一题")
    page.get_by_role("radio", name="正确", exact=True).tap()
    expect(page.get_by_text("网络断开，答案已存在本机，联网后自动发送。")).to_be_visible()
    assert {value["seq"] for value in stored(page).values()} == {2, 3}
    assert all(len(value["event"]) == 32 for value in stored(page).values())

    site.status = 503  # the page loads again, the service behind it is still away
    page.context.set_offline(False)
    page.reload()
    expect(page.get_by_text("本机还存有 2 个答案，联网后自动发送。")).to_be_visible()
    site.status = None  # and the page finds that out by itself
    expect(page.get_by_text("第 4 题 / 共 5 题")).to_be_visible()
    expect(page.locator(".wq-status")).to_have_text("已保存")
    assert len(site.answers("multiple")) == 1
    assert site.answers("boolean") == [True]
    assert stored(page) == {}
    tap(page, "上一题")
    expect(page.get_by_role("radio", name="正确", exact=True)).to_be_checked()


def test_a_reloaded_page_continues_from_the_highest_seq_of_server_and_outbox(
    site: Any, visit: Visit
) -> None:
    page = visit()
    page.get_by_text("拔掉保险销").tap()
    expect(page.locator(".wq-status")).to_have_text("已保存")
    key = f"weike:ada:{page.evaluate('transport.attempt')}:boolean"
    entry = {"response": True, "event": "e" * 32, "seq": 41, "answered_at": "2031-05-04T09:00:00Z"}
    page.evaluate("([k, v]) => localStorage.setItem(k, v)", [key, json.dumps(entry)])
    page.reload()
    page.wait_for_selector(".wq-card:not([hidden])")
    expect(page.locator(".wq-status")).to_have_text("已保存")
    page.get_by_text("对讲机").tap()
    expect(page.locator(".wq-status")).to_have_text("已保存")
    seqs = {path.rsplit("/", 1)[1]: body["seq"] for path, body in site.writes()}
    assert seqs == {"single": 1, "boolean": 41, "multiple": 42}


def test_only_the_newest_answer_to_a_question_waits_and_is_kept(site: Any, visit: Visit) -> None:
    page = visit()
    site.hold.clear()
    page.get_by_text("拔掉保险销").tap()
    page.wait_for_timeout(100)
    page.get_by_text("提起灭火器").tap()
    page.wait_for_timeout(100)
    expect(page.locator(".wq-status")).to_have_text("未保存")
    [(_key, waiting)] = stored(page).items()
    assert waiting["seq"] == 2
    site.hold.set()
    expect(page.locator(".wq-status")).to_have_text("已保存")
    assert [body["seq"] for _path, body in site.writes()] == [1, 2]
    assert stored(page) == {}


def test_a_lost_acknowledgement_is_repeated_with_the_same_event(site: Any, visit: Visit) -> None:
    page = visit()
    cut = {"left": 1}

    def lose_the_answer(route: Any) -> None:
        if route.request.method == "PUT" and cut["left"]:
            cut["left"] -= 1
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/api/**", lose_the_answer)
    page.get_by_text("拔掉保险销").tap()
    expect(page.locator(".wq-status")).to_have_text("离线")
    expect(page.locator(".wq-status")).to_have_text("已保存")
    events = [body["event"] for _path, body in site.writes()]
    assert len(events) == 2
    assert len(set(events)) == 1
    assert len(site.answers("single")) == 1


def test_a_server_that_cannot_save_is_asked_again_when_it_wishes(site: Any, visit: Visit) -> None:
    page = visit()
    tries: list[float] = []

    def full_disk_once(route: Any) -> None:
        tries.append(time.monotonic())
        if len(tries) > 1:
            route.continue_()
            return
        error = {"error": {"code": "busy", "message": "现在暂时无法保存，请过一分钟再试。"}}
        route.fulfill(status=503, headers={"Retry-After": "1"}, json=error)

    page.route("**/api/attempts/*/answers/*", full_disk_once)
    page.get_by_text("拔掉保险销").tap()
    expect(page.get_by_text("服务器暂时无法保存。答案都已保留，稍后自动发送。")).to_be_visible()
    expect(page.locator(".wq-status")).to_have_text("未保存")
    expect(page.locator(".wq-status")).to_have_text("已保存")
    assert len(tries) == 2
    assert tries[1] - tries[0] >= 1, "not sooner than it asked for"
    assert len(site.answers("single")) == 1


def test_after_a_401_answers_are_kept_and_the_way_to_sign_in_returns_here(
    site: Any, visit: Visit
) -> None:
    page = visit()
    site.status = 401
    page.get_by_text("拔掉保险销").tap()
    link = page.get_by_role("link", name="登录")
    expect(page.locator(".wq-bar").get_by_text("请重新登录")).to_be_visible()
    expect(link).to_have_attribute("href", "/login?next=%2F")
    assert len(stored(page)) == 1
    site.status = None
    page.reload()
    page.wait_for_selector(".wq-card:not([hidden])")
    expect(page.locator(".wq-status")).to_have_text("已保存")
    assert len(site.answers("single")) == 1
    assert stored(page) == {}


def test_an_outbox_is_never_sent_under_another_members_session(site: Any, visit: Visit) -> None:
    page = visit()
    site.status = 401
    page.get_by_text("拔掉保险销").tap()
    expect(page.get_by_role("link", name="登录")).to_be_visible()

    site.status, site.signed_in = None, "bob"
    other = visit(context=page.context)
    expect(other.get_by_label("拔掉保险销")).not_to_be_checked()
    sent = len(site.writes())
    # Back in the first tab, whose page still belongs to the first member.
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".wq-notice")).to_contain_text("这里已换成另一位学员登录。")
    page.get_by_text("提起灭火器").tap()
    page.wait_for_timeout(200)
    assert len(site.writes()) == sent
    [(key, waiting)] = stored(other).items()
    assert key.startswith("weike:ada:")
    assert waiting["seq"] == 2

    site.signed_in = "ada"
    page.reload()
    page.wait_for_selector(".wq-card:not([hidden])")
    expect(page.locator(".wq-status")).to_have_text("已保存")
    assert len(site.answers("single")) == 1
    assert stored(page) == {}


def test_broken_entries_are_dropped_and_break_nothing(site: Any, visit: Visit) -> None:
    page = visit()
    attempt = page.evaluate("transport.attempt")
    for item, value in {"single": "{", "multiple": "null", "boolean": '{"seq": "x"}'}.items():
        page.evaluate(
            "([k, v]) => localStorage.setItem(k, v)", [f"weike:ada:{attempt}:{item}", value]
        )
    page.evaluate("localStorage.setItem('weike:ada:nothing', '1')")
    page.reload()
    page.wait_for_selector(".wq-card:not([hidden])")
    page.get_by_text("拔掉保险销").tap()
    expect(page.locator(".wq-status")).to_have_text("已保存")
    assert not any(":" + attempt in key for key in page.evaluate("Object.keys(localStorage)"))


def test_without_storage_answers_wait_in_memory(site: Any, chromium: Any, visit: Visit) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('private') }})"
    )
    page = visit(context=context)
    site.status = 500
    page.get_by_text("拔掉保险销").tap()
    expect(page.get_by_text("服务器暂时无法保存。答案都已保留，稍后自动发送。")).to_be_visible()
    expect(page.locator(".wq-status")).to_have_text("未保存")
    site.status = None
    expect(page.locator(".wq-status")).to_have_text("已保存")
    expect(page.get_by_text("服务器暂时无法保存")).to_have_count(0)
    assert len(site.answers("single")) == 1
    context.close()


def test_submitting_waits_for_the_network_and_then_goes_on_by_itself(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define("## 一加一？ {#n}\n= 2\n", behaviour="test")
    page = visit()
    page.context.set_offline(True)
    page.get_by_label("您的答案").fill("2")
    tap(page, "交卷")
    expect(page.get_by_text("还没有交卷。")).to_be_visible()
    assert len(stored(page)) == 1
    page.context.set_offline(False)
    expect(page.get_by_role("region", name="结果")).to_contain_text("合格")
    assert site.answers("n") == ["2"]


def test_the_sign_in_page_of_a_hotel_is_no_acknowledgement(site: Any, visit: Visit) -> None:
    page = visit()
    page.route(
        "**/api/attempts/*/answers/*",
        lambda route: route.fulfill(status=200, content_type="text/html", body="<p>WLAN</p>"),
    )
    page.get_by_text("拔掉保险销").tap()
    expect(page.locator(".wq-status")).to_have_text("离线")
    assert len(stored(page)) == 1


def test_answers_of_another_quiz_are_sent_from_whatever_page_is_opened_next(
    site: Any, visit: Visit
) -> None:
    page = visit()
    attempt = site.member().open()["attempt"]
    entry = {"response": True, "event": "f" * 32, "seq": 3, "answered_at": "2031-05-04T09:00:00Z"}
    key = f"weike:ada:{attempt}:boolean"
    page.goto(site.url + "login")
    page.evaluate("([k, v]) => localStorage.setItem(k, v)", [key, json.dumps(entry)])
    site.elsewhere = site.member()
    site.attempts.clear()
    page.goto(site.url)
    page.wait_for_selector(".wq-card:not([hidden])")
    expect(page.locator(".wq-status")).to_have_text("已保存")
    page.wait_for_timeout(200)
    assert site.elsewhere.open()["answers"]["boolean"]["response"] is True
    assert stored(page) == {}


def test_an_answer_after_the_submission_is_refused_and_the_member_told(
    site: Any, visit: Visit
) -> None:
    page = visit()
    site.member().submit(page.evaluate("transport.attempt"))
    page.get_by_text("拔掉保险销").tap()
    expect(page.get_by_role("region", name="结果")).to_contain_text("最后的改动没有计入")
    assert stored(page) == {}


EARLY = r"""
  async (asked) => {
    window.stop_quiz();
    const { HttpTransport, mount } = await import('/quiz.js');
    const words = (await import('/words.js')).default;
    const ask = () => fetch('/api/attempts', {
      method: 'POST',
      body: '{"quiz": "fire/check"}',
      headers: {
        'Content-Type': 'application/json',
        'X-XSRFToken': /_xsrf=(\w+)/.exec(document.cookie)[1],
      },
    }).then(async (answer) => ({ status: answer.status, body: await answer.json() }));
    const early = asked ? ask() : Promise.resolve(null);
    const transport = new HttpTransport({ base: '/', quiz: 'fire/check', member: 'ada', early });
    mount(document.querySelector('section'), transport, { language: 'zh-CN', words });
  }
"""


def opened(site: Any) -> int:
    return sum(path == "/api/attempts" for _method, path, _body in site.requests)


def test_what_the_page_asked_before_the_script_was_there_is_not_asked_again(
    site: Any, visit: Visit
) -> None:
    page = visit()
    before = opened(site)
    page.evaluate(EARLY, True)
    expect(page.get_by_text("第 1 题 / 共 5 题")).to_be_visible()
    assert opened(site) == before + 1


def test_where_that_question_was_lost_the_member_can_ask_again(site: Any, visit: Visit) -> None:
    page = visit()
    page.evaluate(EARLY, False)
    tap(page, "重试")
    expect(page.get_by_text("第 1 题 / 共 5 题")).to_be_visible()

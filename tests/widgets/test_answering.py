"""A member answers on a phone by touch, and on a desktop by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

Visit = Callable[..., Page]


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).tap()


def test_each_type_is_answered_by_touch_one_question_at_a_time(site: Any, visit: Visit) -> None:
    page = visit()
    expect(page.get_by_text("第 1 题 / 共 5 题")).to_be_visible()
    expect(page.locator(".wq-card:visible")).to_have_count(1)

    page.get_by_text("拔掉保险销").tap()
    expect(page.locator(".wq-status")).to_have_text("未保存")
    tap(page, "确定")
    feedback = page.locator(".wq-feedback:visible")
    expect(feedback).to_contain_text("不正确")
    expect(feedback).to_contain_text("口诀：提、拔、握、压。")
    expect(feedback).to_be_focused()
    expect(page.get_by_text("这是第二步。")).to_be_visible()
    expect(page.locator(".wq-status")).to_have_text("已保存")
    expect(page.get_by_label("提起灭火器")).to_be_disabled()

    tap(page, "再答一次")
    page.get_by_text("提起灭火器").tap()
    tap(page, "确定")
    expect(feedback).to_contain_text("正确")
    tap(page, "下一题")

    page.get_by_text("气体检测仪").tap()
    page.get_by_text("对讲机").tap()
    tap(page, "确定")
    expect(feedback).to_contain_text("正确")
    tap(page, "下一题")

    page.get_by_role("radio", name="正确", exact=True).tap()
    tap(page, "确定")
    expect(feedback).to_contain_text("正确")
    tap(page, "下一题")

    page.get_by_label("第 1 空").fill("绿")
    page.get_by_label("第 2 空").fill("黄")
    tap(page, "确定")
    expect(feedback).to_contain_text("部分正确")
    expect(feedback).to_contain_text("红色")
    tap(page, "下一题")

    page.get_by_label("您的答案").fill("100")
    tap(page, "确定")
    expect(feedback).to_contain_text("正确")
    tap(page, "交卷")

    result = page.get_by_role("region", name="结果")
    expect(result).to_be_focused()
    expect(result).to_contain_text("合格")
    expect(result).to_contain_text("得 6 分 / 满分 7 分")
    assert [site.answers(item)[-1] for item in ("boolean", "blank", "numeric")] == [
        True,
        ["绿", "黄"],
        "100",
    ]


def test_the_result_leads_back_to_what_was_wrong_and_to_another_attempt(
    site: Any, visit: Visit
) -> None:
    page = visit()
    page.get_by_text("拔掉保险销").tap()
    tap(page, "确定")
    for _ in range(4):
        tap(page, "下一题")
    page.wait_for_timeout(450)
    tap(page, "交卷")
    expect(page.get_by_text("还有 4 题没有作答。")).to_be_visible()
    expect(page.get_by_role("group", name="交卷")).to_be_focused()
    tap(page, "仍要交卷")
    page.get_by_role("button", name="第 1 题 不正确").tap()
    expect(page.locator(".wq-feedback:visible")).to_contain_text("口诀")
    assert page.get_by_role("button", name="再答一次").count() == 0, "the attempt is over"
    tap(page, "返回结果")
    tap(page, "再答一次")
    expect(page.get_by_text("第 2 次作答")).to_be_visible()
    expect(page.get_by_label("拔掉保险销")).not_to_be_checked()


def test_the_question_named_in_the_warning_is_one_tap_away(visit: Visit) -> None:
    page = visit()
    for _ in range(4):
        tap(page, "下一题")
    page.wait_for_timeout(450)
    tap(page, "交卷")
    tap(page, "第 3 题")
    expect(page.get_by_text("第 3 题 / 共 5 题")).to_be_visible()


def test_a_tap_too_many_on_next_does_not_submit(site: Any, define: Any, visit: Visit) -> None:
    site.definition = define(behaviour="test", passing=0)
    page = visit()
    for _ in range(4):
        tap(page, "下一题")
    tap(page, "交卷")
    assert page.get_by_role("group", name="交卷").count() == 0
    assert site.writes("POST")[1:] == []


def test_everything_can_be_done_with_the_keyboard_alone(
    site: Any, visit: Visit, desktop: dict[str, Any]
) -> None:
    page = visit(**desktop)
    press = page.keyboard.press
    page.get_by_label("提起灭火器").focus()
    press("Space")
    press("Tab")
    expect(page.locator(".wq-check").first).to_be_focused()
    press("Enter")
    expect(page.locator(".wq-feedback").first).to_be_focused()
    press("Tab")
    expect(page.get_by_label("气体检测仪")).to_be_focused()
    press("Space")
    press("Tab")
    press("Space")
    for _ in range(2):
        press("Tab")
    press("Enter")
    expect(page.locator(".wq-feedback").nth(1)).to_be_focused()
    press("Tab")
    press("ArrowUp")
    press("ArrowDown")
    press("Space")
    page.get_by_label("第 1 空").focus()
    page.keyboard.type("green")
    press("Enter")
    expect(page.get_by_label("第 2 空")).to_be_focused()
    page.keyboard.type("红")
    press("Enter")
    expect(page.locator(".wq-feedback").nth(3)).to_be_focused()
    page.get_by_label("您的答案").focus()
    page.keyboard.type("110 次")
    press("Enter")
    expect(page.locator(".wq-feedback").nth(4)).to_be_focused()
    expect(page.locator(".wq-feedback").nth(4)).to_contain_text("正确")
    page.get_by_role("button", name="交卷").focus()
    press("Enter")
    expect(page.get_by_role("region", name="结果")).to_be_focused()


def test_a_desktop_shows_all_questions_beneath_each_other(
    visit: Visit, desktop: dict[str, Any]
) -> None:
    page = visit(**desktop)
    expect(page.locator(".wq-card:visible")).to_have_count(5)
    expect(page.get_by_role("button", name="下一题")).to_have_count(0)
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator(".wq-card:visible")).to_have_count(1)


def test_a_test_saves_choices_at_once_and_tells_nothing_before_the_end(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define(behaviour="test")
    page = visit()
    page.get_by_text("拔掉保险销").tap()
    expect(page.locator(".wq-status")).to_have_text("已保存")
    page.get_by_text("提起灭火器").tap()
    page.wait_for_timeout(100)
    assert len(site.answers("single")) == 2
    assert page.get_by_role("button", name="确定").count() == 0
    tap(page, "下一题")
    page.get_by_text("打火机").tap()
    page.get_by_text("打火机").tap()
    page.wait_for_timeout(100)
    assert site.answers("multiple")[-1] == [], "an answer can be taken back"
    assert page.locator(".wq-feedback:visible").count() == 0
    assert not any("口诀" in text for text in site.said)


def test_typed_text_is_saved_after_a_pause_and_when_the_field_is_left(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define(
        "## 亚洲最大的国家是 [[中国]]。 {#c}\n\n## 一加一？ {#n}\n= 2\n", behaviour="test"
    )
    page = visit()
    field = page.get_by_label("您的答案").first
    field.press_sequentially("俄罗斯", delay=20)
    page.wait_for_timeout(300)
    assert site.answers("c") == []
    page.wait_for_timeout(800)
    assert site.answers("c") == ["俄罗斯"] or site.answers("c") == [["俄罗斯"]]
    field.fill("中国")
    field.blur()
    page.wait_for_timeout(150)
    assert site.answers("c")[-1] == ["中国"]
    field.fill("")
    field.press("Enter")
    expect(page.get_by_text("第 2 题 / 共 2 题")).to_be_visible()
    assert site.answers("c")[-1] == [""]


def test_a_key_pressed_while_composing_submits_nothing(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define("## 先做什么？[[通风]] {#c}\n")
    page = visit()
    field = page.get_by_label("您的答案")
    field.focus()
    session = page.context.new_cdp_session(page)
    session.send(
        "Input.imeSetComposition", {"text": "tong", "selectionStart": 4, "selectionEnd": 4}
    )
    field.evaluate(
        """field => {
          const key = {key: "Enter", bubbles: true, cancelable: true};
          field.dispatchEvent(new KeyboardEvent("keydown", {...key, isComposing: true}));
          field.dispatchEvent(new KeyboardEvent("keydown", {...key, keyCode: 229}));
        }"""
    )
    page.wait_for_timeout(200)
    assert site.writes() == []
    session.send("Input.insertText", {"text": "通风"})
    assert field.input_value() == "通风"
    field.evaluate(
        """field => field.dispatchEvent(
             new KeyboardEvent("keydown", {key: "Enter", keyCode: 229, bubbles: true}))"""
    )
    page.wait_for_timeout(100)
    assert site.writes() == [], "Safari marks the key that ended the composition with 229"
    field.press("Enter")
    expect(page.locator(".wq-feedback:visible")).to_contain_text("正确")


def test_a_decimal_comma_gets_its_hint_beside_the_field_and_keeps_the_focus(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define("## 圆周率？ {#pi}\n= 3.14 ± 0.01\n")
    page = visit()
    field = page.get_by_label("您的答案")
    field.fill("3,14")
    tap(page, "确定")
    expect(page.get_by_role("alert")).to_contain_text("3.14")
    expect(field).to_be_focused()
    field.fill("3.14")
    expect(page.get_by_role("alert")).to_have_count(0)
    tap(page, "确定")
    expect(page.locator(".wq-feedback:visible")).to_contain_text("正确")
    assert site.answers("pi") == ["3.14"]


def test_a_reload_goes_on_at_the_first_unanswered_question(site: Any, visit: Visit) -> None:
    page = visit()
    page.get_by_text("拔掉保险销").tap()
    tap(page, "确定")
    expect(page.locator(".wq-feedback:visible")).to_be_visible()
    page.reload()
    expect(page.get_by_text("第 2 题 / 共 5 题")).to_be_visible()
    tap(page, "上一题")
    expect(page.locator(".wq-feedback:visible")).to_contain_text("口诀")
    expect(page.get_by_label("拔掉保险销")).to_be_checked()


def test_an_answer_is_asked_for_in_words(visit: Visit) -> None:
    page = visit()
    tap(page, "确定")
    expect(page.get_by_role("alert")).to_have_text("请先作答。")


def test_the_page_hears_of_the_submission(site: Any, define: Any, visit: Visit) -> None:
    site.definition = define("## 一加一？ {#n}\n= 2\n")
    page = visit()
    page.evaluate(
        "document.addEventListener('weike:submitted', event => { window.told = event.detail })"
    )
    page.get_by_label("您的答案").fill("2")
    tap(page, "交卷")
    expect(page.get_by_role("region", name="结果")).to_contain_text("合格")
    assert page.evaluate("window.told.score") == 1


def test_a_quiz_can_be_stopped_and_leaves_nothing_behind(visit: Visit) -> None:
    page = visit()
    page.evaluate("window.stop_quiz()")
    assert page.locator("section.weike-quiz").inner_text() == ""

"""Matching, ordering, polls, essays and notes: by touch, by keyboard, small, after a reload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]

THREE = """\
## 安全色表示什么？ {#colours points=3}
- 红色 -> 禁止
- 黄色 -> 警告
- 蓝色 -> 指令
- -> 提示

> 绿色表示提示。

## 有限空间作业，按先后排序。 {#order}
1. 通风
2. 检测
3. 作业

## 这一课的长短怎么样？ {#length}
- ( ) 太长
  > 我们会再删一些。
- ( ) 正好
"""
FORMULAS = """\
## 连线 {#formulas}
- 圆的面积 -> $\\pi r^2$
- 圆的周长 -> $2 \\pi r$
"""


TEXTS = """\
## 下面一题由人来评阅。 {#intro type=note}

> 请认真写。

## 讲一次未遂事故。 {#miss type=essay points=2}

> 时间、地点、原因、办法。
"""


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).tap()


def order(page: Page) -> list[str]:
    return page.locator(".wq-card:visible .wq-order-text").all_inner_texts()


def arrange(page: Page, wished: list[str]) -> None:
    """Move each to its place with the buttons alone, from the top."""
    for place, text in enumerate(wished):
        while order(page).index(text) > place:
            tap(page, f"上移：{text}")


def test_each_is_answered_by_touch_and_told_what_was_right(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define(THREE)
    page = visit()
    page.get_by_label("红色").select_option(label="禁止")
    page.get_by_label("黄色").select_option(label="提示")
    tap(page, "确定")
    feedback = page.locator(".wq-feedback:visible")
    expect(feedback).to_contain_text("部分正确")
    expect(feedback).to_contain_text("得 1 分 / 满分 3 分")
    expect(feedback).to_contain_text("绿色表示提示。")
    rows = page.locator(".wq-match-row")
    expect(rows.nth(0)).to_contain_text("正确")
    expect(rows.nth(1)).to_contain_text("正确答案：警告")
    expect(rows.nth(2)).to_contain_text("正确答案：指令")
    expect(page.get_by_label("红色")).to_be_disabled()
    tap(page, "下一题")

    assert order(page) != ["通风", "检测", "作业"]
    tap(page, "确定")
    expect(page.get_by_text("请先移动其中一项：现在的先后还不对。")).to_be_visible()
    arrange(page, ["检测", "通风", "作业"])
    tap(page, "确定")
    expect(feedback).to_contain_text("不正确")
    expect(page.locator(".wq-order-row").nth(0)).to_contain_text("应在第 2 位")
    tap(page, "再答一次")
    arrange(page, ["通风", "检测", "作业"])
    tap(page, "确定")
    expect(feedback).to_contain_text("正确")
    tap(page, "下一题")

    page.get_by_text("太长").tap()
    tap(page, "确定")
    expect(feedback).to_contain_text("我们会再删一些。")
    expect(feedback).not_to_contain_text("满分")
    tap(page, "交卷")
    expect(page.get_by_role("region", name="结果")).to_contain_text("得 2 分 / 满分 4 分")


def test_what_was_matched_and_moved_is_there_again_after_a_reload(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define(THREE, behaviour="test")
    page = visit()
    page.get_by_label("黄色").select_option(label="警告")
    expect(page.locator(".wq-status")).to_have_text("已保存")
    tap(page, "下一题")
    arrange(page, ["作业", "通风", "检测"])
    expect(page.locator(".wq-status")).to_have_text("已保存")
    page.reload()
    page.wait_for_selector(".wq-card:not([hidden])")
    tap(page, "上一题")  # a reloaded quiz goes on where nothing is answered yet
    assert order(page) == ["作业", "通风", "检测"]
    tap(page, "上一题")
    expect(page.get_by_label("黄色")).to_have_value(site.answers("colours")[-1][0][1])
    expect(page.get_by_label("红色")).to_have_value("")


def test_an_order_is_made_by_keyboard_and_the_focus_stays_with_what_moves(
    site: Any, define: Any, visit: Visit, desktop: dict[str, Any]
) -> None:
    site.definition = define(THREE)
    page = visit(**desktop)
    first = page.locator(".wq-order-text").first.inner_text()
    page.get_by_role("button", name=f"下移：{first}").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=f"下移：{first}")).to_be_focused()
    expect(page.locator(".wq-order + .wq-sr")).to_have_text(f"{first}：第 2 位，共 3 位")
    page.keyboard.press("Enter")
    # At the end there is no way down; the focus is not lost.
    expect(page.get_by_role("button", name=f"上移：{first}")).to_be_focused()
    assert page.locator(".wq-order-text").last.inner_text() == first


def test_formulas_are_listed_under_letters_because_a_picker_shows_plain_text(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define(FORMULAS)
    page = visit()
    assert page.locator(".wq-match-list li math").count() == 2
    names = page.get_by_label("圆的面积").locator("option").all_inner_texts()
    assert names == ["请选择", "A", "B"]


@pytest.mark.parametrize("attributes", ["", ' data-theme="dark"', ' class="large"'])
def test_axe_finds_nothing_and_nothing_scrolls_sideways_at_320_px(
    site: Any, define: Any, visit: Visit, attributes: str
) -> None:
    site.definition, site.attributes = define(THREE), attributes
    page = visit(viewport={"width": 320, "height": 568})
    for answer in ("pairs", "order", "poll"):
        found = Axe().run(page)
        assert found.response["violations"] == [], found.generate_report()
        if answer == "pairs":
            page.get_by_label("红色").select_option(label="禁止")
        elif answer == "order":
            arrange(page, ["检测", "通风", "作业"])
        else:
            page.get_by_text("正好").tap()
        tap(page, "确定")
        page.locator(".wq-feedback:visible").wait_for()
        found = Axe().run(page)
        assert found.response["violations"] == [], found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        sizes = page.locator(".wq-order-move:visible").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).map(r => [r.width, r.height])"
        )
        assert all(min(size) >= 44 for size in sizes)
        if answer != "poll":
            tap(page, "下一题")


def test_a_note_asks_nothing_and_an_essay_waits_for_a_person(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define(TEXTS)
    page = visit()
    if page.get_by_text("下面一题由人来评阅。").is_visible():
        expect(page.get_by_role("button", name="确定", exact=True)).to_be_hidden()
        tap(page, "下一题")
    page.get_by_label("您的答案").fill("上个月梯子没有放稳。")
    tap(page, "确定")
    feedback = page.locator(".wq-feedback:visible")
    expect(feedback).to_contain_text("批改后计分")
    expect(feedback).to_contain_text("时间、地点、原因、办法。")
    tap(page, "交卷")
    result = page.get_by_role("region", name="结果")
    expect(result).to_be_visible()
    assert page.locator(".wq-review-item").count() == 1
    expect(page.locator(".wq-review-item")).to_contain_text("待批改")
    assert site.answers("miss") == ["上个月梯子没有放稳。"]
    assert site.answers("intro") == []


MATERIAL = """\
## 读事故经过，回答问题。 {#material}

某厂焊工动火前**没有清理**可燃物。

### 直接原因是什么？ {points=2}
- [x] 没有清理
- [ ] 天气

> 见第一句。

### 动火前 [[30]] 分钟内检测。

### 您怎样看？ {type=essay}

###

> 动火前先清理。

## 连线 {#colours}
- 红色 -> 禁止
- 黄色 -> 警告
"""
PARTS = ".wq-part:visible"


def test_a_material_is_answered_part_by_part_on_a_phone(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define(MATERIAL)
    page = visit()
    passage, part = page.locator(".wq-passage:visible"), page.locator(PARTS)
    expect(passage).to_contain_text("没有清理")
    expect(part).to_have_count(1)
    expect(page.get_by_role("group", name="第 1 小题 / 共 3 小题")).to_be_visible()
    page.get_by_text("没有清理", exact=True).last.tap()
    tap(page, "下一小题")
    expect(part.locator("legend")).to_be_focused()
    expect(part).to_contain_text("分钟内检测")
    expect(passage).to_be_visible()
    expect(page.locator(".wq-step").first).to_contain_text("已答")

    # Two parts are open: said once, and the first of them has the focus.
    tap(page, "确定")
    expect(page.locator(".wq-error:visible")).to_contain_text("还有小题没有答")
    expect(part.get_by_role("textbox")).to_be_focused()
    assert site.answers("material") == []
    page.keyboard.type("20")
    page.keyboard.press("Enter")
    expect(part).to_contain_text("您怎样看？")
    tap(page, "确定")
    tap(page, "确定")
    feedback = page.locator(".wq-card:visible > .wq-feedback")
    expect(feedback).to_contain_text("得 2 分 / 满分 4 分")
    expect(feedback).to_contain_text("动火前先清理。")
    steps = page.locator(".wq-step")
    expect(steps.nth(0)).to_contain_text("正确")
    expect(steps.nth(1)).to_contain_text("不正确")
    steps.nth(1).tap()
    expect(part).to_contain_text("正确答案 30")
    steps.nth(0).tap()
    expect(part).to_contain_text("见第一句。")
    [response] = site.answers("material")
    assert response[1:] == [["20"], None]


def test_a_half_answered_material_is_there_again_after_a_reload_and_counts_as_open(
    site: Any, define: Any, visit: Visit
) -> None:
    site.definition = define(MATERIAL, behaviour="test")
    page = visit()
    page.get_by_text("天气").tap()
    expect(page.locator(".wq-status")).to_have_text("已保存")
    tap(page, "下一题")
    page.get_by_label("红色").select_option(label="禁止")
    expect(page.locator(".wq-status")).to_have_text("已保存")
    page.reload()
    page.wait_for_selector(".wq-card:not([hidden])")
    # It goes on where something is open: in the material, at its second question.
    expect(page.locator(PARTS)).to_contain_text("分钟内检测")
    page.locator(".wq-step").first.tap()
    expect(page.get_by_label("天气")).to_be_checked()
    tap(page, "下一题")
    page.wait_for_timeout(450)
    tap(page, "交卷")
    expect(page.get_by_role("button", name="第 1 题")).to_be_visible()
    assert site.answers("material")[-1][1:] == [None, None]


def test_a_material_goes_by_keyboard_and_shows_all_its_parts_where_there_is_room(
    site: Any, define: Any, visit: Visit, desktop: dict[str, Any]
) -> None:
    site.definition = define(MATERIAL)
    page = visit(**desktop)
    expect(page.locator(PARTS)).to_have_count(3)
    expect(page.locator(".wq-step:visible")).to_have_count(0)
    page.get_by_label("天气").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.locator(PARTS).nth(1).get_by_role("textbox")).to_be_focused()
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    expect(page.locator(PARTS).nth(2).locator("legend")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("要先清理。")
    expect(page.locator(PARTS).nth(2).get_by_role("textbox")).to_have_value("要先清理。")
    page.get_by_role("button", name="确定").first.click()
    expect(page.locator(".wq-card").first.locator("> .wq-feedback")).to_contain_text("批改后计分")
    expect(page.locator(PARTS).nth(0)).to_contain_text("不正确")


@pytest.mark.parametrize("attributes", ["", ' data-theme="dark"', ' class="large"'])
def test_axe_finds_nothing_in_a_material(
    site: Any, define: Any, visit: Visit, attributes: str
) -> None:
    site.definition, site.attributes = define(MATERIAL), attributes
    page = visit(viewport={"width": 320, "height": 568})
    page.get_by_text("天气").tap()
    for state in ("open", "told"):
        found = Axe().run(page)
        assert found.response["violations"] == [], found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        sizes = page.locator(".wq-step:visible").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).map(r => [r.width, r.height])"
        )
        assert len(sizes) == 3
        assert all(min(size) >= 44 for size in sizes)
        if state == "open":
            tap(page, "确定")
            tap(page, "确定")
            page.locator(".wq-card:visible > .wq-feedback").wait_for()

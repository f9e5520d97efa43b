"""The quiz can be seen, reached and understood: small screens, large text, dark, no colour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]

WIDE = (
    "## 很长的英文单词会不会撑破页面？"
    + "a" * 90
    + """ {#long}
- [x] """
    + "b" * 120
    + """
- [ ] 普通选项

## 看表格 {#table}

| 设备 | 额定电压 | 额定电流 | 备注 | 备注二 | 备注三 |
|---|---|---|---|---|---|
| 皮带输送机驱动电动机 | 10000 V | 1250 A | 很长的备注文字 | 很长的备注文字 | 很长的备注文字 |

- [x] 是这样
- [ ] 不是这样

## 求 $$x = \\frac{-b \\pm \\sqrt{b^2 - 4ac}}{2a} + \\frac{-b \\pm \\sqrt{b^2}}{2a} + c$$ {#maths}
= 1 米每二次方秒

## 在 [[很长很长很长的答案]] 和 [[另一个]] 之间选择。 {#gaps}
"""
)


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("large", ["", ' class="large"'])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_at_320_px_nothing_scrolls_sideways(
    site: Any, define: Any, visit: Visit, large: str, language: str
) -> None:
    site.definition, site.attributes, site.language = define(WIDE), large, language
    page = visit(viewport={"width": 320, "height": 568})
    words = {"zh-CN": ("确定", "下一题", "交卷"), "en": ("Check", "Next", "Submit")}[language]
    check, following, submit = words
    for number in range(4):
        assert overflow(page) <= 0
        fields = page.locator(".wq-card:visible input[type=text]")
        for i in range(fields.count()):
            fields.nth(i).fill("7" * 30)
        if not fields.count():
            page.locator(".wq-card:visible label").first.click()
        tap(page, check)
        expect(page.locator(".wq-feedback:visible")).to_be_visible()
        assert overflow(page) <= 0
        tap(page, following if number < 3 else submit)
    expect(page.locator(".wq-result")).to_be_visible()
    assert overflow(page) <= 0


def test_every_target_is_at_least_44_px_high_and_wide(visit: Visit) -> None:
    page = visit()

    def too_small() -> list[str]:
        return page.evaluate(
            """() => [...document.querySelectorAll(
              'section button, section a, section label.wq-option, section input[type=text]')]
            .filter(e => e.offsetParent)
            .map(e => [e.textContent, e.getBoundingClientRect()])
            .filter(([, r]) => r.height < 44 || r.width < 44)
            .map(([text, r]) => `${text} ${r.width}×${r.height}`)"""
        )

    for _ in range(4):
        assert too_small() == []
        tap(page, "下一题")
    page.wait_for_timeout(450)
    tap(page, "交卷")
    assert too_small() == []
    tap(page, "仍要交卷")
    expect(page.locator(".wq-result")).to_be_visible()
    assert too_small() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [False, True])
def test_axe_finds_nothing_from_the_first_question_to_the_result(
    visit: Visit, desktop: dict[str, Any], scheme: str, wide: bool
) -> None:
    page = visit(color_scheme=scheme, **(desktop if wide else {}))
    # The colours of the page around the quiz are not the quiz's.
    scheme_of_page = f"document.documentElement.dataset.theme = '{scheme}'"
    page.evaluate(scheme_of_page)
    page.wait_for_timeout(300)

    def check(step: str) -> None:
        found = Axe().run(page)
        assert found.violations_count == 0, f"{step}: {found.generate_report()}"

    check("first question")
    page.get_by_text("拔掉保险销").click()
    page.locator(".wq-card:visible .wq-check:visible, .wq-go-check:visible").first.click()
    expect(page.locator(".wq-feedback:visible")).to_be_visible()
    page.wait_for_timeout(300)
    check("feedback")
    if not wide:
        for step in ("multiple", "boolean", "blank", "numeric"):
            tap(page, "下一题")
            check(step)
        page.wait_for_timeout(450)
    tap(page, "交卷")
    expect(page.locator(".wq-ask")).to_be_visible()
    check("question")
    tap(page, "仍要交卷")
    expect(page.locator(".wq-result")).to_be_visible()
    page.wait_for_timeout(300)
    check("result")


def test_the_sticky_bar_never_hides_what_has_the_focus(visit: Visit) -> None:
    page = visit(viewport={"width": 390, "height": 480})
    hidden = """() => {
      const bar = document.querySelector('.wq-bar').getBoundingClientRect();
      const active = document.activeElement;
      if (active === document.body || active.closest('.wq-bar')) return null;
      const box = (active.closest('label, .wq-option') || active).getBoundingClientRect();
      return box.bottom > bar.top + 1 || box.top < 0 ? active.outerHTML : null;
    }"""
    page.locator("h1").evaluate("h1 => { h1.tabIndex = -1; h1.focus() }")
    for _ in range(7):
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(50)
        assert page.evaluate(hidden) is None
    page.get_by_text("拔掉保险销").click()
    tap(page, "确定")
    expect(page.locator(".wq-feedback:visible")).to_be_focused()
    top = page.locator(".wq-feedback:visible").bounding_box()
    bar = page.locator(".wq-bar").bounding_box()
    assert top is not None
    assert bar is not None
    assert top["y"] < bar["y"]


def test_the_verdict_is_said_and_not_only_coloured(visit: Visit) -> None:
    page = visit()
    page.get_by_text("拔掉保险销").tap()
    tap(page, "确定")
    feedback = page.locator(".wq-feedback:visible")
    expect(feedback).to_contain_text("不正确")
    expect(feedback).to_have_attribute("aria-live", "polite")
    expect(page.get_by_label("拔掉保险销 您的选择，不正确")).to_be_checked()
    expect(page.get_by_label("提起灭火器 正确答案")).not_to_be_checked()
    assert page.locator(".wq-feedback:visible .wq-icon").count() > 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_decides_the_theme_against_the_system(site: Any, visit: Visit, theme: str) -> None:
    site.attributes = f' data-theme="{theme}"'
    page = visit(color_scheme="dark" if theme == "light" else "light")
    colour = page.locator("section.weike-quiz").evaluate("e => getComputedStyle(e).backgroundColor")
    assert colour == {"light": "rgb(255, 255, 255)", "dark": "rgb(26, 32, 39)"}[theme]


def test_the_pages_own_colours_are_taken_over(visit: Visit) -> None:
    page = visit()
    page.evaluate("document.documentElement.style.setProperty('--weike-accent', 'rgb(1, 2, 3)')")
    button = page.locator(".wq-go-check")
    expect(button).to_have_css("background-color", "rgb(1, 2, 3)")


def test_large_text_makes_everything_larger(site: Any, visit: Visit) -> None:
    page = visit()
    size = "e => parseFloat(getComputedStyle(e).fontSize)"
    before = page.locator(".wq-option").first.evaluate(size)
    page.evaluate("document.documentElement.classList.add('large')")
    assert page.locator(".wq-option").first.evaluate(size) == pytest.approx(before * 1.3, rel=0.01)


def test_whoever_asks_for_less_motion_sees_none(visit: Visit) -> None:
    page = visit(reduced_motion="reduce")
    moving = page.evaluate(
        """() => [...document.querySelectorAll('.weike-quiz, .weike-quiz *')]
             .map(e => getComputedStyle(e))
             .filter(s => s.animationName !== 'none' || s.transitionDuration !== '0s').length"""
    )
    assert moving == 0


def test_a_lesson_in_another_language_keeps_it(visit: Visit) -> None:
    page = visit()
    page.evaluate(
        """async () => {
          const main = document.querySelector('main');
          main.lang = 'en';
          const { HttpTransport, mount } = await import('/quiz.js');
          window.stop_quiz();
          const transport = new HttpTransport({ base: '/', quiz: 'fire/check', member: 'ada' });
          mount(document.querySelector('section'), transport, { language: 'zh-CN' });
        }"""
    )
    expect(page.locator(".wq-stem").first).to_have_attribute("lang", "en")
    expect(page.locator("section.weike-quiz")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("button", name="Check").first).to_be_visible()


def test_question_and_options_are_a_native_group_with_a_legend(visit: Visit) -> None:
    page = visit()
    group = page.get_by_role("group", name="第 1 题 单选题 · 1 分 使用灭火器的第一步是什么？")
    expect(group.get_by_role("radio")).to_have_count(3)
    expect(page.locator("section.weike-quiz")).to_have_attribute("lang", "zh-CN")

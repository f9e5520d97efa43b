"""The component over widget messages, against a model that answers, refuses or is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

Visit = Callable[..., Page]

# A model as anywidget gives it, whose kernel is the test server's, through the same protocol.
MODEL = """async () => {
  const { default: { render } } = await import("/quiz.js");
  const { default: words } = await import("/words.js");
  window.stop_quiz();
  const listeners = new Set();
  window.gone = false;
  const call = {
    open: params => ["POST", "/api/attempts", { quiz: "fire/check", new: params.new }],
    answer: params => ["PUT", `/api/attempts/${params.attempt}/answers/${params.item}`, params],
    submit: params => ["POST", `/api/attempts/${params.attempt}/submit`, {}],
  };
  const model = {
    get: name => ({ language: "zh-CN", words })[name],
    on: (_name, listener) => listeners.add(listener),
    off: (_name, listener) => listeners.delete(listener),
    async send({ id, method, params }) {
      if (window.gone) return;
      const [verb, path, body] = call[method](params);
      const headers = { "X-XSRFToken": "token" };
      const response = await fetch(path, { method: verb, headers, body: JSON.stringify(body) });
      const answer = await response.json();
      const reply = response.ok ? { id, result: answer } : { id, error: answer.error };
      for (const listener of listeners) listener({ id: "of somebody else", result: {} });
      for (const listener of listeners) listener(reply, []);
    },
  };
  document.querySelector("section").remove();
  const el = document.createElement("div");
  document.querySelector("main").append(el);
  window.clean_up = render({ model, el });
  window.listeners = listeners;
}"""


def notebook(visit: Visit) -> Page:
    page = visit()
    page.evaluate(MODEL)
    page.wait_for_selector(".wq-card:not([hidden])")
    return page


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).tap()


def test_a_quiz_is_answered_over_messages(site: Any, visit: Visit) -> None:
    page = notebook(visit)
    page.get_by_text("拔掉保险销").tap()
    tap(page, "确定")
    expect(page.locator(".wq-feedback:visible")).to_contain_text("口诀")
    expect(page.locator(".wq-status")).to_have_text("已保存")
    assert len(site.answers("single")) == 1
    assert page.evaluate("localStorage.length") == 0, "a notebook keeps nothing in the browser"


def test_a_refusal_is_said_beside_the_field(site: Any, define: Any, visit: Visit) -> None:
    site.definition = define("## 圆周率？ {#pi}\n= 3.14 ± 0.01\n")
    page = notebook(visit)
    page.get_by_label("您的答案").fill("3,14")
    tap(page, "确定")
    expect(page.get_by_role("alert")).to_contain_text("3.14")


def test_it_says_plainly_when_the_kernel_is_gone(site: Any, visit: Visit) -> None:
    page = notebook(visit)
    page.clock.install()
    page.evaluate("window.gone = true")
    page.get_by_text("拔掉保险销").tap()
    tap(page, "确定")
    expect(
        page.get_by_role("button", name="正在保存…").or_(page.locator(".wq-status"))
    ).to_have_text("未保存")
    page.clock.fast_forward(16_000)
    expect(page.get_by_role("alert")).to_contain_text("没有收到响应。请刷新页面")
    page.evaluate("window.gone = false")
    tap(page, "确定")
    expect(page.locator(".wq-feedback:visible")).to_contain_text("不正确")


def test_taking_the_view_away_leaves_no_listener(visit: Visit) -> None:
    page = notebook(visit)
    assert page.evaluate("window.listeners.size") == 1
    page.evaluate("window.clean_up()")
    assert page.evaluate("window.listeners.size") == 0


def test_the_notebooks_theme_is_followed(visit: Visit) -> None:
    page = visit()
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.evaluate(MODEL)
    page.wait_for_selector(".wq-card:not([hidden])")
    root = page.locator(".weike-quiz")
    expect(root).to_have_css("background-color", "rgb(26, 32, 39)")

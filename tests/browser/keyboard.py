"""A person who has a keyboard and nothing else, and who wants to see where the focus is."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from .answers import Answer, bare

MOST = 80

# What is wrong with the focus, in words; "" where it can be seen. A native choice may show it on
# what its label draws.
FOCUS_TROUBLE = """() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return "";
  const ring = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  if (e.matches("audio, video")) return ""; // the browser draws the rings of its players' buttons
  const labels = Array.from(e.labels || []);
  const parts = labels.flatMap((label) => [label, ...label.querySelectorAll("*")]);
  const name = e.outerHTML.slice(0, 120);
  if (!ring(e) && !parts.some((part) => ring(part) || ring(part, "::before"))) {
    return "no ring around " + name;
  }
  const box = e.getBoundingClientRect();
  const x = box.left + box.width / 2;
  const y = box.top + Math.min(box.height, innerHeight) / 2;
  if (y < 0 || y > innerHeight || x < 0 || x > innerWidth) return "outside the screen: " + name;
  const top = document.elementFromPoint(x, y);
  const whole = [e, ...labels];
  if (!whole.some((one) => one.contains(top) || top.contains(one))) {
    return name + " is under " + top.outerHTML.slice(0, 120);
  }
  return "";
}"""


@dataclass(frozen=True, slots=True)
class Keyboard:
    page: Page

    def press(self, *keys: str) -> None:
        for one in keys:
            self.page.keyboard.press(one)

    def tab_to(self, goal: Locator, *, back: bool = False) -> None:
        """Tab until the goal has the focus, and see the focus all the way."""
        for _step in range(MOST):
            self.press("Shift+Tab" if back else "Tab")
            self.see_focus()
            if self.has_focus(goal):
                return
        raise AssertionError(f"the Tab key never comes to {goal}")

    def has_focus(self, goal: Locator) -> bool:
        return bool(goal.evaluate("(element) => element === document.activeElement"))

    def see_focus(self) -> None:
        trouble = self.page.evaluate(FOCUS_TROUBLE)
        assert trouble == "", trouble

    def answer(self, card: Locator, answer: Answer) -> None:
        """Answer a question; the focus may be anywhere before it."""
        if answer.texts:
            for i, text in enumerate(answer.texts):
                self.tab_to(card.locator("input.wq-field").nth(i))
                self.page.keyboard.type(text)
            return
        options = card.locator(".wq-option")
        texts = [bare(text) for text in options.locator(".wq-option-text").all_text_contents()]
        goals = [i for i, text in enumerate(texts) if text in answer.picks]
        inputs = options.locator("input")
        if inputs.first.get_attribute("type") == "checkbox":
            for goal in goals:
                self.tab_to(inputs.nth(goal))
                self.press("Space")
            return
        self.tab_to(inputs.first)
        self.press("Space", *["ArrowDown"] * goals[0])
        self.see_focus()
        assert self.has_focus(inputs.nth(goals[0]))

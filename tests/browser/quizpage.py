"""The quiz on a lesson's page, as a thumb sees it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from .answers import Answer, Key, bare


@dataclass(frozen=True, slots=True)
class QuizPage:
    page: Page
    key: Key

    @property
    def root(self) -> Locator:
        return self.page.locator(".weike-quiz").first

    @property
    def card(self) -> Locator:
        """The question that is shown; on a phone there is one."""
        return self.root.locator(".wq-card:not([hidden])").first

    @property
    def feedback(self) -> Locator:
        return self.card.locator(".wq-feedback")

    @property
    def state(self) -> Locator:
        """已保存, 未保存 or 离线."""
        return self.root.locator(".wq-status")

    @property
    def result(self) -> Locator:
        return self.root.locator(".wq-result")

    def button(self, word: str) -> Locator:
        return self.root.get_by_role("button", name=word, exact=True)

    def stems(self) -> list[str]:
        """The questions in their order, whether shown or not."""
        self.root.locator(".wq-card").first.wait_for(state="attached")
        return [bare(text) for text in self.root.locator(".wq-stem").all_text_contents()]

    def stem(self) -> str:
        return self.card.locator(".wq-stem").text_content() or ""

    def give(self, *, right: bool = True) -> None:
        """Tap the options or type the texts of an answer to the question that is shown."""
        self.put(self.card, self.key.answer(self.stem(), right=right))

    def put(self, card: Locator, answer: Answer) -> None:
        if answer.texts:
            fields = card.locator("input.wq-field")
            for i, text in enumerate(answer.texts):
                fields.nth(i).tap()
                fields.nth(i).fill(text)
        for option in card.locator(".wq-option").all():
            text = bare(option.locator(".wq-option-text").text_content() or "")
            if text in answer.picks:
                option.tap()

    def check(self, word: str = "确定") -> None:
        """确定, then wait until the server has spoken."""
        self.button(word).first.tap()
        expect(self.feedback).to_be_visible()

    def answer_all(self, *, wrong: frozenset[int] = frozenset()) -> None:
        """A practice quiz to its last question; `wrong` counts from 0. Does not submit."""
        count = len(self.stems())
        for i in range(count):
            self.give(right=i not in wrong)
            self.check()
            if i + 1 < count:
                self.button("下一题").tap()

"""Single choice: one of the options is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from weike.quizzes.choice import Choice
from weike.quizzes.i18n import _
from weike.quizzes.question import Grade, Layout, Partial

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft


@dataclass(frozen=True, kw_only=True)
class Single(Choice):
    """A response is the option's index, in a browser its id."""

    type: ClassVar[str] = "single"

    def flaw(self) -> str | None:
        if len(self.key) > 1:
            return _("a single choice with several right answers")
        return super().flaw()

    def check(self, response: object) -> int:
        return self.check_index(response)

    def mark(self, response: int, partial: Partial) -> Grade:
        option = self.options[response]
        # A partly right option earns what its author gave it; only the right one earns it all.
        return self.earned(1.0 if option.right else min(option.weight or 0.0, 0.99))

    def decode(self, layout: Layout, response: object) -> int:
        return self.decode_id(layout, response)

    def feedback(self, layout: Layout, response: int | None) -> dict[str, Any]:
        return self.option_feedback(layout, () if response is None else (response,))

    @classmethod
    def claims(cls, draft: Draft) -> bool:
        ticks = sum(item.ticked for item in draft.items)
        return draft.is_task_list and not draft.says_true_and_false and ticks < 2

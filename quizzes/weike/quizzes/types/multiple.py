"""Multiple choice: any number of the options are right, and one of three rules says what part of
an answer is worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from weike.quizzes.choice import Choice
from weike.quizzes.errors import ResponseError
from weike.quizzes.i18n import _
from weike.quizzes.question import Grade, Layout, Partial

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft


_MOST = 1000


@dataclass(frozen=True, kw_only=True)
class Multiple(Choice):
    """A response is a list of indexes in any order, in a browser of ids."""

    type: ClassVar[str] = "multiple"

    def check(self, response: object) -> frozenset[int]:
        return _without_repeats([self.check_index(part) for part in _several(response)])

    def mark(self, response: frozenset[int], partial: Partial) -> Grade:
        return self.earned(self._share(response, partial))

    def _share(self, picks: frozenset[int], partial: Partial) -> float:
        key = self.key
        if picks == key:
            return 1.0
        if partial == "missed-half":
            # Nothing ticked is a subset of the key too, and earns nothing.
            return 0.5 if picks and picks < key else 0.0
        if partial == "per-option":
            gained = sum(self.worth(index) for index in picks & key)
            lost = sum(self.cost(index) for index in picks - key)
            return gained - lost
        return 0.0

    def worth(self, index: int) -> float:
        """The right options share the points, evenly or by their weights."""
        weights = [self.options[i].weight for i in self.key]
        if all(weight is not None and weight > 0 for weight in weights):
            total = sum(weight for weight in weights if weight is not None)
            return (self.options[index].weight or 0.0) / total
        return 1.0 / len(self.key)

    def cost(self, index: int) -> float:
        """A wrong pick never costs less than one right pick earns on average."""
        return max(abs(self.options[index].weight or 0.0), 1.0 / len(self.key))

    def decode(self, layout: Layout, response: object) -> frozenset[int]:
        return _without_repeats([self.decode_id(layout, id) for id in _several(response)])

    def feedback(self, layout: Layout, response: frozenset[int] | None) -> dict[str, Any]:
        return self.option_feedback(layout, tuple(response or ()))

    @classmethod
    def claims(cls, draft: Draft) -> bool:
        ticks = sum(item.ticked for item in draft.items)
        return draft.is_task_list and not draft.says_true_and_false and ticks > 1


def _several(response: object) -> Iterable[object]:
    if isinstance(response, list | tuple | set | frozenset) and len(response) <= _MOST:
        return response
    raise ResponseError(_("an answer here is a list of options"))


def _without_repeats(indexes: list[int]) -> frozenset[int]:
    if len(set(indexes)) < len(indexes):
        raise ResponseError(_("an option is picked twice"))
    return frozenset(indexes)

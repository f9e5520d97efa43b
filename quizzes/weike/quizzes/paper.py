"""What one attempt asks: drawn once by chance, then stored and never drawn again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from weike.quizzes.question import Layout, Question
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperItem:
    """One question as this attempt asks it; what `layout` holds is the type's own."""

    item: str
    version: str
    layout: Layout


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """`seed` is for an audit only: it replays the draw while banks and code stay the same."""

    items: tuple[PaperItem, ...]
    seed: str

    def __contains__(self, item: object) -> bool:
        return any(drawn.item == item for drawn in self.items)

    def layout(self, item: str) -> Layout:
        """Raises `KeyError` for an item that this paper does not hold."""
        for drawn in self.items:
            if drawn.item == item:
                return drawn.layout
        raise KeyError(item)

    def to_json(self) -> dict[str, Any]:
        items = [
            {"item": drawn.item, "version": drawn.version, "layout": dict(drawn.layout)}
            for drawn in self.items
        ]
        return {"items": items, "seed": self.seed}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Paper:
        return cls(items=tuple(PaperItem(**item) for item in data["items"]), seed=data["seed"])


def draw_paper(
    definition: QuizDefinition, rng: Random, *, met: Mapping[str, int] | None = None
) -> Paper:
    """Draw a paper. `met` counts how often this member was asked each item before."""
    rules = definition.rules
    seed = f"{rng.getrandbits(128):032x}"
    chance = Random(seed)  # noqa: S311 - seeded from the caller's source of chance
    chosen = _chosen(definition.questions, rules, chance, met or {})
    if rules.shuffles_questions:
        chance.shuffle(chosen)
    items = (
        PaperItem(
            item=question.id,
            version=question.version,
            layout=question.draw(chance, shuffle=rules.shuffles_options),
        )
        for question in chosen
    )
    return Paper(items=tuple(items), seed=seed)


def _chosen(
    questions: Sequence[Question], rules: Rules, chance: Random, met: Mapping[str, int]
) -> list[Question]:
    """The drawn questions, in the bank's order."""
    if rules.draw is None:
        return list(questions)
    order = [question for question in questions if question.asks]
    chance.shuffle(order)
    # Stable: among the questions met equally often, chance has decided.
    order.sort(key=lambda question: met.get(question.id, 0))
    taken: set[str] = set()
    for stratum, count in rules.strata or ((None, rules.draw),):
        fitting = [q.id for q in order if q.id not in taken and _belongs(q, stratum)]
        taken.update(fitting[:count])
    return [question for question in questions if question.id in taken]


def _belongs(question: Question, stratum: str | int | None) -> bool:
    if stratum is None:
        return True
    return stratum == (question.difficulty if isinstance(stratum, int) else question.topic)

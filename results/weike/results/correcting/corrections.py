"""What was decided about wrong keys: answers to one version of an item are graded otherwise.

The last decision about a quiz, an item and its version counts. `log.read` applies it to every
attempt it reads, so a submission, a rebuild and what a member is shown agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, func, select

from weike.quizzes.attempt import Waiver
from weike.quizzes.paper import Paper
from weike.quizzes.question import Question
from weike.quizzes.quiz import QuizDefinition
from weike.results.store import Kept, Store
from weike.results.tables import item_version, rescoring

# Asked along with every attempt: whether there is something new.
LAST = select(func.max(rescoring.c.id)).scalar_subquery()


@dataclass(frozen=True, slots=True)
class Correction:
    """Either the question that grades instead, or what everybody gets."""

    question: Question | None = None
    waiver: Waiver | None = None


Corrections = Mapping[tuple[str, str], Correction]  # by item and version


@dataclass(slots=True)
class _Memory:
    last: int = 0
    by_quiz: Mapping[str, Corrections] = field(default_factory=dict)
    definitions: dict[tuple[object, ...], QuizDefinition] = field(default_factory=dict)


_memory: Kept[_Memory] = Kept(_Memory)


def load_corrections(connection: Connection) -> dict[str, dict[tuple[str, str], Correction]]:
    """Every decision that counts, by quiz."""
    rows = connection.execute(
        select(rescoring, item_version.c.question)
        .outerjoin(
            item_version,
            (item_version.c.item == rescoring.c.item) & (item_version.c.version == rescoring.c.new),
        )
        .order_by(rescoring.c.id)
    )
    found: dict[str, dict[tuple[str, str], Correction]] = {}
    for row in rows:
        if row.action == "key":
            assert row.question is not None, "a new key is a stored version of the item"
            correction = Correction(question=Question.from_json(row.question))
        else:
            correction = Correction(waiver=row.action)
        found.setdefault(row.quiz, {})[row.item, row.old] = correction
    return found


def apply(
    connection: Connection,
    store: Store,
    attempt: Row[Any],
    definition: QuizDefinition,
    paper: Paper,
) -> tuple[QuizDefinition, dict[str, Waiver]]:
    """The definition with the keys that grade this attempt, and what is waived on its paper.

    `attempt` is a row of `log.ATTEMPTS`: its `corrected` says which decision was the last.
    """
    memory = _memory(store)
    if memory.last != attempt.corrected:
        memory.by_quiz, memory.last = load_corrections(connection), attempt.corrected
        memory.definitions.clear()
    decided = memory.by_quiz.get(attempt.quiz, {})
    applying = {
        drawn.item: decided[drawn.item, drawn.version]
        for drawn in paper.items
        if (drawn.item, drawn.version) in decided
    }
    keys = {item: one.question for item, one in applying.items() if one.question is not None}
    waived = {item: one.waiver for item, one in applying.items() if one.waiver is not None}
    if not keys:
        return definition, waived
    key = (attempt.quiz_version, *((item, keys[item].version) for item in sorted(keys)))
    found = memory.definitions.get(key)
    if found is None:
        questions = tuple(keys.get(one.id, one) for one in definition.questions)
        found = memory.definitions[key] = replace(definition, questions=questions)
    return found, waived

"""Answers to the quizzes of a lesson that is being written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from weike.quizzes.errors import AttemptRefused
from weike.quizzes.quiz import QuizDefinition
from weike.widgets.local import LocalAttempts

T = TypeVar("T")
MOST: Final = 300  # quizzes that are tried
LONGEST: Final = 2_000  # requests to one of them; who tries a quiz by hand needs no tenth of it


@dataclass(slots=True)
class _Trial:
    definition: QuizDefinition
    attempts: LocalAttempts
    asked: int = 0


class Trials:
    """Attempts at quizzes in previews: in this process's memory, and nobody's record.

    Each answer stays in its attempt, also those of a program that never ends: after `LONGEST` a
    trial begins anew.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], _Trial] = OrderedDict()

    def begin(self, member: str, slug: str, definition: QuizDefinition) -> LocalAttempts:
        """The attempts at a quiz as it is now; another question in it begins anew."""
        place = member, slug, definition.id
        found = self._kept.get(place)
        if found is None or found.definition.version != definition.version:
            found = self._kept[place] = _Trial(definition, LocalAttempts(definition))
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return found.attempts

    def open(self, member: str, slug: str, body: Mapping[str, object]) -> dict[str, Any]:
        """What `POST …/attempts` answers, for the quiz that the page names as `<slug>/<quiz>`."""
        found = self._kept.get((member, slug, str(body.get("quiz")).partition("/")[2]))
        if found is None:
            raise AttemptRefused("not_found")
        return _asked(found).open(new=body.get("new") is True)

    def ask(self, member: str, slug: str, act: Callable[[LocalAttempts], T]) -> T:
        """What `act` gives for the quiz of this lesson whose attempt it names."""
        for (who, lesson, _quiz), found in self._kept.items():
            if (who, lesson) == (member, slug):
                try:
                    return act(_asked(found))
                except AttemptRefused as refused:
                    if refused.code != "not_found":
                        raise
        raise AttemptRefused("not_found")


def _asked(trial: _Trial) -> LocalAttempts:
    trial.asked += 1
    if trial.asked > LONGEST:
        trial.attempts, trial.asked = LocalAttempts(trial.definition), 0
    return trial.attempts

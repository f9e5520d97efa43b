"""Answers to the quizzes of a lesson that is being written."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from weike.quizzes.errors import AttemptRefused
from weike.quizzes.quiz import QuizDefinition
from weike.widgets.local import LocalAttempts

T = TypeVar("T")


class Trials:
    """Attempts at quizzes in previews: in this process's memory, and nobody's record."""

    MOST = 300

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str, str], tuple[str, LocalAttempts]] = OrderedDict()

    def begin(self, member: str, slug: str, definition: QuizDefinition) -> LocalAttempts:
        """The attempts at a quiz as it is now; another question in it begins anew."""
        place = member, slug, definition.id
        version, attempts = self._kept.get(place, ("", None))
        if attempts is None or version != definition.version:
            attempts = LocalAttempts(definition)
            self._kept[place] = definition.version, attempts
            while len(self._kept) > self.MOST:
                self._kept.popitem(last=False)
        return attempts

    def open(self, member: str, slug: str, body: Mapping[str, object]) -> dict[str, Any]:
        """What `POST …/attempts` answers, for the quiz that the page names as `<slug>/<quiz>`."""
        attempts = self.known(member, slug, str(body.get("quiz")).partition("/")[2])
        if attempts is None:
            raise AttemptRefused("not_found")
        return attempts.open(new=body.get("new") is True)

    def known(self, member: str, slug: str, quiz: str) -> LocalAttempts | None:
        return self._kept.get((member, slug, quiz), ("", None))[1]

    def ask(self, member: str, slug: str, act: Callable[[LocalAttempts], T]) -> T:
        """What `act` gives for the quiz of this lesson whose attempt it names."""
        for (who, lesson, _quiz), (_version, attempts) in self._kept.items():
            if (who, lesson) == (member, slug):
                try:
                    return act(attempts)
                except AttemptRefused as refused:
                    if refused.code != "not_found":
                        raise
        raise AttemptRefused("not_found")

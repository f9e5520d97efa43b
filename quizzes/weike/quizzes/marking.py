"""Grading what a browser sent, and remembering it: the same answer to the same question recurs."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from weike.quizzes.errors import ResponseError
from weike.quizzes.question import Grade, Layout, Partial, Question, Ungraded

_MOST = 5_000  # grades remembered for one question
_DECODED = object()


class Marker:
    """Grades one question of a quiz by its rule.

    A grade depends on the response in the question's own terms and on nothing else. Where chance
    decided nothing about the question, such as the order of options, what was sent says it all.
    """

    def __init__(self, question: Question, partial: Partial) -> None:
        self._question = question
        self._partial = partial
        self._known: dict[Hashable, Grade | Ungraded] = {}

    def mark(self, layout: Layout, response: Any) -> Grade | Ungraded:
        """The grade of what was sent; a response of a wrong shape cannot be graded."""
        key = None if layout else _plain(response)
        if key is not None and (found := self._known.get(key)) is not None:
            return found
        try:
            decoded = self._question.decode(layout, response)
        except (ResponseError, LookupError, TypeError, ValueError) as error:
            return Ungraded(reason=str(error))
        if key is None:
            key = (_DECODED, decoded)
        try:
            found = self._known.get(key)
        except TypeError:  # a response that has no hash, such as pairs
            return self._question.grade(decoded, partial=self._partial)
        if found is None:
            found = self._question.grade(decoded, partial=self._partial)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[key] = found
        return found

    def unanswered(self) -> Grade | Ungraded:
        found = self._known.get("unanswered")
        if found is None:
            found = self._known["unanswered"] = self._question.unanswered()
        return found


def _plain(response: Any) -> Hashable | None:
    """A key for texts, lists of texts and truths; 1 and true are different answers."""
    match response:
        case str() | bool():
            return (type(response), response)
        case list() if all(type(part) is str for part in response):
            return tuple(response)
    return None

"""What is registered in a kernel, published and stored. It holds the keys: never send it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from weike.quizzes.marking import Marker
from weike.quizzes.pictures import map_pictures
from weike.quizzes.question import Question, content_hash
from weike.quizzes.rules import Rules


@dataclass(frozen=True, kw_only=True)
class QuizDefinition:
    """A quiz of a lesson: its rules, and the questions that papers are drawn from."""

    id: str
    title: str
    rules: Rules
    questions: tuple[Question, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Question]:
        return {question.id: question for question in self.questions}

    @cached_property
    def markers(self) -> Mapping[str, Marker]:
        """What grades each question."""
        return {one.id: Marker(one, self.rules.partial) for one in self.questions}

    @cached_property
    def by_person(self) -> bool:
        """Whether a person has to read answers to any of its questions."""
        return any(question.by_person for question in self.questions)

    @cached_property
    def version(self) -> str:
        return content_hash(self.to_json())

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "rules": self.rules.to_json(),
            "questions": [question.to_json() for question in self.questions],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> QuizDefinition:
        return cls(
            id=data["id"],
            title=data["title"],
            rules=Rules.from_json(data["rules"]),
            questions=tuple(map(Question.from_json, data["questions"])),
        )

    def with_pictures(self, resolve: Callable[[str], str]) -> QuizDefinition:
        """The same quiz with the address of every picture, in whatever text, resolved."""
        questions = (q.map_texts(lambda t: map_pictures(t, resolve)) for q in self.questions)
        return replace(self, questions=tuple(questions))

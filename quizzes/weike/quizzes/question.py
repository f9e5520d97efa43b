"""A question, and the three things that can come of a response to it."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeAlias, get_args

from weike.quizzes.errors import ResponseError, WeikeError
from weike.quizzes.html import render
from weike.quizzes.i18n import _
from weike.quizzes.number import plain
from weike.quizzes.text import item_id
from weike.quizzes.view import QuestionView

if TYPE_CHECKING:
    from weike.quizzes.draft import Draft

Partial = Literal["all-or-nothing", "missed-half", "per-option"]
Layout = Mapping[str, Any]
Nested: TypeAlias = "tuple[Question, Layout, Any | None]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """What a response earned. `correct` is None where nothing was right or wrong (a poll).

    `parts` holds the share earned, 0 to 1, in each part of a question with several; `inner` the
    grade of each question inside this one.
    """

    score: float
    max: float
    correct: bool | None
    parts: tuple[float, ...] = ()
    inner: tuple[Grade | Ungraded, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ungraded:
    """The question could not be graded. That is reported, and costs no learner a point."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint(Ungraded):
    """The response could mean two things; `reason` says how to write it. Nothing counts yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending(Ungraded):
    """A person has to read the response first. Until then it counts neither for nor against.

    `inner` holds the grade of each question inside this one; some of them are known already.
    """

    inner: tuple[Grade | Ungraded, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Question(ABC):
    """What all types share. A type is one module in `weike.quizzes.types` with one subclass.

    `stem` and every other text are Markdown. A response is in the question's own terms: indexes
    of options as authored, a truth, texts. What a browser sends goes through `decode` first.
    """

    type: ClassVar[str]
    schema: ClassVar[Mapping[str, Any]]  # JSON Schema: "properties" and "required" of `body`
    asks: ClassVar[bool] = True  # a note does not
    by_person: ClassVar[bool] = False  # a person gives the points: an essay
    nests: ClassVar[bool] = False  # a material does: it holds questions of its own

    id: str = ""
    stem: str
    points: float = 1.0
    topic: str | None = None
    difficulty: int | None = None
    tags: tuple[str, ...] = ()
    explanation: str | None = None

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", item_id(self.stem))

    def grade(self, response: object, *, partial: Partial = "all-or-nothing") -> Grade | Ungraded:
        """Raises `ResponseError` for a response of a wrong shape, and nothing else."""
        if (flaw := self.flaw()) is not None:
            return Ungraded(reason=flaw)
        try:
            return self.mark(self.check(response), partial)
        except ResponseError:
            raise
        except Exception as error:
            return Ungraded(reason=f"{type(error).__name__}: {error}")

    def unanswered(self) -> Grade | Ungraded:
        """The grade where there is no response at all."""
        if (flaw := self.flaw()) is not None:
            return Ungraded(reason=flaw)
        return self.earned(0.0)

    def earned(self, share: float, parts: tuple[float, ...] = ()) -> Grade:
        """The grade for a share of the points, 0 to 1."""
        correct = round(share, 9) >= 1.0
        # Thirds and sevenths leave no trace of binary fractions in what people read.
        score = self.points if correct else round(max(0.0, share) * self.points, 9)
        return Grade(score=score, max=self.points, correct=correct, parts=parts)

    def flaw(self) -> str | None:
        """Why nobody's response to this question can be graded."""
        return None

    @abstractmethod
    def check(self, response: object) -> Any:
        """The response in the question's own terms; `ResponseError` where it is none."""

    @abstractmethod
    def mark(self, response: Any, partial: Partial) -> Grade | Ungraded:
        """Grade a checked response. May raise: then the question counts as ungraded."""

    def draw(self, rng: Random, *, shuffle: bool) -> dict[str, Any]:
        """Everything that chance decides about this question in one attempt, as JSON."""
        return {}

    def view(self, layout: Layout) -> QuestionView:
        return QuestionView(**self.shown())

    def shown(self) -> dict[str, Any]:
        """The fields of every view."""
        return {
            "item": self.id,
            "type": self.type,
            "html": render(self.stem),
            "points": plain(self.points),
        }

    def decode(self, layout: Layout, response: object) -> Any:
        """What the browser sent, in the question's own terms; `ResponseError` where it is none."""
        return self.check(response)

    def feedback(self, layout: Layout, response: Any | None) -> dict[str, Any]:
        """This type's part of the feedback JSON. `response` is checked, None where there is none.

        Holds the key: call it only when the rules release it.
        """
        return {}

    def marked(self, pending: Pending, share: float) -> Grade:
        """The grade once a person has given a share of the points, 0 to 1, for a response."""
        return self.earned(share)

    def to_read(self, response: Any, grade: Grade | Ungraded) -> str:
        """What a person who gives the points reads of a checked response and its grade."""
        return str(response)

    @property
    def usual_points(self) -> float:
        """What it is worth where its author says nothing."""
        return type(self).points

    def nested(self, layout: Layout, response: Any | None) -> Iterable[Nested]:
        """The questions inside this one, each with what `layout` and `response` hold for it."""
        return ()

    @abstractmethod
    def body(self) -> dict[str, Any]:
        """The JSON fields of this type, as `schema` describes them."""

    @classmethod
    @abstractmethod
    def from_body(cls, body: Mapping[str, Any], **common: Any) -> Self:
        """The question of a valid JSON object; `common` holds the fields of every question."""

    def to_json(self) -> dict[str, Any]:
        common: dict[str, Any] = {
            "id": self.id,
            "type": self.type,
            "stem": self.stem,
            "points": plain(self.points),
            "topic": self.topic,
            "difficulty": self.difficulty,
            "tags": list(self.tags) or None,
            "explanation": self.explanation,
        }
        return {key: value for key, value in common.items() if value is not None} | self.body()

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Question:
        """The question of a JSON object that `to_json` made or the schema approved."""
        from weike.quizzes.types import known

        cls = known()[data["type"]]
        return cls.from_body(
            data,
            id=data.get("id", ""),
            stem=data["stem"].strip(),
            points=float(data.get("points", cls.points)),
            topic=data.get("topic"),
            difficulty=data.get("difficulty"),
            tags=tuple(data.get("tags", ())),
            explanation=(data.get("explanation") or "").strip() or None,
        )

    @cached_property
    def version(self) -> str:
        """A hash of everything in it, the key included: what an attempt was asked exactly."""
        return content_hash(self.to_json())

    @classmethod
    @abstractmethod
    def claims(cls, draft: Draft) -> bool:
        """Whether this Markdown asks a question of this type."""

    @classmethod
    @abstractmethod
    def from_markdown(cls, draft: Draft) -> Self | None:
        """The question; None after problems were noted on the draft."""

    @abstractmethod
    def to_markdown(self) -> tuple[str, str]:
        """The stem as it stands in a bank, and the answers that follow it ("" where none do)."""

    def map_texts(self, change: Callable[[str], str]) -> Self:
        """The same question with every Markdown text changed."""
        return replace(
            self,
            stem=change(self.stem),
            explanation=self.explanation and change(self.explanation),
            **self.map_own_texts(change),
        )

    def map_own_texts(self, change: Callable[[str], str]) -> dict[str, Any]:
        """The fields of this type that hold Markdown, changed."""
        return {}

    def problems(self) -> list[str]:
        """What an author has to mend before anyone is asked this, beyond its shape."""
        found = [] if self.stem.strip() else [_("the question has no text")]
        if (flaw := self.flaw()) is not None:
            found.append(flaw)
        return found


def content_hash(data: Any) -> str:
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def grade(
    question: Question, response: object, *, partial: Partial = "all-or-nothing"
) -> Grade | Ungraded:
    """Grade a response: an option's index or text, several of them, a truth, texts, a number.

    A question that cannot be graded gives `Ungraded`; a response that is none at all raises
    `ResponseError`.
    """
    if partial not in get_args(Partial):
        choices = ", ".join(get_args(Partial))
        raise WeikeError(
            _("no rule {name}; choose one of {choices}").format(name=partial, choices=choices)
        )
    return question.grade(response, partial=partial)

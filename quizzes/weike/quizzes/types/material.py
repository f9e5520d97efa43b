"""Material: a text or a picture, and questions about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar, Self

from weike.quizzes.errors import Problem, ResponseError
from weike.quizzes.i18n import _
from weike.quizzes.number import plain
from weike.quizzes.question import (
    Grade,
    Hint,
    Layout,
    Nested,
    Partial,
    Pending,
    Question,
    Ungraded,
)
from weike.quizzes.view import QuestionView

if TYPE_CHECKING:
    from weike.quizzes.blocks import Block
    from weike.quizzes.draft import Draft

_HEADING = "h3"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialView(QuestionView):
    questions: tuple[QuestionView, ...]


@dataclass(frozen=True, kw_only=True)
class Material(Question):
    """The stem is the material; `questions` are asked about it, in their order.

    A response is a list with one entry for each question, in the order of the paper: what that
    question's type wants, or None (null) where nothing is answered yet. The points are those of
    the questions together. While a person has to read one of the answers, all of it is pending.
    """

    type: ClassVar[str] = "material"
    nests: ClassVar[bool] = True
    schema: ClassVar[Mapping[str, Any]] = {
        "properties": {
            "questions": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/inner"}}
        },
        "required": ["questions"],
    }

    questions: tuple[Question, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "questions", tuple(_told_apart(self.questions)))
        object.__setattr__(self, "points", round(sum(one.points for one in self.questions), 9))
        super().__post_init__()

    @property
    def usual_points(self) -> float:
        return self.points

    @property
    def by_person(self) -> bool:  # type: ignore[override]  # a material may hold an essay or not
        return any(one.by_person for one in self.questions)

    def flaw(self) -> str | None:
        if not self.questions:
            return _("a material without a question")
        for number, one in enumerate(self.questions, start=1):
            if one.nests or not one.asks:
                return _("question {n}: {text}").format(
                    n=number, text=_("a material holds only questions that can be answered")
                )
            if (flaw := one.flaw()) is not None:
                return _("question {n}: {text}").format(n=number, text=flaw)
        return None

    def problems(self) -> list[str]:
        found = [] if self.stem.strip() else [_("the question has no text")]
        if not self.questions or any(one.nests or not one.asks for one in self.questions):
            return [*found, *filter(None, [self.flaw()])]
        times = Counter(one.id for one in self.questions)
        for number, one in enumerate(self.questions, start=1):
            texts = one.problems()
            if times[one.id] > 1:
                texts.append(_("the id {id} stands there twice").format(id=one.id))
            found += [_("question {n}: {text}").format(n=number, text=text) for text in texts]
        return found

    def check(self, response: object) -> tuple[Any, ...]:
        return tuple(self._each(response, lambda one, _number, part: one.check(part)))

    def mark(self, response: tuple[Any, ...], partial: Partial) -> Grade | Ungraded:
        found = tuple(
            one.unanswered() if part is None else one.grade(part, partial=partial)
            for one, part in zip(self.questions, response, strict=True)
        )
        waiting = None
        for number, grade in enumerate(found, start=1):
            if isinstance(grade, Pending):
                waiting = waiting or grade
            elif isinstance(grade, Ungraded):
                reason = _("question {n}: {text}").format(n=number, text=grade.reason)
                return (
                    type(grade)(reason=reason)
                    if isinstance(grade, Hint)
                    else Ungraded(reason=reason)
                )
        if waiting is not None:
            return Pending(reason=waiting.reason, inner=found)
        return _together([grade for grade in found if isinstance(grade, Grade)])

    def marked(self, pending: Pending, share: float) -> Grade:
        """The person gives points for the whole; the essays share what the others did not earn."""
        known = sum(one.score for one in pending.inner if isinstance(one, Grade))
        waiting = [
            question.points
            for question, grade in zip(self.questions, pending.inner, strict=True)
            if isinstance(grade, Pending)
        ]
        left = (share * self.points - known) / sum(waiting) if sum(waiting) else 0.0
        found = tuple(
            one.earned(min(1.0, max(0.0, left))) if isinstance(grade, Pending) else grade
            for one, grade in zip(self.questions, pending.inner, strict=True)
        )
        return replace(self.earned(share), inner=found)

    def to_read(self, response: tuple[Any, ...], grade: Grade | Ungraded) -> str:
        """The essays with what is asked, and what the other questions have earned."""
        graded = zip(self.questions, response, getattr(grade, "inner", ()), strict=False)
        essays, earned, most = [], 0.0, 0.0
        for number, (one, part, inner) in enumerate(graded, start=1):
            if one.by_person and part is not None:
                essays.append(f"({number}) {one.stem}\n\n{part}")
            elif isinstance(inner, Grade):
                earned, most = earned + inner.score, most + inner.max
        rest = _("The other questions have earned {score} of {most} points.").format(
            score=plain(round(earned, 2)), most=plain(round(most, 2))
        )
        return "\n\n".join([*essays, rest])

    def unanswered(self) -> Grade | Ungraded:
        if (flaw := self.flaw()) is not None:
            return Ungraded(reason=flaw)
        return self.mark((None,) * len(self.questions), "all-or-nothing")

    def draw(self, rng: Random, *, shuffle: bool) -> dict[str, Any]:
        """The questions keep their order: one may build on another."""
        return {"questions": [one.draw(rng, shuffle=shuffle) for one in self.questions]}

    def view(self, layout: Layout) -> QuestionView:
        return MaterialView(
            **self.shown(),
            questions=tuple(
                one.view(part)
                for one, part in zip(self.questions, layout["questions"], strict=True)
            ),
        )

    def decode(self, layout: Layout, response: object) -> tuple[Any, ...]:
        layouts = layout["questions"]
        if not isinstance(response, list):
            raise ResponseError(_("an answer here is a list, one for each question"))
        return tuple(
            self._each(response, lambda one, number, part: one.decode(layouts[number], part))
        )

    def _each(
        self, response: object, read: Callable[[Question, int, object], Any]
    ) -> Iterator[Any]:
        if not isinstance(response, list | tuple) or len(response) != len(self.questions):
            raise ResponseError(_("an answer here is a list, one for each question"))
        for number, (one, part) in enumerate(zip(self.questions, response, strict=True)):
            if part is None:
                yield None
                continue
            try:
                yield read(one, number, part)
            except ResponseError as error:
                raise ResponseError(
                    _("question {n}: {text}").format(n=number + 1, text=error)
                ) from error

    def nested(self, layout: Layout, response: tuple[Any, ...] | None) -> Iterator[Nested]:
        layouts: Sequence[Layout] = layout.get("questions", [{}] * len(self.questions))
        parts = response or (None,) * len(self.questions)
        return zip(self.questions, layouts, parts, strict=True)

    def body(self) -> dict[str, Any]:
        return {"questions": [one.to_json() for one in self.questions]}

    @classmethod
    def from_body(cls, body: Mapping[str, Any], **common: Any) -> Self:
        return cls(**common, questions=tuple(map(Question.from_json, body["questions"])))

    @classmethod
    def claims(cls, draft: Draft) -> bool:
        """Two `###` sections with answers; a material with one question says `{type=material}`."""
        from weike.quizzes.claiming import claims

        cut = _cut(draft, [])
        return sum(1 for part in cut if part.attributes.get("type") or claims(part)) > 1

    @classmethod
    def from_markdown(cls, draft: Draft) -> Self | None:
        from weike.quizzes.claiming import read_question

        heads = _heads(draft)
        cut = _cut(draft, draft.problems)
        draft.explanation = None
        if cut and _closes(cut[-1]):
            draft.explanation = cut.pop().explanation
        if draft.attributes.get("points"):
            draft.problem(
                draft.line,
                _("a material has the points of its questions"),
                _("write points= behind the ### of a question"),
            )
        if not cut:
            draft.problem(
                draft.line,
                _("a material without a question"),
                _("begin each question about it with ###"),
            )
            return None
        for part in cut:
            wanted = part.attributes.get("type")
            if wanted in ("material", "note"):
                part.problem(
                    part.line,
                    _("a material holds only questions that can be answered"),
                    _("begin it with ## to make it one of its own"),
                )
        questions = [read_question(part) for part in cut if not part.failed]
        draft.failed |= any(part.failed for part in cut) or None in questions
        stem = draft.before(heads[0].line)
        return draft.build(cls, stem, questions=tuple(filter(None, questions)))

    def to_markdown(self) -> tuple[str, str]:
        from weike.quizzes.writing import dump_question

        written = "\n".join(dump_question(one, level=3) for one in self.questions)
        # An empty heading ends the last question, so that the explanation is not taken for its.
        return self.stem, written.rstrip("\n") + ("\n\n###" if self.explanation else "")

    def map_own_texts(self, change: Callable[[str], str]) -> dict[str, Any]:
        return {"questions": tuple(one.map_texts(change) for one in self.questions)}


def _together(grades: Sequence[Grade]) -> Grade:
    counted = [grade for grade in grades if grade.correct is not None]
    return Grade(
        score=round(sum(grade.score for grade in grades), 9),
        max=round(sum(grade.max for grade in grades), 9),
        correct=all(grade.correct for grade in counted) if counted else None,
        parts=tuple(grade.score / grade.max if grade.max else 0.0 for grade in grades),
        inner=tuple(grades),
    )


def _told_apart(questions: Sequence[Question]) -> Iterator[Question]:
    """Questions under the same words ("Which is right?") get ids of their own."""
    from weike.quizzes.text import item_id

    seen: Counter[str] = Counter()
    for one in questions:
        seen[one.id] += 1
        again = seen[one.id]
        if again > 1 and one.id == item_id(one.stem):
            one = replace(one, id=f"{one.id}-{again}")
        yield one


def _heads(draft: Draft) -> list[Block]:
    return [block for block in draft.parts if block.tag == _HEADING]


def _closes(part: Draft) -> bool:
    """An empty `###`, with nothing below it but the material's explanation."""
    return not (part.heading or part.attributes.values or part.body)


def _cut(draft: Draft, problems: list[Problem]) -> list[Draft]:
    """The `###` sections, each as a draft of its own."""
    from weike.quizzes.draft import Draft

    heads = _heads(draft)
    ends = [*(head.line for head in heads), draft.source_line + len(draft.source)][1:]
    return [
        Draft(
            line=head.line,
            heading=head.content,
            source=draft.source[
                head.line + len(head.lines) - draft.source_line : end - draft.source_line
            ],
            source_line=head.line + len(head.lines),
            problems=problems,
        )
        for head, end in zip(heads, ends, strict=True)
    ]

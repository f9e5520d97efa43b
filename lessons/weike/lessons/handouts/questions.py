"""Questions on paper: letters instead of ids, gaps to write in, and the answers apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from string import ascii_uppercase

from markupsafe import Markup

from weike.quizzes.html import render
from weike.quizzes.i18n import _, one_by_one
from weike.quizzes.paper import Paper, draw_paper
from weike.quizzes.question import Layout, Question
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.essay import Essay
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.material import Material
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.numeric import Numeric
from weike.quizzes.types.ordering import Ordering
from weike.quizzes.types.poll import Poll
from weike.quizzes.types.single import Single

Lettered = tuple[str, Markup]
_NONE = Markup()


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """One question. `answer` is empty where nothing is right; `parts` are those of a material.

    `left` is numbered and matched with the letters of `options`; `blanks` counts the answers of a
    fill-in; `number` is empty for a text without a question.
    """

    number: str
    kind: str
    html: Markup
    points: float
    options: Sequence[Lettered] = ()
    left: Sequence[Lettered] = ()
    blanks: int = 0
    unit: str = ""
    answer: Markup = _NONE
    explanation: Markup = _NONE
    parts: Sequence[Printed] = ()

    def flat(self) -> Iterator[Printed]:
        """What is answered: the question itself, or the parts of a material."""
        if self.parts:
            yield from self.parts
        elif self.number:
            yield self


def as_written(quiz: QuizDefinition) -> list[Printed]:
    """Every question of a quiz in the order of its author.

    What is matched or put in order is mixed, the same in every copy. The quiz's version is a hash
    of its keys too, which nobody outside knows: with a seed that is known, whoever has this code
    could tell the right order from the printed one.
    """
    chance = Random(quiz.version)  # noqa: S311 - so that it can be printed again
    numbers = iter(range(1, 10_000))
    return [_printed(q, q.draw(chance, shuffle=False), numbers) for q in quiz.questions]


def as_drawn(quiz: QuizDefinition, seed: str) -> list[Printed]:
    """The questions of one paper; the same seed draws the same paper."""
    paper: Paper = draw_paper(quiz, Random(seed))  # noqa: S311 - so that it can be printed again
    numbers = iter(range(1, 10_000))
    return [_printed(quiz.by_id[one.item], one.layout, numbers) for one in paper.items]


def _printed(question: Question, layout: Layout, numbers: Iterator[int]) -> Printed:
    html = Markup(render(question.stem))  # noqa: S704 - Markdown, cleaned
    if isinstance(question, Material):
        inside = zip(question.questions, layout["questions"], strict=True)
        parts = [_printed(one, part, numbers) for one, part in inside]
        said = _markdown(question.explanation)
        return Printed(
            number="", kind=question.type, html=html, points=question.points, parts=parts,
            explanation=said,
        )  # fmt: skip
    number = str(next(numbers)) if question.asks else ""
    options, left = _lists(question, layout)
    return Printed(
        number=number,
        kind=question.type,
        html=html,
        points=question.points,
        options=options,
        left=left,
        blanks=len(question.blanks) if isinstance(question, Blank) else 0,
        unit=question.unit or "" if isinstance(question, Numeric) else "",
        answer=_answer(question, layout),
        explanation=_markdown(question.explanation),
    )


def _lists(question: Question, layout: Layout) -> tuple[list[Lettered], list[Lettered]]:
    match question:
        case Single() | Multiple() | Poll():
            texts = [question.options[index].text for _id, index in layout["options"]]
        case Ordering():
            texts = [question.items[index] for _id, index in layout["options"]]
        case Matching():
            texts = [question.rights[index] for _id, index in layout["right"]]
            lefts = [question.pairs[index][0] for _id, index in layout["left"]]
            return _lettered(texts), [(str(n), _line(text)) for n, text in enumerate(lefts, 1)]
        case _:
            return [], []
    return _lettered(texts), []


def _lettered(texts: Sequence[str]) -> list[Lettered]:
    return [(_letter(n), _line(text)) for n, text in enumerate(texts)]


def _letter(n: int) -> str:
    return ascii_uppercase[n] if n < len(ascii_uppercase) else str(n + 1)


def _answer(question: Question, layout: Layout) -> Markup:
    match question:
        case Single() | Multiple():
            right = [
                _letter(n)
                for n, (_id, index) in enumerate(layout["options"])
                if question.options[index].right
            ]
            return Markup.escape("".join(right))
        case Boolean():
            return Markup.escape(_("true") if question.right else _("false"))
        case Blank():
            full = [[s.text for s in b if s.weight == 1.0] for b in question.blanks]
            return Markup.escape(one_by_one(" / ".join(texts) for texts in full))
        case Numeric():
            return Markup.escape(str(next(a for a in question.answers if a.weight == 1.0)))
        case Matching():
            place = {index: _letter(n) for n, (_id, index) in enumerate(layout["right"])}
            pairs = [
                f"{n}–{place[question.key[index]]}"
                for n, (_id, index) in enumerate(layout["left"], 1)
            ]
            return Markup.escape("  ".join(pairs))
        case Ordering():
            found = {index: _letter(n) for n, (_id, index) in enumerate(layout["options"])}
            return Markup.escape(" → ".join(found[n] for n in range(len(question.items))))
        case Essay():
            return Markup.escape(_("read by a person"))
    return Markup()


def _line(text: str) -> Markup:
    return Markup(render(text, inline=True))  # noqa: S704 - Markdown, cleaned


def _markdown(text: str | None) -> Markup:
    return Markup(render(text)) if text else Markup()  # noqa: S704 - Markdown, cleaned

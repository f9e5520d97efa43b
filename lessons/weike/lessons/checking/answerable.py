"""Questions that nobody can answer right, or not as their author meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from weike.lessons.checking.remark import Remark, asked, brief
from weike.quizzes.bank import Bank
from weike.quizzes.choice import Choice
from weike.quizzes.errors import ResponseError
from weike.quizzes.i18n import _
from weike.quizzes.number import decimal
from weike.quizzes.question import Grade, Question
from weike.quizzes.text import normalise
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.numeric import Answer, Numeric
from weike.quizzes.types.ordering import Ordering
from weike.quizzes.types.single import Single

_SEVERAL = re.compile(r"[（(]\s*(?:多选|多项选择|不定项)(?:题)?\s*[）)]|\(select all")
_ONE = re.compile(r"[（(]\s*(?:单选|单项选择)(?:题)?\s*[）)]|\(select one")
# "A和B都对", "both A and C": letters that belong to no option once their order changes.
_LETTERS = re.compile(
    r"(?:仅|只有|选项|以上)?[A-Ha-h]\s*(?:[、,，和与及&+]|and)\s*[A-Ha-h]"
    r"(?:\s*(?:[、,，和与及&+]|and)\s*[A-Ha-h])*\s*(?:(?:都|均|全)?(?:对|是|正确)|项)?"
)
_EXACT = 3  # decimals that nobody types all of


def unanswerable(bank: Bank) -> Iterator[Remark]:
    """A remark for each question that cannot be answered right."""
    for question in asked(bank):
        if (flaw := question.flaw()) is not None:
            yield Remark(
                question=question,
                message=_("nobody can answer “{question}”: {flaw}").format(
                    question=brief(question.stem), flaw=flaw
                ),
                repair=_("correct its answer"),
                severity="error",
            )
        elif not _key_is_right(question):
            yield Remark(
                question=question,
                message=_("even the right answer to “{question}” does not count as right").format(
                    question=brief(question.stem)
                ),
                repair=_("correct its answer"),
                severity="error",
            )
        else:
            yield from _misleading(question)


def key_of(question: Question) -> object:
    """A response that should earn every point; None for a type that has none."""
    match question:
        case Single():
            return min(question.key)
        case Multiple():
            return sorted(question.key)
        case Boolean():
            return question.right
        case Blank():
            return [next(s.text for s in blank if s.weight == 1.0) for blank in question.blanks]
        case Matching():
            return list(enumerate(question.key))
        case Ordering():
            return list(range(len(question.items)))
        case Numeric():
            return _number(next(a for a in question.answers if a.weight == 1.0))
    return None


def _number(answer: Answer) -> str:
    ends = [end for end in (answer.min, answer.max) if end is not None]
    if answer.value is not None:
        return f"{decimal(answer.value):f}"
    return f"{sum(map(decimal, ends)) / len(ends):f}"


def _key_is_right(question: Question) -> bool:
    key = key_of(question)
    if key is None:
        return True
    try:
        grade = question.grade(key)
    except ResponseError:
        return False
    return isinstance(grade, Grade) and grade.correct is True


def _misleading(question: Question) -> Iterator[Remark]:
    if isinstance(question, Choice):
        yield from _choice(question)
    if isinstance(question, Numeric):
        yield from _too_exact(question)


def _choice(question: Choice) -> Iterator[Remark]:
    seen: dict[str, str] = {}
    for option in question.options:
        first = seen.setdefault(normalise(option.text), option.text)
        if first is not option.text:
            yield Remark(
                question=question,
                message=_("the options “{first}” and “{second}” read the same").format(
                    first=first, second=option.text
                ),
                repair=_("change or delete one"),
            )
        if _LETTERS.fullmatch(option.text.strip(" 。.")):
            yield Remark(
                question=question,
                message=_("the option “{text}” names letters, and options change places").format(
                    text=option.text
                ),
                repair=_("say it in words, or mark several options as right"),
            )
    right = len(question.key)
    if isinstance(question, Multiple) and right == len(question.options):
        yield Remark(
            question=question,
            message=_("every option of “{question}” is right").format(
                question=brief(question.stem)
            ),
            repair=_("add an option that is wrong, and that people believe"),
        )
    if isinstance(question, Single) and _SEVERAL.search(question.stem.casefold()):
        yield Remark(
            question=question,
            message=_("“{question}” asks for several answers, but one is right").format(
                question=brief(question.stem)
            ),
            repair=_("mark the others, or correct the question"),
        )
    if isinstance(question, Multiple) and _ONE.search(question.stem.casefold()):
        yield Remark(
            question=question,
            message=_("“{question}” asks for one answer, but {n} are right").format(
                question=brief(question.stem), n=right
            ),
            repair=_("leave one, or correct the question"),
        )


def _too_exact(question: Numeric) -> Iterator[Remark]:
    for answer in question.answers:
        if answer.is_range or answer.tolerance or answer.value is None:
            continue
        places = decimal(answer.value).normalize().as_tuple().exponent
        if isinstance(places, int) and -places >= _EXACT:
            yield Remark(
                question=question,
                message=_("only {value} exactly counts; who rounds is wrong").format(value=answer),
                repair=_("allow a difference: = {value} ± {n}").format(
                    value=answer, n=f"{10 ** (places + 1):g}"
                ),
            )

"""What tells the right option to somebody who has learnt nothing.

Chance alone must explain what a bank as a whole does: `_CHANCE` is how seldom a bank written
with care would look as lopsided as this one.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import comb

from weike.lessons.checking.remark import Remark, asked, brief, parts
from weike.quizzes.bank import Bank
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.quizzes.text import normalise
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.single import Single

_CHANCE = 0.02
_ALL = re.compile(
    r"(?:以上|上述|前面)(?:各项|选项|说法|答案|几项|三项|全部)*"
    r"(?:都|皆|均|全)?(?:都)?(?:对|是|正确|选)|全选|都对|都正确|都是"
    r"|(?:all|both) (?:of )?(?:the )?(?:above|these|them)(?: are (?:right|correct|true))?"
)
_ABSOLUTE = re.compile(
    r"绝对|百分之百|100\s*[%％]|永远|从来(?:不|没)|毫无|一律都|无论如何|完全(?:没有|不会|不用|不需)"
    r"|只有(?!.*才)|\b(?:always|never|absolutely|completely|entirely|impossible|only)\b"
)
_MUCH_LONGER = 1.8
_SHARED = 5  # characters of the question that only the right option repeats


def guessable(bank: Bank) -> Iterator[Remark]:
    questions = list(asked(bank))
    singles = [q for q in questions if isinstance(q, Single) and len(q.key) == 1]
    yield from _longest(singles)
    yield from _places(singles)
    yield from _truths([q for q in questions if isinstance(q, Boolean)])
    for question in questions:
        if isinstance(question, Single | Multiple):
            yield from _all_of_the_above(question)
        if isinstance(question, Single) and len(question.key) == 1:
            yield from _absolute(question)
            yield from _stands_out(question)
        if isinstance(question, Blank):
            yield from _told(question)
    for question in bank.questions:
        yield from _told_beside(parts(question))


def _longest(questions: Sequence[Single]) -> Iterator[Remark]:
    counted = [q for q in questions if len(q.options) > 2]
    hits = [q for q in counted if _is_longest(q)]
    if not hits:
        return
    mean = sum(1 / len(q.options) for q in counted) / len(counted)
    if _at_least(len(hits), len(counted), mean) <= _CHANCE:
        yield Remark(
            question=hits[0],
            message=_("the longest option is the right one in {n} of {all} questions").format(
                n=len(hits), all=len(counted)
            ),
            repair=_("shorten some right options, or make wrong ones as precise"),
        )


def _places(questions: Sequence[Single]) -> Iterator[Remark]:
    by_size: defaultdict[int, list[Single]] = defaultdict(list)
    for question in questions:
        if len(question.options) > 1:
            by_size[len(question.options)].append(question)
    for size, counted in sorted(by_size.items()):
        place, n = Counter(min(q.key) for q in counted).most_common(1)[0]
        if size * _at_least(n, len(counted), 1 / size) <= _CHANCE:
            yield Remark(
                question=next(q for q in counted if min(q.key) == place),
                message=_("option {letter} is the right one in {n} of {all} questions").format(
                    letter=chr(ord("A") + place), n=n, all=len(counted)
                ),
                repair=_("move some of them: on paper, or without shuffling, it is noticed"),
            )


def _truths(questions: Sequence[Boolean]) -> Iterator[Remark]:
    if not questions:
        return
    right, n = Counter(q.right for q in questions).most_common(1)[0]
    if 2 * _at_least(n, len(questions), 0.5) <= _CHANCE:
        yield Remark(
            question=next(q for q in questions if q.right is right),
            message=(
                _("{n} of {all} true/false statements are true")
                if right
                else _("{n} of {all} true/false statements are false")
            ).format(n=n, all=len(questions)),
            repair=_("turn some of them round"),
        )


def _all_of_the_above(question: Single | Multiple) -> Iterator[Remark]:
    for option in question.options:
        if _ALL.fullmatch(normalise(option.text)):
            yield Remark(
                question=question,
                message=_("“{text}” is an option: who knows two right ones knows the rest").format(
                    text=option.text
                ),
                repair=_("leave it out and mark every right option instead"),
            )


def _absolute(question: Single) -> Iterator[Remark]:
    key = question.options[min(question.key)]
    if _ABSOLUTE.search(key.text.casefold()) or _ABSOLUTE.search(question.stem.casefold()):
        return
    wrong = [o for o in question.options if not o.right]
    found = [(o, match) for o in wrong if (match := _ABSOLUTE.search(o.text.casefold()))]
    if found:
        option, match = found[0]
        yield Remark(
            question=question,
            message=_("“{word}” gives the wrong option “{text}” away").format(
                word=match[0], text=brief(option.text)
            ),
            repair=_("say what people really believe, as carefully as in the right option"),
        )


def _stands_out(question: Single) -> Iterator[Remark]:
    """The right option is by far the longest, or repeats the words of the question."""
    key = question.options[min(question.key)].text
    others = [o.text for o in question.options if not o.right]
    if not others:
        return
    longest = max(map(_width, others))
    if len(others) > 1 and _width(key) > max(_MUCH_LONGER * longest, longest + 12):
        yield Remark(
            question=question,
            message=_("the right option of “{question}” is by far the longest").format(
                question=brief(question.stem)
            ),
            repair=_("shorten it, and put the reasons into the explanation"),
        )
    shared = _common(normalise(question.stem), normalise(key))
    if (
        len(others) > 1
        and len(shared) >= _SHARED
        and not any(_common(shared, normalise(text)) for text in others)
    ):
        yield Remark(
            question=question,
            message=_("only the right option repeats “{words}” from the question").format(
                words=shared
            ),
            repair=_("say it in other words, or let a wrong option repeat them too"),
        )


def _told(question: Blank) -> Iterator[Remark]:
    stem = normalise(question.stem)
    for blank in question.blanks:
        for synonym in blank:
            answer = normalise(synonym.text)
            if len(answer) > 1 and synonym.weight == 1.0 and _has_word(stem, answer):
                yield Remark(
                    question=question,
                    message=_("the answer “{answer}” stands in the question itself").format(
                        answer=synonym.text
                    ),
                    repair=_("ask in other words"),
                )
                break


def _told_beside(questions: Sequence[Question]) -> Iterator[Remark]:
    """Questions about one material stand on one page: what one says, another must not ask."""
    for question in questions:
        for number, other in enumerate(questions, start=1):
            stem = normalise(other.stem)
            told = next((a for a in _answers(question) if _has_word(stem, normalise(a))), None)
            if other is not question and told is not None:
                yield Remark(
                    question=question,
                    message=_("the answer “{answer}” stands in question {n} beside it").format(
                        answer=brief(told), n=number
                    ),
                    repair=_("ask one of the two in other words"),
                )
                break


def _answers(question: Question) -> Iterator[str]:
    """The words of the right answer, where they are long enough to be no accident."""
    if isinstance(question, Blank):
        for blank in question.blanks:
            yield from (s.text for s in blank if s.weight == 1.0 and len(normalise(s.text)) > 1)
    if isinstance(question, Single) and len(question.key) == 1:
        key = question.options[min(question.key)].text
        if len(normalise(key)) >= _SHARED:
            yield key


def _has_word(text: str, word: str) -> bool:
    if word.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])", text) is not None
    return word in text


def _is_longest(question: Single) -> bool:
    widths = [_width(option.text) for option in question.options]
    key = widths[min(question.key)]
    return key == max(widths) and widths.count(key) == 1


def _width(text: str) -> int:
    """How long a text looks: a Chinese character is two letters wide."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in normalise(text))


def _at_least(hits: int, of: int, chance: float) -> float:
    """The probability of as many hits or more, if each came by chance alone."""
    return sum(comb(of, n) * chance**n * (1 - chance) ** (of - n) for n in range(hits, of + 1))


def _common(text: str, other: str) -> str:
    """The longest piece of a text that stands in another too, of `_SHARED` characters or more.

    Of Latin letters, whole words only count.
    """
    best = ""
    for start in range(len(text)):
        size = max(_SHARED, len(best) + 1)
        while start + size <= len(text) and text[start : start + size] in other:
            best = text[start : start + size]
            size += 1
    if best and not any("\u4e00" <= c <= "\u9fff" for c in best):
        return best.strip() if len(best.split()) > 2 else ""
    return best.strip()

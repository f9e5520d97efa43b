"""One question as an interaction: what is declared, what is shown, how it is scored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from weike.quizzes.blocks import find_inline
from weike.quizzes.choice import Choice, Option
from weike.quizzes.number import plain
from weike.quizzes.qti.xhtml import Pictures, attribute, is_block, text, xhtml
from weike.quizzes.question import Partial, Question
from weike.quizzes.text import has_chinese, normalise
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.essay import Essay
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.numeric import Answer, Numeric
from weike.quizzes.types.ordering import Ordering
from weike.quizzes.types.poll import Poll

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(slots=True)
class Piece:
    """`rules` set `score`, an outcome that is declared by whoever puts the pieces together."""

    score: str
    responses: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    body: str = ""
    rules: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and the names that its variables get."""

    question: Question
    response: str
    score: str
    feedback: str
    partial: Partial
    pictures: Pictures


def piece(asked: Asked) -> Piece:
    """Raises `KeyError` for a type that has no interaction."""
    found: Piece = _MAKERS[asked.question.type](asked.question, asked)
    return found


def known(question: Question) -> bool:
    return question.type in _MAKERS


def _stem(question: Question, asked: Asked) -> str:
    return f"<div>{xhtml(question.stem, asked.pictures)}</div>"


def _choice(question: Choice, asked: Asked) -> Piece:
    several = isinstance(question, Multiple)
    names = [f"{_LETTERS[i % 26]}{i // 26 or ''}" for i in range(len(question.options))]
    right = [name for name, option in zip(names, question.options, strict=True) if option.right]
    cardinality = "multiple" if several else "single"
    made = Piece(score=asked.score)
    mapping = ""
    if _is_mapped(question, asked.partial):
        mapping = _mapping(dict(zip(names, _worths(question), strict=True)), question.points)
    made.responses.append(_declared(asked.response, cardinality, "identifier", right, mapping))
    choices = "".join(
        f'<simpleChoice identifier="{name}">{_option(option, name, asked)}</simpleChoice>'
        for name, option in zip(names, question.options, strict=True)
    )
    made.body = _stem(question, asked) + (
        f'<choiceInteraction responseIdentifier="{asked.response}" shuffle="true" '
        f'maxChoices="{0 if several else 1}">{choices}</choiceInteraction>'
    )
    if any(option.feedback for option in question.options):
        _tell(made, asked, cardinality)
    if isinstance(question, Poll):
        return made
    if mapping:
        made.rules.append(_set(asked.score, f'<mapResponse identifier="{asked.response}"/>'))
    elif several and asked.partial == "missed-half":
        made.rules.append(_missed_half(asked, question.points))
    else:
        made.rules.append(_if_right(asked, question.points))
    return made


def _is_mapped(question: Choice, partial: Partial) -> bool:
    if isinstance(question, Multiple):
        return partial == "per-option"
    return any(option.weight for option in question.options if not option.right)


def _worths(question: Choice) -> list[float]:
    """What picking each option adds, in points; the sum never falls below nothing."""
    found = []
    for index, option in enumerate(question.options):
        if isinstance(question, Multiple):
            graded = question.worth(index) if option.right else -question.cost(index)
        else:
            graded = 1.0 if option.right else max(0.0, min(option.weight or 0.0, 0.99))
        found.append(graded * question.points)
    return found


def _option(option: Option, name: str, asked: Asked) -> str:
    shown = xhtml(option.text, asked.pictures, inline=True)
    return shown + _said(option.feedback, name, asked)


def _said(feedback: str | None, name: str, asked: Asked) -> str:
    if not feedback:
        return ""
    markup = xhtml(feedback, asked.pictures, inline=True)
    tag = "feedbackBlock" if is_block(markup) else "feedbackInline"
    return (
        f'<{tag} outcomeIdentifier="{asked.feedback}" identifier="{name}" showHide="show">'
        f"{markup}</{tag}>"
    )


def _tell(made: Piece, asked: Asked, cardinality: str) -> None:
    made.outcomes.append(
        f'<outcomeDeclaration identifier="{asked.feedback}" cardinality="{cardinality}" '
        'baseType="identifier"/>'
    )
    made.rules.append(_set(asked.feedback, f'<variable identifier="{asked.response}"/>'))


def _boolean(question: Boolean, asked: Asked) -> Piece:
    words = ("正确", "错误") if has_chinese(question.stem) else ("True", "False")
    said = {question.right: question.if_right, not question.right: question.if_wrong}
    made = Piece(score=asked.score)
    right = "true" if question.right else "false"
    made.responses.append(_declared(asked.response, "single", "identifier", [right]))
    choices = "".join(
        f'<simpleChoice identifier="{name}">{word}{_said(said[side], name, asked)}</simpleChoice>'
        for word, name, side in zip(words, ("true", "false"), (True, False), strict=True)
    )
    made.body = _stem(question, asked) + (
        f'<choiceInteraction responseIdentifier="{asked.response}" shuffle="false" '
        f'maxChoices="1">{choices}</choiceInteraction>'
    )
    if any(said.values()):
        _tell(made, asked, "single")
    made.rules.append(_if_right(asked, question.points))
    return made


def _blank(question: Blank, asked: Asked) -> Piece:
    made = Piece(score=asked.score)
    share = question.points / len(question.blanks)
    entries = []
    for number, synonyms in enumerate(question.blanks, start=1):
        name = asked.response if len(question.blanks) == 1 else f"{asked.response}_{number}"
        worth: dict[str, float] = {}
        for one in synonyms:
            worth[one.text] = max(worth.get(one.text, 0.0), one.weight)
        # Keys that differ only in what no comparison counts would stand there twice.
        kept = {normalise(key): key for key in sorted(worth, key=lambda key: worth[key])}
        entered = {key: worth[key] * share for key in kept.values()}
        right = [one.text for one in synonyms if one.weight == 1.0][:1]
        mapping = _mapping(entered, share, typed=True)
        made.responses.append(_declared(name, "single", "string", right, mapping))
        longest = max(len(key) for key in worth)
        entries.append(
            f'<textEntryInteraction responseIdentifier="{name}" '
            f'expectedLength="{max(5, longest)}"/>'
        )
    gaps = len(find_inline(question.stem, "gap"))
    assert gaps >= len(entries), "a blank has its place in the stem"
    made.body = f"<div>{xhtml(question.stem, asked.pictures, gaps=entries)}</div>"
    names = (
        [asked.response]
        if len(entries) == 1
        else [f"{asked.response}_{number}" for number in range(1, len(entries) + 1)]
    )
    mapped = "".join(f'<mapResponse identifier="{name}"/>' for name in names)
    made.rules.append(_set(asked.score, f"<sum>{mapped}</sum>"))
    return made


def _numeric(question: Numeric, asked: Asked) -> Piece:
    made = Piece(score=asked.score)
    answers = sorted(question.answers, key=lambda answer: -answer.weight)
    right = next(filter(None, map(_typical, answers)), "0")
    made.responses.append(_declared(asked.response, "single", "float", [right]))
    unit = f" {text(question.unit)}" if question.unit else ""
    made.body = _stem(question, asked) + (
        f'<div><textEntryInteraction responseIdentifier="{asked.response}"/>{unit}</div>'
    )
    branches = [
        f"<{tag}><and><not><isNull>{_var(asked)}</isNull></not>{_within(answer, asked)}</and>"
        f"{_set(asked.score, _float(answer.weight * question.points))}</{tag}>"
        for tag, answer in zip(
            ["responseIf", *["responseElseIf"] * (len(answers) - 1)], answers, strict=True
        )
    ]
    made.rules.append(f"<responseCondition>{''.join(branches)}</responseCondition>")
    return made


def _typical(answer: Answer) -> str | None:
    for value in (answer.value, answer.min, answer.max):
        if value is not None:
            return str(plain(value))
    return None


def _within(answer: Answer, asked: Asked) -> str:
    low, high = answer.min, answer.max
    if not answer.is_range:
        assert answer.value is not None, "an answer has a value or a range"
        low, high = answer.value - answer.tolerance, answer.value + answer.tolerance
    tests = []
    if low is not None:
        tests.append(f"<gte>{_var(asked)}{_float(low)}</gte>")
    if high is not None:
        tests.append(f"<lte>{_var(asked)}{_float(high)}</lte>")
    return "".join(tests)


def _matching(question: Matching, asked: Asked) -> Piece:
    made = Piece(score=asked.score)
    pairs = [f"L{left} R{right}" for left, right in enumerate(question.key)]
    share = question.points / len(pairs)
    mapping = _mapping(dict.fromkeys(pairs, share), question.points)
    made.responses.append(_declared(asked.response, "multiple", "directedPair", pairs, mapping))

    def side(sign: str, texts: Sequence[str], most: int) -> str:
        choices = "".join(
            f'<simpleAssociableChoice identifier="{sign}{n}" matchMax="{most}">'
            f"{xhtml(one, asked.pictures, inline=True)}</simpleAssociableChoice>"
            for n, one in enumerate(texts)
        )
        return f"<simpleMatchSet>{choices}</simpleMatchSet>"

    lefts = [left for left, _right in question.pairs]
    made.body = _stem(question, asked) + (
        f'<matchInteraction responseIdentifier="{asked.response}" shuffle="true" '
        f'maxAssociations="{len(pairs)}">{side("L", lefts, 1)}{side("R", question.rights, 0)}'
        "</matchInteraction>"
    )
    made.rules.append(_set(asked.score, f'<mapResponse identifier="{asked.response}"/>'))
    return made


def _ordering(question: Ordering, asked: Asked) -> Piece:
    made = Piece(score=asked.score)
    names = [f"I{hashlib.sha256(one.encode()).hexdigest()[:8]}" for one in question.items]
    made.responses.append(_declared(asked.response, "ordered", "identifier", names))
    # Never in the right order in the file: not every program shuffles.
    shown = sorted(zip(names, question.items, strict=True))
    if [name for name, _item in shown] == names:
        shown = [*shown[1:], shown[0]]
    choices = "".join(
        f'<simpleChoice identifier="{name}">'
        f"{xhtml(one, asked.pictures, inline=True)}</simpleChoice>"
        for name, one in shown
    )
    made.body = _stem(question, asked) + (
        f'<orderInteraction responseIdentifier="{asked.response}" shuffle="true">{choices}'
        "</orderInteraction>"
    )
    made.rules.append(_if_right(asked, question.points))
    return made


def _essay(question: Essay, asked: Asked) -> Piece:
    made = Piece(score=asked.score)
    made.responses.append(_declared(asked.response, "single", "string", []))
    made.body = _stem(question, asked) + (
        f'<extendedTextInteraction responseIdentifier="{asked.response}" expectedLines="6"/>'
    )
    return made


def _declared(
    name: str, cardinality: str, base: str, right: Sequence[str], mapping: str = ""
) -> str:
    values = "".join(f"<value>{text(one)}</value>" for one in right)
    correct = f"<correctResponse>{values}</correctResponse>" if values else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" '
        f'baseType="{base}">{correct}{mapping}</responseDeclaration>'
    )


def _mapping(worth: dict[str, float], most: float, *, typed: bool = False) -> str:
    sign = ' caseSensitive="false"' if typed else ""
    entries = "".join(
        f'<mapEntry mapKey={attribute(key)} mappedValue="{_number(value)}"{sign}/>'
        for key, value in worth.items()
    )
    return (
        f'<mapping lowerBound="0" upperBound="{_number(most)}" defaultValue="0">{entries}</mapping>'
    )


def _if_right(asked: Asked, points: float) -> str:
    match = f'<match>{_var(asked)}<correct identifier="{asked.response}"/></match>'
    return (
        f"<responseCondition><responseIf>{match}{_set(asked.score, _float(points))}</responseIf>"
        "</responseCondition>"
    )


def _missed_half(asked: Asked, points: float) -> str:
    """Half for some of the right options and no wrong one."""
    correct = f'<correct identifier="{asked.response}"/>'
    some = (
        f"<and><not><isNull>{_var(asked)}</isNull></not>"
        f"<contains>{correct}{_var(asked)}</contains></and>"
    )
    return (
        f"<responseCondition><responseIf><match>{_var(asked)}{correct}</match>"
        f"{_set(asked.score, _float(points))}</responseIf>"
        f"<responseElseIf>{some}{_set(asked.score, _float(points / 2))}</responseElseIf>"
        "</responseCondition>"
    )


def _set(name: str, value: str) -> str:
    return f'<setOutcomeValue identifier="{name}">{value}</setOutcomeValue>'


def _var(asked: Asked) -> str:
    return f'<variable identifier="{asked.response}"/>'


def _float(value: float) -> str:
    return f'<baseValue baseType="float">{_number(value)}</baseValue>'


def _number(value: float) -> str:
    return str(plain(round(value, 9)))


_MAKERS: dict[str, Callable[..., Piece]] = {
    "single": _choice,
    "multiple": _choice,
    "poll": _choice,
    "boolean": _boolean,
    "blank": _blank,
    "numeric": _numeric,
    "matching": _matching,
    "ordering": _ordering,
    "essay": _essay,
}

"""A bank as Moodle XML. What Moodle cannot say is left out; reading it back shows what that was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from weike.quizzes.bank import Bank
from weike.quizzes.blocks import find_inline, replace_spans
from weike.quizzes.choice import Choice
from weike.quizzes.html import markdown_parser, render
from weike.quizzes.moodle import cloze
from weike.quizzes.number import plain
from weike.quizzes.pictures import map_pictures
from weike.quizzes.question import Question
from weike.quizzes.text import item_id
from weike.quizzes.types.blank import Blank, Synonym
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.essay import Essay
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.multiple import Multiple
from weike.quizzes.types.note import Note
from weike.quizzes.types.numeric import Answer, Numeric
from weike.quizzes.types.ordering import Ordering
from weike.quizzes.types.single import Single

_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,([A-Za-z0-9+/=]+)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NAME = 80


def dumps(bank: Bank) -> bytes:
    """Write a bank, a category before each topic; `weike.quizzes.loss` says what is lost."""
    parts, topic = ['<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'], ""
    for question in bank.questions:
        wanted = question.topic or bank.topic or ""
        if wanted != topic:
            topic = wanted
            path = "/".join(filter(None, ("$course$/top", topic)))
            parts.append(
                f'  <question type="category">\n    <category><text>{_escaped(path)}</text>'
                "</category>\n  </question>\n"
            )
        parts.append(_dump(question))
    return "".join([*parts, "</quiz>\n"]).encode("utf-8", "replace")


def _dump(question: Question) -> str:
    kind, own = _own(question)
    stem = _cloze(question) if kind == "cloze" and isinstance(question, Blank) else question.stem
    name = re.sub(r"<[^>]*>|\s+", " ", render(question.stem)).strip()[:_NAME]
    lines = [
        f"<name><text>{_escaped(name) or question.id}</text></name>",
        _text("questiontext", stem),
        _text("generalfeedback", question.explanation or ""),
    ]
    if question.asks:
        lines.append(f"<defaultgrade>{plain(question.points)}</defaultgrade>")
    if question.id != item_id(question.stem):
        lines.append(f"<idnumber>{_escaped(question.id)}</idnumber>")
    lines += own
    if question.tags:
        tags = "".join(f"<tag><text>{_escaped(tag)}</text></tag>" for tag in question.tags)
        lines.append(f"<tags>{tags}</tags>")
    inside = "".join(f"    {line}\n" for line in lines)
    return f'  <question type="{kind}">\n{inside}  </question>\n'


def _own(question: Question) -> tuple[str, list[str]]:
    """Moodle's type, and what only it has."""
    match question:
        case Single():
            return "multichoice", ["<single>true</single>", *_options(question)]
        case Multiple():
            return "multichoice", ["<single>false</single>", *_options(question)]
        case Boolean():
            said = {question.right: question.if_right, not question.right: question.if_wrong}
            return "truefalse", [
                _answer(str(side).lower(), 100 * (side is question.right), said[side], typed=True)
                for side in (True, False)
            ]
        case Blank() if len(question.blanks) == 1:
            return "shortanswer", [
                "<usecase>0</usecase>",
                *(
                    _answer(s.text.replace("*", "\\*"), 100 * s.weight, s.feedback, typed=True)
                    for s in question.blanks[0]
                ),
            ]
        case Blank():
            return "cloze", []
        case Numeric():
            return "numerical", [*map(_number, question.answers), *_units(question)]
        case Matching():
            pairs = [*question.pairs, *(("", right) for right in question.distractors)]
            return "matching", [_pair(left, right) for left, right in pairs]
        case Ordering():
            items = enumerate(question.items, start=1)
            return "ordering", [
                "<layouttype>VERTICAL</layouttype>",
                "<selecttype>ALL</selecttype>",
                "<gradingtype>ABSOLUTE_POSITION</gradingtype>",
                *(_answer(text, number, None) for number, text in items),
            ]
        case Essay():
            return "essay", ["<responseformat>plain</responseformat>"]
        case Note():
            return "description", []
    return "description", []  # read back as a note, so it is named as left out


def _options(question: Choice) -> Iterator[str]:
    yield "<shuffleanswers>true</shuffleanswers>"
    share = 1 / max(1, len(question.key))
    for option in question.options:
        if isinstance(question, Single):
            weight = 1.0 if option.right else min(option.weight or 0.0, 0.99)
        else:
            weight = option.weight if option.weight is not None else share * option.right
        yield _answer(option.text, 100 * weight, option.feedback)


def _answer(text: str, fraction: float, feedback: str | None, *, typed: bool = False) -> str:
    shown = f"<text>{_escaped(text)}</text>" if typed else _inside(text)
    kind = "plain_text" if typed else "markdown"
    said = _text("feedback", feedback or "")
    number = plain(round(fraction, 5))
    return f'<answer fraction="{number}" format="{kind}">{shown}{said}</answer>'


def _number(answer: Answer) -> str:
    value, tolerance, extra = answer.value, answer.tolerance, ""
    if answer.is_range:
        if answer.min is None or answer.max is None:
            return ""  # open at one end: Moodle has no way to say it
        value, tolerance = (answer.min + answer.max) / 2, (answer.max - answer.min) / 2
        extra = f"<range>{plain(answer.min)}..{plain(answer.max)}</range>"
    assert value is not None, "an answer has a value or a range"
    return (
        f'<answer fraction="{plain(round(100 * answer.weight, 5))}">'
        f"<text>{plain(value)}</text><tolerance>{plain(tolerance)}</tolerance>{extra}"
        f"{_text('feedback', answer.feedback or '')}</answer>"
    )


def _units(question: Numeric) -> Iterator[str]:
    if question.unit:
        name = _escaped(question.unit)
        yield f"<units><unit><multiplier>1</multiplier><unit_name>{name}</unit_name></unit></units>"


def _pair(left: str, right: str) -> str:
    return (
        f'<subquestion format="markdown">{_inside(left)}'
        f'<answer format="markdown">{_inside(right)}</answer></subquestion>'
    )


def _cloze(question: Blank) -> str:
    gaps = find_inline(question.stem, "gap")[: len(question.blanks)]
    return replace_spans(question.stem, gaps, list(map(_embedded, question.blanks)))


def _embedded(blank: Iterable[Synonym]) -> str:
    parts = []
    for one in blank:
        weight = "=" if one.weight == 1.0 else f"%{plain(round(100 * one.weight, 5))}%"
        said = f"#{cloze.written(one.feedback)}" if one.feedback else ""
        parts.append(f"{weight}{cloze.written(escape(one.text))}{said}")
    return f"{{1:SHORTANSWER:{'~'.join(parts)}}}"


def _text(name: str, markdown: str) -> str:
    return f'<{name} format="markdown">{_inside(markdown)}</{name}>'


def _inside(markdown: str) -> str:
    """The text with formulas as Moodle writes them, and the files of its pictures behind it."""
    files: list[str] = []

    def filed(source: str) -> str:
        found = _PICTURE.fullmatch(source)
        if found is None:
            return source
        kind = found[1].removesuffix("+xml")
        name = f"picture-{len(files) + 1}.{kind}"
        files.append(f'<file name={quoteattr(name)} path="/" encoding="base64">{found[2]}</file>')
        return f"@@PLUGINFILE@@/{name}"

    text = _formulas(map_pictures(markdown, filed))
    return f"<text>{_escaped(text)}</text>{''.join(files)}"


def _formulas(markdown: str) -> str:
    """`$x$` as `\\\\(x\\\\)`, which Moodle's Markdown leaves for MathJax as `\\(x\\)`."""
    if "$" not in markdown:
        return markdown
    at, parts = 0, []
    for token in markdown_parser().parse(markdown):
        for child in token.children or ():
            written = f"${child.content}$"
            if child.type != "math_inline" or ")" in child.content:
                continue
            place = markdown.find(written, at)
            if place >= 0:
                parts += [markdown[at:place], f"\\\\({child.content}\\\\)"]
                at = place + len(written)
    return "".join([*parts, markdown[at:]])


def _escaped(text: str) -> str:
    return escape(_FORBIDDEN.sub("", text))

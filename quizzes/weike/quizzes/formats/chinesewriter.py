"""A bank as a Chinese paper: a heading for each run of one type, one number after the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from weike.quizzes.answers import LETTERS
from weike.quizzes.bank import Bank
from weike.quizzes.chinese.cutting import cut
from weike.quizzes.choice import Choice
from weike.quizzes.number import plain
from weike.quizzes.plaintext import markdown_of
from weike.quizzes.question import Question
from weike.quizzes.text import item_id
from weike.quizzes.types.blank import Blank
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.essay import Essay
from weike.quizzes.types.matching import Matching
from weike.quizzes.types.material import Material
from weike.quizzes.types.numeric import Numeric
from weike.quizzes.types.ordering import Ordering
from weike.quizzes.types.poll import Poll
from weike.quizzes.typewords import SOURCE_TAG, TYPES
from weike.quizzes.word.numbering import chinese


def dumps(bank: Bank) -> str:
    """Write a bank; `weike.quizzes.loss` says what plain text cannot hold."""
    parts = [bank.title] if bank.title and _is_title(bank.title) else []
    number = 0
    for count, (kind, questions) in enumerate(groupby(bank.questions, lambda q: q.type), 1):
        word = TYPES.get(kind, (kind,))[0]
        parts.append(f"{chinese(count)}、{word.removesuffix('题')}题")
        for question in questions:
            number += 1
            parts.append("\n".join(_lines(question, number)))
    return "\n\n".join(parts) + "\n"


def _is_title(text: str) -> bool:
    """Whether it would be read as a title: `1. 灭火器` would begin a question."""
    paper = cut(f"{text}\n\n一、判断题\n\n1、问（√）")
    return (paper.title, len(paper.drafts), len(paper.sections)) == (text, 1, 2)


def _lines(question: Question, number: int) -> Iterator[str]:
    yield from _of(question, f"{number}、")
    if isinstance(question, Material):
        for count, part in enumerate(question.questions, 1):
            word = TYPES.get(part.type, (part.type,))[0].removesuffix("题")
            yield from _of(part, f"（{count}）【{word}题】")


def _of(question: Question, head: str) -> Iterator[str]:
    yield f"{head}{_text(question.stem)}"
    yield from (f"{letter}．{text}" for letter, text in _options(question))
    answer, explanation = _answer(question), question.explanation
    if isinstance(question, Essay):
        answer, explanation = explanation, None
    tags = [tag for tag in question.tags if not tag.startswith(SOURCE_TAG)]
    sources = [tag.removeprefix(SOURCE_TAG) for tag in question.tags if tag.startswith(SOURCE_TAG)]
    texts = [question.stem, question.explanation or "", *(text for _, text in _options(question))]
    written = {
        "答案": answer,
        "解析": explanation,
        "分值": None if question.points == question.usual_points else str(plain(question.points)),
        "难度": question.difficulty and str(question.difficulty),
        "知识点": question.topic,
        "标签": "，".join(tags),
        "来源": sources[0] if len(sources) == 1 else None,
        "题号": None if question.id == item_id(question.stem) else question.id,
        "格式": "markdown" if any(markdown_of(text) != text for text in texts) else None,
    }
    yield from (f"【{name}】{_text(text)}" for name, text in written.items() if text)


def _text(text: str) -> str:
    """Paragraphs as lines, which is how they are read."""
    return text.replace("\n\n", "\n")


def _options(question: Question) -> list[tuple[str, str]]:
    if isinstance(question, Choice):
        texts = [option.text for option in question.options]
    elif isinstance(question, Ordering):
        texts = list(question.items)
    else:
        return []
    return [(letter, _text(text)) for letter, text in zip(LETTERS, texts, strict=False)]


def _answer(question: Question) -> str | None:
    match question:
        case Poll():
            return None
        case Choice():
            return "".join(LETTERS[index] for index in sorted(question.key) if index < 26)
        case Boolean():
            return "√" if question.right else "×"
        case Blank():
            full = [[s.text for s in blank if s.weight == 1.0] for blank in question.blanks]
            return "|".join(";".join(texts) for texts in full)
        case Numeric():
            return str(question.answers[0]) if question.answers else None
        case Ordering():
            return LETTERS[: len(question.items)]
        case Matching():
            pairs = [f"{left} -> {right}" for left, right in question.pairs]
            return ";".join(pairs + [f"-> {text}" for text in question.distractors])
        case _:
            return None

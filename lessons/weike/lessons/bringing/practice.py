"""The questions at the end of a document: found under 练习 or 一、单选题, and made a quiz."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from weike.lessons.finding import Finding, warning
from weike.quizzes.chinese.words import lines, section
from weike.quizzes.errors import BankError
from weike.quizzes.formats import markdown
from weike.quizzes.formats.word import read_document
from weike.quizzes.i18n import _
from weike.quizzes.word.model import Block, Document, Paragraph

_PRACTICE = re.compile(
    r"(?:第?[一二三四五六七八九十\d]{1,3}[、.．章节部分\s]*)?(?:课后|随堂|课堂|本课|知识|自我|巩固)?"
    r"(?:练习|测验|测试|自测|习题|检测|考一考|考考你|小测|quiz|test|exercises?|questions)题?\s*[：:]?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Practice:
    """`start` and `end` are the blocks that are questions; `heading` is the first of them."""

    start: int
    end: int
    heading: bool


def find_practice(blocks: Sequence[Block]) -> Practice | None:
    """The first part of the document that is questions."""
    for place, block in enumerate(blocks):
        if not isinstance(block, Paragraph):
            continue
        text = _line(block)
        named = block.heading is not None and _PRACTICE.fullmatch(text) is not None
        if named or (_is_section(text) and text != text.lstrip("一二三四五六七八九十")):
            level = block.heading or 6
            return Practice(place, _end(blocks, place, level), named)
    return None


def _end(blocks: Sequence[Block], start: int, level: int) -> int:
    for place in range(start + 1, len(blocks)):
        block = blocks[place]
        if isinstance(block, Paragraph) and block.heading and block.heading <= level:
            text = _line(block)
            if not _is_section(text) and "答案" not in text:
                return place
    return len(blocks)


def quiz_of(
    document: Document, blocks: Sequence[Block], name: str, slug: str
) -> tuple[str, dict[str, bytes], list[Finding]]:
    """The text of a `%%quiz` cell ("" if nothing can be asked), its pictures, and the problems."""
    part = Document(blocks=tuple(blocks), pictures=document.pictures)
    try:
        reading = read_document(part, name)
    except BankError:
        return "", {}, []
    findings = [
        warning(
            _("a question was left out of the quiz: {what}").format(
                what=f"{str(one.source).split(chr(10), 1)[0][:40]} · {one.problems[0].message}"
            ),
            one.problems[0].repair,
            file=name,
        )
        for one in reading.rejected
    ]
    if not reading.bank.questions:
        return "", {}, findings
    written = "\n".join(map(markdown.dump_question, reading.bank.questions))
    return f"%%quiz {slug}\n{written}", dict(reading.media), findings


def _is_section(text: str) -> bool:
    return section(lines(text)[0]) is not None


def _line(paragraph: Paragraph) -> str:
    label = paragraph.mark.label if paragraph.mark and paragraph.mark.ordered else ""
    return label + " ".join(paragraph.plain.split())

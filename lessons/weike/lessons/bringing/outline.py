"""Which paragraphs are headings, also where the author only made them large or numbered them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from weike.quizzes.word.model import Block, Document, Paragraph, Text

_LONGEST = 40
_CHAPTER = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十\d]{1,3}[章节部])"
)
_PART = re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]")
_SENTENCE = re.compile(r"[。；;，,：:]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """`title` as the document gives it, "" where it gives none. Headings count from 2."""

    title: str
    blocks: tuple[Block, ...]


def outline(document: Document) -> Outline:
    blocks = _without_empty(document.blocks)
    if not any(isinstance(b, Paragraph) and b.heading for b in blocks):
        blocks = tuple(_guessed(block) for block in blocks)
    title, blocks = _title(blocks)
    tops = [b for b in blocks if isinstance(b, Paragraph) and b.heading == 1]
    if not title and len(tops) == 1 and blocks and blocks[0] is tops[0]:
        title, blocks, tops = _line(tops[0]), blocks[1:], []
    highest = min((b.heading for b in blocks if isinstance(b, Paragraph) and b.heading), default=1)
    return Outline(
        title=title or document.title,
        blocks=tuple(_shifted(block, 2 - highest) for block in blocks),
    )


def _without_empty(blocks: Sequence[Block]) -> tuple[Block, ...]:
    return tuple(
        block
        for block in blocks
        if not isinstance(block, Paragraph)
        or any(not isinstance(one, Text) or one.text.strip() for one in block.inlines)
    )


def _title(blocks: tuple[Block, ...]) -> tuple[str, tuple[Block, ...]]:
    """A paragraph in the style Title, or a short centred line or large line at the very top."""
    for place, block in enumerate(blocks[:5]):
        if isinstance(block, Paragraph) and block.heading == 0:
            return _line(block), blocks[:place] + blocks[place + 1 :]
    first = blocks[0] if blocks else None
    if (
        isinstance(first, Paragraph)
        and not first.heading
        and not first.mark
        and first.plain.strip()
        and len(_line(first)) <= _LONGEST
        and not _SENTENCE.search(_line(first))
        and (first.centred or _is_bold(first))
    ):
        return _line(first), blocks[1:]
    return "", blocks


def _guessed(block: Block) -> Block:
    if not isinstance(block, Paragraph) or block.heading == 0 or block.figures:
        return block
    label = block.mark.label if block.mark and block.mark.ordered else ""
    text = f"{label}{_line(block)}"
    if len(text) > _LONGEST or _SENTENCE.search(text) or "\n" in block.plain.strip():
        return block
    if _CHAPTER.match(text):
        return replace(block, heading=1)
    if _PART.match(text) and _is_bold(block):
        return replace(block, heading=2)
    return block


def _is_bold(paragraph: Paragraph) -> bool:
    return all(
        one.bold or not one.text.strip() for one in paragraph.inlines if isinstance(one, Text)
    )


def _shifted(block: Block, by: int) -> Block:
    if not isinstance(block, Paragraph) or not block.heading:
        return block
    return replace(block, heading=min(6, block.heading + by))


def _line(paragraph: Paragraph) -> str:
    return " ".join(paragraph.plain.split())

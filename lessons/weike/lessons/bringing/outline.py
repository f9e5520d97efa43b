"""Which paragraphs are headings, also where the author only made them large or numbered them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from weike.quizzes.word.model import Block, Document, Paragraph, Text

_LONGEST = 40
_CHAPTER = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|第[一二三四五六七八九十\d]{1,3}[章节部])"
)
_PART = re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]")
_SENTENCE = re.compile(r"[。；;，,：:]$")
_CAPTION = re.compile(r"[图表]\s*[\d一二三四五六七八九十]")
_CHINESE = r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_BROKEN = re.compile(rf"(?<={_CHINESE})\s+(?={_CHINESE})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """`title` as the document gives it, "" where it gives none. Headings count from 2."""

    title: str
    blocks: tuple[Block, ...]


def outline(document: Document) -> Outline:
    blocks = _without_empty(document.blocks)
    styled = any(isinstance(b, Paragraph) and b.heading for b in blocks)
    body = _body(blocks)
    title, blocks = _title(blocks, body)
    if not styled:
        blocks = _guessed(blocks, body)
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


@dataclass(frozen=True, slots=True)
class _Body:
    """How most letters of the document look."""

    size: int
    font: str

    def is_smaller(self, paragraph: Paragraph) -> bool:
        return 0 < self.size < paragraph.size - 1


def _body(blocks: Sequence[Block]) -> _Body:
    count: Counter[tuple[int, str]] = Counter()
    for block in blocks:
        if isinstance(block, Paragraph):
            count[block.size, block.font] += len(block.plain)
    ((size, font), _letters), *_rest = count.most_common() or [((0, ""), 0)]
    return _Body(size, font)


def _title(blocks: tuple[Block, ...], body: _Body) -> tuple[str, tuple[Block, ...]]:
    """A paragraph in the style Title, or a short centred line or large line at the very top."""
    for place, block in enumerate(blocks[:5]):
        if isinstance(block, Paragraph) and block.heading == 0:
            return _line(block), blocks[:place] + blocks[place + 1 :]
    first = blocks[0] if blocks else None
    if (
        not isinstance(first, Paragraph)
        or first.heading
        or first.mark
        or not first.plain.strip()
        or not _is_short(first)
        or not (first.centred or first.bold or _is_bold(first) or body.is_smaller(first))
    ):
        return "", blocks
    # A long title is often two lines that look alike.
    second = blocks[1] if len(blocks) > 1 else None
    if (
        isinstance(second, Paragraph)
        and body.is_smaller(first)
        and (second.size, second.font, second.centred) == (first.size, first.font, True)
        and _is_short(second)
        and not _CHAPTER.match(_line(second))
    ):
        return _line(first) + _line(second), blocks[2:]
    return _line(first), blocks[1:]


def _is_short(paragraph: Paragraph) -> bool:
    text = _line(paragraph)
    return len(text) <= _LONGEST and not _SENTENCE.search(text)


def _guessed(blocks: Sequence[Block], body: _Body) -> tuple[Block, ...]:
    """The blocks with the headings that only their looks or their numbers tell."""
    large = [b.size for b in blocks if isinstance(b, Paragraph) and _can_head(b, body)]
    largest = max(large, default=0)
    return tuple(
        block if not isinstance(block, Paragraph) else _headed(block, body, largest)
        for block in blocks
    )


def _can_head(paragraph: Paragraph, body: _Body) -> bool:
    """Whether it is a short line in larger letters."""
    return (
        body.is_smaller(paragraph)
        and paragraph.heading is None
        and not paragraph.figures
        and _is_short(paragraph)
        and "\n" not in paragraph.plain.strip()
        and not _CAPTION.match(_line(paragraph))
    )


def _headed(block: Paragraph, body: _Body, largest: int) -> Paragraph:
    if block.heading == 0 or block.figures:
        return block
    label = block.mark.label if block.mark and block.mark.ordered else ""
    text = f"{label}{_line(block)}"
    if len(text) > _LONGEST or _SENTENCE.search(text) or "\n" in block.plain.strip():
        return block
    if _CHAPTER.match(text):
        return replace(block, heading=1)
    apart = _is_bold(block) or block.bold or (block.font != body.font and bool(block.font))
    if _PART.match(text) and (apart or body.is_smaller(block)):
        return replace(block, heading=2)
    if _can_head(block, body):
        return replace(block, heading=1 if block.size == largest else 2)
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
    """Its letters on one line; where a soft return has cut Chinese words no space is left."""
    text = paragraph.plain.strip()
    return " ".join((_BROKEN.sub("", text) if "\n" in text else text).split())

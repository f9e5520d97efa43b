"""A GIFT file cut into its questions.

Blank lines part them. Programs and people leave those out, and then Moodle would take every
question but the first for text behind its answers; here they are parted all the same, where the
line before ends its answers and the next begins a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TAG = re.compile(r"\[(id|tag):([^\]]*)\]")
_ESCAPED = re.compile(r"\\.")
_NAMED = re.compile(r"\s*::.*?::")
CATEGORY = "$CATEGORY:"


@dataclass(slots=True)
class Block:
    """The lines of one question, with what the comments above it say."""

    line: int
    lines: list[str] = field(default_factory=list)
    said: dict[str, list[str]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


class _Cutter:
    def __init__(self) -> None:
        self.block: Block | None = None
        self.said: dict[str, list[str]] = {}
        self.done: list[Block] = []
        self.opened = self.closed = 0  # braces of the block so far
        # Where another question may have begun, should a brace follow: place and line.
        self.doubt: tuple[int, int] | None = None

    def end(self) -> None:
        if self.block is not None:
            self.done.append(self.block)
        self.block, self.doubt = None, None
        self.opened = self.closed = 0

    def comment(self, text: str) -> None:
        for name, value in _TAG.findall(text):
            self.said.setdefault(name, []).append(value.strip())
        if self.answered:
            self.end()

    @property
    def answered(self) -> bool:
        """Whether the answers are complete and nothing stands behind them."""
        return (
            self.block is not None
            and 0 < self.opened == self.closed
            and self.block.lines[-1].rstrip().endswith("}")
        )

    def add(self, number: int, raw: str) -> None:
        plain = _ESCAPED.sub("", raw)
        if self.block is not None and self.opened == self.closed and _NAMED.match(plain):
            self.end()
        elif self.answered:
            assert self.block is not None
            self.doubt = len(self.block.lines), number
        if self.doubt is not None and "{" in plain:
            self._part(*self.doubt)
        if self.block is None:
            self.block, self.said = Block(number, said=self.said), {}
        self.block.lines.append(raw)
        self.opened += plain.count("{")
        self.closed += plain.count("}")

    def _part(self, place: int, number: int) -> None:
        assert self.block is not None
        rest = self.block.lines[place:]
        del self.block.lines[place:]
        self.end()
        if rest:
            self.block, self.said = Block(number, rest, said=self.said), {}
        else:
            self.block, self.said = None, self.said


def blocks(text: str) -> Iterator[Block]:
    """Every question, description and category line with its number."""
    cutter = _Cutter()
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        stripped = raw.strip()
        if stripped.startswith("//"):
            cutter.comment(stripped)
        elif not stripped:
            cutter.end()
        elif stripped.startswith(CATEGORY):
            cutter.end()
            cutter.done.append(Block(number, [stripped]))
        else:
            cutter.add(number, raw)
        yield from cutter.done
        cutter.done.clear()
    cutter.end()
    yield from cutter.done

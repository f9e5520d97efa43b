"""What a Word document holds, as far as a lesson or a bank can use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Letters of one look. A soft return is a newline, a tab a tab."""

    text: str
    bold: bool = False
    italic: bool = False
    struck: bool = False
    raised: Literal["", "sub", "sup"] = ""
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture: `part` is its name in the archive, `width` in CSS pixels as the page shows it."""

    part: str
    description: str = ""
    width: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """An equation as LaTeX; `alone` if it has a line to itself."""

    latex: str
    alone: bool = False


Inline: TypeAlias = Text | Figure | Formula


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The number or bullet that Word itself puts before a paragraph; it stands in no text."""

    label: str
    level: int
    ordered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """`heading` is 1 for the outermost level, 0 for a title.

    `size` is that of most of its letters, in half points; `font` that of its Chinese letters;
    both are unknown (0, "") where neither the letters nor a style say it.
    """

    inlines: tuple[Inline, ...] = ()
    heading: int | None = None
    mark: Mark | None = None
    centred: bool = False
    size: int = 0
    font: str = ""
    bold: bool = False

    @property
    def plain(self) -> str:
        """Its letters and formulas, without the automatic number and without pictures."""
        parts = (
            one.text if isinstance(one, Text) else f"${one.latex}$"
            for one in self.inlines
            if not isinstance(one, Figure)
        )
        return "".join(parts)

    @property
    def figures(self) -> tuple[Figure, ...]:
        return tuple(one for one in self.inlines if isinstance(one, Figure))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """`columns` is how many it spans; `continued` if it only prolongs the cell above it."""

    blocks: tuple[Block, ...]
    columns: int = 1
    continued: bool = False

    @property
    def plain(self) -> str:
        return "\n".join(one.plain for one in paragraphs(self.blocks)).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    rows: tuple[tuple[Cell, ...], ...]


Block: TypeAlias = Paragraph | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """Something that was not taken, and the words that it stood near."""

    what: str
    near: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """`unread` is what the document held beside this, such as charts; `pictures` by part.

    `notes` are the texts of its footnotes, in the order of the numbers [1], [2] in the text.
    """

    title: str = ""
    subject: str = ""
    blocks: tuple[Block, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    unread: tuple[Unread, ...] = ()
    notes: tuple[str, ...] = ()


def paragraphs(blocks: tuple[Block, ...]) -> Iterator[Paragraph]:
    """Every paragraph, those of tables in their rows' order."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block
        else:
            for row in block.rows:
                for cell in row:
                    yield from paragraphs(cell.blocks)

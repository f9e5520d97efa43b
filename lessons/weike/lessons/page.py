"""The page of one lesson while it is being made: its blocks, headings, media and findings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from weike.lessons.catalogue import LessonSource
from weike.lessons.finding import Finding, error, warning
from weike.lessons.media import Kept, MediaError, Shelf
from weike.lessons.tree import Element, html_of
from weike.lessons.unclean import line_of
from weike.quizzes.i18n import _, use_language


@dataclass(frozen=True, slots=True)
class Spot:
    """Where on the way through a lesson something stands: the cell, and the text in it."""

    cell: int
    text: str = ""


@dataclass(slots=True, kw_only=True)
class Page:
    """`neighbours` maps the notebooks of the course to their slugs, for links between lessons."""

    source: LessonSource
    shelf: Shelf
    neighbours: Mapping[Path, str] = field(default_factory=dict)
    blocks: list[Element] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    outline: list[dict[str, Any]] = field(default_factory=list)
    pictures: int = 0
    tables: int = 0
    titled: bool = False

    def add(self, block: Element) -> None:
        """Put a block at the end. Its place is what 上次学到这里 remembers."""
        block.attributes["data-place"] = str(len(self.blocks) + 1)
        self.blocks.append(block)

    def html(self) -> str:
        return html_of([part for block in self.blocks for part in (block, "\n")])

    def word(self, message: str) -> str:
        """A word of the page, in the lesson's own language."""
        with use_language(self.source.language):
            return _(message)

    def refuse(self, spot: Spot, message: str, repair: str, needle: str = "") -> None:
        self.findings.append(
            error(
                message,
                repair,
                file=self.source.name,
                cell=spot.cell or None,
                line=line_of(spot.text, needle, unquote(needle)),
            )
        )

    def warn(self, spot: Spot, message: str, repair: str, needle: str = "") -> None:
        self.findings.append(
            warning(
                message,
                repair,
                file=self.source.name,
                cell=spot.cell or None,
                line=line_of(spot.text, needle, unquote(needle)),
            )
        )

    def keep(self, address: str, spot: Spot, folder: Path | None = None) -> Kept | None:
        """A file that the lesson names, or None where it cannot be had: that is reported."""
        try:
            kept = self.shelf.keep_file(address, folder or self.source.folder)
        except MediaError as failure:
            self.refuse(spot, failure.message, failure.repair, address)
            return None
        self.weigh(kept, spot, address)
        return kept

    def weigh(self, kept: Kept, spot: Spot, address: str = "") -> None:
        """Warn of what members on a slow network will wait for."""
        if kept.heavy:
            self.warn(
                spot,
                _("{file} has {n} MB: members on a phone will wait for it").format(
                    file=kept.source.name if kept.source else kept.suffix,
                    n=round(kept.bytes / 1_000_000, 1),
                ),
                _("make it smaller: fewer pixels, JPEG or WebP, a lower rate"),
                address,
            )
        if kept.huge:
            assert kept.size is not None
            self.warn(
                spot,
                _("{file} has {width} × {height} pixels: more than a cheap phone can show").format(
                    file=kept.source.name if kept.source else kept.suffix,
                    width=kept.size.width,
                    height=kept.size.height,
                ),
                _("scale it down to 1600 pixels on its longer side"),
                address,
            )

    def heading(self, element: Element) -> bool:
        """Give a heading its id and its line of the outline; False for the lesson's title."""
        level = int(element.tag[1])
        if level == 1 and not self.titled:
            self.titled = True
            return False
        level = max(2, level)  # the title is the only first heading of a page
        element.tag = f"h{level}"
        title = " ".join(element.text().split())
        element.attributes["id"] = self._id(title)
        self.outline.append({"id": element.attributes["id"], "level": level, "title": title})
        return True

    def _id(self, title: str) -> str:
        base = anchor(title)
        used = {entry["id"] for entry in self.outline}
        number = 1
        name = base
        while name in used:
            number += 1
            name = f"{base}-{number}"
        return name


def anchor(title: str) -> str:
    """The id of a heading. The prefix keeps it apart from the ids of the page around it."""
    return "s-" + re.sub(r"[^\w-]+", "-", title.strip().lower()).strip("-")

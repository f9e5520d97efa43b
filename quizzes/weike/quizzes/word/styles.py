"""What a paragraph's style says: whether it is a heading, and which list it counts in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from weike.quizzes.word.package import W, value

_HEADING = re.compile(r"(?:heading|标题|標題)\s*([1-9])")
_CONTENTS = re.compile(r"(?:toc|目录)\s*[1-9]")
_TITLES = frozenset({"title", "标题", "標題"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How letters look; the size is in half points, 0 where nobody says it."""

    size: int = 0
    font: str = ""
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Styles:
    by_id: dict[str, Element] = field(default_factory=dict)
    default: str | None = None  # the style of a paragraph that names none
    usual: Element | None = None  # how letters look where nothing else is said

    @classmethod
    def of(cls, root: Element | None) -> Styles:
        if root is None:
            return cls()
        by_id = {one.get(f"{W}styleId", ""): one for one in root.iter(f"{W}style")}
        default = next((id for id, one in by_id.items() if _is_default(one)), None)
        return cls(by_id, default, root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))

    def named(self, properties: Element | None) -> Iterator[Element]:
        """The paragraph's style, then those that it is based on."""
        name, seen = value(properties, "pStyle") or self.default, set[str]()
        while name in self.by_id and name not in seen:
            seen.add(name)
            yield self.by_id[name]
            name = value(self.by_id[name], "basedOn")

    def chain(self, properties: Element | None) -> list[Element]:
        """The paragraph's own properties, then those of its styles."""
        own = [] if properties is None else [properties]
        inside = (style.find(f"{W}pPr") for style in self.named(properties))
        return own + [one for one in inside if one is not None]

    def letters(self, properties: Element | None, run: Element | None) -> list[Element]:
        """How letters look: as the run says, else its style, else the paragraph's, else usually."""
        style = self.by_id.get(value(run, "rStyle") or "")
        found = [run, None if style is None else style.find(f"{W}rPr")]
        found += [one.find(f"{W}rPr") for one in self.named(properties)]
        return [one for one in (*found, self.usual) if one is not None]

    def look(self, properties: Element | None, paragraph: Element) -> Look:
        """That of most letters of a paragraph; bold only where all of them are."""
        count: Counter[Look] = Counter()
        for run in paragraph.iter(f"{W}r"):
            letters = sum(len((one.text or "").strip()) for one in run.findall(f"{W}t"))
            if letters:
                count[self._look(properties, run.find(f"{W}rPr"))] += letters
        if not count:
            return Look()
        (most, _letters), *_rest = count.most_common()
        return replace(most, bold=all(one.bold for one in count))

    def _look(self, properties: Element | None, run: Element | None) -> Look:
        chain = self.letters(properties, run)
        sizes = (value(one, "sz") for one in chain)
        fonts = (value(one, "rFonts", "eastAsia") for one in chain)
        bold = next((one for one in chain if value(one, "b") is not None), None)
        size = next((one for one in sizes if one), "0")
        return Look(
            size=int(size) if size.isdigit() else 0,
            font=next((one for one in fonts if one), ""),
            bold=is_on(bold, "b"),
        )

    def is_contents(self, properties: Element | None) -> bool:
        """Whether it is a line of a table of contents, which Word has made by itself."""
        names = (value(style, "name") or "" for style in self.named(properties))
        return any(_CONTENTS.fullmatch(name.casefold()) for name in names)

    def heading(self, properties: Element | None) -> int | None:
        name, seen = value(properties, "pStyle"), set[str]()
        while name and name not in seen:
            seen.add(name)
            style = self.by_id.get(name)
            called = (value(style, "name") or name).casefold()
            if called in _TITLES:
                return 0
            if found := _HEADING.fullmatch(called):
                return int(found[1])
            name = value(style, "basedOn")
        for one in self.chain(properties):
            level = value(one, "outlineLvl")
            if level is not None:
                return int(level) + 1 if level in "012345678" and level else None
        return None

    def is_bold(self, properties: Element | None) -> bool:
        """Whether a style for letters makes them bold (运行样式 Strong)."""
        style = self.by_id.get(value(properties, "rStyle") or "")
        return style is not None and is_on(style.find(f"{W}rPr"), "b")


def _is_default(style: Element) -> bool:
    return style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true")


def is_on(properties: Element | None, name: str) -> bool:
    """Whether a switch such as bold stands there and is not turned off."""
    said = value(properties, name)
    return said is not None and said not in ("0", "false", "off", "none")

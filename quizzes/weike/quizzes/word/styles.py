"""What a paragraph's style says: whether it is a heading, and which list it counts in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from weike.quizzes.word.package import W, value

_HEADING = re.compile(r"(?:heading|标题|標題)\s*([1-9])")
_TITLES = frozenset({"title", "标题", "標題"})


@dataclass(frozen=True, slots=True)
class Styles:
    by_id: dict[str, Element] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Element | None) -> Styles:
        if root is None:
            return cls()
        return cls({one.get(f"{W}styleId", ""): one for one in root.iter(f"{W}style")})

    def chain(self, properties: Element | None) -> list[Element]:
        """The paragraph's own properties, then its style's, then those that this is based on."""
        found = [] if properties is None else [properties]
        name, seen = value(properties, "pStyle"), set[str]()
        while name in self.by_id and name not in seen:
            seen.add(name)
            style = self.by_id[name]
            inside = style.find(f"{W}pPr")
            if inside is not None:
                found.append(inside)
            name = value(style, "basedOn")
        return found

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


def is_on(properties: Element | None, name: str) -> bool:
    """Whether a switch such as bold stands there and is not turned off."""
    said = value(properties, name)
    return said is not None and said not in ("0", "false", "off", "none")

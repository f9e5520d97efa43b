"""Cleaned HTML as a small tree, so that pictures, tables and headings can be changed in place.

For HTML that `weike.quizzes.html.clean` has written: well-formed, nothing in it runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

VOID = frozenset({"br", "col", "hr", "img", "source", "track", "wbr"})


@dataclass(slots=True)
class Element:
    """An element, its attributes in order, and the elements and texts inside it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    def html(self) -> str:
        attributes = "".join(f' {k}="{escape(v)}"' for k, v in self.attributes.items())
        if self.tag in VOID:
            return f"<{self.tag}{attributes}>"
        inside = html_of(self.children)
        if self.tag == "pre" and inside.startswith("\n"):
            inside = "\n" + inside  # a parser drops the first one
        return f"<{self.tag}{attributes}>{inside}</{self.tag}>"

    def text(self) -> str:
        return "".join(c.text() if isinstance(c, Element) else c for c in self.children)

    def walk(self) -> Iterator[Element]:
        """Every element inside this one, outermost first; not the element itself."""
        for child in list(self.children):
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def find(self, *tags: str) -> list[Element]:
        return [element for element in self.walk() if element.tag in tags]

    def change(self, rule: Callable[[Element], list[Node]]) -> None:
        """Put what `rule` makes of each element in its place, innermost first."""
        changed: list[Node] = []
        for child in self.children:
            if isinstance(child, Element):
                child.change(rule)
                changed += rule(child)
            else:
                changed.append(child)
        self.children = changed


Node = Element | str


def parse(html: str) -> Element:
    """The tree of an HTML fragment, under a root that is no part of it."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root


def html_of(nodes: list[Node]) -> str:
    return "".join(
        node.html() if isinstance(node, Element) else escape(node, quote=False) for node in nodes
    )


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

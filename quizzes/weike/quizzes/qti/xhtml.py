"""Our Markdown as the XHTML that a QTI item may hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from xml.sax.saxutils import escape, quoteattr

from weike.quizzes.html import GAP, render

MATHML = "http://www.w3.org/1998/Math/MathML"
_WORDS = "a abbr b br code em i img kbd q small span strong sub sup"
_PARTS = "blockquote dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre ul"
_TABLES = "caption col colgroup table tbody td tfoot th thead tr"
_SAME = frozenset(" ".join((_WORDS, _PARTS, _TABLES)).split())
_INSTEAD = {
    "s": "span", "del": "span", "u": "span", "ruby": "span", "rb": "span", "rt": "span",
    "rp": "span", "figcaption": "div", "figure": "div", "details": "div", "summary": "div",
}  # fmt: skip
_BLOCKS = frozenset([*_PARTS.split(), "table"])
_ATTRIBUTES = frozenset(["src", "alt", "href", "colspan", "rowspan", "scope"])
_VOID = frozenset(["br", "img", "hr", "col"])
_DATA = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,([A-Za-z0-9+/=]+)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class Pictures:
    """Pictures inside the texts, by their path beside the item; `left` are those that are not."""

    prefix: str = "images/"
    files: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)

    def path(self, source: str) -> str | None:
        found = _DATA.fullmatch(source)
        if found is None:
            self.left.append(source)
            return None
        for known, data in self.files.items():
            if data == found[2]:
                return known
        kind = {"svg+xml": "svg", "jpeg": "jpg"}.get(found[1], found[1])
        path = f"{self.prefix}picture-{len(self.files) + 1}.{kind}"
        self.files[path] = found[2]
        return path


def xhtml(
    markdown: str, pictures: Pictures, *, inline: bool = False, gaps: Sequence[str] = ()
) -> str:
    """Well-formed; `gaps` are put where the text has its blanks, one after the other."""
    writer = _Writer(pictures, list(gaps))
    writer.feed(_FORBIDDEN.sub("", render(markdown, inline=inline)))
    writer.close()
    return writer.text()


def is_block(markup: str) -> bool:
    return any(name in _BLOCKS for name in re.findall(r"<([a-z][a-z0-9]*)", markup))


def text(value: str) -> str:
    return escape(_FORBIDDEN.sub("", value))


def attribute(value: str) -> str:
    return quoteattr(_FORBIDDEN.sub("", value))


class _Writer(HTMLParser):
    def __init__(self, pictures: Pictures, gaps: list[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.pictures = pictures
        self.gaps = gaps
        self.parts: list[str] = []
        self.open: list[tuple[str, str]] = []  # the tag as read, and as written
        self.maths = 0
        self.gap = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self.maths or tag == "math":
            self.maths += 1
            said = "".join(f" {name}={attribute(value)}" for name, value in values.items())
            namespace = f' xmlns="{MATHML}"' if tag == "math" else ""
            self._begin(tag, tag, f"{namespace}{said}")
        elif "data-blank" in values and self.gaps:
            self.parts.append(self.gaps.pop(0))
            self.open.append((tag, ""))
            self.gap = True
        elif tag == "img":
            self.parts.append(self._image(values))
        elif tag in _SAME or tag in _INSTEAD:
            kept = "".join(
                f" {name}={attribute(value)}"
                for name, value in values.items()
                if name in _ATTRIBUTES
            )
            self._begin(tag, _INSTEAD.get(tag, tag), kept)

    def handle_endtag(self, tag: str) -> None:
        if tag not in [read for read, _written in self.open]:
            return
        while self.open:
            read, written = self.open.pop()
            self.parts.append(f"</{written}>" if written else "")
            self.gap = False
            self.maths = max(0, self.maths - 1)
            if read == tag:
                break

    def handle_data(self, data: str) -> None:
        if not (self.gap and data == GAP):
            self.parts.append(text(data))

    def text(self) -> str:
        return "".join([*self.parts, *(f"</{one}>" for _, one in reversed(self.open) if one)])

    def _begin(self, read: str, written: str, kept: str) -> None:
        if written in _VOID:
            self.parts.append(f"<{written}{kept}/>")
            return
        self.parts.append(f"<{written}{kept}>")
        self.open.append((read, written))

    def _image(self, values: dict[str, str]) -> str:
        path = self.pictures.path(values.get("src", ""))
        alt = values.get("alt", "")
        return text(alt) if path is None else f"<img src={attribute(path)} alt={attribute(alt)}/>"

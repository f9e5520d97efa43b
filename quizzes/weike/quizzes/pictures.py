"""The pictures that a Markdown text refers to."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from weike.quizzes.html import markdown_parser


@dataclass(frozen=True, slots=True)
class Picture:
    """`source` as the author wrote it; `description` is "" where there is none."""

    source: str
    description: str


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = markdown_parser()
    # Keep the address as written instead of percent-encoded, so that it can be found again.
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    return parser


def pictures(markdown: str) -> list[Picture]:
    """Every picture, in Markdown or in HTML."""
    if "![" not in markdown and "<" not in markdown:
        return []
    found = []
    for token in _parser().parse(markdown):
        if token.type == "html_block":
            found += _in_html(token.content)
        for child in token.children or ():
            if child.type == "image":
                found.append(Picture(str(child.attrs["src"]), child.content))
            elif child.type == "html_inline":
                found += _in_html(child.content)
    return found


def map_pictures(markdown: str, resolve: Callable[[str], str]) -> str:
    """The text with the address of every picture replaced by `resolve(address)`."""
    for source in dict.fromkeys(picture.source for picture in pictures(markdown)):
        target = resolve(source)
        if target == source:
            continue
        markdown = _replace(markdown, source, target)
    return markdown


def _replace(markdown: str, source: str, target: str) -> str:
    """For ![…](address "title"), ![…](<address>), [label]: address, <img src="address">."""
    bare = f"<{target}>" if re.search(r"[\s()]", target) else target
    name = re.escape(source)
    link = rf"(\]\(\s*|^ {{0,3}}\[[^\]]+\]:\s*)(?:<{name}>|{name}(?=[\s)]|$))"
    html = rf"(<img\b[^>]*?\bsrc\s*=\s*)([\"']?){name}\2(?=[\s/>])"
    markdown = re.sub(link, lambda found: found[1] + bare, markdown, flags=re.M)
    return re.sub(html, lambda found: f'{found[1]}"{target}"', markdown, flags=re.I)


class _Images(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Picture] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "img" and values.get("src"):
            self.found.append(Picture(values["src"] or "", unescape(values.get("alt") or "")))


def _in_html(html: str) -> list[Picture]:
    parser = _Images()
    parser.feed(html)
    return parser.found

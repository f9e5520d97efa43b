"""Text from formats that are not Markdown, so that Markdown shows the same words."""

from __future__ import annotations

import html
import re

from weike.quizzes.html import GAP, render

_TAG = re.compile(r"<[^>]*>")
# What Markdown could take for a sign; most texts hold none of it and need no look.
_TEMPTING = re.compile(
    r"[\\`*\[\]<>#~|$!&]|(?<!_)_(?!_)|^\s*(?:\d+[.)]|[-+=:])|\n|https?:", re.MULTILINE
)
_ACTIVE = re.compile(r"(_{4,}|[\\`*_\[\]<>#~|$!-]|^\s*\d+[.)]|^[+=])", re.MULTILINE)


def markdown_of(text: str) -> str:
    """The text itself where Markdown would show just that, else with its signs escaped.

    >>> markdown_of("5 * 3 * 2")
    '5 * 3 * 2'
    >>> markdown_of("a*b*c")
    'a\\\\*b\\\\*c'
    >>> markdown_of("a*b*c = ____")  # a gap stays one
    'a\\\\*b\\\\*c = ____'
    """
    text = text.strip()
    if not _TEMPTING.search(text):
        return text
    if _words(html.unescape(_TAG.sub("", render(text)))) == _words(text):
        return text
    return _ACTIVE.sub(lambda found: _escaped(found[0]), text)


def _escaped(found: str) -> str:
    return found if found.startswith(GAP) else f"{found[:-1]}\\{found[-1]}"


def _words(text: str) -> str:
    return "".join(text.split())

"""Text from formats that are not Markdown, so that Markdown shows the same words."""

from __future__ import annotations

import html
import re

from weike.quizzes.html import render

_TAG = re.compile(r"<[^>]*>")
# What Markdown could take for a sign; most texts hold none of it and need no look.
_TEMPTING = re.compile(
    r"[\\`*\[\]<>#~|$!&]|(?<!_)_(?!_)|^\s*(?:\d+[.)]|[-+=:])|\n|https?:", re.MULTILINE
)
_ACTIVE = re.compile(r"([\\`*_\[\]<>#~|$!-]|^\s*\d+[.)]|^[+=])", re.MULTILINE)
_HTML = re.compile(r"</?(?:p|br|b|i|u|em|strong|sub|sup|span|div|img|ul|ol|li|table|pre|code|a)\b")


def markdown_of(text: str) -> str:
    """The text itself where Markdown would show just that, else with its signs escaped.

    >>> markdown_of("5 * 3 * 2")
    '5 * 3 * 2'
    >>> markdown_of("a*b*c")
    'a\\\\*b\\\\*c'
    """
    text = text.strip()
    if not _TEMPTING.search(text):
        return text
    if _words(html.unescape(_TAG.sub("", render(text)))) == _words(text):
        return text
    return _ACTIVE.sub(lambda found: _escaped(found[0]), text)


def markdown_of_html(text: str) -> str:
    """HTML as Markdown, which may hold it; text without tags as plain text."""
    if not _HTML.search(text):
        return markdown_of(html.unescape(text)) if "&" in text else markdown_of(text)
    text = re.sub(r"^\s*<p>(.*?)</p>\s*$", r"\1", text.strip(), flags=re.DOTALL)
    if "<p" in text:
        return text
    return text if _TAG.search(text) else markdown_of(html.unescape(text))


def _escaped(found: str) -> str:
    return f"{found[:-1]}\\{found[-1]}"


def _words(text: str) -> str:
    return "".join(text.split())

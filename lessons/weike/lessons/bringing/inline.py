"""The letters of a Word paragraph as Markdown that shows the same words."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable

from weike.quizzes.html import render
from weike.quizzes.plaintext import markdown_of
from weike.quizzes.word.model import Figure, Formula, Inline, Text

_SIGNS = re.compile(r"[\\`*_\[\]<>~|$&]|(?<=!)(?=\[)")
_START = re.compile(
    r"^(\s*)(#{1,6}(?=\s|$)|[-+](?=\s|$)|=+\s*$|-{3,}\s*$|(\d{1,9})(?=[.)](?:\s|$)))"
)
_MARKS = "，。；：、！？（）【】《》“”‘’…—,.;:!?()[]\"' \t\n"
_TAG = re.compile(r"<[^>]*>")


def inline_markdown(inlines: Iterable[Inline], picture: Callable[[Figure], str]) -> str:
    """`picture` gives the Markdown of a figure, "" where it cannot be shown."""
    inlines = tuple(inlines)
    if all(isinstance(one, Text) and _is_bare(one) for one in inlines):
        plain = "".join(one.text for one in inlines if isinstance(one, Text))
        return _broken(markdown_of(plain.replace("\t", " ")))
    written = "".join(_one(one, picture) for one in inlines).strip()
    safe = _broken(_escaped_start(written))
    shown = html.unescape(_TAG.sub("", render(safe)))
    letters = "".join(one.text for one in inlines if isinstance(one, Text))
    if any(isinstance(one, Formula) for one in inlines) or _words(shown) == _words(letters):
        return safe
    # Emphasis between Chinese letters and marks can fail; the words matter more.
    pictures = "".join(picture(one) for one in inlines if isinstance(one, Figure))
    return "\n\n".join(filter(None, (_broken(markdown_of(letters)), pictures)))


def _is_bare(text: Text) -> bool:
    return not (text.bold or text.italic or text.struck or text.raised or text.link)


def _one(one: Inline, picture: Callable[[Figure], str]) -> str:
    if isinstance(one, Figure):
        return picture(one)
    if isinstance(one, Formula):
        return f"\n\n$$\n{one.latex}\n$$\n\n" if one.alone else f"${one.latex}$"
    text = _SIGNS.sub(lambda found: f"\\{found[0]}", one.text.replace("\t", " "))
    if one.raised:
        return f"<{one.raised}>{html.escape(text, quote=False)}</{one.raised}>"
    for wanted, sign in ((one.struck, "~~"), (one.italic, "*"), (one.bold, "**")):
        if wanted:
            text = "\n".join(_wrapped(line, sign) for line in text.split("\n"))
    if one.link and text.strip():
        address = re.sub(r"[<>\s]", "", one.link)
        text = f"[{text.strip()}](<{address}>)"
    return text


def _wrapped(text: str, sign: str) -> str:
    """The sign around the words; marks and spaces at the ends stay outside, where it works."""
    inside = text.strip(_MARKS)
    if not inside:
        return text
    at = text.index(inside)
    return f"{text[:at]}{sign}{inside}{sign}{text[at + len(inside) :]}"


def _escaped_start(text: str) -> str:
    def escaped(found: re.Match[str]) -> str:
        digits = found[3]
        return f"{found[1]}{digits}\\" if digits else f"{found[1]}\\{found[2]}"

    return "\n".join(_START.sub(escaped, line) for line in text.split("\n"))


def _broken(text: str) -> str:
    """A soft return breaks the line on the page too; blank lines stay what they are."""
    return re.sub(r"(?<!\n)(?<!\$\$)\n(?!\n|\$\$)", "\\\\\n", text) if "$$" not in text else text


def _words(text: str) -> str:
    return "".join(text.split())

"""The full-width ＞ that a Chinese keyboard types: at the beginning of a line it is a quote."""

from __future__ import annotations

import re
from collections.abc import Callable

_FENCE = re.compile(r"`{3,}|~{3,}")
_WIDE = re.compile(r"\\*＞")


def narrowed(text: str) -> str:
    """`＞` as `>`: left as text, it would show feedback in an option. `\\＞` is the sign itself."""
    return _changed(text, lambda bare: ">" + bare[1:] if bare[0] == "＞" else bare[1:])


def kept_wide(text: str) -> str:
    """A text written so that `narrowed` leaves its signs."""
    return _changed(text, lambda bare: "\\" + bare)


def _changed(text: str, change: Callable[[str], str]) -> str:
    """The text with those lines changed that begin with the sign, code left out."""
    if "＞" not in text:
        return text
    lines, fence = text.split("\n"), ""
    for number, line in enumerate(lines):
        bare = line.lstrip()
        if run := _FENCE.match(bare):
            fence = "" if fence and bare.startswith(fence) else fence or run[0]
        elif not fence and _WIDE.match(bare):
            lines[number] = line[: len(line) - len(bare)] + change(bare)
    return "\n".join(lines)

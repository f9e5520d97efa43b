"""Options A, B, C … each on its line, several on one line, or behind the stem."""

from __future__ import annotations

import re
from collections import deque

from weike.quizzes.answers import LETTERS
from weike.quizzes.chinese.words import Line

_SIGNS = ".、):,"
_HEADS = 30

_CHINESE = "[\u4e00-\u9fff]"


def first_option(line: Line, letter: str) -> re.Match[str] | None:
    """`A．`, `A、`, `(A)`, `A ` at the start of a line, if it is the letter expected.

    `A冷却 B窒息` has no sign behind its letters, so two of them have to stand on the line.
    """
    return re.match(
        rf"\s*(?:[(\[【]\s*{letter}\s*[)\]】]\s*[.、]?|{letter}\s*[.、):,]|{letter}(?=\s))\s*",
        line.folded,
        re.IGNORECASE,
    ) or re.match(
        rf"\s*{letter}(?={_CHINESE}.*?\s{_after(letter)}{_CHINESE})",
        line.folded,
    )


def _after(letter: str) -> str:
    return LETTERS[LETTERS.index(letter) + 1 :][:1] if letter in LETTERS else ""


def split_options(line: Line, letter: str) -> list[tuple[str, str]]:
    """The options of a line that begins with `letter`; empty if it does not."""
    found: list[tuple[str, str]] = []
    head = first_option(line, letter)
    if head is None:
        return found
    sign, small = _sign(head[0]), letter not in head[0]
    start = head.end()
    while True:
        following = _after(letter)
        then = _next(line, start, following.lower() if small else following, sign)
        text = line.text[start : then.start() if then else None]
        found.append((letter, text.strip().rstrip(";；").rstrip()))
        if then is None:
            return found
        letter, start = following, then.end()


def behind_stem(line: Line) -> int | None:
    """Where options begin in the line of a stem: A and B at least have to stand there."""
    heads = re.finditer(r"(?:(?<=[\s)?。:.]))[(\[]?\s*A\s*([.、):,])", line.folded)
    # The last that fits: ( A ) before it is where the answer was written. All that follows is
    # looked at for each, so of a line with hundreds only the last are tried.
    for head in reversed(deque(heads, maxlen=_HEADS)):
        if len(split_options(line.rest(head.start()), "A")) > 1:
            return head.start()
    return None


def _sign(head: str) -> str:
    """What stands behind the letters: "(" for brackets around them, "" for nothing at all."""
    if re.match(r"\s*[(\[【]", head):
        return "("
    nothing = "" if head.strip() == head.lstrip() else " "
    return next((sign for sign in head if sign in _SIGNS), nothing)


def _next(line: Line, start: int, letter: str, sign: str) -> re.Match[str] | None:
    """The next option behind a space; without one only if it is written like the first."""
    if not letter:
        return None
    brackets = rf"[(\[【]\s*{letter}\s*[)\]】]\s*[.、]?"
    spaced = rf"(?<=\s)(?:{brackets}|{letter}\s*[.、):,])\s*"
    tight = brackets if sign == "(" else rf"(?<![A-Za-z0-9\s]){letter}\s*{re.escape(sign)}"
    if not sign:
        tight = rf"(?<=\s){letter}(?={_CHINESE})"
    elif sign == " ":
        tight = rf"(?<=\s){letter}(?=\s)"
    found = re.compile(rf"{spaced}|{tight}\s*").search(line.folded, start)
    return found

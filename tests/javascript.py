"""Names in scripts that nobody declares: a small look with Babel's lexer, for we have no linter.

Of what stands at the top of a module, each function or class is looked at by itself. What any
function inside declares counts for all of it, so not every slip is found; what is found is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from babel.messages.jslexer import tokenize

_NAME = re.compile(r"[A-Za-z_$][\w$]*")
_INSIDE = re.compile(r"\$\{([^{}]*)\}")
KEYWORDS = _NAME.findall("""
async await break case catch class const constructor continue default delete do else export extends
false finally for from function get if import in instanceof let new null of return set static super
switch this throw true try typeof undefined var void while yield
""")
BROWSER = _NAME.findall("""
AbortController Array Boolean CloseEvent CustomEvent DataView DOMParser Date Error FileReader
FormData Image Infinity Intl IntersectionObserver JSON Map Math NaN Node Number Object Promise
RegExp ResizeObserver Set String TextDecoder TextEncoder URL URLSearchParams Uint8Array Uint32Array
WebSocket XMLHttpRequest addEventListener clearInterval clearTimeout confirm console crypto
decodeURIComponent document encodeURIComponent fetch getComputedStyle history innerHeight innerWidth
localStorage location matchMedia navigator parseFloat parseInt performance removeEventListener
requestAnimationFrame sessionStorage setInterval setTimeout window
""")
OPEN, CLOSE = "([{", ")]}"


def undeclared(source: str) -> set[str]:
    """The names that a module uses and does not declare, nor any browser."""
    told = re.search(r"/\* global ([^*]*)\*/", source)
    known = {*BROWSER, *KEYWORDS, *(_NAME.findall(told[1]) if told else ())}
    units = [*_units(_words(source))]
    top = {name for unit in units for name in _declared(unit, depth=0)}
    return {name for unit in units for name in {*_used(unit)} - _declared(unit)} - known - top


def _words(source: str) -> list[str]:
    found = []
    for token in tokenize(source, jsx=False, dotted=False):
        if token.type in ("name", "operator"):
            found.append(token.value)
        elif token.type in ("string", "regexp"):
            found.append('""')
        elif token.type == "template_string":
            found += ["(", *(w for part in _INSIDE.findall(token.value) for w in _words(part)), ")"]
    return found


def _units(words: Sequence[str]) -> Iterator[list[str]]:
    depth, unit = 0, list[str]()
    for word in words:
        unit.append(word)
        depth += (word in OPEN) - (word in CLOSE)
        if depth == 0 and word in ";}":
            yield unit
            unit = []
    yield unit


def _declared(words: Sequence[str], depth: int | None = None) -> set[str]:
    """All names that come into being; at `depth` 0, those that the whole module sees."""
    found, level = set[str](), 0
    for n, word in enumerate(words):
        if word in ("function", "class") and depth in (None, level):
            found.update(words[n + 1 : n + 2])
        elif word in ("const", "let", "var", "import") and depth in (None, level):
            found.update(_pattern(words[n + 1 :]))
        elif depth is None and word == "(" and _is_signature(words, n):
            found.update(words[n : _end(words, n)])
        elif depth is None and words[n + 1 : n + 3] == ["=", ">"]:
            found.add(word)
        level += (word in OPEN) - (word in CLOSE)
    return found


def _pattern(words: Sequence[str]) -> Iterator[str]:
    """`a, { b, c: d }` of `const a = 1, { b, c: d } = e;`, and what is imported."""
    level, value = 0, False
    for word in words:
        level += (word in OPEN) - (word in CLOSE)
        if level < 0 or (level == 0 and word in (";", "of", "in", "from")):
            return
        if level == 0 and word in "=,":
            value = word == "="
        elif not value:
            yield word


def _is_signature(words: Sequence[str], n: int) -> bool:
    """Whether the bracket at `n` holds the parameters of a function, or what is caught."""
    after = words[(end := _end(words, n)) : end + 2]
    condition = words[n - 1 : n] and words[n - 1] in ("if", "for", "while", "switch")
    return after == ["=", ">"] or (after[:1] == ["{"] and not condition)


def _end(words: Sequence[str], n: int) -> int:
    """Behind the bracket that closes the one at `n`."""
    level = 0
    for end in range(n, len(words)):
        level += (words[end] in OPEN) - (words[end] in CLOSE)
        if level == 0:
            return end + 1
    return len(words)


def _used(words: Sequence[str]) -> Iterator[str]:
    for n, word in enumerate(words):
        before, after = words[max(0, n - 3) : n], words[n + 1 : n + 2]
        is_member = before[-1:] == ["."] and before != [".", ".", "."]
        is_method = after == ["("] and _is_signature(words, n + 1)
        if _NAME.fullmatch(word) and not is_member and not is_method and after != [":"]:
            yield word

"""The words of the interface: English in the code, Chinese first on the screen.

Every part keeps its translations in `locale/<language>.po` beside its modules. They are read
straight from the .po files, so there is no compile step that could go stale.
"""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources.abc import Traversable

LANGUAGES = ("zh-CN", "en")
PARTS = ("quizzes", "results", "widgets", "lessons", "server")

_default = "zh-CN"
_language: ContextVar[str | None] = ContextVar("weike_language", default=None)


def language() -> str:
    """The language of the current task, one of `LANGUAGES`."""
    return _language.get() or _default


@contextmanager
def use_language(tag: str) -> Iterator[None]:
    """Speak `tag` inside the block; an unknown tag falls back to the nearest language."""
    token = _language.set(nearest(tag))
    try:
        yield
    finally:
        _language.reset(token)


def set_language(tag: str) -> None:
    """Speak `tag` from here on in this task (a command, a request, a notebook)."""
    _language.set(nearest(tag))


def set_default_language(tag: str) -> None:
    """Speak `tag` where no task says otherwise: a kernel runs every cell in its own task."""
    global _default
    _default = nearest(tag)


def nearest(*tags: str) -> str:
    """The first of the wished-for BCP 47 tags that we speak; Chinese where there is none.

    >>> nearest("fr", "en-GB")
    'en'
    """
    for tag in tags:
        wanted = tag.replace("_", "-").lower()
        for known in LANGUAGES:
            if wanted.split("-")[0] == known.lower().split("-")[0]:
                return known
    return LANGUAGES[0]


def _(message: str) -> str:
    """The message in the current language; itself where no translation is needed."""
    return catalogue(language()).get(message, message)


def listed(names: Iterable[str]) -> str:
    """Names in a row, as the reader's language parts them."""
    return _(", ").join(names)


def one_by_one(sayings: Iterable[str]) -> str:
    """Parts of a sentence that may hold commas themselves."""
    return _("; ").join(sayings)


def N_(message: str) -> str:  # noqa: N802 - the field's own name for "extract, translate later"
    """Mark a message for extraction; translate it with `_` where it is shown."""
    return message


@cache
def catalogue(tag: str) -> Mapping[str, str]:
    """Every translated message of every installed part."""
    found: dict[str, str] = {}
    for part in PARTS:
        source = _po_file(part, tag)
        if source is not None:
            found |= _read(source)
    return found


@cache
def part_catalogue(part: str, tag: str) -> Mapping[str, str]:
    """The messages of one part, for example to send the component's words to a browser."""
    source = _po_file(part, tag)
    return {} if source is None else _read(source)


def _po_file(part: str, tag: str) -> Traversable | None:
    try:
        file = importlib.resources.files(f"weike.{part}") / "locale" / f"{tag}.po"
    except ModuleNotFoundError:
        return None
    return file if file.is_file() else None


def _read(source: Traversable) -> dict[str, str]:
    """The translated messages of a .po file, as babel reads them, in a tenth of its time.

    Obsolete entries are comments; there are no plurals and no contexts.
    """
    found: dict[str, str] = {}
    for entry in _ENTRY.finditer(source.read_text("utf-8")):
        if translated := _joined(entry["target"]):
            found[_joined(entry["source"])] = translated
    found.pop("", None)
    return found


_STRINGS = r'"(?:[^"\\\n]|\\.)*"(?:\n"(?:[^"\\\n]|\\.)*")*'
_ENTRY = re.compile(rf"^msgid (?P<source>{_STRINGS})\nmsgstr (?P<target>{_STRINGS})", re.MULTILINE)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


def _joined(strings: str) -> str:
    text = "".join(line[1:-1] for line in strings.split("\n"))
    return re.sub(r"\\(.)", lambda sign: _ESCAPES.get(sign[1], sign[1]), text)

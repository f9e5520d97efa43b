"""Texts as people type them, brought to one spelling before they are compared."""

from __future__ import annotations

import hashlib
import reprlib
import unicodedata

from weike.quizzes.errors import ResponseError
from weike.quizzes.i18n import _

# An id is part of an address, of a file of results, and of what people say to each other.
ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

TRUE_WORDS = frozenset({"正确", "对", "true"})
FALSE_WORDS = frozenset({"错误", "错", "false"})

# Marks that end a sentence. Not % or #: "90%" is not "90", and "C#" is not "C".
_TRAILING = ".。,、;:!?… "

# What chat apps and web pages leave in a text that is copied: no width, no meaning for a reader.
INVISIBLE = dict.fromkeys(
    map(ord, "\u00ad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff")
)

_brief = reprlib.Repr()
_brief.maxlevel = 2


def normalise(text: str) -> str:
    """One spelling for full-width and half-width, case, white space and a trailing full stop,
    without signs that nobody sees.

    >>> normalise(" Ｇreen　 Zone。")
    'green zone'
    """
    seen = text.translate(INVISIBLE)
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    plain = " ".join(folded.split())
    return plain.rstrip(_TRAILING) or plain


def item_id(stem: str) -> str:
    """The id of a question whose author gave it none."""
    return "q-" + hashlib.sha256(normalise(stem).encode()).hexdigest()[:10]


def check_text(response: object, *, longest: int) -> str:
    """A text that a browser sent; `ResponseError` for anything that no store could keep."""
    if not isinstance(response, str) or "\x00" in response:
        raise ResponseError(_("an answer here is a text"))
    if len(response) > longest:
        raise ResponseError(_("this answer is too long"))
    try:
        response.encode()
    except UnicodeEncodeError as error:  # half of a character
        raise ResponseError(_("an answer here is a text")) from error
    return response


def brief(value: object) -> str:
    """A value for a message, however large it is."""
    shown = value if isinstance(value, str) else _brief.repr(value)
    return shown if len(shown) <= 60 else shown[:59] + "…"


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)

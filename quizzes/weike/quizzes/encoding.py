"""Which encoding a text is in that does not say so."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

_HIGH = re.compile(rb"[\x80-\xff]")
_ACCENTS = re.compile(
    rb"(?<=[A-Za-z])[\x80-\xff]{1,2}(?![\x80-\xff])|(?<![\x80-\xff])[\x80-\xff]{1,2}(?=[A-Za-z])"
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(data: bytes, declared: Iterable[str] = ()) -> str | None:
    """The text by its byte order mark, as UTF-8, as it declares itself, or by a guess.

    None where it is no text in any of them.
    """
    mark = next((name for sign, name in _MARKS if data.startswith(sign)), None)
    for name in [mark] if mark else ["utf-8", *declared, guess(data)]:
        try:
            return data.decode(name)
        except (UnicodeError, LookupError, ValueError):
            continue
    return None


def guess(data: bytes) -> str:
    """GB18030, or Windows' Western European: accents are one or two beside plain letters.

    Many a word such as `été` would be valid GB18030 and read as Chinese.
    """
    accents = sum(len(found[0]) for found in _ACCENTS.finditer(data))
    return "cp1252" if 2 * accents > sum(1 for _found in _HIGH.finditer(data)) else "gb18030"

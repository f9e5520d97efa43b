"""A notebook as the bytes of its file, in the handwriting of whoever wrote the file before."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_HALF = re.compile("[\ud800-\udfff]")
_INDENT = re.compile(rb"\s*[{\[]\r?\n([ \t]+)")


def dump_notebook(data: Mapping[str, Any], *, like: bytes = b"") -> bytes:
    """The file as Jupyter writes it: indented by one, Chinese readable, a newline at the end.

    `like` is the file as it was: where another program has written it with another indentation,
    other line ends or Chinese as escapes, it stays so, and Git shows what was changed and no more.
    """
    found = _INDENT.match(like)
    indent = found[1].decode() if found else 1
    escaped = like.isascii() and b"\\u" in like
    text = json.dumps(data, ensure_ascii=escaped, indent=indent)
    # Half a surrogate pair can stand in JSON as an escape and in no other way.
    text = _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
    if not like or like.endswith(b"\n"):
        text += "\n"
    return (text.replace("\n", "\r\n") if b"\r\n" in like else text).encode()

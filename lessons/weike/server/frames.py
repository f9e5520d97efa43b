"""The binary messages of a kernel's connection, looked at before Jupyter reads them.

They begin with a table: how many parts there are, and where each begins. Jupyter takes it at its
word. A table of a few bytes can name parts by the thousand million, or the same part again and
again, and the server would stand still or run out of memory over it.
"""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import Final

MOST_PARTS: Final = 1_000


def is_sound(message: bytes, *, newer: bool) -> bool:
    """Whether the parts that the table names follow each other inside the message.

    `newer` is the protocol v1.kernel.websocket.jupyter.org; the older one has no name.
    """
    size, kind = (8, "<{}Q") if newer else (4, ">{}I")
    if len(message) < size:
        return False
    (count,) = struct.unpack_from(kind.format(1), message)
    table = size * (count + 1)
    if not 1 <= count <= MOST_PARTS or table > len(message):
        return False
    places = struct.unpack_from(kind.format(count), message, size)
    ordered = all(before <= after for before, after in pairwise(places))
    return ordered and places[0] >= table and places[-1] <= len(message)

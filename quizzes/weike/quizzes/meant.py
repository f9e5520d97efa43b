"""The repair of a word that nobody knows: which one was probably meant."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from weike.quizzes.i18n import _, listed

LIKE = 0.5  # how much two words have in common: of two characters, as many posts have, one
SHOWN = 10


def meant(wanted: str, known: Collection[str], *, else_all: bool = True) -> str:
    """The known words that are like it; where none is, the first of all that there are.

    Empty where nothing is known, or nothing is like it and `else_all` is false: not everybody may
    read every list.
    """
    if near := get_close_matches(wanted, known, 3, LIKE):
        return _("did you mean {names}?").format(names=listed(near))
    if known and else_all:
        few = [*list(known)[:SHOWN], *(["…"] if len(known) > SHOWN else [])]
        return _("known ones are: {names}").format(names=listed(few))
    return ""

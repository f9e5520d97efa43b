"""Links to previews that work without signing in: for an hour, and for one lesson each."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

LIFE: Final = timedelta(hours=1)
MOST: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """`owner` may see `lesson`, a slug or the path of a file: a version, or the file as it is."""

    token: str
    owner: str
    lesson: str
    version: str = ""
    until: datetime


class Passes:
    """In this process's memory: they end with it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Pass] = OrderedDict()

    def give(self, owner: str, lesson: str, now: datetime, *, version: str = "") -> Pass:
        """A pass; asked again, the same one as long as more than half of its time is left."""
        self._forget(now)
        for known in self._kept.values():
            same = (known.owner, known.lesson, known.version) == (owner, lesson, version)
            if same and known.until - now > LIFE / 2:
                return known
        made = Pass(
            token=secrets.token_urlsafe(24),
            owner=owner,
            lesson=lesson,
            version=version,
            until=now + LIFE,
        )
        self._kept[made.token] = made
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return made

    def find(self, token: str, now: datetime) -> Pass | None:
        known = self._kept.get(token)
        return known if known is not None and now < known.until else None

    def any(self, now: datetime) -> bool:
        self._forget(now)
        return bool(self._kept)

    def _forget(self, now: datetime) -> None:
        for token in [token for token, one in self._kept.items() if one.until <= now]:
            del self._kept[token]

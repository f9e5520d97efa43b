"""Who waits for an interactive part while all are taken: first come, first served."""

from __future__ import annotations

from typing import Final

PATIENCE: Final = 30.0  # seconds after which somebody who does not ask again has gone


class Line:
    """Members ask again every few seconds; the place is theirs as long as they do."""

    def __init__(self) -> None:
        self._asked: dict[str, float] = {}

    def ask(self, member: str, now: float) -> int:
        """How many wait before this member, who waits too from now on."""
        self._asked = {one: at for one, at in self._asked.items() if now - at <= PATIENCE}
        self._asked[member] = now  # a known key keeps its place
        return list(self._asked).index(member)

    def leave(self, member: str) -> None:
        self._asked.pop(member, None)

    def __len__(self) -> int:
        return len(self._asked)

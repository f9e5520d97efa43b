"""What the store says when it cannot do what was asked."""

from __future__ import annotations

from weike.quizzes.errors import WeikeError


class StoreError(WeikeError):
    """The store cannot be opened or used as it stands; a person has to act."""


class StoreUnavailableError(StoreError):
    """Nothing was written just now (busy, locked, full, cut off); the same may work later."""

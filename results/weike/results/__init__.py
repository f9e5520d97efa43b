"""Who learned what: the organisation, the log of attempts, and the figures derived from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weike.results.store import Store, open_store

if TYPE_CHECKING:
    from weike.results.scores import branch_scores

__all__ = ["Store", "branch_scores", "open_store"]


def __getattr__(name: str) -> object:
    """Figures are pandas DataFrames; who only opens a store need not wait for pandas."""
    if name == "branch_scores":
        from weike.results.scores import branch_scores

        return branch_scores
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

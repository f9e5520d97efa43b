"""Who learned what: the organisation, the log of attempts, and the figures derived from it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from weike.results.store import Store, open_store

if TYPE_CHECKING:
    from weike.results.analysis.items import quiz_items
    from weike.results.analysis.itemstats import item_statistics
    from weike.results.analysis.topics import topic_scores
    from weike.results.scores import branch_scores, member_scores
    from weike.results.scoring.gains import gains
    from weike.results.scoring.trend import trend

__all__ = [
    "Store",
    "branch_scores",
    "gains",
    "item_statistics",
    "member_scores",
    "open_store",
    "quiz_items",
    "topic_scores",
    "trend",
]

_FIGURES = {
    "branch_scores": "scores",
    "gains": "scoring.gains",
    "item_statistics": "analysis.itemstats",
    "member_scores": "scores",
    "quiz_items": "analysis.items",
    "topic_scores": "analysis.topics",
    "trend": "scoring.trend",
}


def __getattr__(name: str) -> object:
    """Figures are pandas DataFrames; who only opens a store need not wait for pandas."""
    if name in _FIGURES:
        return getattr(import_module(f"weike.results.{_FIGURES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

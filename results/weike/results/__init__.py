"""Who learned what: the organisation, the log of attempts, and the figures derived from it."""

from __future__ import annotations

from weike.results.store import Store, open_store

__all__ = ["Store", "open_store"]

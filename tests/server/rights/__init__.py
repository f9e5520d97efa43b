"""Who gets what: every route of the server, and what each of `PEOPLE` is answered there."""

from __future__ import annotations

from . import learning, organizing, teaching
from .asked import NO_KERNEL, PEOPLE, Asked

__all__ = ["NO_KERNEL", "PEOPLE", "TABLE", "Asked"]

TABLE = {**learning.TABLE, **teaching.TABLE, **organizing.TABLE}

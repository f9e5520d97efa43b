"""How a branch has come along: its figures in the last periods."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import pandas as pd

from weike.results.periods import Period
from weike.results.scoring.snapshot import current_snapshot, the_period
from weike.results.store import Store

COLUMNS: Final = (
    *("members", "attempted", "mean", "adjusted", "completion", "coverage", "improvement"),
    *("score", "score_low", "score_high", "eligible", "leading", "rank"),
)


def trend(
    store: Store,
    *,
    branch: str,
    periods: int = 6,
    period: str | Period | None = None,
    now: datetime,
) -> pd.DataFrame:
    """The figures of one branch (its id) by period ("2026-Q3"), the oldest first.

    The last row is `period` (without one, the current quarter), the others are the ones before it
    that are as long, each with its own frozen roster and as of its own end. The branch is today's:
    what it was called then, or under whom it stood, is not asked. Columns: `COLUMNS`, meaning what
    they mean in `branch_scores`.
    """
    snapshot = current_snapshot(store)
    span = the_period(store, period, now)
    rows: dict[str, list[object]] = {}
    for _ in range(periods):
        frame = snapshot.figures(store, span, now).frame
        rows[str(span)] = [frame.at[branch, name] for name in COLUMNS]
        span = span.before
    found = pd.DataFrame.from_dict(
        dict(reversed(rows.items())), orient="index", columns=list(COLUMNS)
    )
    found.index.name = "period"
    return found.astype({"rank": "Int64"})

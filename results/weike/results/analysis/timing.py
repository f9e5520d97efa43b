"""How long people took to answer, estimated from the log.

A response tells when it came, not when its question was first looked at. So the time for a question
runs from the response before it in the same attempt (to whatever question) to the first response
to it; for the first question of a timed quiz, from the attempt's start. It is not known where a
quiz without a limit begins, for its start is when the lesson was opened and reading came first; and
not where two responses arrive within a second, for a phone that was offline sends what waited at
once. A pause counts: the median does not mind, and nothing here is held against anybody.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from weike.results.analysis.itemdata import ItemData

TIMES: Final = ("time_n", "time_q1", "time_median", "time_q3")
_AT_ONCE = 1.0  # seconds


def response_times(data: ItemData) -> pd.DataFrame:
    """By item: `time_n` answers whose time is known, and the quartiles of their seconds."""
    if data.responses.empty:
        return pd.DataFrame(columns=list(TIMES), dtype=float)
    seconds = _seconds(data)
    by_item = seconds.groupby("item")["seconds"]
    return pd.DataFrame(
        {
            "time_n": by_item.size(),
            "time_q1": by_item.quantile(0.25),
            "time_median": by_item.quantile(0.5),
            "time_q3": by_item.quantile(0.75),
        },
        columns=list(TIMES),
        dtype=float,
    )


def _seconds(data: ItemData) -> pd.DataFrame:
    """`item` and `seconds` of every answer whose time can be told."""
    log = data.responses.sort_values(["attempt", "received", "seq"], kind="stable")
    before = log.groupby("attempt", sort=False)["received"].shift()
    start = log["attempt"].map(data.attempts["started"])
    timed = log["attempt"].map(data.attempts["timed"]).astype(bool)
    before = before.where(before.notna(), start.where(timed))
    taken = (pd.to_datetime(log["received"], utc=True) - pd.to_datetime(before, utc=True)).dt
    found = pd.DataFrame({"item": log["item"], "seconds": taken.total_seconds()})
    first = ~log.duplicated(["attempt", "item"])
    return found[first & (found["seconds"] >= _AT_ONCE)]

"""The same items by version, by topic and by branch."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from weike.results.analysis.itemdata import ItemData
from weike.results.analysis.itemstats import item_statistics

VERSIONS = ("item", "version", "n", "facility", "discrimination", "efficiency")


def by_version(data: ItemData, *, shown: int) -> pd.DataFrame:
    """Every version of the items that were asked in several, each as an item of its own.

    Discrimination is NaN under `shown` attempts.
    """
    several = data.marks.groupby("item")["version"].transform("nunique") > 1
    if not several.any():
        return pd.DataFrame(columns=list(VERSIONS))
    # Those with one version stay in the table: they are part of the total.
    keys = pd.MultiIndex.from_frame(data.marks[["item", "version"]]).unique().sort_values()
    place = {key: n for n, key in enumerate(keys)}
    numbers = [place[key] for key in zip(data.marks["item"], data.marks["version"], strict=True)]
    marks = data.marks.assign(place=numbers)
    wide = marks.pivot(index="attempt", columns="place", values="mark").reindex(
        columns=range(len(keys))
    )
    most = marks.groupby("place")["max"].max()
    found = item_statistics(wide.astype(float), [float(most.loc[n]) for n in range(len(keys))])
    wanted = set(data.marks.loc[several, "item"])
    rows = [
        (
            *key,
            one.attempts,
            one.facility,
            one.discrimination if one.attempts >= shown else None,
            one.efficiency if one.attempts >= shown else None,
        )
        for key, one in zip(keys, found.items, strict=True)
        if key[0] in wanted
    ]
    frame = pd.DataFrame(rows, columns=list(VERSIONS))
    figures = list(VERSIONS[3:])
    frame[figures] = frame[figures].astype(float)
    return frame


def by_topic(data: ItemData, topics: pd.Series[str]) -> pd.DataFrame:
    """`topic` ("" where an item has none), its `items`, `n` answers and `facility` (0-1)."""
    marks = data.marks[data.marks["mark"].notna()]
    grouped = marks.assign(topic=marks["item"].map(topics)).groupby("topic")
    sums = grouped[["mark", "max"]].sum()
    found = pd.DataFrame(
        {
            "items": topics.value_counts().reindex(sums.index),
            "n": grouped.size(),
            "facility": share(sums["mark"], sums["max"]),
        }
    )
    return found.rename_axis("topic").reset_index()


def by_branch(data: ItemData, paths: Mapping[str, str]) -> pd.DataFrame:
    """`branch` id, `path`, `item`, `n` and `facility`, branches in the order of `paths`.

    A branch is where the member was at the time of the attempt.
    """
    marks = data.marks[data.marks["mark"].notna()]
    where = marks["attempt"].map(data.attempts["branch"])
    grouped = marks.assign(branch=where)[where.notna()].groupby(["branch", "item"])
    sums = grouped[["mark", "max"]].sum()
    found = pd.DataFrame({"n": grouped.size(), "facility": share(sums["mark"], sums["max"])})
    found = found.reset_index()
    order = {id: n for n, id in enumerate(paths)}
    place = found["branch"].map(order)
    found.insert(1, "path", [paths.get(str(id), "") for id in found["branch"]])
    return found.iloc[np.argsort(place.to_numpy(dtype=float), kind="stable")].reset_index(drop=True)


def share(part: pd.Series[float], whole: pd.Series[float]) -> pd.Series[float]:
    """NaN where there is nothing to have a share of."""
    return part / whole.where(whole > 0)

"""From members' figures to those of branches: added up the tree, then adjusted level by level.

Pure: a tree and a table of members in, a table of branches out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from weike.results.people import Branch, Branches
from weike.results.shrinkage import Shrinkage, pooled_variance, shrink

COLUMNS: Final = (
    "path",
    "name",
    "level",
    "level_name",
    "parent",
    "members",
    "attempted",
    "coverage",
    "completion",
    "mean",
    "adjusted",
    "low",
    "high",
    "pass_rate",
)

_COUNTS: Final = ("assigned", "completed", "submitted", "passed")


def branch_frame(
    tree: Branches, members: pd.DataFrame, lessons: int, levels: Sequence[str]
) -> pd.DataFrame:
    """The columns of `branch_scores` from the members' (see `figures.member_figures`)."""
    nodes = list(tree)
    ids = pd.Index([one.id for one in nodes], name="branch")
    sums = _sums(nodes, members)
    with np.errstate(invalid="ignore", divide="ignore"):
        roster, attempted = sums["members"], sums["attempted"]
        mean = sums["mark"] / attempted
        unknown = np.full(len(ids), np.nan)  # a bare NaN would make columns of objects
        variance = (sums["square"] - attempted * mean**2) / (attempted - 1)
        frame = pd.DataFrame(
            {
                "path": [one.path for one in nodes],
                "name": [one.name for one in nodes],
                "level": np.array([one.level for one in nodes], dtype=int),
                "level_name": [levels[min(one.level, len(levels) - 1)] for one in nodes],
                "parent": pd.Series([one.parent_id for one in nodes], index=ids, dtype=object),
                "members": roster.astype(int),
                "attempted": attempted.astype(int),
                "coverage": np.where(sums["assigned"] > 0, sums["covered"] / roster, np.nan),
                "completion": sums["completed"] / sums["assigned"],
                "mean": mean,
                "adjusted": unknown,
                "low": unknown,
                "high": unknown,
                "pass_rate": sums["passed"] / sums["submitted"],
            },
            index=ids,
            columns=list(COLUMNS),
        )
    by_level: dict[int, Shrinkage] = {}
    for level in sorted(set(frame["level"])):
        at = np.flatnonzero(frame["level"].to_numpy() == level)
        by_level[level] = _adjust(frame, at, variance)
    frame.attrs = {
        "lessons": lessons,
        "mu": {level: found.mu for level, found in by_level.items()},
        "s2": {level: found.s2 for level, found in by_level.items()},
        "tau2": {level: found.tau2 for level, found in by_level.items()},
        "no_difference": _no_difference(by_level),
    }
    return frame


def _sums(nodes: Sequence[Branch], members: pd.DataFrame) -> Mapping[str, np.ndarray]:
    """What the members of each branch and of everything beneath it add up to."""
    place = {one.id: i for i, one in enumerate(nodes)}
    where = np.array([place[id] for id in members["branch"]], dtype=int)
    mark = members["mark"].to_numpy(dtype=float)
    amounts = {
        "members": np.ones(len(members)),
        "attempted": (~np.isnan(mark)).astype(float),
        "mark": np.nan_to_num(mark),
        "square": np.nan_to_num(mark) ** 2,
        "covered": (members["completed"].to_numpy() > 0).astype(float),
        **{name: members[name].to_numpy() for name in _COUNTS},
    }
    sums = {
        name: np.bincount(where, weights=amount, minlength=len(nodes))
        for name, amount in amounts.items()
    }
    for i, one in reversed(list(enumerate(nodes))):  # parents stand before their children
        if one.parent_id is not None:
            for total in sums.values():
                total[place[one.parent_id]] += total[i]
    return sums


def _adjust(frame: pd.DataFrame, at: np.ndarray, variance: np.ndarray) -> Shrinkage:
    """Write the adjusted means and intervals of one level's branches into the frame."""
    n = [int(count) for count in frame["attempted"].to_numpy()[at]]
    m = [None if np.isnan(mean) else float(mean) for mean in frame["mean"].to_numpy()[at]]
    # The squares' rounding is no variance.
    v = [float(v) if n_i > 1 and v > 1e-12 else 0.0 for n_i, v in zip(n, variance[at], strict=True)]
    found = shrink(n, m, pooled_variance(n, v))
    intervals = [found.interval(i) or (np.nan, np.nan) for i in range(len(n))]
    ids = frame.index[at]
    frame.loc[ids, "adjusted"] = [np.nan if mean is None else mean for mean in found.means]
    frame.loc[ids, ["low", "high"]] = intervals
    return found


def _no_difference(by_level: Mapping[int, Shrinkage]) -> bool:
    """Of the lowest level with something to compare; False where nothing can be."""
    comparable = [found for found in by_level.values() if found.tau2 is not None]
    return bool(comparable) and comparable[-1].no_difference

"""From members' figures to those of branches: added up the tree, then scored level by level.

Pure: a tree and tables of members in, a table of branches out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from weike.results.people import Branch, Branches
from weike.results.scoring.composite import Floats, Marks, Standing, Work, composite
from weike.results.scoring.method import Method
from weike.results.scoring.shrinkage import Shrinkage

COLUMNS: Final = (
    *("path", "name", "level", "level_name", "parent"),
    *("members", "excused", "attempted", "assigned", "completed"),
    *("not_started", "unfinished"),
    *("coverage", "completion", "mean", "variance", "adjusted", "error", "low", "high"),
    *("pass_rate", "pass_rate_first"),
    *("previous_members", "previous_attempted", "previous"),
    *("change", "change_error", "improvement"),
    *("score", "score_low", "score_high", "band", "eligible", "leading", "rank"),
)
BAND: Final = 5  # smaller branches stand in a band of their own

_SUMS: Final = ("assigned", "completed", "submitted", "passed", "passed_first")
_ROUNDING = 1e-12  # what the squares of equal marks may leave is no variance


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the members of each branch and of everything beneath it add up to, in the tree's order.

    `sums` by name: members, excused, attempted, covered, not_started, unfinished, assigned,
    completed, submitted, passed, passed_first (counts) and mark, square (sums over the marks).
    `own` has a row for each branch with those of its own members alone; `where` is the row of each
    member.
    """

    tree: Branches
    sums: Mapping[str, Floats]
    own: Floats
    where: NDArray[np.intp]

    @classmethod
    def of(cls, tree: Branches, members: pd.DataFrame) -> Totals:
        """Add up the rows of `figures.member_figures`."""
        place = {one.id: i for i, one in enumerate(tree)}
        codes, ids = pd.factorize(members["branch"].to_numpy(dtype=object))
        where = np.array([place[id] for id in ids], dtype=np.intp)[codes]
        own = _own(members, np.arange(len(members)), where, size=len(place))
        excused = [place[id] for id in members.attrs.get("excused", ())]
        np.add.at(own[:, _NAMES.index("excused")], np.array(excused, dtype=np.intp), 1)
        return cls(tree=tree, sums=_added_up(tree, own), own=own, where=where)

    def patched(self, members: pd.DataFrame, places: NDArray[np.intp]) -> Totals:
        """The totals of the same members after the rows at these places have become others.

        Their branches are added up anew: to add what has changed would not give the same to the
        last digit.
        """
        touched = np.zeros(len(self.own), dtype=bool)
        touched[self.where[places]] = True
        own = self.own.copy()
        newer = _own(members, np.flatnonzero(touched[self.where]), self.where, size=len(own))
        newer[:, _NAMES.index("excused")] = own[:, _NAMES.index("excused")]
        own[touched] = newer[touched]
        return replace(self, sums=_added_up(self.tree, own), own=own)

    def marks(self, at: slice | np.ndarray = slice(None)) -> Marks:
        """The marks of the branches at these places."""
        n, total, square = (self.sums[name][at] for name in ("attempted", "mark", "square"))
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = total / n
            variance = (square - n * mean**2) / (n - 1)
        variance[np.abs(variance) < _ROUNDING] = 0.0
        variance[n < 2] = np.nan
        return Marks(n=n.astype(int), mean=mean, variance=np.maximum(variance, 0.0))

    def work(self, at: np.ndarray) -> Work:
        """What was to be done there, and was."""
        counts = {name: self.sums[name][at].astype(int) for name in _WORK}
        return Work(**counts)


_WORK: Final = ("members", "covered", "assigned", "completed", "not_started")
_NAMES: Final = (
    *_SUMS,
    *("members", "attempted", "mark", "square", "covered", "not_started", "unfinished"),
    "excused",
)


def _own(
    members: pd.DataFrame, rows: NDArray[np.intp], where: NDArray[np.intp], *, size: int
) -> Floats:
    """What these members' rows add up to in each branch; nobody of them is excused."""
    amounts = {name: members[name].to_numpy()[rows].astype(float) for name in _SUMS}
    mark = members["mark"].to_numpy(dtype=float)[rows]
    started = members["started"].to_numpy(dtype=bool)[rows]
    amounts |= {
        "members": np.ones(len(rows)),
        "attempted": (~np.isnan(mark)).astype(float),
        "mark": np.nan_to_num(mark),
        "square": np.nan_to_num(mark) ** 2,
        "covered": (amounts["completed"] > 0).astype(float),
        "not_started": ((amounts["assigned"] > 0) & ~started).astype(float),
        "unfinished": (amounts["completed"] < amounts["assigned"]).astype(float),
        "excused": np.zeros(len(rows)),
    }
    own = [np.bincount(where[rows], weights=amounts[name], minlength=size) for name in _NAMES]
    return np.stack(own, axis=1).astype(float)


def _added_up(tree: Branches, own: Floats) -> dict[str, Floats]:
    """By name, for each branch the sum over it and everything beneath it."""
    place = {one.id: i for i, one in enumerate(tree)}
    totals = own.copy()
    for i, one in reversed(list(enumerate(tree))):  # parents stand before their children
        if one.parent_id is not None:
            totals[place[one.parent_id]] += totals[i]
    return {name: totals[:, number].copy() for number, name in enumerate(_NAMES)}


def branch_frame(
    now: Totals,
    before: Totals | None,
    *,
    lessons: int,
    levels: Sequence[str],
    method: Method,
) -> pd.DataFrame:
    """The columns of `branch_scores`; `before` is the previous period of the same tree."""
    nodes, sums = list(now.tree), now.sums
    ids = pd.Index([one.id for one in nodes], name="branch")
    depth = np.array([one.level for one in nodes], dtype=int)
    marks = now.marks()
    nobody = np.zeros(len(ids), dtype=int)
    unknown = np.full(len(ids), np.nan)  # a bare NaN would make columns of objects
    with np.errstate(invalid="ignore", divide="ignore"):
        columns: dict[str, Any] = {
            **_names(nodes, ids, levels),
            **{name: sums[name].astype(int) for name in ("members", "excused", "attempted")},
            **{name: sums[name].astype(int) for name in ("assigned", "completed")},
            **{name: sums[name].astype(int) for name in ("not_started", "unfinished")},
            "mean": marks.mean,
            "variance": marks.variance,
            "pass_rate": sums["passed"] / sums["submitted"],
            "pass_rate_first": sums["passed_first"] / sums["submitted"],
            **{
                f"previous_{name}": nobody if before is None else before.sums[name].astype(int)
                for name in ("members", "attempted")
            },
            "previous": unknown if before is None else before.marks().mean,
            "band": np.where(sums["members"] < BAND, "small", "full"),
        }
    columns |= {name: unknown.copy() for name in _SCORED}
    columns |= {name: np.zeros(len(ids), dtype=bool) for name in ("eligible", "leading")}
    columns["rank"] = np.zeros(len(ids), dtype=int)
    by_level: dict[int, Shrinkage] = {}
    for level in sorted(set(depth.tolist())):
        at = np.flatnonzero(depth == level)
        past = None if before is None else before.marks(at)
        found = composite(now.marks(at), past, now.work(at), method)
        by_level[level] = found.shrinkage
        for name, figures in _scored(found).items():
            columns[name][at] = figures
    ranks = pd.array(columns["rank"], dtype="Int64")
    ranks[~columns["eligible"]] = pd.NA
    frame = pd.DataFrame({**columns, "rank": ranks}, index=ids, columns=list(COLUMNS))
    frame.attrs = {
        "lessons": lessons,
        "mu": {level: found.mu for level, found in by_level.items()},
        "s2": {level: found.s2 for level, found in by_level.items()},
        "tau2": {level: found.tau2 for level, found in by_level.items()},
        "no_difference": _no_difference(by_level),
        "weights": method.applied(with_previous=bool(frame["improvement"].notna().any())),
        "rule": method.rule,
    }
    return frame


def _names(nodes: Sequence[Branch], ids: pd.Index[str], levels: Sequence[str]) -> dict[str, object]:
    return {
        "path": [one.path for one in nodes],
        "name": [one.name for one in nodes],
        "level": np.array([one.level for one in nodes], dtype=int),
        "level_name": [levels[min(one.level, len(levels) - 1)] for one in nodes],
        "parent": pd.Series([one.parent_id for one in nodes], index=ids, dtype=object),
    }


def _scored(found: Standing) -> Mapping[str, np.ndarray]:
    """The columns that a level's branches get by being compared."""
    intervals = [found.shrinkage.interval(i) or (np.nan, np.nan) for i in range(len(found.score))]
    low, high = np.array(intervals, dtype=float).T
    return {
        "adjusted": found.adjusted,
        "error": found.error,
        "low": low,
        "high": high,
        "completion": found.completion,
        "coverage": found.coverage,
        "change": found.change,
        "change_error": found.change_error,
        "improvement": found.improvement,
        "score": found.score,
        "score_low": found.low,
        "score_high": found.high,
        "eligible": found.eligible,
        "leading": found.leading,
        "rank": found.rank,
    }


_SCORED: Final = (
    *("adjusted", "error", "low", "high", "completion", "coverage"),
    *("change", "change_error", "improvement", "score", "score_low", "score_high"),
)


def _no_difference(by_level: Mapping[int, Shrinkage]) -> bool:
    """Of the lowest level with something to compare; False where nothing can be."""
    comparable = [found for found in by_level.values() if found.tau2 is not None]
    return bool(comparable) and comparable[-1].no_difference

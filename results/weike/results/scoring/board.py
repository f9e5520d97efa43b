"""The board of the branches as one member may see it: the body of `GET /api/branches`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from weike.results.awarding.flags import Flag, holders
from weike.results.people import Member
from weike.results.periods import Period
from weike.results.scoring.rollup import COLUMNS
from weike.results.scoring.snapshot import current_snapshot
from weike.results.scoring.withholding import LEAST, withheld
from weike.results.store import Store

_WITHHELD: Mapping[str, None] = dict.fromkeys(COLUMNS)
_FIGURES: Final = ("attempted", "coverage", "completion", "not_started")
_MARKS: Final = (
    *("mean", "pass_rate", "change", "improvement"),
    *("score", "rank", "leading", "eligible"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a viewer may know of a branch: figures about its members, and the marks behind a mean.

    Everyone sees every branch; who has a duty for one (an organizer of it, an administrator) sees
    all of it. For everybody else a figure needs `LEAST` people where it counts (coverage and
    completion the members, means and pass rate those who attempted), and must not let another that
    is hidden be worked out.
    """

    figures: bool
    marks: bool


def shown_to(viewer: Member, rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Shown]:
    """By branch id, for rows with `branch`, `parent`, `members`, `attempted`, parents first."""
    listed = list(rows)
    known = {row["branch"] for row in listed if viewer.can_see_branch(row["branch"])}
    nobody = {row["branch"] for row in listed if not row["members"]} - known
    no_figures = nobody | withheld(_groups(listed, "members"), known=known)
    no_marks = withheld(_groups(listed, "attempted"), known=known, away=no_figures)
    return {
        row["branch"]: Shown(row["branch"] not in no_figures, row["branch"] not in no_marks)
        for row in listed
    }


def _groups(
    rows: Sequence[Mapping[str, Any]], people: str
) -> Iterable[tuple[str, str | None, int]]:
    return [(row["branch"], row["parent"], row[people]) for row in rows]


def branch_board(
    store: Store, viewer: Member, period: str | Period | None, now: datetime
) -> dict[str, Any]:
    """Every branch, parents before their children; shares of 1 or None, `hidden` where withheld."""
    figures = current_snapshot(store).figures(store, period, now)
    attrs = figures.frame.attrs
    shown = shown_to(viewer, figures.rows)
    flags = {one.branch: one for one in holders(store) if one.branch is not None}
    return {
        "period": attrs["period"],
        "level_names": list(store.levels),
        "no_difference": attrs["no_difference"],
        "no_difference_levels": [level for level, tau2 in attrs["tau2"].items() if tau2 == 0],
        "weights": attrs["weights"],
        "rule": attrs["rule"],
        "branches": [
            _row(viewer, row, shown[row["branch"]], flags.get(row["branch"]))
            for row in figures.rows
        ],
    }


def _row(viewer: Member, row: Mapping[str, Any], shown: Shown, flag: Flag | None) -> dict[str, Any]:
    marks = row if shown.marks else _WITHHELD
    figures = row if shown.figures else _WITHHELD
    body = {
        "branch": row["branch"],
        "parent": row["parent"],
        "path": row["path"],
        "name": row["name"],
        "level": row["level"],
        "members": row["members"],
        "band": row["band"],
        **{name: figures[name] for name in _FIGURES},
        **{name: marks[name] for name in _MARKS},
        "adjusted_mean": marks["adjusted"],
        "interval": _range(marks["low"], marks["high"]),
        "score_range": _range(marks["score_low"], marks["score_high"]),
        "flag": None if flag is None else {"period": str(flag.period), "kept": flag.kept},
        "own": row["branch"] == viewer.branch_id,
    }
    return body if shown.marks else body | {"hidden": True}


def _range(low: float | None, high: float | None) -> list[float] | None:
    return None if low is None or high is None else [low, high]


__all__ = ["LEAST", "Shown", "branch_board", "shown_to"]

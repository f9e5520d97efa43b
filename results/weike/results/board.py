"""The board of the branches as one member may see it: the body of `GET /api/branches`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from weike.results.people import Member
from weike.results.periods import Period
from weike.results.snapshot import current_snapshot
from weike.results.store import Store

LEAST = 5  # figures about fewer people would tell about single persons


@dataclass(frozen=True, slots=True)
class Shown:
    """What a viewer may know of a branch: figures about its members, and the marks behind a mean.

    Everyone sees every branch; who has a duty for one (an organizer of it, an administrator) sees
    all of it. Each figure needs `LEAST` people where it counts: coverage and completion the
    members, means and pass rate those who attempted.
    """

    figures: bool
    marks: bool

    @classmethod
    def to(cls, viewer: Member, branch_id: str, *, members: int, attempted: int) -> Shown:
        duty = viewer.can_see_branch(branch_id)
        figures = duty or members >= LEAST
        return cls(figures, figures and (duty or attempted >= LEAST or attempted == 0))


def branch_board(
    store: Store, viewer: Member, period: str | Period | None, now: datetime
) -> dict[str, Any]:
    """Every branch, parents before their children; shares of 1 or None, `hidden` where withheld."""
    snapshot = current_snapshot(store)
    frame = snapshot.scores(store, period, now)
    return {
        "period": frame.attrs["period"],
        "level_names": list(store.levels),
        "no_difference": frame.attrs["no_difference"],
        "branches": [_row(viewer, row) for row in frame.reset_index().to_dict("records")],
    }


def _row(viewer: Member, row: dict[Any, Any]) -> dict[str, Any]:
    shown = Shown.to(viewer, row["branch"], members=row["members"], attempted=row["attempted"])
    low, high = _number(row["low"], shown.marks), _number(row["high"], shown.marks)
    body = {
        "branch": row["branch"],
        "parent": row["parent"],
        "path": row["path"],
        "name": row["name"],
        "level": row["level"],
        "members": row["members"],
        "attempted": row["attempted"] if shown.figures else None,
        "coverage": _number(row["coverage"], shown.figures),
        "completion": _number(row["completion"], shown.figures),
        "mean": _number(row["mean"], shown.marks),
        "adjusted_mean": _number(row["adjusted"], shown.marks),
        "interval": None if low is None or high is None else [low, high],
        "pass_rate": _number(row["pass_rate"], shown.marks),
        "own": row["branch"] == viewer.branch_id,
    }
    return body if shown.marks else body | {"hidden": True}


def _number(value: float, shown: bool) -> float | None:
    """A figure as JSON; None where it is withheld or undefined (NaN is no JSON)."""
    return float(value) if shown and value == value else None

"""The board of the branches as one member may see it: the body of `GET /api/branches`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from weike.results.people import Member
from weike.results.periods import Period
from weike.results.rollup import COLUMNS
from weike.results.snapshot import current_snapshot
from weike.results.store import Store

LEAST = 5  # figures about fewer people would tell about single persons
_WITHHELD: Mapping[str, None] = dict.fromkeys(COLUMNS)


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
    figures = current_snapshot(store).figures(store, period, now)
    return {
        "period": figures.frame.attrs["period"],
        "level_names": list(store.levels),
        "no_difference": figures.frame.attrs["no_difference"],
        "branches": [_row(viewer, row) for row in figures.rows],
    }


def _row(viewer: Member, row: Mapping[str, Any]) -> dict[str, Any]:
    shown = Shown.to(viewer, row["branch"], members=row["members"], attempted=row["attempted"])
    marks = row if shown.marks else _WITHHELD
    figures = row if shown.figures else _WITHHELD
    body = {
        "branch": row["branch"],
        "parent": row["parent"],
        "path": row["path"],
        "name": row["name"],
        "level": row["level"],
        "members": row["members"],
        "attempted": figures["attempted"],
        "coverage": figures["coverage"],
        "completion": figures["completion"],
        "mean": marks["mean"],
        "adjusted_mean": marks["adjusted"],
        "interval": None if marks["low"] is None else [marks["low"], marks["high"]],
        "pass_rate": marks["pass_rate"],
        "own": row["branch"] == viewer.branch_id,
    }
    return body if shown.marks else body | {"hidden": True}

"""The branches of a subtree as a table that people take along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from weike.quizzes.i18n import _
from weike.results.periods import Period
from weike.results.reporting.sheet import Column, Sheet
from weike.results.scoring.snapshot import current_snapshot
from weike.results.store import Store

_POINTS = ("mean", "adjusted", "low", "high", "previous", "change")


def branch_sheet(
    store: Store, *, period: str | Period | None = None, branch: str, now: datetime
) -> Sheet:
    """A branch (its id) and everything beneath it, parents before their children.

    The rows hold all that `branch_scores` does and the id as `branch`; means and their change are
    points of 100, everything unknown is None.
    """
    snapshot = current_snapshot(store)
    inside = snapshot.tree.subtree(branch)
    rows = snapshot.figures(store, period, now).rows
    return Sheet(
        name="branches",
        title=_("Branches"),
        columns=_columns(),
        rows=[_row(row) for row in rows if row["branch"] in inside],
        note=_("Means count first answers. The adjusted mean allows for the number of people."),
    )


def _columns() -> list[Column]:
    return [
        Column(key="path", title=_("Branch")),
        Column(key="level_name", title=_("Level")),
        Column(key="score", title=_("Learning score"), kind="points"),
        Column(key="score_low", title=_("Possible range from"), kind="points"),
        Column(key="score_high", title=_("Possible range to"), kind="points"),
        Column(key="leading", title=_("Leading group"), kind="flag"),
        Column(key="completion", title=_("Completion"), kind="share"),
        Column(key="coverage", title=_("Coverage"), kind="share"),
        Column(key="mean", title=_("Mean"), kind="points"),
        Column(key="adjusted", title=_("Adjusted mean"), kind="points"),
        Column(key="change", title=_("Change"), kind="points"),
        Column(key="pass_rate", title=_("Pass rate"), kind="share"),
        Column(key="members", title=_("Members"), kind="count"),
        Column(key="excused", title=_("Excused"), kind="count"),
        Column(key="attempted", title=_("Attempted"), kind="count"),
        Column(key="unfinished", title=_("Not finished"), kind="count"),
        Column(key="not_started", title=_("Not started"), kind="count"),
    ]


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    points = {name: row[name] if row[name] is None else 100 * row[name] for name in _POINTS}
    return {**row, **points}

"""The board of the branches as one member may see it: the body of `GET /api/branches`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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
COMPARED: Final = (
    *("previous", "change", "change_error", "improvement"),
    *("score", "score_low", "score_high", "rank", "leading"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a viewer may know of a branch: figures about its members, the marks behind a mean, and
    what compares those with the period before (`COMPARED`).

    Everyone sees every branch; who has a duty for one (an organizer of it, an administrator) sees
    all of it. For everybody else a figure needs `LEAST` people where it counts (coverage and
    completion the members, means and pass rate those who attempted), and must not let another that
    is hidden be worked out. With the mean and the completion known, the score tells the improvement
    and that the mean of the period before; so these are hidden where that period's board hides it.
    """

    figures: bool
    marks: bool
    compared: bool

    def of(self, row: Mapping[str, Any], name: str) -> Any:
        """A column of marks; None where it is withheld."""
        return row[name] if self.marks and (self.compared or name not in COMPARED) else None


def shown_to(viewer: Member, rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Shown]:
    """By branch id, for rows with `branch`, `parent`, `members`, `attempted`, and these two of the
    period before; parents first."""
    listed = list(rows)
    known = {row["branch"] for row in listed if viewer.can_see_branch(row["branch"])}
    no_figures, no_marks = _withheld(listed, known, "members", "attempted")
    no_past = uncompared(listed, known)
    return {
        id: Shown(
            figures=id not in no_figures,
            marks=id not in no_marks,
            compared=id not in no_marks and id not in no_past,
        )
        for id in (row["branch"] for row in listed)
    }


def uncompared(rows: Sequence[Mapping[str, Any]], known: Collection[str]) -> frozenset[str]:
    """The ids whose marks the board of the period before hides, so that nothing may tell them.

    A ranking that was recorded without that period's numbers compares no branch but the `known`.
    """
    if any("previous_attempted" not in row for row in rows):
        return frozenset(
            row["branch"]
            for row in rows
            if row["branch"] not in known and row["improvement"] is not None
        )
    _figures, hidden = _withheld(rows, known, "previous_members", "previous_attempted")
    return hidden & {row["branch"] for row in rows if row["previous_members"]}


def _withheld(
    rows: Sequence[Mapping[str, Any]], known: Collection[str], members: str, attempted: str
) -> tuple[frozenset[str], frozenset[str]]:
    """Of which branches the figures stay hidden, and of which the marks."""
    nobody = frozenset(row["branch"] for row in rows if not row[members]) - frozenset(known)
    no_figures = nobody | withheld(_groups(rows, members), known=known)
    return no_figures, withheld(_groups(rows, attempted), known=known, away=no_figures)


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
    marks = {name: shown.of(row, name) for name in COLUMNS}
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
    if not shown.marks:
        return body | {"hidden": True}
    return body if shown.compared else body | {"score_hidden": True}


def _range(low: float | None, high: float | None) -> list[float] | None:
    return None if low is None or high is None else [low, high]


__all__ = ["COMPARED", "LEAST", "Shown", "branch_board", "shown_to", "uncompared"]

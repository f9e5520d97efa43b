"""A ranking and the history of the flag as tables, for the screen and for files alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from weike.quizzes.i18n import _
from weike.results.awarding.flags import Flag
from weike.results.awarding.rankinglog import Ranking
from weike.results.people import Member
from weike.results.periods import period_words
from weike.results.reporting.sheet import Column, Sheet
from weike.results.scoring.board import Shown, shown_to

_FIGURES: Final = ("attempted", "coverage", "completion", "not_started")
_MARKS: Final = (
    *("mean", "adjusted", "previous", "change", "improvement"),
    *("score", "score_low", "score_high", "eligible", "leading", "rank"),
)
_AS_POINTS: Final = ("mean", "adjusted", "previous", "change", "improvement")


def ranking_sheet(ranking: Ranking, viewer: Member) -> Sheet:
    """Every ranked branch, the competing level first, each level by rank.

    Figures that this viewer may not know are None, and the row is `hidden`, or only what tells
    of the period before is (`score_hidden`). The rows hold `branch`
    (id), `parent`, `path`, `members`, `band` and `why` besides the columns.
    """
    shown = shown_to(viewer, ranking.rows)
    rows = [_row(row, shown[row["branch"]], ranking) for row in ranking.rows]
    rows.sort(key=lambda row: (row["level"] != ranking.level, row["level"], *_order(row)))
    return Sheet(
        name="ranking",
        title=_("Ranking of {period}").format(period=period_words(ranking.period)),
        columns=(
            Column(key="rank", title=_("Rank"), kind="count"),
            Column(key="path", title=_("Branch")),
            Column(key="level_name", title=_("Level")),
            Column(key="score", title=_("Branch learning score"), kind="points"),
            Column(key="score_low", title=_("Possible range from"), kind="points"),
            Column(key="score_high", title=_("Possible range to"), kind="points"),
            Column(key="leading", title=_("Leading group (shared)"), kind="flag"),
            Column(key="eligible", title=_("Eligible"), kind="flag"),
            Column(key="adjusted", title=_("Adjusted mean"), kind="points"),
            Column(key="completion", title=_("Completion"), kind="share"),
            Column(key="improvement", title=_("Improvement"), kind="points"),
            Column(key="coverage", title=_("Coverage"), kind="share"),
            Column(key="not_started", title=_("Not started"), kind="count"),
            Column(key="members", title=_("Members"), kind="count"),
        ),
        rows=rows,
        note=_("SHA-256 of inputs, method and figures: {hash}").format(hash=ranking.hash),
    )


def flag_sheet(flags: Iterable[Flag]) -> Sheet:
    """Who has held the flag, the newest first."""
    return Sheet(
        name="flags",
        title=_("Flag"),
        columns=(
            Column(key="period", title=_("Period")),
            Column(key="name", title=_("Holder")),
            Column(key="how", title=_("How")),
            Column(key="at", title=_("Approved at"), kind="time"),
            Column(key="reason", title=_("Reason")),
        ),
        rows=[
            {
                "period": period_words(one.period),
                "name": one.name,
                "how": _("kept") if one.kept else _("taken over"),
                "at": one.at,
                "reason": one.reason,
                "kept": one.kept,
                "current": one.current,
                "person": one.member is not None,
                "ranking": one.ranking,
            }
            for one in flags
        ],
    )


def _row(row: Mapping[str, Any], shown: Shown, ranking: Ranking) -> dict[str, Any]:
    found = {
        name: row[name]
        for name in ("branch", "parent", "path", "name", "level", "level_name", "members", "band")
    }
    found |= {name: row[name] if shown.figures else None for name in _FIGURES}
    found |= {name: shown.of(row, name) for name in _MARKS}
    for name in _AS_POINTS:
        found[name] = None if found[name] is None else 100 * found[name]
    found["hidden"] = not shown.marks
    found["score_hidden"] = not shown.compared
    found["why"] = _why(row, ranking) if shown.marks else ""
    return found


def _why(row: Mapping[str, Any], ranking: Ranking) -> str:
    """Why a branch is not eligible; empty where it is."""
    if row["eligible"]:
        return ""
    if row["attempted"] < ranking.method.least:
        return _("fewer than {n} members with a mark").format(n=ranking.method.least)
    if (row["coverage"] or 0) < ranking.method.coverage:
        least = f"{100 * ranking.method.coverage:.0f}%"
        return _("coverage under {percent}").format(percent=least)
    return _("no score")


def _order(row: Mapping[str, Any]) -> tuple[bool, bool, float, float]:
    small, rank = row["band"] == "small", row["rank"] or 10**9
    return small, row["score"] is None, rank, -(row["score"] or 0)

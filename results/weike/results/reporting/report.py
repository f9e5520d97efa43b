"""The report of a branch for a period, as a page to print: where it stands, what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd
from markupsafe import Markup

from weike.quizzes.i18n import _
from weike.results.analysis.lessonfigures import lesson_figures
from weike.results.analysis.lessonsheets import lesson_sheet, weakest_sheet
from weike.results.analysis.suggestions import branch_suggestions
from weike.results.analysis.topics import topic_scores
from weike.results.assigning.unfinished import unfinished
from weike.results.people import Branch, branches
from weike.results.periods import Period, period_words
from weike.results.reporting.branchsheet import branch_sheet
from weike.results.reporting.paper import page
from weike.results.reporting.reportcharts import Line, Range, line_chart, range_chart
from weike.results.scoring.board import uncompared
from weike.results.scoring.history import completion_history
from weike.results.scoring.method import Method, method_words
from weike.results.scoring.snapshot import current_snapshot
from weike.results.scoring.withholding import withheld
from weike.results.store import Store

_MOST_BRANCHES = 22  # lines of the chart; around the own one where there are more
_MOST_TOPICS = 8
_MOST_LESSONS = 12
_TERMS = 6  # explanations of the method that fit at the end


def branch_report(
    store: Store,
    *,
    period: Period,
    branch: str,
    organisation: str,
    now: datetime,
    names: bool = False,
) -> str:
    """HTML of the report on a branch (its id) and all beneath it, for readers with a duty for it.

    It names nobody but with `names`: then those who have not finished are listed at the end, and
    whoever prints it writes the entry in the audit log. Of other branches it shows what may be
    shown to everybody.
    """
    here = branches(store).by_id[branch]
    rows = current_snapshot(store).figures(store, period, now).rows
    board = branch_sheet(store, period=period, branch=branch, now=now)
    own, *inside = board.rows
    frame = unfinished(store, branch=branch, period=period, now=now)
    lessons = lesson_sheet(lesson_figures(store, branch=branch, period=period, now=now)).rows
    no_difference = current_snapshot(store).figures(store, period, now).frame.attrs["no_difference"]
    topics = topic_scores(store, period=period, branch=branch, now=now)
    children = [row for row in inside if row["parent"] == branch]
    return page(
        "report.html",
        zone=store.zone,
        title=report_title(here, period),
        organisation=organisation,
        branch=here,
        path=here.path.replace("/", " / "),
        period=period_words(period),
        own=own,
        standing=_standing(rows, here, no_difference),
        position=_position(rows, here, current_snapshot(store).tree.subtree(branch)),
        completion=_completion(store, period, here, now),
        children=children,
        spread=_ranges(children),
        children_word=children[0]["level_name"] if children else "",
        topics=weakest_sheet(topics, branch, count=_MOST_TOPICS).rows,
        lessons=sorted(lessons, key=lambda row: row["completed"] or 0.0)[:_MOST_LESSONS],
        lessons_left_out=max(0, len(lessons) - _MOST_LESSONS),
        behind=len(frame),
        waiting=int((~frame["started"].astype(bool)).sum()),
        overdue=int(frame["overdue"].astype(bool).sum()),
        suggestions=branch_suggestions(store, branch, period=period, now=now),
        people=frame.to_dict("records") if names else None,
        terms=method_words(Method.of(store.weights, store.award))[:_TERMS],
    )


def report_title(branch: Branch, period: Period) -> str:
    return f"{_('Learning report')} · {branch.name} · {period_words(period)}"


def _standing(rows: Sequence[Mapping[str, Any]], here: Branch, no_difference: bool) -> str:
    """One sentence: where the branch stands among those of its level."""
    own = next(row for row in rows if row["branch"] == here.id)
    peers = [row for row in rows if row["level"] == here.level and row["score"] is not None]
    if own["score"] is None:
        return _("Nobody has answered a question in this period yet.")
    if len(peers) < 2:
        return _("There is no other one of this level to compare with.")
    if not own["eligible"]:
        return _("Too few have answered, or too little is covered, to compare with the others.")
    if no_difference:
        return _("There is no detectable difference in this period.")
    words = (
        _("In the leading group, which {n} of {all} ({level}) share.")
        if own["leading"]
        else _("Not in the leading group; {n} of {all} ({level}) are.")
    )
    leading = sum(bool(row["leading"]) for row in peers)
    return words.format(n=leading, all=len(peers), level=own["level_name"])


def _position(
    rows: Sequence[Mapping[str, Any]], here: Branch, inside: frozenset[str]
) -> dict[str, Any] | None:
    """The branches of the own level by their score; None where there is nothing to compare."""
    groups = [(row["branch"], row["parent"], row["attempted"]) for row in rows]
    hidden = withheld(groups, known=inside) | uncompared(rows, inside)
    peers = [row for row in rows if row["level"] == here.level and row["branch"] not in hidden]
    return _ranges(peers, own=here.id) if here.id in {row["branch"] for row in peers} else None


def _ranges(rows: Sequence[Mapping[str, Any]], own: str | None = None) -> dict[str, Any] | None:
    """The `chart` of these branches, the best first, and a `note` where it leaves some out; None
    where there are fewer than two."""
    ranges = [
        Range(
            name=row["name"],
            value=row["score"],
            low=row["score"] if row["score_low"] is None else row["score_low"],
            high=row["score"] if row["score_high"] is None else row["score_high"],
            own=row["branch"] == own,
        )
        for row in rows
        if row["score"] is not None
    ]
    if len(ranges) < 2:
        return None
    ranges.sort(key=lambda one: (-one.value, one.name))
    place = next((i for i, one in enumerate(ranges) if one.own), 0)
    start = max(0, min(place - _MOST_BRANCHES // 2, len(ranges) - _MOST_BRANCHES))
    shown = ranges[start : start + _MOST_BRANCHES]
    left_out = _("Only the {n} nearest of {all} are drawn.").format(n=len(shown), all=len(ranges))
    return {
        "chart": range_chart(shown),
        "note": left_out if len(shown) < len(ranges) else "",
    }


def _completion(store: Store, period: Period, here: Branch, now: datetime) -> Markup | None:
    """The own line, and that of what stands above; None before there are two days to tell."""
    history = completion_history(store, period=period, now=now)
    top = next((one for one in branches(store) if one.level == 0), here)
    lines = []
    for one, own in ((here, True), (top, False)):
        if own or one.id != here.id:
            points = _points(history[history["branch"] == one.id])
            if len(points) > 1:
                lines.append(Line(name=one.name, points=points, own=own))
    if not lines or not lines[0].own:
        return None
    return line_chart(lines, first=lines[0].points[0][0], last=lines[0].points[-1][0])


def _points(history: pd.DataFrame) -> list[tuple[date, float]]:
    known = history[history["completion"].notna()]
    return list(zip(known["day"], known["completion"], strict=True))

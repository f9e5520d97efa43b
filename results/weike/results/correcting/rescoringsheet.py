"""What a rescoring changes, as tables: the questions, whose result, which branches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from weike.quizzes.i18n import _
from weike.results.correcting.decided import Standing
from weike.results.correcting.rescoring import BranchChange, RescoringReport
from weike.results.people import Branches, Member, load_branches
from weike.results.reporting.sheet import Column, Sheet
from weike.results.scoring.withholding import withheld
from weike.results.store import Store
from weike.results.tables import identity


def report_sheets(
    store: Store, report: RescoringReport, *, viewer: Member | None = None
) -> list[Sheet]:
    """Three tables. A `viewer` sees the members of the own duty by name, and no mean of a small
    group without a duty for it, nor how many answered there. The note says how many people are
    left out."""
    with store.read() as connection:
        tree = load_branches(connection)
        query = select(identity.c.member_id, identity.c.code, identity.c.name)
        people = {row.member_id: (row.code, row.name) for row in connection.execute(query)}
    note = _("Reason: {because}").format(because=report.because) if report.because else ""
    return [
        _questions(report, note),
        _results(report, tree, people, viewer, note),
        _branches(report, tree, viewer, note),
    ]


def standings_sheet(found: Sequence[Standing]) -> Sheet:
    """How each question of a quiz is graded now."""
    words = {
        "same": _("as published"),
        "wrong": _("another key is published"),
        "changed": _("changed since"),
        "gone": _("not published any more"),
        "full": _("everybody earns the points"),
        "drop": _("it does not count"),
    }
    columns = [
        Column(key="stem", title=_("Question")),
        Column(key="right", title=_("Counts as right")),
        Column(key="published", title=_("Published as right")),
        Column(key="state", title=_("State")),
        Column(key="item", title=_("Question id")),
    ]
    rows = [
        {
            "stem": one.stem,
            "right": one.right,
            "published": one.published,
            "state": words[one.state],
            "item": one.item,
        }
        for one in found
    ]
    return Sheet(name="questions", title=_("Questions"), columns=columns, rows=rows)


def _questions(report: RescoringReport, note: str) -> Sheet:
    columns = [
        Column(key="stem", title=_("Question")),
        Column(key="was", title=_("Right until now")),
        Column(key="becomes", title=_("Right from now on")),
        Column(key="item", title=_("Question id")),
    ]
    rows: list[Mapping[str, Any]] = []
    for one in report.changes:  # of several versions that asked the same, one line
        row = {"stem": one.stem, "was": one.was, "becomes": one.becomes, "item": one.item}
        rows += [] if row in rows else [row]
    return Sheet(name="questions", title=_("Questions"), columns=columns, rows=rows, note=note)


def _results(
    report: RescoringReport,
    tree: Branches,
    people: Mapping[str, tuple[str, str]],
    viewer: Member | None,
    note: str,
) -> Sheet:
    columns = [
        Column(key="code", title=_("Member code")),
        Column(key="name", title=_("Name")),
        Column(key="branch", title=_("Branch")),
        Column(key="number", title=_("Attempt"), kind="count"),
        Column(key="before", title=_("Result until now"), kind="share"),
        Column(key="after", title=_("Result from now on"), kind="share"),
        Column(key="passed_before", title=_("Passed until now"), kind="flag"),
        Column(key="passed_after", title=_("Passes from now on"), kind="flag"),
    ]
    seen = [one for one in report.results if viewer is None or viewer.can_see_branch(one.branch)]
    others = len(report.results) - len(seen)
    if others:
        left_out = _("{n} more results change for members in the care of others.").format(n=others)
        note = " ".join(filter(None, [note, left_out]))
    rows = [
        {
            "code": people.get(one.member, (None, None))[0],  # erased: the fact stays
            "name": people.get(one.member, (None, None))[1],
            "branch": _path(tree, one.branch),
            "number": one.number,
            "before": one.before,
            "after": one.after,
            "passed_before": one.passed_before,
            "passed_after": one.passed_after,
        }
        for one in seen
    ]
    rows.sort(key=lambda row: (str(row["branch"]), str(row["code"]), row["number"]))
    return Sheet(name="results", title=_("Results"), columns=columns, rows=rows, note=note)


def _branches(report: RescoringReport, tree: Branches, viewer: Member | None, note: str) -> Sheet:
    columns = [
        Column(key="path", title=_("Branch")),
        Column(key="n", title=_("People"), kind="count"),
        Column(key="before", title=_("Mean until now"), kind="points"),
        Column(key="after", title=_("Mean from now on"), kind="points"),
    ]
    hidden: frozenset[str] = frozenset()
    if viewer is not None:
        # Every branch, those without a change too: what is shown could be taken from the mean of
        # what stands above. The mean of all is shown as well, so the whole tree stands beneath it.
        gone = [id for id in report.people if id is not None and tree.get(id) is None]
        above = {one.id: one.parent_id or "" for one in tree} | dict.fromkeys(gone, "")
        groups: list[tuple[str, str | None, int]] = [("", None, report.people.get(None, 0))]
        groups += [(id, parent, report.people.get(id, 0)) for id, parent in above.items()]
        known = {id for id in above if viewer.can_see_branch(id)}
        hidden = withheld(groups, known=known)
        if not report.people:  # kept without them: what could be worked out is not known
            hidden = frozenset({id for id, _parent, _n in groups} - known)
    order = {None: -1} | {one.id: n for n, one in enumerate(tree)}
    rows = [
        {
            "path": _path(tree, one.branch) if one.branch else _("everybody"),
            **_means(one, shown=(one.branch or "") not in hidden),
        }
        for one in sorted(report.branches, key=lambda one: order.get(one.branch, len(order)))
    ]
    return Sheet(name="branches", title=_("Branches"), columns=columns, rows=rows, note=note)


def _means(one: BranchChange, *, shown: bool) -> dict[str, float | None]:
    """Of a small group, the number of those who answered is kept back too, as on the board."""
    if not shown:
        return {"n": None, "before": None, "after": None}
    return {"n": one.n, "before": 100 * one.before, "after": 100 * one.after}


def _path(tree: Branches, id: str | None) -> str | None:
    found = tree.get(id)
    return found.path if found else None

"""The workbook that a manager forwards: the figures of the pages for a period, and their method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from weike.quizzes.i18n import _, one_by_one
from weike.results.analysis.items import quiz_items
from weike.results.analysis.itemsheets import flag_words
from weike.results.analysis.lessonfigures import LessonFigures, lesson_figures
from weike.results.analysis.lessonsheets import lesson_sheet, weakest_sheet
from weike.results.analysis.topics import topic_scores
from weike.results.assigning.unfinished import unfinished, unfinished_sheet
from weike.results.awarding.rankings import Ranking, rankings
from weike.results.people import branches
from weike.results.periods import Period, period_words
from weike.results.reporting.branchsheet import branch_sheet
from weike.results.reporting.paper import moment
from weike.results.reporting.sheet import Column, Sheet, workbook
from weike.results.scoring.method import Method, method_sheet
from weike.results.scoring.snapshot import last_instant
from weike.results.store import Store

BARS = ("completion", "completed")


def quarter_workbook(
    store: Store, *, period: Period, branch: str, now: datetime, names: bool
) -> bytes:
    """The sheets of `quarter_sheets` as one Excel file."""
    sheets = quarter_sheets(store, period=period, branch=branch, now=now, names=names)
    return workbook(sheets, zone=store.zone, bars=BARS)


def quarter_sheets(
    store: Store, *, period: Period, branch: str, now: datetime, names: bool
) -> list[Sheet]:
    """支部, 微课, 未完成, 题目, 薄弱知识点, 方法, for a branch (its id) and all beneath it.

    With `names`, those who have not finished are listed: only for readers with a duty for the
    branch, and with an entry in the audit log. The numbers are those of the organizers' pages.
    """
    figures = lesson_figures(store, branch=branch, period=period, now=now)
    sheets = [
        branch_sheet(store, period=period, branch=branch, now=now),
        lesson_sheet(figures),
    ]
    if names:
        frame = unfinished(store, branch=branch, period=period, now=now)
        sheets.append(unfinished_sheet(frame))
    return [
        *sheets,
        question_sheet(store, figures, period=period, branch=branch, now=now),
        weak_sheet(store, period=period, branch=branch, now=now),
        how_sheet(store, period=period, branch=branch, now=now),
    ]


def question_sheet(
    store: Store, figures: LessonFigures, *, period: Period, branch: str, now: datetime
) -> Sheet:
    """Every question that was asked in the period, lesson by lesson."""
    return Sheet(
        name="questions",
        title=_("Questions"),
        columns=[
            Column(key="lesson", title=_("Lesson")),
            Column(key="number", title=_("Question no."), kind="count"),
            Column(key="stem", title=_("Question")),
            Column(key="topic", title=_("Topic")),
            Column(key="n", title=_("Attempts"), kind="count"),
            Column(key="facility", title=_("First answers right"), kind="share"),
            Column(key="discrimination", title=_("Discrimination"), kind="number"),
            Column(key="efficiency", title=_("Discriminative efficiency"), kind="number"),
            Column(key="remarks", title=_("Remarks")),
        ],
        rows=list(_questions(store, figures, period, branch, now)),
        note=_(
            "First attempts of the period. An index of under 30 attempts is uncertain, under 10 it"
            " is not told."
        ),
    )


def _questions(
    store: Store, figures: LessonFigures, period: Period, branch: str, now: datetime
) -> Iterator[Mapping[str, Any]]:
    for lesson in figures.lessons.values():
        for ref in lesson.quizzes:
            found = quiz_items(store, ref, period=period, branch=branch, now=now)
            for row in found.items.to_dict("records"):
                if row["n"]:
                    yield {
                        **{str(key): value for key, value in row.items()},
                        "lesson": lesson.title,
                        "remarks": one_by_one(flag_words(row["flags"])),
                    }


def weak_sheet(store: Store, *, period: Period, branch: str, now: datetime) -> Sheet:
    """The topics that enough people of the branch have met, the weakest first."""
    scores = topic_scores(store, period=period, branch=branch, now=now)
    return replace(weakest_sheet(scores, branch, count=len(scores)), title=_("Weak topics"))


def how_sheet(store: Store, *, period: Period, branch: str, now: datetime) -> Sheet:
    """What the figures are of, as of when, by what rules, and the ranking made from them."""
    here = branches(store).by_id[branch]
    sheet = method_sheet(Method.of(store.weights, store.award))
    until = last_instant(store, period, now)
    days = f"{period.first} – {period.after - timedelta(days=1)}"
    facts = [
        (_("Branch"), here.path),
        (_("Period"), _("{what} ({more})").format(what=period_words(period), more=days)),
        (
            _("Figures as of"),
            _("{what} ({more})").format(what=moment(until, store.zone), more=store.zone.key),
        ),
        (
            _("Whose figures"),
            _("Members on the roster of the period's first day, without those who are excused."),
        ),
        (
            _("Attempts that count"),
            _(
                "Means: first attempts, and in them the first answer to each question. Pass rate:"
                " whoever passed in the end, make-up tests included."
            ),
        ),
    ]
    return replace(
        sheet,
        title=_("Method"),
        rows=[
            *({"term": term, "how": how} for term, how in facts),
            *sheet.rows,
            *_ranking_rows(rankings(store, period=period), branches(store).subtree, branch),
        ],
    )


def _ranking_rows(
    known: Sequence[Ranking], subtree: Any, branch: str
) -> Iterator[Mapping[str, str]]:
    """The approved ranking in which the branch competes, by the hash that verifies it."""
    for one in known:  # the newest first
        if one.state == "approved" and (one.top is None or branch in subtree(one.top)):
            yield {"term": _("Approved ranking"), "how": one.id}
            yield {"term": _("Its hash (SHA-256)"), "how": one.hash}
            return

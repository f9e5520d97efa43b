"""What `lesson_figures` found, as tables that people take along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from weike.quizzes.i18n import _
from weike.results.analysis.lessonfigures import LessonFigures
from weike.results.analysis.topics import weakest
from weike.results.reporting.sheet import Column, Sheet


def lesson_sheet(figures: LessonFigures, *, topic: str | None = None) -> Sheet:
    """A row for each lesson, of one topic where one is given ("" are those without)."""
    found = figures.by_lesson()
    rows = [
        {"lesson": one.slug, "title": one.title, "topic": one.topic, "language": one.language}
        | _points(found[slug])
        for slug, one in figures.lessons.items()
        if topic is None or one.topic == topic
    ]
    first = [Column(key="title", title=_("Lesson")), Column(key="topic", title=_("Topic"))]
    return Sheet(
        name="lessons",
        title=_("Lessons"),
        columns=[*first, *_columns()],
        rows=rows,
        note=_note(),
    )


def topic_sheet(figures: LessonFigures) -> Sheet:
    """A row for each topic of the lessons, in the order of its first one.

    `lessons` counts those of the topic; the other figures are of all of them together.
    """
    found = figures.by_lesson()
    groups: dict[str, list[dict[str, Any]]] = {}
    for slug, one in figures.lessons.items():
        groups.setdefault(one.topic, []).append(found[slug])
    rows = [
        {
            "topic": topic,
            "lessons": len(lessons),
            "completed": _together(lessons, "completed", "assigned"),
            "passed": _together(lessons, "passed", "assigned"),
            "attempted": sum(one["attempted"] for one in lessons),
            "mean": _together(lessons, "mean", "attempted", times=100),
        }
        for topic, lessons in groups.items()
    ]
    return Sheet(
        name="topics",
        title=_("Topics"),
        columns=[
            Column(key="topic", title=_("Topic")),
            Column(key="lessons", title=_("Lessons"), kind="count"),
            Column(key="completed", title=_("Completed"), kind="share"),
            Column(key="passed", title=_("Passed"), kind="share"),
            Column(key="mean", title=_("Mean"), kind="points"),
            Column(key="attempted", title=_("Attempts"), kind="count"),
        ],
        rows=rows,
        note=_note(),
    )


def weakest_sheet(scores: pd.DataFrame, branch: str, *, count: int) -> Sheet:
    """The topics of questions that a branch (its id) knows least (see `topics.weakest`)."""
    rows = weakest(scores, branch, count=count).to_dict("records")
    return Sheet(
        name="weakest",
        title=_("Weakest topics"),
        columns=[
            Column(key="topic", title=_("Topic")),
            Column(key="facility", title=_("First answers right"), kind="share"),
            Column(key="answers", title=_("Answers"), kind="count"),
            Column(key="n", title=_("People"), kind="count"),
        ],
        rows=[{str(key): value for key, value in row.items()} for row in rows],
        note=_("Shares of the points, first answers of first attempts."),
    )


def topic_branch_sheet(scores: pd.DataFrame, topic: str, branch: str) -> Sheet:
    """One topic of `topic_scores` in a branch (its id) and those right beneath it."""
    near = (scores["branch"] == branch) | (scores["parent"] == branch)
    rows = scores[near & (scores["topic"] == topic)].to_dict("records")
    return Sheet(
        name="branches",
        title=_("Branches"),
        columns=[
            Column(key="path", title=_("Branch")),
            Column(key="facility", title=_("First answers right"), kind="share"),
            Column(key="answers", title=_("Answers"), kind="count"),
            Column(key="n", title=_("People"), kind="count"),
        ],
        rows=[
            {str(key): None if value != value else value for key, value in row.items()}
            for row in rows
        ],
        note=_("Shares of the points, first answers of first attempts."),
    )


def lesson_branch_sheet(figures: LessonFigures, slug: str, branch: str) -> Sheet:
    """One lesson: a branch (its id), then those right beneath it, each with all beneath them."""
    groups = [branch, *(one.id for one in figures.tree if one.parent_id == branch)]
    found = figures.of_lesson(slug, groups)
    rows = [
        {"branch": id, "path": figures.tree.by_id[id].path, "name": figures.tree.by_id[id].name}
        | _points(found[id])
        for id in groups
    ]
    return Sheet(
        name="branches",
        title=_("Branches"),
        columns=[Column(key="path", title=_("Branch")), *_columns()],
        rows=rows,
        note=_note(),
    )


def _together(
    lessons: Sequence[Mapping[str, Any]], name: str, weight: str, *, times: float = 1
) -> float | None:
    """The mean of a figure over the lessons that have it, each with its weight."""
    known = [one for one in lessons if one[name] is not None]
    total = sum(one[weight] for one in known)
    return times * sum(one[weight] * one[name] for one in known) / total if total else None


def _columns() -> list[Column]:
    return [
        Column(key="assigned", title=_("Assigned to"), kind="count"),
        Column(key="started", title=_("Started"), kind="share"),
        Column(key="completed", title=_("Completed"), kind="share"),
        Column(key="passed", title=_("Passed"), kind="share"),
        Column(key="attempted", title=_("Attempted"), kind="count"),
        Column(key="mean", title=_("Mean"), kind="points"),
    ]


def _note() -> str:
    return _("Shares are of the people a lesson is assigned to. Means count first attempts.")


def _points(shares: Mapping[str, Any]) -> dict[str, Any]:
    mean = shares["mean"]
    return {**shares, "mean": None if mean is None else 100 * mean}

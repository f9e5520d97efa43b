"""What the pages from a branch down to a question share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from weike.results.lessonfigures import LessonFigures, LessonInfo, lesson_figures
from weike.results.people import Branch
from weike.results.remembered import remembered
from weike.results.topics import topic_scores
from weike.server.organizing import Organizing, not_there

Crumbs = list[tuple[str, str]]


class Drilling(Organizing):
    """A page on the way down; `?branch=` says whose figures, without it those of the first top."""

    def crumbs(self, branch: Branch, *steps: tuple[str, str], last: str = "") -> Crumbs:
        """The way from the top of the duty; the page itself, `last`, has no address."""
        above = self.above(branch)
        found = [(self.address("organize/branches", one.id), one.name) for one in above]
        found += steps
        return [*found, ("", last)] if last else [*found[:-1], ("", found[-1][1])]

    def topic_step(self, branch: Branch, topic: str, words: str) -> tuple[str, str]:
        return (self.address("organize/branches", branch.id, "topics", topic or "-"), words)

    def lesson_step(self, branch: Branch, lesson: LessonInfo) -> tuple[str, str]:
        return (self.address("organize/lessons", lesson.slug, branch=branch.id), lesson.title)

    async def lesson_figures(self, branch: Branch) -> LessonFigures:
        """The lessons of a branch in the period of the page, kept until something comes."""
        store, period, now = self.site.store, self.the_period(), self.now
        begun = now >= period.start(store.zone)
        return await self.work(
            remembered,
            store,
            ("lessons", branch.id, period, begun),
            lambda: lesson_figures(store, branch=branch.id, period=period, now=now),
        )

    async def topic_scores(self, branch: Branch) -> pd.DataFrame:
        """What people know of each topic in a branch and those beneath it."""
        store, period, now = self.site.store, self.the_period(), self.now
        begun = now >= period.start(store.zone)
        return await self.work(
            remembered,
            store,
            ("topics", branch.id, period, begun),
            lambda: topic_scores(store, period=period, branch=branch.id, now=now),
        )

    async def the_lesson(self, branch: Branch, slug: str) -> tuple[LessonFigures, LessonInfo]:
        """A lesson that members of the branch have to do; another is not there."""
        figures = await self.lesson_figures(branch)
        lesson = figures.lessons.get(slug)
        if lesson is None:
            raise not_there()
        return figures, lesson


def known_topics(frame: pd.DataFrame, branch: str) -> dict[str, Mapping[str, Any]]:
    """The figures of one branch (its id) by topic; None where there is none."""
    rows = frame[frame["branch"] == branch].to_dict("records")
    return {str(row["topic"]): without_nan(row) for row in rows}


def without_nan(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): None if value != value else value for key, value in row.items()}

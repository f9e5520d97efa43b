"""What the pages from a branch down to a question share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from datetime import datetime
from typing import Any, TypeVar

import pandas as pd

from weike.quizzes.i18n import language
from weike.results.analysis.items import QuizItems, quiz_items
from weike.results.analysis.lessonfigures import LessonFigures, LessonInfo, lesson_figures
from weike.results.analysis.remembered import remembered
from weike.results.analysis.suggestions import Suggestion, branch_suggestions
from weike.results.analysis.topics import topic_scores
from weike.results.people import Branch
from weike.results.periods import Period
from weike.results.store import Kept
from weike.server.organizing import Organizing, not_there

T = TypeVar("T")

Crumbs = list[tuple[str, str]]
PATIENCE = 2.0  # seconds that a page waits for what it can do without
HURRY = 0.1  # seconds, where an older one can be shown
KEPT = 200


class Drilling(Organizing):
    """A page on the way down; `?branch=` says whose figures, without it those of the first top.

    What adds up many answers is kept. What the page can do without is made by one thread for all,
    so that nobody waits for it.
    """

    aside = False

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
        def make(period: Period, now: datetime) -> LessonFigures:
            return lesson_figures(self.site.store, branch=branch.id, period=period, now=now)

        return await self._kept_analysis(("lessons", branch.id), make)

    async def topic_scores(self, branch: Branch) -> pd.DataFrame:
        """What people know of each topic in a branch and those beneath it."""

        def make(period: Period, now: datetime) -> pd.DataFrame:
            return topic_scores(self.site.store, period=period, branch=branch.id, now=now)

        return await self._kept_analysis(("topics", branch.id), make)

    async def quiz_items(self, branch: Branch, ref: str, rule: str = "first") -> QuizItems:
        def make(period: Period, now: datetime) -> QuizItems:
            return quiz_items(
                self.site.store, ref, period=period, branch=branch.id, attempts=rule, now=now
            )

        return await self._kept_analysis(("items", ref, branch.id, rule), make)

    async def suggestions(self, branch: Branch) -> list[Suggestion]:
        """What to do next, in the reader's words."""

        def make(period: Period, now: datetime) -> list[Suggestion]:
            return branch_suggestions(self.site.store, branch.id, period=period, now=now)

        return await self._kept_analysis(("suggestions", branch.id, language()), make)

    async def _kept_analysis(
        self, key: tuple[Hashable, ...], make: Callable[[Period, datetime], T]
    ) -> T:
        """`make(period, now)`, unless it is remembered; figures change when the period begins."""
        store, period, now = self.site.store, self.the_period(), self.now
        begun = now >= period.start(store.zone)
        whole = (*key, period, begun)
        run = self.site.analyse if self.aside else self.work
        return await run(remembered, store, whole, lambda: make(period, now))

    async def soon(self, key: Hashable, analysis: Coroutine[Any, Any, T]) -> T | None:
        """The analysis; where it takes longer than a page should, the last one of this key.

        None where there is no last one: the next view has it.
        """
        self.aside = True
        known = _last(self.site.store)
        whole = (key, self.the_period(), language())
        last: T | None = known.get(whole)
        task = asyncio.ensure_future(_keep(known, whole, analysis))
        done, _waiting = await asyncio.wait({task}, timeout=PATIENCE if last is None else HURRY)
        if done:
            return task.result()
        self.site.later(_ended(task))
        return last

    async def the_lesson(self, branch: Branch, slug: str) -> tuple[LessonFigures, LessonInfo]:
        """A lesson that members of the branch have to do; another is not there."""
        figures = await self.lesson_figures(branch)
        lesson = figures.lessons.get(slug)
        if lesson is None:
            raise not_there()
        return figures, lesson


async def _keep(known: dict[Hashable, Any], key: Hashable, analysis: Coroutine[Any, Any, T]) -> T:
    found = await analysis
    while len(known) >= KEPT:
        known.pop(next(iter(known)))
    known[key] = found
    return found


async def _ended(task: asyncio.Future[Any]) -> None:
    """Wait for a task; `Site.later` holds it until then."""
    await task


_last: Kept[dict[Hashable, Any]] = Kept(dict)

"""How a subtree of branches is doing, at a glance, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from weike.quizzes.i18n import _
from weike.results.analysis.itemsheets import flag_words
from weike.results.analysis.lessonsheets import weakest_sheet
from weike.results.analysis.suggestions import Suggestion
from weike.results.assigning.assignments import assignments
from weike.results.people import Branch
from weike.results.periods import Period, local_date
from weike.results.reporting.branchsheet import branch_sheet
from weike.results.scoring.snapshot import current_snapshot
from weike.results.store import Store
from weike.server.handlers.organize.drilling import Drilling
from weike.server.organizing import RANGE, Scale

WEAK = 3  # topics
FLAGGED = 4  # questions
DUE = 3  # assignments
MANY = 20_000  # attempts; to look through more would hold up those who answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Flagged:
    """A question that asks to be looked at, and why."""

    slug: str
    quiz: str
    item: str
    stem: str
    language: str
    n: int
    warnings: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The last day of what is assigned; `left` days are left."""

    title: str
    language: str
    day: date
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """What answers tell beyond the figures of the branches. `flagged` is None for too many."""

    suggestions: Sequence[Suggestion]
    weak: Sequence[Mapping[str, Any]]
    flagged: Sequence[Flagged] | None
    due: Sequence[Due]


class Overview(Drilling):
    """`/organize?branch=`: the branch, and those right beneath it."""

    async def get(self) -> None:
        branch, period, store = self.wished_branch(), self.the_period(), self.site.store
        sheet = await self.work(branch_sheet, store, period=period, branch=branch.id, now=self.now)
        if self.wished_format():
            name = f"{branch.name} {period} {_('Overview')}"
            return await self.send_sheet(sheet, name=name)
        insight = await self.soon(("insight", branch.id), self.insight(branch))
        [own, *inside] = sheet.rows
        children = [row for row in inside if row["parent"] == branch.id]
        self.page(
            "overview.html",
            tab="overview",
            branch=branch,
            no_difference=await self.work(no_difference, store, period, self.now),
            own=own,
            children=children,
            children_word=self.level_word(branch.level + 1),
            scale=Scale.of(row[key] for row in (own, *children) for key in RANGE),
            insight=insight,
            most_flagged=FLAGGED,
        )

    async def insight(self, branch: Branch) -> Insight:
        """What takes longer on a large course than the page can wait."""
        scores = await self.topic_scores(branch)
        return Insight(
            suggestions=await self.suggestions(branch),
            weak=weakest_sheet(scores, branch.id, count=WEAK).rows,
            flagged=await self.flagged(branch),
            due=await self.due(branch),
        )

    async def flagged(self, branch: Branch) -> list[Flagged] | None:
        """Questions with remarks, those with most of them first."""
        figures = await self.lesson_figures(branch)
        if figures.sums["attempted"].sum() > MANY:
            return None
        found = []
        for lesson in figures.lessons.values():
            for ref in lesson.quizzes:
                items = (await self.quiz_items(branch, ref)).items
                for row in items[items["flags"].astype(bool)].reset_index().to_dict("records"):
                    found.append(
                        Flagged(
                            slug=lesson.slug,
                            quiz=ref.partition("/")[2],
                            item=row["item"],
                            stem=row["stem"],
                            language=lesson.language,
                            n=row["n"],
                            warnings=flag_words(row["flags"]),
                        )
                    )
        found.sort(key=lambda one: (-len(one.warnings), -one.n))
        return found

    async def due(self, branch: Branch) -> list[Due]:
        """What ends next."""
        period, today = self.the_period(), local_date(self.now, self.site.course.zone)
        lessons = (await self.lesson_figures(branch)).lessons
        given = await self.work(assignments, self.site.store, period=period, branch=branch.id)
        days: dict[tuple[date, str | None], None] = {}
        for one in given:
            if one.due and one.due >= today and (one.slug is None or one.slug in lessons):
                days[one.due, one.slug] = None
        return [
            Due(
                title=lessons[slug].title if slug else _("Every lesson"),
                language=lessons[slug].language if slug else "",
                day=day,
                left=(day - today).days,
            )
            for day, slug in sorted(days, key=lambda one: (one[0], one[1] or ""))
        ][:DUE]


def no_difference(store: Store, period: Period, now: datetime) -> bool:
    """Whether the branches cannot be told apart."""
    figures = current_snapshot(store).figures(store, period, now)
    return bool(figures.frame.attrs["no_difference"])

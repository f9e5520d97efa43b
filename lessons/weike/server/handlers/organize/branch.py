"""One branch: those beneath it, what its members know least, its topics and lessons."""

from __future__ import annotations

from weike.results.analysis.lessonsheets import lesson_sheet, topic_sheet, weakest_sheet
from weike.results.reporting.branchsheet import branch_sheet
from weike.server.handlers.organize.drilling import Drilling
from weike.server.organizing import RANGE, Scale

WEAK = 5  # topics


class BranchPage(Drilling):
    """`/organize/branches/<id>`"""

    async def get(self, branch: str) -> None:
        here, period = self.the_branch(branch), self.the_period()
        board = await self.work(
            branch_sheet, self.site.store, period=period, branch=here.id, now=self.now
        )
        figures = await self.lesson_figures(here)
        topics, lessons = topic_sheet(figures), lesson_sheet(figures)
        if self.wished_format():
            weak = weakest_sheet(await self.topic_scores(here), here.id, count=WEAK)
            sheets = [board, topics, lessons, weak]
            return await self.send_sheet(sheets, name=f"{here.name} {period}")
        scores = await self.soon(("topics", here.id), self.topic_scores(here))
        [own, *inside] = board.rows
        children = [row for row in inside if row["parent"] == here.id]
        self.page(
            "branch.html",
            tab="overview",
            branch=here,
            choose=False,
            crumbs=self.crumbs(here),
            own=own,
            children=children,
            children_word=self.level_word(here.level + 1),
            scale=Scale.of(row[key] for row in (own, *children) for key in RANGE),
            weak=None if scores is None else weakest_sheet(scores, here.id, count=WEAK).rows,
            topics=topics.rows,
            lessons=lessons.rows,
        )

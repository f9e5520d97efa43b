"""One branch: those beneath it, what its members know of each topic, and its lessons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from weike.results.branchsheet import branch_sheet
from weike.results.lessonsheets import lesson_sheet, topic_sheet
from weike.results.topics import weakest
from weike.server.handlers.organize.drilling import Drilling, known_topics
from weike.server.organizing import RANGE, Scale


class BranchPage(Drilling):
    """`/organize/branches/<id>`"""

    async def get(self, branch: str) -> None:
        here, period = self.the_branch(branch), self.the_period()
        board = await self.work(
            branch_sheet, self.site.store, period=period, branch=here.id, now=self.now
        )
        figures, scores = await self.lesson_figures(here), await self.topic_scores(here)
        topics = topic_sheet(figures, known_topics(scores, here.id))
        lessons = lesson_sheet(figures)
        if self.wished_format():
            return await self.send_sheet([board, topics, lessons], name=f"{here.name} {period}")
        [own, *inside] = board.rows
        self.page(
            "branch.html",
            tab="overview",
            branch=here,
            choose=False,
            crumbs=self.crumbs(here),
            own=own,
            children=[row for row in inside if row["parent"] == here.id],
            children_word=self.level_word(here.level + 1),
            scale=Scale.of(row[key] for row in board.rows for key in RANGE),
            topics=weakest_first(topics.rows),
            weak=set(weakest(scores, here.id)["topic"]),
            lessons=lessons.rows,
        )


def weakest_first(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Topics that nobody has answered yet come last."""
    return sorted(rows, key=lambda row: (row["facility"] is None, row["facility"] or 0.0))

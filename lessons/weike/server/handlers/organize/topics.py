"""One topic in one branch: who knows it, and its lessons."""

from __future__ import annotations

from weike.quizzes.i18n import _
from weike.results.lessonsheets import lesson_sheet, topic_branch_sheet
from weike.server.handlers.organize.drilling import Drilling
from weike.server.organizing import not_there


class TopicPage(Drilling):
    """`/organize/branches/<id>/topics/<topic>`; `-` holds the lessons without a topic."""

    async def get(self, branch: str, topic: str) -> None:
        here = self.the_branch(branch)
        topic = "" if topic == "-" else topic
        figures, scores = await self.lesson_figures(here), await self.topic_scores(here)
        sheet = lesson_sheet(figures, topic=topic)
        branches = topic_branch_sheet(scores, topic, here.id)
        if not sheet.rows and not branches.rows:
            raise not_there()
        words = topic or _("Other lessons")
        if self.wished_format():
            name = f"{here.name} {words} {self.the_period()}"
            return await self.send_sheet([branches, sheet], name=name)
        self.page(
            "topic.html",
            tab="overview",
            branch=here,
            choose=False,
            crumbs=self.crumbs(here, last=words),
            topic=words,
            own=next((row for row in branches.rows if row["branch"] == here.id), None),
            children=[row for row in branches.rows if row["parent"] == here.id],
            children_word=self.level_word(here.level + 1),
            lessons=sheet.rows,
        )

"""One lesson in one branch: how far its members have come, and its quizzes."""

from __future__ import annotations

from weike.quizzes.i18n import _
from weike.results.analysis.lessonsheets import lesson_branch_sheet
from weike.server.handlers.organize.drilling import Drilling


class LessonPage(Drilling):
    """`/organize/lessons/<slug>?branch=`"""

    async def get(self, slug: str) -> None:
        branch = self.wished_branch()
        figures, lesson = await self.the_lesson(branch, slug)
        sheet = await self.work(lesson_branch_sheet, figures, slug, branch.id)
        if self.wished_format():
            name = f"{lesson.title} {branch.name} {self.the_period()}"
            return await self.send_sheet(sheet, name=name)
        [own, *children] = sheet.rows
        topic = self.topic_step(branch, lesson.topic, lesson.topic or _("Other lessons"))
        self.page(
            "lesson.html",
            tab="overview",
            branch=branch,
            crumbs=self.crumbs(branch, topic, last=lesson.title),
            lesson=lesson,
            own=own,
            children=[row for row in children if row["assigned"]],
            children_word=self.level_word(branch.level + 1),
        )

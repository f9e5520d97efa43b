"""One topic in one branch: who knows it, its lessons and its questions."""

from __future__ import annotations

from dataclasses import dataclass

from weike.quizzes.i18n import _
from weike.results.analysis.distractors import plain_text
from weike.results.analysis.lessonfigures import LessonFigures
from weike.results.analysis.lessonsheets import lesson_sheet, topic_branch_sheet
from weike.results.catalogue import definition
from weike.results.store import Store
from weike.server.handlers.organize.drilling import Drilling
from weike.server.organizing import not_there

MOST = 50  # questions on one page


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of the topic, and where it stands."""

    slug: str
    quiz: str
    item: str
    stem: str
    language: str


class TopicPage(Drilling):
    """`/organize/branches/<id>/topics/<topic>`: the topic of lessons or of single questions.

    `-` holds the lessons without one.
    """

    async def get(self, branch: str, topic: str) -> None:
        here = self.the_branch(branch)
        topic = "" if topic == "-" else topic
        figures, scores = await self.lesson_figures(here), await self.topic_scores(here)
        lessons = lesson_sheet(figures, topic=topic)
        branches = topic_branch_sheet(scores, topic, here.id)
        if not lessons.rows and not branches.rows:
            raise not_there()
        words = topic or _("Other lessons")
        if self.wished_format():
            name = f"{here.name} {words} {self.the_period()}"
            return await self.send_sheet([branches, lessons], name=name)
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
            lessons=lessons.rows,
            questions=await self.work(questions, self.site.store, figures, topic),
        )


def questions(store: Store, figures: LessonFigures, topic: str) -> list[Asked]:
    """The questions whose own topic, else their lesson's, is this one."""
    found = []
    for lesson in figures.lessons.values():
        for ref in lesson.quizzes:
            quiz = definition(store, ref)
            for question in quiz.questions if quiz else ():
                if (question.topic or lesson.topic) == topic:
                    found.append(
                        Asked(
                            slug=lesson.slug,
                            quiz=ref.partition("/")[2],
                            item=question.id,
                            stem=plain_text(question.stem),
                            language=lesson.language,
                        )
                    )
    return found[:MOST]

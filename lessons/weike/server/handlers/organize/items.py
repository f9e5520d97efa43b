"""One quiz in one branch: its questions, and what people answered to each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from weike.quizzes.html import render
from weike.quizzes.i18n import _
from weike.results.analysis.items import SHOWN, SURE, QuizItems
from weike.results.analysis.itemsheets import (
    RULES,
    counted_words,
    flag_words,
    item_sheets,
    items_sheet,
    options_sheet,
)
from weike.results.analysis.lessonfigures import LessonInfo
from weike.results.catalogue import definition
from weike.results.people import Branch
from weike.server.base import Refused
from weike.server.handlers.organize.drilling import Drilling
from weike.server.organizing import Choice, not_there


class _Analysis(Drilling):
    """`?attempts=` says which attempts of each member count: the first, unless told otherwise."""

    def rule(self) -> str:
        wished = self.get_argument("attempts", "") or "first"
        if wished not in RULES:
            known = ", ".join(RULES)
            raise Refused(400, "bad_rule", _("Choose one of {choices}.").format(choices=known))
        return wished

    def rules(self) -> list[Choice]:
        return [Choice(name, _(words)) for name, words in RULES.items()]

    async def the_quiz(self, branch: Branch, slug: str, quiz: str) -> tuple[LessonInfo, str, str]:
        """The lesson, and the ref and title of its quiz; another is not there."""
        _figures, lesson = await self.the_lesson(branch, slug)
        ref = f"{slug}/{quiz}"
        if ref not in lesson.quizzes:
            raise not_there()
        return lesson, ref, lesson.quizzes[ref] or lesson.title

    def way(
        self, branch: Branch, lesson: LessonInfo, *steps: tuple[str, str], last: str
    ) -> list[tuple[str, str]]:
        topic = self.topic_step(branch, lesson.topic, lesson.topic or _("Other lessons"))
        return self.crumbs(branch, topic, self.lesson_step(branch, lesson), *steps, last=last)


class QuizPage(_Analysis):
    """`/organize/quizzes/<slug>/<quiz>?branch=&attempts=`"""

    async def get(self, slug: str, quiz: str) -> None:
        branch = self.wished_branch()
        lesson, ref, title = await self.the_quiz(branch, slug, quiz)
        found = await self.quiz_items(branch, ref, self.rule())
        if self.wished_format():
            name = f"{title} {branch.name} {found.period}"
            return await self.send_sheet(item_sheets(found), name=name)
        self.page(
            "quiz.html",
            tab="overview",
            branch=branch,
            crumbs=self.way(branch, lesson, last=title),
            quiz_title=title,
            slug=slug,
            quiz=quiz,
            spoken=lesson.language,
            found=found,
            counted=counted_words(found),
            rule=found.rule,
            rules=self.rules(),
            rows=questions(found),
            shown=SHOWN,
            sure=SURE,
        )


class ItemPage(_Analysis):
    """`/organize/quizzes/<slug>/<quiz>/items/<item>?branch=&attempts=`"""

    async def get(self, slug: str, quiz: str, item: str) -> None:
        branch = self.wished_branch()
        lesson, ref, title = await self.the_quiz(branch, slug, quiz)
        found = await self.quiz_items(branch, ref, self.rule())
        rows = questions(found)
        place = next((i for i, row in enumerate(rows) if row["item"] == item), None)
        if place is None:
            raise not_there()
        if self.wished_format():
            name = f"{title} {_('Question {n}').format(n=place + 1)} {branch.name}"
            return await self.send_sheet(options_sheet(found, item), name=name)
        address = self.address(
            "organize/quizzes", slug, quiz, branch=branch.id, attempts=found.rule
        )
        self.page(
            "item.html",
            tab="overview",
            branch=branch,
            crumbs=self.way(
                branch, lesson, (address, title), last=_("Question {n}").format(n=place + 1)
            ),
            quiz_title=title,
            slug=slug,
            quiz=quiz,
            row=rows[place],
            number=place + 1,
            count=len(rows),
            stem=await self.work(self.stem, ref, item, rows[place]["stem"]),
            spoken=lesson.language,
            answers=options_sheet(found, item).rows,
            counted=counted_words(found),
            rule=found.rule,
            rules=self.rules(),
            shown=SHOWN,
            sure=SURE,
            before=rows[place - 1]["item"] if place else None,
            after=rows[place + 1]["item"] if place + 1 < len(rows) else None,
        )

    def stem(self, ref: str, item: str, plain: str) -> Markup | str:
        """As the page of the lesson shows it; a question that is gone, as plain text."""
        quiz = definition(self.site.store, ref)
        question = quiz.by_id.get(item) if quiz else None
        if question is None:
            return plain
        html = render(question.stem).replace('="../media/', f'="{self.base_url}media/')
        return Markup(html)  # noqa: S704 - render has cleaned it


def questions(found: QuizItems) -> list[Mapping[str, Any]]:
    """The rows of the sheet, and `warnings`: the words of their flags."""
    rows = items_sheet(found).rows
    return [{**row, "warnings": flag_words(row["keys"])} for row in rows]

"""Answers that a person reads: what waits, and one after the other the points for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from weike.quizzes.errors import WeikeError
from weike.quizzes.html import render
from weike.quizzes.i18n import _
from weike.quizzes.number import plain
from weike.results.marking.marks import (
    LONGEST,
    Answer,
    MarkedMeanwhile,
    answer_to_mark,
    give_mark,
    read_points,
    who_answered,
)
from weike.results.marking.waiting import QuizToMark, Waiting, answers_of, quizzes_to_mark
from weike.server.organizing import not_there
from weike.server.teaching import WRITERS, Teaching

_ID: Final = 100  # letters of an id in an address


class Essays(Teaching):
    """`/teach/essays`: by quiz, how many answers wait."""

    roles = WRITERS

    async def get(self) -> None:
        found = await self.work(quizzes_to_mark, self.site.store, by=self.member.id)
        self.page(
            "essays.html",
            tab="essays",
            quizzes=[(one, self.moment(one.since) if one.since else "") for one in found],
            saved=_("All that waited is marked.") if self.get_argument("saved", "") else "",
        )


class Essay(Teaching):
    """`/teach/essays/<slug>/<quiz>`: one answer, without a name, and the form for its points.

    `?attempt=&item=` is a certain one, else the first that waits; `?after=` goes on behind one
    that was left out; `?marked=1` lists what has its points already.
    """

    roles = WRITERS

    async def get(self, slug: str, quiz: str) -> None:
        ref = f"{slug}/{quiz}"
        found = await self.the_quiz(ref)
        if self.get_argument("marked", ""):
            return await self.list_marked(found)
        waiting = await self.work(answers_of, self.site.store, ref, by=self.member.id)
        attempt, item = self.wished("attempt"), self.wished("item")
        if not attempt:
            following = _behind(waiting, self.wished("after"))
            if following is None:
                return self.redirect(self.address("teach/essays", saved="all"))
            attempt, item = following.attempt, following.item
        await self.show_answer(found, attempt, item, waiting)

    async def post(self, slug: str, quiz: str) -> None:
        """Save the points and go on with the next answer; or, by the other button, say whose."""
        ref = f"{slug}/{quiz}"
        found = await self.the_quiz(ref)
        attempt, item = self.sent("attempt", _ID), self.sent("item", _ID)
        if self.sent("act", _ID) == "who":
            return await self.show_person(found, attempt, item)
        try:
            answer = await self.work(
                answer_to_mark, self.site.store, attempt, item, by=self.member.id
            )
            number = self.sent("number", 12)
            await self.work(
                give_mark,
                self.site.store,
                attempt,
                item,
                points=read_points(
                    self.sent("quick", 12) or self.sent("points", 12), answer.question
                ),
                remark=self.sent("remark", LONGEST),
                by=self.member.id,
                now=self.now,
                expected=int(number) if number.isdecimal() else 0,
            )
        except MarkedMeanwhile as error:
            return await self.again(found, attempt, item, str(error), status=409)
        except WeikeError as error:
            return await self.again(found, attempt, item, str(error), status=400)
        self.redirect(
            self.address("teach/essays", slug, quiz, after=f"{item} {attempt}"), status=303
        )

    async def again(
        self, quiz: QuizToMark, attempt: str, item: str, problem: str, *, status: int
    ) -> None:
        """The answer once more with what was filled in, and what is wrong with it."""
        waiting = await self.work(answers_of, self.site.store, quiz.ref, by=self.member.id)
        await self.show_answer(quiz, attempt, item, waiting, problem=problem, status=status)

    async def show_person(self, quiz: QuizToMark, attempt: str, item: str) -> None:
        """Somebody who has to know whose answer it is; the look is recorded."""
        person = await self.work(
            who_answered, self.site.store, attempt, item, by=self.member.id, now=self.now
        )
        await self.audit("looked at who answered", person.id, {"quiz": quiz.ref, "item": item})
        waiting = await self.work(answers_of, self.site.store, quiz.ref, by=self.member.id)
        who = " · ".join(filter(None, (person.name, person.code, person.branch_path)))
        await self.show_answer(quiz, attempt, item, waiting, who=who)

    async def show_answer(
        self,
        quiz: QuizToMark,
        attempt: str,
        item: str,
        waiting: Sequence[Waiting],
        *,
        problem: str = "",
        who: str = "",
        status: int = 200,
    ) -> None:
        try:
            answer = await self.work(
                answer_to_mark, self.site.store, attempt, item, by=self.member.id
            )
        except WeikeError:
            raise not_there() from None
        question, given = answer.question, answer.mark
        sent = self.request.method == "POST"
        self.page(
            "essay.html",
            tab="essays",
            status=status,
            problem=problem,
            crumbs=[(self.address("teach/essays"), _("Essays")), ("", quiz.title)],
            quiz=quiz,
            answer=answer,
            stem=self.html(question.stem),
            key=self.html(question.explanation) if question.explanation else "",
            most=plain(question.points),
            half=plain(question.points / 2),
            left=len(waiting),
            who=who,
            points=self.sent("points", 12) if sent else plain(given.points) if given else "",
            remark=self.sent("remark", LONGEST) if sent else (given.remark or "") if given else "",
            longest=LONGEST,
            skip=_after(answer, waiting),
        )

    async def list_marked(self, quiz: QuizToMark) -> None:
        marked = await self.work(
            answers_of, self.site.store, quiz.ref, by=self.member.id, marked=True
        )
        self.page(
            "essays_marked.html",
            tab="essays",
            crumbs=[(self.address("teach/essays"), _("Essays")), ("", quiz.title)],
            quiz=quiz,
            answers=[
                (n, one, plain(one.score or 0), self.moment(one.submitted_at))
                for n, one in enumerate(marked, start=1)
            ],
        )

    async def the_quiz(self, ref: str) -> QuizToMark:
        found = await self.work(quizzes_to_mark, self.site.store, by=self.member.id)
        for one in found:
            if one.ref == ref:
                return one
        raise not_there()

    def html(self, text: str) -> Markup:
        html = render(text).replace('="../media/', f'="{self.base_url}media/')
        return Markup(html)  # noqa: S704 - render has cleaned it

    def wished(self, name: str) -> str:
        return self.get_query_argument(name, "")[: 2 * _ID]

    def sent(self, name: str, longest: int) -> str:
        return self.get_body_argument(name, "", strip=False)[:longest]


def _behind(waiting: Sequence[Waiting], after: str) -> Waiting | None:
    """What comes behind the answer `after` ("item attempt"), from the end back to the top."""
    if not waiting:
        return None
    item, _space, attempt = after.partition(" ")
    here = next(
        (n for n, one in enumerate(waiting) if (one.item, one.attempt) == (item, attempt)), None
    )
    if here is not None:
        return waiting[(here + 1) % len(waiting)]
    return next((one for one in waiting if one.item == item), waiting[0])


def _after(answer: Answer, waiting: Sequence[Waiting]) -> str:
    """What names the place of an answer for `?after=`; empty where nothing else waits."""
    others = [one for one in waiting if (one.attempt, one.item) != (answer.attempt, answer.item)]
    return f"{answer.item} {answer.attempt}" if others else ""

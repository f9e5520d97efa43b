"""The home page: where to go on, what comes next, and everything else."""

from __future__ import annotations

from datetime import datetime

from weike.quizzes.i18n import _
from weike.results.authoring.reviews import REVIEWERS, waiting_for
from weike.results.people import Member
from weike.results.scoring.board import branch_board
from weike.server.base import Handler
from weike.server.handlers.branches import Row, flag_words
from weike.server.learning import Learning
from weike.server.pages import board_word


class Home(Handler):
    """`/`"""

    async def get(self) -> None:
        learning = await self.work(Learning.load, self.site, self.member, self.now)
        own = await self.own_branch()
        self.show(
            "home.html",
            tab="learn",
            greeting=self.greeting(),
            standing=standing(own),
            duties=await self.duties(),
            learning=learning,
            lessons=learning.lessons,
            done=learning.done,
            next_lesson=learning.next,
            topics=learning.topics(),
        )

    async def own_branch(self) -> Row | None:
        board = await self.work(branch_board, self.site.store, self.member, None, self.now)
        rows = (Row.of(body, self.member) for body in board["branches"])
        return next((row for row in rows if row.own), None)

    def greeting(self) -> str:
        return greeting(self.member, self.now.astimezone(self.site.course.zone))

    async def duties(self) -> list[tuple[str, str]]:
        """(path, words) of the pages that a duty opens."""
        roles = self.member.roles
        found = []
        if roles & {"lecturer", "reviewer", "administrator"}:
            found.append(("teach", _("Lessons I look after")))
        if roles & REVIEWERS and (n := await self.work(waiting_for, self.site.store, self.member)):
            found.append(("teach/reviews", _("Waiting for review: {n}").format(n=n)))
        if roles & {"organizer", "administrator"}:
            word = board_word(self.site.course)
            found.append(("organize", _("{branches} I look after").format(branches=word)))
        return found


def greeting(member: Member, here: datetime) -> str:
    if 5 <= here.hour < 11:
        words = _("Good morning, {name}")
    elif 11 <= here.hour < 18:
        words = _("Hello, {name}")
    else:
        words = _("Good evening, {name}")
    return words.format(name=member.name)


def standing(row: Row | None) -> list[str]:
    """The parts of a line about the own branch."""
    if row is None:
        return []
    parts = [row.name]
    if row.flag is not None:
        parts.append(flag_words(row.flag))
    if row.score is not None:
        parts.append(_("learning score {points}").format(points=f"{row.score:.1f}"))
    if row.completion is not None:
        parts.append(_("completion {percent}").format(percent=f"{100 * row.completion:.0f}%"))
    return parts

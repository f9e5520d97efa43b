"""What the quiz component and programs ask for: attempts, the member, the lessons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from weike.quizzes.i18n import _
from weike.results.answering.progress import me, member_lessons, set_place
from weike.results.people import Member
from weike.results.scoring.board import branch_board
from weike.server.base import Api, Refused
from weike.server.handlers.lesson import check_open
from weike.server.site import Site


class Attempts(Api):
    """`POST /api/attempts {"quiz", "new"?, "place"?}`: the running attempt, the last, or a new one.

    With `place`, the answer also tells where in the lesson this member was: one request less for
    a page that wants both.
    """

    async def post(self) -> None:
        body = self.json_body()
        quiz, new, place = body.get("quiz"), body.get("new", False), body.get("place", False)
        if not isinstance(quiz, str) or not isinstance(new, bool) or not isinstance(place, bool):
            raise Refused(400, "bad_request", _('Send {"quiz": "<lesson>/<quiz>"}.'))
        attempts = self.site.attempts
        self.send(await attempts.open(self.member, quiz, new=new, place=place, now=self.now))


class Answer(Api):
    """`PUT /api/attempts/<attempt>/answers/<item>`: acknowledged once it is on disk."""

    async def put(self, attempt: str, item: str) -> None:
        body = self.json_body()
        self.send(await self.site.attempts.answer(self.member, attempt, item, body, now=self.now))


class Submit(Api):
    """`POST /api/attempts/<attempt>/submit`"""

    async def post(self, attempt: str) -> None:
        self.send(await self.site.attempts.submit(self.member, attempt, now=self.now))


class Me(Api):
    """`GET /api/me`: who I am, what I have learned, how my branch stands."""

    async def get(self) -> None:
        self.send(await self.work(about_me, self.site, self.member, self.now))


class Lessons(Api):
    """`GET /api/lessons`: what is published, how far this member is, what is due when."""

    async def get(self) -> None:
        found = await self.work(member_lessons, self.site.store, self.member, self.now)
        self.send({"lessons": found})


def about_me(site: Site, member: Member, now: datetime) -> dict[str, Any]:
    body = me(site.store, member, now)
    board = branch_board(site.store, member, None, now)
    body["member"] |= {"id": member.id, "has_pin": member.has_pin}
    body["branch"] = next((row for row in board["branches"] if row["own"]), None)
    return body


class LessonRoute(Api):
    """A route about one published lesson."""

    def published(self, slug: str) -> str:
        if slug not in self.site.shelf.by_slug:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        check_open(self, slug)
        return slug


class Place(LessonRoute):
    """`/api/lessons/<slug>/place`: the block of the page that this member came to."""

    async def get(self, slug: str) -> None:
        place = await self.work(self.site.place, self.member, self.published(slug))
        self.send({"place": place})

    async def post(self, slug: str) -> None:
        place = self.json_body().get("place")
        await set_place(self.site.store, self.member, self.published(slug), place, now=self.now)
        self.send({"saved": True})


class Finished(LessonRoute):
    """`POST /api/lessons/<slug>/finished`: the end of a lesson without questions was reached."""

    async def post(self, slug: str) -> None:
        await self.site.attempts.finished(self.member, self.published(slug), now=self.now)
        self.send({"saved": True})

"""A member's own page: results, PIN, how pages are read, the way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.number import plain
from weike.results.access.pins import LONGEST, SHORTEST
from weike.results.access.signin import SignInRefused, set_pin
from weike.results.awarding.consents import consents
from weike.results.correcting.decided import corrected_lessons
from weike.results.marking.told import Told, marks_of, pending_of
from weike.results.periods import local_date
from weike.server.auth import SESSION
from weike.server.base import Handler
from weike.server.days import moment_words
from weike.server.learning import Learning

MOST_LETTERS = 128


class Marks(NamedTuple):
    """`pending`: by lesson, how many answers wait; `given`: what was told, when, points of how
    many."""

    pending: Mapping[str, int]
    given: Sequence[tuple[Told, str, float, float]]


class Me(Handler):
    """`/me`"""

    async def get(self) -> None:
        words = {"pin": _("The PIN is saved."), "award": _("Your choice is saved.")}
        await self.page(saved=words.get(self.get_argument("saved", ""), ""))

    async def page(self, *, status: int = 200, saved: str = "", message: str = "") -> None:
        learning = await self.work(Learning.load, self.site, self.member, self.now)
        self.show(
            "me.html",
            status=status,
            tab="me",
            branch=learning.branch_path.replace("/", " / "),
            saved=saved,
            message=message,
            lessons=learning.lessons,
            done=learning.done,
            taken=[one for one in learning.lessons if one.status != "new"],
            corrected=await self.work(corrected_lessons, self.site.store, self.member.id),
            marks=await self.work(self.marks),
            agrees=self.site.course.award.persons
            and await self.work(consents, self.site.store, self.member.id),
            has_pin=self.member.has_pin,
            offer_pin=not self.member.has_pin,
            pin_min=SHORTEST,
            pin_max=LONGEST,
        )

    def marks(self) -> Marks:
        """What a person has read or will read of this member's answers."""
        store, zone = self.site.store, self.site.course.zone
        pending: dict[str, int] = {}
        for ref, n in pending_of(store, self.member.id).items():
            slug = ref.partition("/")[0]
            pending[slug] = pending.get(slug, 0) + n
        today = local_date(self.now, zone)
        return Marks(
            pending=pending,
            given=[
                (one, moment_words(one.at, today, zone), plain(one.points), plain(one.most))
                for one in marks_of(store, self.member.id, now=self.now)
            ],
        )


class Pin(Me):
    """`POST /me/pin`: choose a PIN or change it; other browsers of this member are signed out."""

    async def get(self) -> None:
        self.redirect(f"{self.base_url}me")

    async def post(self) -> None:
        token = self.get_cookie(SESSION)
        assert token is not None, "a signed-in member has a session"
        old = self.get_body_argument("old", "", strip=False)[:MOST_LETTERS]
        pin = self.get_body_argument("pin", "", strip=False)[:MOST_LETTERS]
        try:
            await self.site.hash_work(
                set_pin, self.site.store, self.member, pin, self.now, current=old, keep=token
            )
        except WeikeError as error:
            waits = isinstance(error, SignInRefused) and error.code == "wait"
            await self.page(status=429 if waits else 400, message=str(error))
            return
        self.site.identity.forget_member(self.member.id)
        self.redirect(f"{self.base_url}me?saved=pin", status=303)

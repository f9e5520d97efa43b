"""What waits for a review, and deciding it."""

from __future__ import annotations

from weike.lessons.places import places
from weike.quizzes.i18n import _
from weike.results.authoring.reviews import (
    Review,
    ReviewError,
    add_remark,
    barred,
    decide,
    find_review,
    last_reviews,
    take_back,
)
from weike.results.authoring.works import may_see
from weike.results.versions import lesson_version
from weike.server.handlers.teach.unpublished import Unpublished, status_words
from weike.server.handlers.teach.versions import Looking
from weike.server.organizing import not_there

RECENT = 20


class Reviews(Unpublished):
    """`/teach/reviews`: what waits, the longest first, and what was decided lately."""

    async def get(self) -> None:
        found = list((await self.work(last_reviews, self.site.store)).values())
        rows = [row for one in found if (row := await self.row(one))]
        self.page(
            "reviews.html",
            tab="reviews",
            mine=[row for row in rows if row["status"] == "waiting" and not row["why"]],
            others=[row for row in rows if row["status"] == "waiting" and row["why"]],
            done=[row for row in reversed(rows) if row["status"] != "waiting"][:RECENT],
            saved=_("Decided. The author sees it on the lesson's page.")
            if self.get_argument("saved", "")
            else "",
        )

    async def row(self, one: Review) -> dict[str, object] | None:
        store = self.site.store
        if not await self.work(may_see, store, one.slug, self.member):
            return None
        version = await self.work(lesson_version, store, one.slug, one.version)
        assert version is not None
        return {
            "slug": one.slug,
            "version": one.version,
            "title": version.title,
            "language": version.language,
            "topic": version.topic,
            "who": (await self.names([one.by]))[one.by],
            "when": self.moment(one.at),
            "remark": one.remark,
            "status": one.status,
            "badge": status_words(one),
            "why": await self.work(barred, store, one, self.member),
        }


class OneReview(Looking):
    """`POST /teach/reviews/<id>`: a remark at a place, a decision on a step, or taking it back."""

    async def post(self, id: str) -> None:
        one = await self.work(find_review, self.site.store, id)
        if one is None:
            raise not_there()
        await self.seen(one.slug)
        act = self.field("act")
        try:
            if act == "remark":
                return await self.remark(one)
            if act == "back":
                await self.work(take_back, self.site.store, id, by=self.member.id, now=self.now)
                return self.go(one.slug, saved="back")
            await self.decide(one, act)
        except ReviewError as error:
            return await self.shown(one.slug, one.version, problem=str(error), status=409)

    async def decide(self, one: Review, act: str) -> None:
        decision = {"approve": "approved", "return": "returned"}.get(act)
        step = self.field("step")
        if decision is None or step not in ("1", "2", "3"):
            raise not_there()
        await self.work(
            decide,
            self.site.store,
            one.id,
            decision,
            step=int(step),
            by=self.member.id,
            now=self.now,
            remark=self.field("remark"),
        )
        self.go(path="teach/reviews", saved="1")

    async def remark(self, one: Review) -> None:
        if why := await self.work(barred, self.site.store, one, self.member):
            raise ReviewError(why)
        version = await self.the_version(one.slug, one.version)
        place = self.field("place")
        parts = {each.key: each for each in await self.work(places, version)}
        if place and place not in parts:
            raise not_there()
        await self.work(
            add_remark,
            self.site.store,
            one.id,
            self.field("text"),
            place=place,
            quote=parts[place].quote if place else "",
            by=self.member.id,
            now=self.now,
        )
        self.go(one.slug, "versions", one.version, said="1", anchor=f"#at-{place}" if place else "")

"""One lesson in the hands of those who write and review it: its state, and all that was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from weike.lessons.prepare import find_source, is_current, prepare
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, listed, one_by_one
from weike.results.authoring.prepared import versions_prepared
from weike.results.authoring.releases import Release, history
from weike.results.authoring.reviews import Review, reviews
from weike.results.authoring.works import authors
from weike.results.catalogue import lesson, publish, withdraw
from weike.results.people import branches
from weike.results.store import Store
from weike.results.tables import publication
from weike.server.composing import editable
from weike.server.handlers.teach.unpublished import Act, Unpublished, act_words, status_words
from weike.server.organizing import not_there


class Event(NamedTuple):
    """A lesson was published in a version, or without one withdrawn."""

    version: str | None
    by: str
    at: datetime


class OneLesson(Unpublished):
    """`/teach/lessons/<slug>`"""

    async def get(self, slug: str) -> None:
        await self.shown(slug)

    async def shown(self, slug: str, *, problem: str = "", status: int = 200) -> None:
        await self.seen(slug)
        store, course = self.site.store, self.site.course
        shown = await self.work(lesson, store, slug)
        found = await self.work(reviews, store, slug)
        prepared = await self.work(versions_prepared, store, slug)
        events = await self.work(load_events, store, slug)
        try:
            source = await self.work(find_source, course, slug)
        except WeikeError:
            source = None
        if source is None and not events and not prepared:
            raise not_there()
        newest = prepared[0] if prepared else None
        known = await self.work(history, store, slug)
        title = source.title if source else shown.title if shown else slug
        written_by = await self.names(await self.work(authors, store, slug))
        self.page(
            "lesson.html",
            tab="lessons",
            status=status,
            problem=problem,
            saved=_outcome(self.get_argument("saved", "")),
            crumbs=[(self.address("teach"), _("Lessons")), ("", title)],
            slug=slug,
            title=title,
            spoken=source.language if source else shown.language if shown else "",
            file=source.name if source else "",
            shown=shown,
            admitted=self.admitted(slug),
            last=next((one.version for one in reversed(events) if one.version), None),
            newest=newest,
            fresh=newest is not None and await self.work(is_current, course, slug, newest.version),
            made=newest and self.moment(newest.at),
            review=found[0] if found else None,
            badge=status_words(found[0]) if found else None,
            bounds=await self.bounds(known[0] if known else None),
            authors=sorted(written_by.values()),
            trail=await self.trail(found, events, known),
            writes=self.writes,
            editable=self.writes
            and await self.work(editable, self.site, slug, self.member) is not None,
            reviews=self.reviews,
            wants_review=course.review,
        )

    def admitted(self, slug: str) -> bool:
        """Whether the page that members see is there for this person too."""
        bounds = self.site.shelf.releases.get(slug)
        return bounds is None or bounds.admits(self.member, self.now)

    async def bounds(self, release: Release | None) -> list[str]:
        """For whom and when, in words; nothing where it is there for all."""
        if release is None:
            return []
        tree = await self.work(branches, self.site.store)
        named = [one.path.replace("/", " / ") for id in release.branches if (one := tree.get(id))]
        said = [_("for {who}").format(who=listed(named))] if named else []
        if release.posts:
            said.append(_("posts: {posts}").format(posts=listed(release.posts)))
        if release.opens:
            said.append(_("from {moment}").format(moment=self.moment(release.opens)))
        if release.closes:
            said.append(_("until {moment}").format(moment=self.moment(release.closes)))
        return said

    async def trail(
        self, found: Sequence[Review], events: Sequence[Event], known: Sequence[Release]
    ) -> list[Act]:
        """Who did what and when, the newest first."""
        names = await self.names(
            [
                *(one.by for one in found),
                *(one.by for one in events),
                *(one.by for one in known),
                *(event.by for one in found for event in one.events),
            ]
        )
        acts: list[Act] = []

        def add(at: datetime, by: str, what: str, remark: str = "") -> None:
            who = names[by]
            acts.append(Act(at=at, when=self.moment(at), who=who, what=what, remark=remark))

        for one in found:
            add(one.at, one.by, _("Submitted version {v}").format(v=one.version[:8]), one.remark)
            for each in one.events:
                what = act_words(each.act, one.steps[each.step - 1])
                add(each.at, each.by, what, each.remark)
        for event in events:
            what = _("Published version {v}").format(v=(event.version or "")[:8])
            add(event.at, event.by, what if event.version else _("Withdrawn"))
        for release in known:
            assert release.at is not None
            what = one_by_one(await self.bounds(release)) or _("for everyone, always")
            add(release.at, release.by, _("For whom and when: {what}").format(what=what))
        return sorted(acts, key=lambda act: act.at, reverse=True)


class Preview(Unpublished):
    """`POST /teach/lessons/<slug>/preview`: run what the file holds, and show that version."""

    async def post(self, slug: str) -> None:
        await self.seen(slug)
        self.must_write()
        async with self.site.building:
            done = await self.work(
                prepare,
                self.site.course,
                self.site.store,
                slug,
                by=self.member.id,
                now=self.now,
            )
        if done.version is not None:
            return self.go(slug, "versions", done.version)
        self.page(
            "kept_back.html",
            tab="lessons",
            status=400,
            problem=_("This keeps the lesson from being shown:"),
            crumbs=[
                (self.address("teach"), _("Lessons")),
                (self.address("teach/lessons", slug), slug),
                ("", _("Preview")),
            ],
            slug=slug,
            findings=[one.to_json() for one in done.findings],
        )


class Publication(Unpublished):
    """`POST /teach/lessons/<slug>/publication`: withdraw a lesson, or show its last version again.

    Where the course wants no review, its writers publish a previewed version right away.
    """

    async def post(self, slug: str) -> None:
        await self.seen(slug)
        act = self.field("act")
        if act == "publish" and not self.site.course.review:
            self.must_write()
            version = (await self.the_version(slug, self.field("version"))).version
            return await self.change(slug, version)
        self.must_review()
        events = await self.work(load_events, self.site.store, slug)
        last = next((one.version for one in reversed(events) if one.version), None)
        if last is None or act not in ("withdraw", "show"):
            raise not_there()
        await self.change(slug, last if act == "show" else None)

    async def change(self, slug: str, version: str | None) -> None:
        store, by, now = self.site.store, self.member.id, self.now
        if version is None:
            await self.work(withdraw, store, slug, by, now)
            await self.audit("withdrew lesson", slug)
            return self.go(slug, saved="withdrawn")
        await self.work(publish, store, slug, version, by, now)
        await self.audit("published lesson", slug, {"version": version})
        self.go(slug, saved="published")


def load_events(store: Store, slug: str) -> list[Event]:
    """What became of a lesson's versions, the oldest first."""
    columns = (publication.c.version, publication.c.by, publication.c.at)
    query = select(*columns).where(publication.c.slug == slug).order_by(publication.c.id)
    with store.read() as connection:
        return [Event(*row) for row in connection.execute(query)]


def _outcome(saved: str) -> str:
    return {
        "submitted": _("Submitted for review."),
        "back": _("Taken back."),
        "published": _("Members see this version now."),
        "withdrawn": _("Members no longer see this lesson."),
        "release": _("Saved: for whom and when the lesson is there."),
    }.get(saved, "")

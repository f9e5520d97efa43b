"""For whom and from when until when a lesson is there."""

from __future__ import annotations

from datetime import datetime

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.authoring.releases import decide_release, history
from weike.results.authoring.reviews import reviews
from weike.results.catalogue import lesson
from weike.results.enrolling.lookup import posts_of
from weike.results.people import branches
from weike.results.versions import lesson_version
from weike.server.handlers.teach.unpublished import Unpublished
from weike.server.organizing import Choice, not_there


class Release(Unpublished):
    """`/teach/lessons/<slug>/release`: reviewers and administrators decide it."""

    async def get(self, slug: str) -> None:
        known = await self.work(history, self.site.store, slug)
        now = known[0] if known else None
        await self.form(
            slug,
            branch=now.branches[0] if now and now.branches else "",
            posts=now.posts if now else (),
            opens=self.local_input(now.opens if now else None),
            closes=self.local_input(now.closes if now else None),
        )

    async def form(
        self,
        slug: str,
        *,
        branch: str,
        posts: tuple[str, ...],
        opens: str,
        closes: str,
        problem: str = "",
    ) -> None:
        title = await self.title(slug)
        tree = await self.work(branches, self.site.store)
        self.page(
            "release.html",
            tab="lessons",
            status=400 if problem else 200,
            problem=problem,
            crumbs=[
                (self.address("teach"), _("Lessons")),
                (self.address("teach/lessons", slug), title),
                ("", _("For whom and when")),
            ],
            slug=slug,
            title=title,
            choices=[Choice(one.id, one.name, one.level) for one in tree],
            posts=await self.work(posts_of, self.site.store, inside={one.id for one in tree}),
            chosen=branch,
            wished=posts,
            opens=opens,
            closes=closes,
        )

    async def title(self, slug: str) -> str:
        """Of a lesson that is published, or waits to be."""
        await self.seen(slug)
        self.must_review()
        shown = await self.work(lesson, self.site.store, slug)
        for one in await self.work(reviews, self.site.store, slug):
            shown = shown or await self.work(lesson_version, self.site.store, slug, one.version)
        if shown is None:
            raise not_there()
        return shown.title

    async def post(self, slug: str) -> None:
        await self.title(slug)
        posts = tuple(self.get_body_arguments("post"))
        try:
            await self.work(
                decide_release,
                self.site.store,
                slug,
                opens=self.local_moment("opens"),
                closes=self.local_moment("closes"),
                branches=[self.field("branch")] if self.field("branch") else [],
                posts=posts,
                by=self.member.id,
                now=self.now,
            )
        except WeikeError as error:
            return await self.form(
                slug,
                branch=self.field("branch"),
                posts=posts,
                opens=self.field("opens"),
                closes=self.field("closes"),
                problem=str(error),
            )
        self.go(slug, saved="release")

    def local_input(self, moment: datetime | None) -> str:
        """A moment as `<input type="datetime-local">` takes it."""
        if moment is None:
            return ""
        return moment.astimezone(self.site.course.zone).strftime("%Y-%m-%dT%H:%M")

"""A square code that opens a lesson on a phone before members see it."""

from __future__ import annotations

from weike.quizzes.i18n import _
from weike.server.composing import Trying
from weike.server.handlers.teach.unpublished import Unpublished
from weike.server.preview.network import code, reachable
from weike.server.preview.passes import Pass
from weike.server.teaching import TEACHERS, WRITERS


class Phone(Unpublished, Trying):
    """What shows a pass. The links are in the memory of one process, as the answers there are."""

    def show_pass(self, one: Pass, title: str, back: tuple[str, str]) -> None:
        course = self.site.course
        site = course.public_url or f"{self.request.protocol}://{self.request.host}"
        url = f"{site}{self.base_url}preview/{one.token}/"
        host = site.partition("://")[2]
        host = host if host.startswith("[") else host.partition(":")[0]
        self.page(
            "phone.html",
            tab="lessons",
            crumbs=[(self.address("teach"), _("Lessons")), back, ("", _("Preview on a phone"))],
            title=title,
            back=back[0],
            url=url,
            code=code(url),
            until=self.moment(one.until),
            reachable=reachable(host),
            host=host,
            file=not one.version,
        )


class FilePhone(Phone):
    """`/teach/lessons/<slug>/phone`: the file as it is whenever the phone opens the link."""

    roles = WRITERS

    async def get(self, slug: str) -> None:
        source = await self.source(await self.lesson(slug))
        one = self.site.passes.give(self.member.id, slug, self.now)
        title = source.title or slug
        self.show_pass(one, title, (self.address("teach/lessons", slug, "edit"), title))


class VersionPhone(Phone):
    """`/teach/lessons/<slug>/versions/<version>/phone`: for its author and the reviewers."""

    roles = TEACHERS

    async def get(self, slug: str, version: str) -> None:
        found = await self.the_version(slug, version)
        one = self.site.passes.give(self.member.id, slug, self.now, version=version)
        back = self.address("teach/lessons", slug, "versions", version)
        self.show_pass(one, found.title, (back, found.title))

"""A version in the form in which members will see it: its quizzes, and its live part, can be tried.

`…/versions/<version>/try/`, for its author and the reviewers; nothing is recorded.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from weike.results.versions import LessonVersion
from weike.server.base import Api
from weike.server.composing import Trying
from weike.server.handlers.lesson import LIVE_PAGE
from weike.server.handlers.teach.unpublished import Unpublished
from weike.server.organizing import not_there
from weike.server.pages import component_words, live_words
from weike.server.preview import quizzes
from weike.server.preview.sight import moved, of_version
from weike.server.teaching import TEACHERS

# Apart from the members' own: a template of the published version is not given up for a preview.
APART: Final = "{slug} (preview)"


class TryVersion(Unpublished, Trying):
    """The page."""

    roles = TEACHERS

    async def get(self, slug: str, version: str) -> None:
        found = await self.the_version(slug, version)
        sight = of_version(found, media=f"{self.base_url}media/", touch=True)
        for quiz in sight.quizzes:
            self.trials.begin(self.member.id, f"{slug}@{version}", quiz)
        back = self.address("teach/lessons", slug, "versions", version)
        if sight.live:
            self.set_header("Content-Security-Policy", LIVE_PAGE.format(sockets=self.sockets()))
        self.show(
            "preview.html",
            slug=f"{slug}@{version}",
            lesson=sight,
            base=f"{back}/try/",
            words=component_words(self.wished_language()),
            note=True,
            back=back,
            live_words=live_words(self.wished_language()) if sight.live else None,
        )


class Tried(Api, Unpublished, Trying, quizzes.PreviewQuiz):
    """A quiz there."""

    roles = TEACHERS

    def send(self, data: object, *, status: int = 200) -> None:
        super().send(moved(data, f"{self.base_url}media/"), status=status)

    async def place(self, slug: str, version: str) -> tuple[str, str]:
        await self.seen(slug)
        return self.member.id, f"{slug}@{version}"


class TryAttempts(quizzes.Attempts, Tried):
    pass


class TryAnswer(quizzes.Answer, Tried):
    pass


class TrySubmit(quizzes.Submit, Tried):
    pass


class TryKernel(Tried):
    """`POST …/try/kernel`: as for a member who touches something live, within the same limits."""

    async def post(self, slug: str, version: str) -> None:
        found = await self.the_version(slug, version)
        if found.live_notebook is None:
            raise not_there()
        made = await self.site.attaching.attach(self.member.id, apart(found))
        self.send({"kernel": made.kernel_id, "views": made.views, "resumed": made.resumed})


def apart(version: LessonVersion) -> LessonVersion:
    return replace(version, slug=APART.format(slug=version.slug))

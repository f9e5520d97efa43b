"""The lesson that is being written, as members will see it: the page, its media, its quizzes."""

from __future__ import annotations

from dataclasses import replace

from weike.lessons.compose.saving import revision_notebook
from weike.server.base import PAGE_POLICY, Api
from weike.server.composing import Composing, Trying
from weike.server.handlers.lesson import MediaFile
from weike.server.pages import component_words
from weike.server.preview import quizzes
from weike.server.preview.sight import of_file
from weike.server.teaching import WRITERS


class Page(Trying):
    """`/teach/lessons/<slug>/draft`: for a frame on the composer's page, and nobody else's."""

    policy = PAGE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors 'self'")

    async def get(self, slug: str) -> None:
        path = await self.lesson(slug)
        source = await self.source(path)
        if id := self.get_argument("revision", ""):
            notebook = await self.work(revision_notebook, self.site.store, path, id)
            source = replace(source, notebook=notebook)
        sight = await self.work(of_file, source, self.site.course)
        for quiz in sight.quizzes:
            self.trials.begin(self.member.id, slug, quiz)
        self.show(
            "preview.html",
            slug=slug,
            lesson=sight,
            base=f"{self.base_url}teach/lessons/{slug}/draft/",
            words=component_words(self.wished_language()),
            note=False,
            back=None,
            live_words=None,
        )


class File(MediaFile, Composing):
    """`/teach/lessons/<slug>/files/<path>`: a picture, sound or film where it lies."""

    roles = WRITERS

    async def get(self, slug: str, name: str) -> None:  # type: ignore[override]
        await self.send_beside(await self.lesson(slug), name)


class Draft(Api, Trying, quizzes.PreviewQuiz):
    """A quiz there: `…/draft/api/attempts` and what is below it."""

    async def place(self, slug: str) -> tuple[str, str]:
        await self.lesson(slug)
        return self.member.id, slug


class Attempts(quizzes.Attempts, Draft):
    pass


class Answer(quizzes.Answer, Draft):
    pass


class Submit(quizzes.Submit, Draft):
    pass

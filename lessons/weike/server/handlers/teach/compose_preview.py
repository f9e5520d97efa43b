"""The lesson that is being written, as members will see it: the page, its media, its quizzes."""

from __future__ import annotations

from dataclasses import replace

from weike.lessons.compose.saving import revision_notebook
from weike.server.base import PAGE_POLICY, Api
from weike.server.composing import Composing, Trying
from weike.server.handlers.lesson import MediaFile
from weike.server.pages import component_words
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
            self.site.trials.begin(self.member.id, slug, quiz)
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


class Attempts(Api, Trying):
    """`POST …/draft/api/attempts`, as members' pages ask it; nothing is recorded."""

    roles = WRITERS

    async def post(self, slug: str) -> None:
        await self.lesson(slug)
        self.send(self.site.trials.open(self.member.id, slug, self.json_body()))


class Answer(Api, Trying):
    """`PUT …/draft/api/attempts/<attempt>/answers/<item>`"""

    roles = WRITERS

    async def put(self, slug: str, attempt: str, item: str) -> None:
        await self.lesson(slug)
        body = self.json_body()
        self.send(
            self.site.trials.ask(self.member.id, slug, lambda a: a.answer(attempt, item, body))
        )


class Submit(Api, Trying):
    """`POST …/draft/api/attempts/<attempt>/submit`"""

    roles = WRITERS

    async def post(self, slug: str, attempt: str) -> None:
        await self.lesson(slug)
        self.send(self.site.trials.ask(self.member.id, slug, lambda a: a.submit(attempt)))

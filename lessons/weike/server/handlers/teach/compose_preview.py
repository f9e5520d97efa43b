"""The lesson that is being written, as members will see it: the page, its media, its quizzes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from markupsafe import Markup

from weike.lessons.compose.preview import preview_lesson
from weike.lessons.compose.saving import revision_notebook
from weike.lessons.media import TYPES
from weike.lessons.sources import SourceError, source_path
from weike.quizzes.i18n import _
from weike.results.media import Media
from weike.server.base import PAGE_POLICY, Api, Refused
from weike.server.composing import Composing, Trying
from weike.server.handlers.lesson import MediaFile
from weike.server.organizing import not_there
from weike.server.pages import component_words
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
        preview = await self.work(preview_lesson, source, self.site.course)
        for quiz in preview.quizzes:
            self.site.trials.begin(self.member.id, slug, quiz)
        self.show(
            "teach/draft.html",
            slug=slug,
            lesson=source,
            body=Markup(preview.body_html),  # noqa: S704 - cleaned like a published lesson
            words=component_words(self.wished_language()),
            old=bool(self.get_argument("revision", "")),
        )


class File(MediaFile, Composing):
    """`/teach/lessons/<slug>/files/<path>`: a picture, sound or film where it lies."""

    roles = WRITERS

    async def get(self, slug: str, name: str) -> None:  # type: ignore[override]
        lesson = await self.lesson(slug)
        folder, wanted = PurePosixPath(lesson).parent, PurePosixPath(name)
        own = wanted.parent == folder or folder / "media" in wanted.parents
        kind = TYPES.get(wanted.suffix.lower().lstrip("."))
        if not (own or wanted.parts[:1] == ("quizzes",)) or kind is None:
            raise not_there()
        try:
            file = source_path(self.site.course, name)
            state = file.stat()
        except (SourceError, OSError):
            raise not_there() from None
        self.set_header("Cache-Control", "private, no-cache")
        await self.send_media(Media(kind, file=file), f'"{state.st_mtime_ns}-{state.st_size}"')


class Attempts(Api, Trying):
    """`POST …/draft/api/attempts`, as members' pages ask it; nothing is recorded."""

    roles = WRITERS

    async def post(self, slug: str) -> None:
        await self.lesson(slug)
        body = self.json_body()
        ref = body.get("quiz")
        quiz = str(ref).partition("/")[2]
        attempts = self.site.trials.known(self.member.id, slug, quiz)
        if attempts is None:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        self.send(attempts.open(new=body.get("new") is True))


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

"""`/preview/<token>/…`: a lesson on a phone before members see it, for whoever holds a pass.

There is nothing here but one lesson as members will see it. Its answers are in the memory of one
process and nobody's record.
"""

from __future__ import annotations

from weike.lessons.catalogue import read_lesson
from weike.results.authoring.works import may_see
from weike.results.media import media
from weike.results.people import Member, find_member
from weike.results.versions import LessonVersion, lesson_version, media_of
from weike.server.base import Api, Handler
from weike.server.composing import editable
from weike.server.handlers.lesson import MediaFile
from weike.server.organizing import not_there
from weike.server.pages import component_words
from weike.server.preview import quizzes
from weike.server.preview.passes import Pass
from weike.server.preview.sight import Sight, moved, of_file, of_version
from weike.server.teaching import TEACHERS, WRITERS
from weike.server.trials import Trials


class Passing(Handler):
    """A request with a pass. Without one, with an old one and with another's it is all the same."""

    public = True
    referrer = "no-referrer"

    @property
    def trials(self) -> Trials:
        return self.site.trials

    def the_pass(self, token: str) -> Pass:
        found = self.site.passes.find(token, self.now)
        if found is None:
            raise not_there()
        return found

    async def owner(self, one: Pass) -> Member:
        """Who gave the pass, if they may still see the lesson."""
        found = await self.work(find_member, self.site.store, id=one.owner, now=self.now)
        if found is None or found.left or not found.roles & TEACHERS:
            raise not_there()
        return found

    async def file(self, one: Pass) -> str:
        """The path of the lesson whose file a pass shows."""
        owner = await self.owner(one)
        writes = owner.roles & WRITERS and not one.version
        path = await self.work(editable, self.site, one.lesson, owner) if writes else None
        if path is None:
            raise not_there()
        return path

    async def version(self, one: Pass) -> LessonVersion:
        owner = await self.owner(one)
        found = await self.work(lesson_version, self.site.store, one.lesson, one.version)
        if found is None or not await self.work(may_see, self.site.store, one.lesson, owner):
            raise not_there()
        return found


class PassedPage(Passing):
    """`/preview/<token>/`"""

    async def get(self, token: str) -> None:
        one = self.the_pass(token)
        sight = await self.sight(one)
        for quiz in sight.quizzes:
            self.trials.begin(one.token, one.lesson, quiz)
        self.show(
            "preview.html",
            slug=one.lesson,
            lesson=sight,
            base=f"{self.base_url}preview/{one.token}/",
            words=component_words(self.wished_language()),
            note=True,
            back=None,
            live_words=None,
        )

    async def sight(self, one: Pass) -> Sight:
        if one.version:
            return of_version(await self.version(one), media="media/", touch=False)
        path, course = await self.file(one), self.site.course
        source, _said = await self.work(read_lesson, course.root / path, course)
        if source is None:
            raise not_there()
        return await self.work(of_file, source, course)


class PassedFile(MediaFile, Passing):
    """`/preview/<token>/files/<path>`: a picture, sound or film of the file, where it lies."""

    async def get(self, token: str, name: str) -> None:  # type: ignore[override]
        await self.send_beside(await self.file(self.the_pass(token)), name)


class PassedMedia(MediaFile, Passing):
    """`/preview/<token>/media/<hash>.<ext>`: of this version, and of no other."""

    async def get(self, token: str, name: str) -> None:  # type: ignore[override]
        one = self.the_pass(token)
        version = await self.version(one) if one.version else None
        if version is None or name not in await self.work(
            media_of, self.site.store, version.slug, version.version
        ):
            raise not_there()
        found = await self.work(media, self.site.store, name)
        if found is None:
            raise not_there()
        self.set_header("Cache-Control", "private, no-cache")
        await self.send_media(found, f'"{name}"')


class PassedApi(Api, Passing, quizzes.PreviewQuiz):
    """A quiz there; its media are where the page has them."""

    async def place(self, token: str) -> tuple[str, str]:
        one = self.the_pass(token)
        return one.token, one.lesson

    def send(self, data: object, *, status: int = 200) -> None:
        super().send(moved(data, "media/"), status=status)


class PassedAttempts(quizzes.Attempts, PassedApi):
    pass


class PassedAnswer(quizzes.Answer, PassedApi):
    pass


class PassedSubmit(quizzes.Submit, PassedApi):
    pass

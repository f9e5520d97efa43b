"""A lesson to print out: for members what they may read anyway, for lecturers with the answers."""

from __future__ import annotations

from typing import Final

from weike.lessons.handouts.documents import Documents
from weike.quizzes.i18n import _
from weike.results.catalogue import LessonVersion, lesson
from weike.results.reporting.filenames import file_name
from weike.server.base import Handler, Refused
from weike.server.downloads import send_file
from weike.server.handlers.lesson import check_open
from weike.server.handlers.teach.unpublished import Unpublished

DOCUMENT: Final = r"(?P<name>outline|handout)\.pdf"
WITH_KEY: Final = r"(?P<name>outline|handout|handout-key|paper|paper-key)\.pdf"
VARIANTS: Final = "ABCDEFGH"


class Handout(Handler):
    """`/lessons/<slug>/print/<name>.pdf`: no answer, and no question of a test or of a bank."""

    async def get(self, slug: str, name: str) -> None:
        check_open(self, slug)
        documents = _documents(self, await self.work(lesson, self.site.store, slug))
        if name == "outline":
            html = await self.site.analyse(documents.outline)
        else:
            html = await self.site.analyse(documents.handout, key=False, every=False, now=self.now)
        await _send(self, html, name, slug)


class WithKey(Unpublished):
    """`/teach/lessons/<slug>/print/<name>.pdf?quiz=&variant=`, for those who may see answers."""

    async def get(self, slug: str, name: str) -> None:
        await self.seen(slug)
        documents = _documents(self, await self.work(lesson, self.site.store, slug))
        kind, _sign, with_key = name.partition("-")
        key = bool(with_key)
        if key:
            await self.audit("printed answers", slug, {"document": kind})
        if kind == "paper":
            variant = self.get_argument("variant", "A")
            if variant not in VARIANTS:
                raise Refused(404, "not_found", _("There is no such paper."))
            quiz = self.get_argument("quiz", "") or None
            html = await self.site.analyse(documents.paper, quiz, key=key, variant=variant)
            await _send(self, html, name, slug, quiz or "", variant)
        elif kind == "handout":
            html = await self.site.analyse(documents.handout, key=key, every=True)
            await _send(self, html, name, slug)
        else:
            await _send(self, await self.site.analyse(documents.outline), name, slug)


def _documents(handler: Handler, found: LessonVersion | None) -> Documents:
    if found is None:
        raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
    course = handler.site.course
    asked = f"{handler.request.protocol}://{handler.request.host}"
    return Documents(
        lesson=found,
        store=handler.site.store,
        organisation=course.title,
        address=f"{course.public_url or asked}{handler.base_url}",
    )


async def _send(handler: Handler, html: str, name: str, *parts: str) -> None:
    made = await handler.site.printshop.pdf(html, footer=handler.site.course.title)
    words = {
        "outline": _("Outline before class"),
        "handout": _("Handout"),
        "handout-key": _("Handout with answers"),
        "paper": _("Exam paper"),
        "paper-key": _("Exam paper with answers"),
    }[name]
    send_file(handler, made, file_name(words, *parts, suffix="pdf"))

"""A lesson to print out, or to keep as pictures.

For members what they may read anyway, for lecturers with the answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from weike.lessons.handouts.documents import Documents
from weike.quizzes.i18n import _
from weike.results.catalogue import lesson
from weike.results.reporting.filenames import file_name
from weike.results.versions import LessonVersion
from weike.server.base import Handler, Refused
from weike.server.downloads import send_file
from weike.server.handlers.lesson import check_open
from weike.server.handlers.teach.unpublished import Unpublished

# `handout.pdf`; `handout/` shows its pages as pictures, `handout/1.png` is the first of them.
DOCUMENT: Final = r"(?P<name>outline|handout)"
WITH_KEY: Final = r"(?P<name>outline|handout|handout-key|paper|paper-key)"
NUMBER: Final = r"(?P<number>[1-9][0-9]{0,2})\.png"
VARIANTS: Final = "ABCDEFGH"


class Printing(Handler):
    """What sends a document in one of its forms."""

    whole: ClassVar[bool] = True  # as a PDF, not as pictures

    async def documents(self, slug: str) -> Documents:
        found: LessonVersion | None = await self.work(lesson, self.site.store, slug)
        if found is None:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        course = self.site.course
        asked = f"{self.request.protocol}://{self.request.host}"
        return Documents(
            lesson=found,
            store=self.site.store,
            organisation=course.title,
            address=f"{course.public_url or asked}{self.base_url}",
            shape="a4" if self.whole else "phone",
        )

    async def sent(
        self,
        documents: Documents,
        html: str,
        name: str,
        parts: Sequence[str],
        number: str | None,
        *,
        back: str,
    ) -> None:
        """As PDF, as one picture, or as the page with all pictures."""
        slug, words = documents.lesson.slug, kind_words(name)
        if self.whole:
            made = await self.site.printshop.pdf(html, footer=self.site.course.title)
            return send_file(self, made, file_name(words, slug, *parts, suffix="pdf"))
        pages = await self.site.printshop.pages(html)
        if number is None:
            query = f"?{self.request.query}" if self.request.query else ""
            return self.show(
                "pictures.html",
                lesson=documents.lesson,
                words=words,
                pages=[f"{n}.png{query}" for n in range(1, len(pages) + 1)],
                back=back,
            )
        if int(number) > len(pages):
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        name = file_name(words, slug, *parts, number, suffix="png")
        send_file(self, pages[int(number) - 1], name)


class Handout(Printing):
    """`/lessons/<slug>/print/<name>…`: no answer, and no question of a test or of a bank."""

    async def get(self, slug: str, name: str, number: str | None = None) -> None:
        check_open(self, slug)
        documents = await self.documents(slug)
        if name == "outline":
            html = await self.site.analyse(documents.outline)
        else:
            html = await self.site.analyse(documents.handout, key=False, every=False, now=self.now)
        back = f"{self.base_url}lessons/{slug}#end"
        await self.sent(documents, html, name, (), number, back=back)


class HandoutPictures(Handout):
    """`…/<name>/` and `…/<name>/<number>.png`"""

    whole = False


class WithKey(Printing, Unpublished):
    """`/teach/lessons/<slug>/print/<name>…?quiz=&variant=`, for those who may see answers."""

    async def get(self, slug: str, name: str, number: str | None = None) -> None:
        await self.seen(slug)
        documents = await self.documents(slug)
        kind, _sign, with_key = name.partition("-")
        key, parts = bool(with_key), tuple[str, ...]()
        if key:
            page = {"page": int(number)} if number else {}
            await self.audit("printed answers", slug, {"document": kind, **page})
        if kind == "paper":
            variant = self.get_argument("variant", "A")
            if variant not in VARIANTS:
                raise Refused(404, "not_found", _("There is no such paper."))
            quiz = self.get_argument("quiz", "") or None
            html = await self.site.analyse(documents.paper, quiz, key=key, variant=variant)
            parts = (quiz or "", variant)
        elif kind == "handout":
            html = await self.site.analyse(documents.handout, key=key, every=True)
        else:
            html = await self.site.analyse(documents.outline)
        back = self.address("teach/lessons", slug) + "#print"
        await self.sent(documents, html, name, parts, number, back=back)


class WithKeyPictures(WithKey):
    """`…/<name>/` and `…/<name>/<number>.png`"""

    whole = False


def kind_words(name: str) -> str:
    return {
        "outline": _("Outline before class"),
        "handout": _("Handout"),
        "handout-key": _("Handout with answers"),
        "paper": _("Exam paper"),
        "paper-key": _("Exam paper with answers"),
    }[name]

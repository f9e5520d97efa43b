"""All questions of the course: found by words, narrowed down, a page at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from weike.lessons.questions.form import TYPES
from weike.lessons.questions.library import Library
from weike.lessons.questions.moving import MOST
from weike.lessons.questions.search import UNUSED, choices, find
from weike.quizzes.bank import formats, is_binary
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.loss import export
from weike.results.catalogue import published
from weike.server.banking import Banking, format_words, short, type_words
from weike.server.base import Refused

_PATIENCE: Final = 1.5  # seconds for banks that nobody has read since they changed


class Bank(Banking):
    """`/teach/bank?q=&bank=&topic=&difficulty=&type=&use=&page=`"""

    async def get(self) -> None:
        reading = asyncio.ensure_future(self.library())
        done, _waiting = await asyncio.wait({reading}, timeout=_PATIENCE)
        if not done:
            self.site.later(_ended(reading))
            self.set_header("Refresh", "3")
            return self.page("bank_reading.html", tab="bank")
        library = reading.result()
        wish = self.wish()
        slugs = await self.asked()
        number = self.get_argument("page", "1")
        found = await self.work(
            find,
            library,
            wish,
            page=int(number) if number.isdecimal() and len(number) < 7 else 1,
            published=slugs,
        )
        words = type_words()
        titles = await self.work(self.titles, library)
        self.page(
            "bank.html",
            tab="bank",
            saved=_SAVED[self.get_argument("saved", "")]()
            if self.get_argument("saved", "") in _SAVED
            else "",
            found=found,
            rows=[
                {
                    "entry": entry,
                    "stem": short(entry),
                    "type": words.get(entry.question.type, entry.question.type),
                    "uses": sorted(
                        {use.title for use in library.uses(entry)}
                        | {titles.get(s, s) for s in slugs.get(entry.question.id, ())}
                    ),
                }
                for entry in found.entries
            ],
            wish=wish,
            choices=choices(library.entries),
            types=words,
            lessons=sorted(titles.items(), key=lambda one: one[1]),
            unused=UNUSED,
            banks=library.banks,
            chosen=library.bank(wish.bank) if wish.bank else None,
            total=len(library.entries),
            new_types=[(name, words[name]) for name in TYPES],
            writes=self.writes,
            formats=format_words(),
            most=MOST,
        )

    def titles(self, library: Library) -> Mapping[str, str]:
        """Every lesson that asks anything, by its slug."""
        found = {one.slug: one.title for one in published(self.site.store) if one.quizzes}
        for bank in library.banks:
            found |= {use.slug: use.title for use in bank.uses}
        return found | {e.lesson.slug: e.lesson.title for e in library.entries if e.lesson}


class Export(Banking):
    """`/teach/bank/export?bank=&format=`: what would be lost, then (`take=1`) the file."""

    async def get(self) -> None:
        library = await self.library()
        file = self.the_bank(library, self.get_argument("bank", ""))
        name = self.get_argument("format", "")
        module = formats().get(name)
        if module is None or file.bank is None or not hasattr(module, "dumps"):
            raise Refused(400, "bad_format", _("A bank has no such format."))
        try:
            made = await self.site.read(export, file.bank, module)
        except WeikeError as error:
            raise Refused(400, "bad_format", str(error)) from error
        suffix = module.SUFFIXES[0]
        stem = file.name.rpartition(".")[0].replace("/", "-")
        if self.get_argument("take", "") == "1":
            data = made.data if isinstance(made.data, bytes) else made.data.encode()
            return self.send_file(data, f"{stem}{suffix}", binary=is_binary(module))
        self.page(
            "bank_export.html",
            tab="bank",
            crumbs=[
                (self.address("teach/bank"), _("Question bank")),
                (self.address("teach/bank", bank=file.path), file.title),
                ("", _("Export")),
            ],
            file=file,
            format=name,
            words=dict(format_words()).get(name, name),
            suffix=suffix,
            written=made.written,
            losses=[str(loss) for loss in made.losses],
            all=len(file.bank),
        )


class Convert(Banking):
    """`POST /teach/bank/convert`: a bank of another format becomes one that is edited here."""

    async def post(self) -> None:
        if not self.writes:
            raise Refused(403, "forbidden", _("This page is for other duties than yours."))
        path = self.get_body_argument("bank", "")
        target = await self.site.read(self.desk().to_markdown, path)
        self.redirect(self.address("teach/bank", bank=target, saved="converted"), status=303)


_SAVED = {
    "question": lambda: _("The question is saved."),
    "deleted": lambda: _("The question is deleted."),
    "converted": lambda: _("The bank can be edited here now."),
    "moved": lambda: _("The questions are in this bank now, with their history."),
    "copied": lambda: _("The copies are in this bank now."),
    "restored": lambda: _("It is as it was then; what stood here before stays among the versions."),
    "imported": lambda: _("The questions are in the bank."),
}


async def _ended(task: asyncio.Future[Library]) -> None:
    await task

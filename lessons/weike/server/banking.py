"""What the pages about question banks have in common: the course's questions, and where they are
asked."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from weike.lessons.questions.library import BankFile, Entry, Library, Shelves
from weike.lessons.questions.saving import Desk
from weike.lessons.questions.search import Wish
from weike.quizzes.bank import Format, formats
from weike.quizzes.html import render
from weike.quizzes.i18n import _
from weike.results.analysis.distractors import plain_text
from weike.results.catalogue import load_published
from weike.results.store import Kept, Store
from weike.results.versions import load_definition
from weike.server.organizing import not_there
from weike.server.teaching import WRITERS, Teaching

_LONGEST = 200  # letters of a wish
SHORT = 160  # letters of a question in a list


def type_words() -> Mapping[str, str]:
    """What each type of question is called."""
    return {
        "single": _("Single choice"),
        "multiple": _("Multiple choice"),
        "boolean": _("True or false"),
        "blank": _("Fill in"),
        "numeric": _("Number to give"),
        "matching": _("Matching"),
        "ordering": _("Ordering"),
        "essay": _("Short essay"),
        "poll": _("Poll"),
        "note": _("For your information"),
        "material": _("Material with questions"),
    }


def format_words(chosen: Mapping[str, Format] | None = None) -> list[tuple[str, str]]:
    """The formats that banks are written in (or those `chosen`), and what people call each."""
    known = {
        "aiken": "Aiken",
        "chinese": _("Chinese text"),
        "excel": "Excel",
        "gift": "GIFT",
        "json": "JSON",
        "markdown": "Markdown",
        "moodle": "Moodle XML",
        "qti": "QTI",
        "word": "Word",
    }
    return [(name, known.get(name, name)) for name in (formats() if chosen is None else chosen)]


class Banking(Teaching):
    """A page about the questions of the course."""

    @property
    def shelves(self) -> Shelves:
        return self.site.shelves

    @property
    def writes(self) -> bool:
        return bool(self.member.roles & WRITERS)

    async def library(self) -> Library:
        return await self.site.read(self.shelves.library)

    def desk(self) -> Desk:
        return Desk(
            course=self.site.course,
            store=self.site.store,
            shelves=self.shelves,
            by=self.member.id,
            now=self.now,
        )

    def wish(self) -> Wish:
        """What the list of questions is narrowed down to."""
        level = self.get_argument("difficulty", "")
        return Wish(
            words=self.get_argument("q", "")[:_LONGEST],
            bank=self.get_argument("bank", "")[:_LONGEST],
            topic=self.get_argument("topic", "")[:_LONGEST],
            difficulty=int(level) if level in ("1", "2", "3", "4", "5") else None,
            type=self.get_argument("type", "")[:_LONGEST],
            use=self.get_argument("use", "")[:_LONGEST],
        )

    async def asked(self) -> Mapping[str, frozenset[str]]:
        """By item, the slugs of the published lessons that ask it."""
        found = await self.work(published_items, self.site.store)
        return {
            item: frozenset(ref.partition("/")[0] for ref in refs) for item, refs in found.items()
        }

    def the_bank(self, library: Library, path: str) -> BankFile:
        found = library.bank(path)
        if found is None:
            raise not_there()
        return found

    def the_entry(self, library: Library, path: str, item: str) -> Entry:
        found = library.find(path, item)
        if found is None:
            raise not_there()
        return found

    def html(self, text: str, *, inline: bool = False) -> Markup:
        html = render(text, inline=inline).replace('="../media/', f'="{self.base_url}media/')
        return Markup(html)  # noqa: S704 - render has cleaned it


def short(entry: Entry) -> str:
    text = plain_text(entry.question.stem)
    return text if len(text) <= SHORT else text[: SHORT - 1] + "…"


def published_items(store: Store) -> Mapping[str, frozenset[str]]:
    """By item, the refs of the published quizzes that ask it."""
    with store.read() as connection:
        shown = load_published(connection, store)
        known = _asked(store)
        if known.get("counter") != shown.counter:
            found: dict[str, set[str]] = {}
            for ref, (_lesson, quiz) in shown.quizzes.items():
                for question in load_definition(connection, store, quiz.version).questions:
                    found.setdefault(question.id, set()).add(ref)
            known["items"] = {item: frozenset(refs) for item, refs in found.items()}
            known["counter"] = shown.counter
    items: Mapping[str, frozenset[str]] = known["items"]  # type: ignore[assignment]
    return items


_asked: Kept[dict[str, object]] = Kept(dict)

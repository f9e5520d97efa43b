"""One question: as members see it, its form, its versions, its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from weike.lessons.questions.form import (
    Form,
    check_kind,
    empty,
    fields_of,
    question_of,
    read_form,
    with_rows,
)
from weike.lessons.questions.library import BankFile, Entry, Library
from weike.lessons.questions.versions import Version, history
from weike.lessons.sources import Changed
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, language, listed
from weike.quizzes.question import Question
from weike.results.analysis.items import SHOWN, SURE, quiz_items
from weike.results.analysis.remembered import remembered
from weike.results.catalogue import published
from weike.results.people import find_member
from weike.server.banking import Banking, published_items, short, type_words
from weike.server.base import Refused
from weike.server.pages import component_words

_SPARE: Final = 1  # empty rows beneath what is there
_ADDED: Final = 3
_EMPTY_ROW: Final = {"text": "", "left": "", "right": "", "feedback": ""}


class QuestionPage(Banking):
    """`/teach/bank/question?bank=&item=`; `POST` saves it, deletes it or gives it more rows."""

    body_limit = 512 * 1024

    async def get(self) -> None:
        library = await self.library()
        entry = self.the_entry(
            library, self.get_argument("bank", ""), self.get_argument("item", "")
        )
        form = with_rows(fields_of(entry.question), _SPARE)
        await self.show_question(library, entry, form)

    async def post(self) -> None:
        self.writers_only()
        library = await self.library()
        entry = self.the_entry(
            library, self.get_body_argument("bank", ""), self.get_body_argument("item", "")
        )
        file = self.the_bank(library, entry.path)
        act = self.get_body_argument("act", "save")
        form = self.sent(fields_of(entry.question).type)
        if act == "rows":
            return await self.show_question(library, entry, with_rows(form, _ADDED))
        if self.get_body_argument("seen", "") != entry.question.version:
            problem = _(
                "Somebody else has changed this question meanwhile. What you see is your own text;"
                " below stands what it is now. Save again to put yours in its place."
            )
            form = with_rows(form)
            return await self.show_question(library, entry, form, problem=problem, status=409)
        try:
            if act == "delete":
                await self.work(self.refuse_published, entry)
                await self.site.read(
                    self.desk().delete_question, file.path, entry.question.id, expected=file.hash
                )
                return self.redirect(
                    self.address("teach/bank", bank=file.path, saved="deleted"), status=303
                )
            question = question_of(form, old=entry.question)
            if question is None:
                form = with_rows(form)
                problem = _("Not saved yet: please look at what is marked.")
                return await self.show_question(library, entry, form, problem=problem, status=400)
            await self.site.read(
                self.desk().save_question,
                file.path,
                question,
                expected=file.hash,
                old=entry.question.id,
            )
        except WeikeError as error:
            status = 409 if isinstance(error, Changed) else 400
            form = with_rows(form)
            return await self.show_question(library, entry, form, problem=str(error), status=status)
        self.redirect(
            self.address("teach/bank/question", bank=file.path, item=question.id, saved="question"),
            status=303,
        )

    def refuse_published(self, entry: Entry) -> None:
        refs = published_items(self.site.store).get(entry.question.id)
        if refs:
            titles = self.titles()
            names = sorted({titles.get(s, s) for s in (ref.partition("/")[0] for ref in refs)})
            raise WeikeError(
                _("lessons that members see ask this question: {titles}").format(
                    titles=listed(names)
                )
            )

    async def show_question(
        self,
        library: Library,
        entry: Entry,
        form: Form,
        *,
        problem: str = "",
        status: int = 200,
    ) -> None:
        file = library.bank(entry.path)
        asked = await self.work(published_items, self.site.store)
        refs = sorted(asked.get(entry.question.id, ()))
        self.draw(
            form,
            file,
            entry,
            status=status,
            problem=problem,
            saved=_("The question is saved.") if self.get_query_argument("saved", "") else "",
            uses=library.uses(entry),
            refs=refs,
            titles=await self.work(self.titles),
            figures=await self.figures(refs, entry.question.id),
            versions=await self.site.read(self.versions, entry) if file else [],
        )

    def titles(self) -> Mapping[str, str]:
        return {one.slug: one.title for one in published(self.site.store)}

    def draw(self, form: Form, file: BankFile | None, entry: Entry | None, **values: Any) -> None:
        form.rows = [_EMPTY_ROW | row for row in form.rows]
        words = type_words()
        kind = entry.question.type if entry else form.type
        crumbs = [(self.address("teach/bank"), _("Question bank"))]
        if file is not None:
            crumbs.append((self.address("teach/bank", bank=file.path), file.title))
        elif entry is not None and entry.lesson is not None:
            crumbs.append(("", entry.lesson.title))
        crumbs.append(("", short(entry) if entry else _("New question")))
        self.page(
            "question.html",
            tab="bank",
            crumbs=crumbs,
            form=form,
            file=file,
            entry=entry,
            kind=kind,
            kind_words=words.get(kind, kind),
            stem=self.html(entry.question.stem) if entry else "",
            editable=self.writes and file is not None and file.editable,
            writes=self.writes,
            words=component_words(language()),
            shown=SHOWN,
            sure=SURE,
            **values,
        )

    async def figures(self, refs: Sequence[str], item: str) -> list[dict[str, Any]]:
        """What came of it in each published quiz, over the whole organisation."""
        found = []
        for ref in refs:
            row = await self.site.analyse(self._figures_of, ref, item)
            if row is not None:
                found.append(row)
        return found

    def _figures_of(self, ref: str, item: str) -> dict[str, Any] | None:
        store, now = self.site.store, self.now
        items = remembered(store, ("bank", ref), lambda: quiz_items(store, ref, now=now)).items
        if item not in items.index:
            return None
        row = items.loc[item]
        n = int(str(row["n"]))
        return {
            "ref": ref,
            "n": n,
            "facility": _number(row["facility"]) if n >= SHOWN else None,
            "discrimination": _number(row["discrimination"]),
            "confidence": row["confidence"],
        }

    def versions(self, entry: Entry) -> list[tuple[Version, str, str]]:
        """Each with its moment and who saved it."""
        known: dict[str, str] = {}
        found = history(
            self.site.store, self.site.course, self.shelves.keeping, entry.path, entry.question.id
        )
        for one in found:
            if one.by not in known:
                member = (
                    None
                    if one.by == "command"
                    else find_member(self.site.store, id=one.by, now=self.now)
                )
                known[one.by] = member.name if member else _("the file itself")
        return [(one, self.moment(one.at), known[one.by]) for one in found]

    def sent(self, kind: str) -> Form:
        return read_form(kind, lambda name: self.get_body_arguments(name, strip=False))

    def writers_only(self) -> None:
        if not self.writes:
            raise Refused(403, "forbidden", _("This page is for other duties than yours."))


class NewQuestion(QuestionPage):
    """`/teach/bank/new?type=&bank=`"""

    async def get(self) -> None:
        self.writers_only()
        library = await self.library()
        file = self.the_file(library, self.get_argument("bank", ""))
        try:
            kind = check_kind(self.get_argument("type", "single"))
        except WeikeError as error:
            raise Refused(400, "bad_type", str(error)) from error
        await self.show_new(empty(kind), file)

    async def post(self) -> None:
        self.writers_only()
        library = await self.library()
        file = self.the_file(library, self.get_body_argument("bank", ""))
        kind = check_kind(self.get_body_argument("type", ""))
        form = self.sent(kind)
        if self.get_body_argument("act", "save") == "rows":
            return await self.show_new(with_rows(form, _ADDED), file)
        question: Question | None = question_of(form)
        if question is None:
            problem = _("Not saved yet: please look at what is marked.")
            return await self.show_new(with_rows(form), file, problem=problem, status=400)
        try:
            await self.site.read(self.desk().save_question, file.path, question, expected=file.hash)
        except WeikeError as error:
            return await self.show_new(with_rows(form), file, problem=str(error), status=400)
        self.redirect(
            self.address("teach/bank/question", bank=file.path, item=question.id, saved="question"),
            status=303,
        )

    def the_file(self, library: Library, path: str) -> BankFile:
        file = self.the_bank(library, path)
        if not file.editable:
            raise Refused(400, "bad_bank", _("Questions cannot be added to this file here."))
        return file

    async def show_new(
        self, form: Form, file: BankFile, *, problem: str = "", status: int = 200
    ) -> None:
        self.draw(
            form, file, None, status=status, problem=problem, uses=(), refs=(), titles={},
            figures=[], versions=[],
        )  # fmt: skip


def _number(value: Any) -> float | None:
    number = float(value)
    return None if number != number else number

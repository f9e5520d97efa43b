"""Bringing questions on screen: send a file, see all that is wrong, take the good ones."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from tornado.httputil import HTTPInputError, parse_body_arguments
from tornado.web import stream_request_body

from weike.lessons.questions.incoming import (
    Incoming,
    begins,
    can_give_back,
    give_back,
    read_incoming,
    to_mend,
    to_take,
)
from weike.lessons.questions.library import Library
from weike.lessons.questions.uploads import BIGGEST, Upload
from weike.quizzes.bank import Bank, formats, readable, suffixes
from weike.quizzes.errors import Problem, WeikeError
from weike.quizzes.formats import excel
from weike.quizzes.i18n import _
from weike.quizzes.loss import export
from weike.results.analysis.distractors import plain_text
from weike.server.banking import Banking, format_words
from weike.server.base import Refused
from weike.server.organizing import not_there
from weike.server.teaching import WRITERS

_SHOWN: Final = 500  # problems and questions on a page; the file that comes back has all
_MOST_BODY: Final = BIGGEST + 256 * 1024  # the file, and the rest of the form
_SECONDS: Final = 15 * 60  # for a whole file on a slow network
_FEW: Final = 1_000  # questions whose losses are looked for before they are taken


@stream_request_body
class Import(Banking):
    """`/teach/bank/import`: choose a file, or paste a text.

    More than a usual request may hold is taken from those only who may send it: the body is read
    after the session was looked at, and its token after that.
    """

    roles = WRITERS

    def initialize(self) -> None:
        self._parts: list[bytes] = []
        self._whole = False

    def ready(self) -> Awaitable[None] | None:
        if self.request.method == "POST":
            connection = self.request.connection
            connection.set_max_body_size(_MOST_BODY)  # type: ignore[union-attr]
            connection.set_body_timeout(_SECONDS)  # type: ignore[union-attr]
        return super().ready()

    def data_received(self, chunk: bytes) -> None:
        self._parts.append(chunk)

    def check_xsrf_cookie(self) -> None:
        """The token stands in the form, which is not here yet when this is asked first."""
        if self._whole or self.request.headers.get("X-XSRFToken"):
            super().check_xsrf_cookie()

    def read_form(self) -> None:
        kind = self.request.headers.get("Content-Type", "")
        body = b"".join(self._parts)
        self._parts = []
        try:
            parse_body_arguments(
                kind, body, self.request.body_arguments, self.request.files, self.request.headers
            )
        except (HTTPInputError, ValueError) as error:
            message = _("The server does not understand this request.")
            raise Refused(400, "bad_request", message) from error
        for name, values in self.request.body_arguments.items():
            self.request.arguments.setdefault(name, []).extend(values)
        self._whole = True
        self.check_xsrf_cookie()

    async def get(self) -> None:
        await self.ask()

    async def post(self) -> None:
        self.read_form()
        try:
            name, content = self.sent_file()
            form = self.get_body_argument("format", "") or None
            if form is not None and form not in readable():
                raise WeikeError(_("there is no format {name}").format(name=form))
            token = await self.work(
                self.site.uploads.keep, name, content, by=self.member.id, now=self.now, form=form
            )
        except WeikeError as error:
            return await self.ask(problem=str(error), status=400)
        into = self.get_body_argument("bank", "")
        self.redirect(self.address("teach/bank/import", token, bank=into), status=303)

    def sent_file(self) -> tuple[str, bytes]:
        """The file, else the pasted text as a file."""
        for one in self.request.files.get("file", []):
            if one["filename"]:
                name = one["filename"].replace("\\", "/").rpartition("/")[2][:150]
                return name, one["body"]
        text = self.get_body_argument("text", "", strip=False)
        if not text.strip():
            raise WeikeError(_("choose a file, or paste a text"))
        module = formats().get(self.get_body_argument("format", ""))
        suffix = module.SUFFIXES[0] if module else ".txt"
        name = _("pasted questions")
        return f"{name}{suffix}", text.encode()

    async def ask(self, *, problem: str = "", status: int = 200) -> None:
        endings = suffixes(readable())
        self.page(
            "import.html",
            tab="bank",
            status=status,
            problem=problem,
            crumbs=[(self.address("teach/bank"), _("Question bank")), ("", _("Bring questions"))],
            accept=",".join(endings),
            endings=endings,
            formats=format_words(readable()),
            format=self.get_argument("format", ""),
            text=self.get_body_argument("text", "") if self.request.method == "POST" else "",
            bank=self.get_argument("bank", ""),
        )


class Template(Banking):
    """`/teach/bank/template`: a workbook that explains itself."""

    roles = WRITERS

    async def get(self) -> None:
        data = await self.work(excel.dumps, Bank())
        self.send_file(data, f"{_('question bank template')}.xlsx")


class Report(Banking):
    """`/teach/bank/import/<token>`: what was sent, and (`POST`) the good questions into a bank."""

    roles = WRITERS

    async def get(self, token: str) -> None:
        upload = await self.the_upload(token)
        if upload.done:
            return await self.show_done(upload)
        await self.show_report(upload)

    async def post(self, token: str) -> None:
        upload = await self.the_upload(token)
        try:
            await self.site.read(self.take_once, upload)
        except WeikeError as error:
            return await self.show_report(upload, problem=str(error), status=400)
        self.redirect(self.address("teach/bank/import", token), status=303)

    def take_once(self, upload: Upload) -> None:
        """For the one thread that reads banks: a second click waits there for the first."""
        uploads = self.site.uploads
        found = uploads.get(upload.token, by=self.member.id, now=self.now)
        if found is not None and not found.done:
            uploads.finish(upload.token, self.take(upload))

    def take(self, upload: Upload) -> Mapping[str, Any]:
        library = self.shelves.library()
        incoming = read_incoming(upload.file, upload.name, library, form=upload.form)
        bank = to_take(incoming, library, twice=self.get_body_argument("twice", "") == "1")
        into = self.get_body_argument("into", "")
        note = _("brought in {name}").format(name=upload.name)
        media = incoming.reading.media
        if into:
            path = self.the_bank(library, into).path
            made = self.desk().extend_bank(path, bank, note=note, media=media)
        else:
            path = f"quizzes/{self.new_name(self.get_body_argument('name', ''))}.md"
            made = self.desk().add_bank(path, bank, note=note, media=media)
        return {
            "path": path,
            "taken": made.written,
            "bad": incoming.bad,
            "left": incoming.good - made.written,
            "losses": [str(loss) for loss in made.losses][:_SHOWN],
        }

    def new_name(self, wished: str) -> str:
        name = wished.strip().removesuffix(".md").strip()
        if not name:
            raise WeikeError(_("give the new bank a name"))
        return name

    async def show_report(self, upload: Upload, *, problem: str = "", status: int = 200) -> None:
        library = await self.library()
        try:
            incoming = await self.site.read(
                read_incoming, upload.file, upload.name, library, form=upload.form
            )
        except WeikeError as error:
            return self.page(
                "import_failed.html",
                tab="bank",
                status=400,
                problem=str(error),
                crumbs=self.way(upload),
                problems=[],
                name=upload.name,
            )
        if incoming.failure:
            return self.page(
                "import_failed.html",
                tab="bank",
                status=status,
                crumbs=self.way(upload),
                problems=problems(incoming.failure),
                name=upload.name,
            )
        losses: list[str] = []
        if incoming.good <= _FEW:
            made = await self.site.read(export, incoming.reading.bank, formats()["markdown"])
            losses = [str(loss) for loss in made.losses]
        self.page(
            "import_report.html",
            tab="bank",
            status=status,
            problem=problem,
            crumbs=self.way(upload),
            name=upload.name,
            token=upload.token,
            incoming=incoming,
            problems=list(
                islice(
                    (
                        said
                        for one in incoming.reading.rejected
                        for said in problems(one.problems, begins(one.source))
                    ),
                    _SHOWN,
                )
            ),
            mend=to_mend(incoming),
            problem_count=len(incoming.reading.problems),
            duplicates=duplicates(incoming)[:_SHOWN],
            duplicate_count=len(incoming.duplicates or {}),
            fresh=incoming.good - len(incoming.duplicates or {}),
            questions=[plain_text(one.stem) for one in incoming.reading.bank.questions[:_SHOWN]],
            losses=losses[:_SHOWN],
            gives_back=can_give_back(incoming),
            banks=[one for one in library.banks if one.format == "markdown" and one.bank],
            into=self.get_argument("into", "") or self.get_argument("bank", ""),
            new=self.get_body_argument("name", "") or free_name(upload.name, library),
        )

    async def show_done(self, upload: Upload) -> None:
        mend = None
        if upload.done["bad"]:
            incoming = await self.site.read(
                read_incoming, upload.file, upload.name, await self.library(), form=upload.form
            )
            mend = to_mend(incoming)
        self.page(
            "import_done.html",
            tab="bank",
            crumbs=self.way(upload),
            name=upload.name,
            token=upload.token,
            done=upload.done,
            bank=upload.done["path"].removeprefix("quizzes/"),
            mend=mend,
        )

    def way(self, upload: Upload) -> list[tuple[str, str]]:
        return [
            (self.address("teach/bank"), _("Question bank")),
            (self.address("teach/bank/import"), _("Bring questions")),
            ("", upload.name),
        ]

    async def the_upload(self, token: str) -> Upload:
        found = await self.work(self.site.uploads.get, token, by=self.member.id, now=self.now)
        if found is None:
            raise not_there()
        return found


class Rejected(Report):
    """`/teach/bank/import/<token>/rejected`: the bad rows in their own format, with the reasons."""

    async def get(self, token: str) -> None:
        upload = await self.the_upload(token)
        incoming = await self.site.read(
            read_incoming, upload.file, upload.name, await self.library(), form=upload.form
        )
        if not can_give_back(incoming):
            raise not_there()
        name, content = await self.site.read(give_back, incoming)
        self.send_file(content, name)

    async def post(self, token: str) -> None:
        raise not_there()


def problems(found: Sequence[Problem], question: str = "") -> list[Mapping[str, str]]:
    """What a table of problems shows, one line each; `question` is how theirs begins."""
    return [
        {
            "question": question,
            "line": "" if one.line is None else str(one.line),
            "sheet": one.sheet or "",
            "column": one.column or "",
            "message": one.message,
            "repair": one.repair,
        }
        for one in found
    ]


def duplicates(incoming: Incoming) -> list[tuple[str, str]]:
    """(question, the file that has it) of what the course has already."""
    known = incoming.duplicates or {}
    return [
        (plain_text(one.stem), known[one.id])
        for one in incoming.reading.bank.questions
        if one.id in known
    ]


def free_name(name: str, library: Library) -> str:
    """The name of a new bank for a file, one that no bank has."""
    stem = name.rpartition(".")[0].strip(" ._") or "bank"
    taken = {one.name.rpartition(".")[0] for one in library.banks}
    return next(
        one for n in range(1, 10_000) if (one := stem if n == 1 else f"{stem}-{n}") not in taken
    )

"""What the small server beside JupyterLab answers: a lesson by its link, and nothing else."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tornado.web import HTTPError, RequestHandler, StaticFileHandler

from weike.quizzes.errors import AttemptRefused, WeikeError
from weike.quizzes.i18n import LANGUAGES, _, set_language
from weike.server.assets import assets
from weike.server.base import LANGUAGE, LARGE, PAGE_POLICY
from weike.server.handlers.lesson import SVG_POLICY
from weike.server.jsonbody import to_json
from weike.server.pages import component_words
from weike.server.preview import quizzes
from weike.server.preview.passes import Pass
from weike.server.preview.sight import beside, of_file
from weike.server.trials import Trials

if TYPE_CHECKING:
    from weike.server.preview.window import Window

LOG = logging.getLogger("weike.preview")


class Handler(RequestHandler):
    """No session and no cookie: the address is all that a request has."""

    def set_default_headers(self) -> None:
        self.set_header("Content-Security-Policy", PAGE_POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.clear_header("Server")

    def compute_etag(self) -> str | None:
        return None

    @property
    def window(self) -> Window:
        found: Window = self.settings["window"]
        return found

    def prepare(self) -> None:
        wished = self.get_cookie(LANGUAGE, "")
        self.language = wished if wished in LANGUAGES else self.window.course.language
        set_language(self.language)

    def the_pass(self, token: str) -> Pass:
        found = self.window.passes.find(token, datetime.now(UTC))
        if found is None:
            raise HTTPError(404)
        return found

    def write_error(self, status_code: int, **_options: Any) -> None:
        said = _("There is nothing here, or the link has expired. Ask for a new one in JupyterLab.")
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(said if status_code < 500 else _("Something went wrong on our side."))

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Without the address, which Tornado would put beside it: that opens the preview."""
        if not isinstance(value, HTTPError | WeikeError):
            LOG.error("a preview could not be shown", exc_info=(typ, value, tb))


class Missing(Handler):
    def prepare(self) -> None:
        super().prepare()
        raise HTTPError(404)


class Page(Handler):
    async def get(self, token: str) -> None:
        one, window = self.the_pass(token), self.window
        try:
            source = await asyncio.to_thread(window.lesson, one.lesson)
        except WeikeError as error:  # it cannot be read just now; the next load may
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(str(error))
            return
        sight = await asyncio.to_thread(of_file, source, window.course)
        for quiz in sight.quizzes:
            window.trials.begin(token, one.lesson, quiz)
        self.finish(
            window.pages.render(
                "preview.html",
                language=self.language,
                large=self.get_cookie(LARGE) == "1",
                slug=source.slug,
                lesson=sight,
                base=f"/preview/{token}/",
                words=component_words(self.language),
                note=True,
                back=None,
                live_words=None,
            )
        )


class File(Handler, StaticFileHandler):
    """A picture, sound or film that the lesson may show; players ask for parts of it."""

    compute_etag = StaticFileHandler.compute_etag
    kind = ""

    async def head(self, token: str, path: str) -> None:  # type: ignore[override]
        await self.get(token, path, include_body=False)

    async def get(  # type: ignore[override]
        self, token: str, path: str, include_body: bool = True
    ) -> None:
        one = self.the_pass(token)
        found = beside(self.window.course, one.lesson, path)
        if found is None:
            raise HTTPError(404)
        self.kind = found[1]
        if self.kind == "image/svg+xml":
            self.set_header("Content-Security-Policy", SVG_POLICY)
        await StaticFileHandler.get(self, path, include_body)

    def get_content_type(self) -> str:
        """As on the lesson's page; what the system knows of endings differs from one to another."""
        return self.kind


class Static(Handler):
    """Weike's own stylesheet and scripts; they are public."""

    def get(self, name: str) -> None:
        asset = next((one for one in assets().values() if one.name == name), None)
        if asset is None:
            raise HTTPError(404)
        self.set_header("Cache-Control", "public, max-age=31536000, immutable")
        self.set_header("Content-Type", asset.type)
        self.finish(asset.body)


class Api(Handler, quizzes.PreviewQuiz):
    """The quizzes, answered from memory."""

    @property
    def trials(self) -> Trials:
        return self.window.trials

    async def place(self, token: str) -> tuple[str, str]:
        return token, self.the_pass(token).lesson

    def json_body(self) -> Mapping[str, Any]:
        try:
            found = json.loads(self.request.body or b"{}")
        except ValueError:
            raise HTTPError(400) from None
        if not isinstance(found, dict):
            raise HTTPError(400)
        return found

    def send(self, data: object) -> None:
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(to_json(data))

    def write_error(self, status_code: int, **options: Any) -> None:
        error = options.get("exc_info", (None, None))[1]
        code, message = "not_found", _("There is nothing here, or it is not for you.")
        if isinstance(error, AttemptRefused):
            self.set_status(error.status)
            code, message = error.code, str(error)
        elif isinstance(error, WeikeError):  # such as a response that is none
            self.set_status(400)
            code, message = "refused", str(error)
        elif status_code >= 500:
            code, message = "error", _("Something went wrong on our side.")
        self.send({"error": {"code": code, "message": message}})


class Attempts(quizzes.Attempts, Api):
    pass


class Answer(quizzes.Answer, Api):
    pass


class Submit(quizzes.Submit, Api):
    pass

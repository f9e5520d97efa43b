"""The live part of a lesson: Voilà draws it, in a kernel that belongs to the member."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Sequence
from itertools import pairwise
from typing import Any

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from jupyterlab_server.themes_handler import ThemesHandler
from sqlalchemy.exc import DBAPIError
from tornado.web import StaticFileHandler
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler  # type: ignore[import-untyped]
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler  # type: ignore[import-untyped]

from weike.quizzes.i18n import _
from weike.results.catalogue import lesson
from weike.results.errors import StoreUnavailableError
from weike.server.base import Api, Handler, Refused
from weike.server.connections import BoundedSocket
from weike.server.copyplan import plan_of
from weike.server.drawing import Drawing, Drawn, cleaned
from weike.server.frames import is_sound
from weike.server.handlers.lesson import check_open

LOG = logging.getLogger("weike.live")
DAY = 86_400
LONGEST_SESSION = 60  # characters of the name that a page gives its connection
GONE = 4404  # the code with which a connection ends whose kernel has ended
SIGNED_OUT = 4401  # the code for one whose member's session has
PICTURE = re.compile(r"<img[^>]*>")


class Live(Drawing):
    """`/lessons/<slug>/live`: the widgets of a lesson."""

    async def get(self, slug: str) -> None:
        check_open(self, slug)
        version = await self.work(lesson, self.site.store, slug)
        if version is None or version.live_notebook is None:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        if self.site.kernels.full:
            self.set_header("Retry-After", "60")
            self.show(
                "live_full.html",
                status=503,
                lesson=version,
                message=_("Just now many people use interactive parts. Try again in a minute."),
            )
            return
        page = Drawn(
            title=version.title,
            language=version.language,
            notebook=version.live_notebook,
            cells=_with_text_above,
            back=f"{self.base_url}lessons/{version.slug}",
            back_words=_("Back to the lesson"),
            busy=_("One moment: the interactive part is being made ready."),
        )
        plan = plan_of(slug, version.live_notebook, run=False)
        await self.draw(page, self.site.kernels.start(self.member.id, slug, plan=plan))


def _with_text_above(cells: Sequence[Any]) -> list[Any]:
    """The widgets, and what the author wrote directly above each of them: the member comes from
    the lesson's page, has read the text there and seen its pictures."""
    shown = [
        cell
        for cell, following in pairwise([*cells, None])
        if cell.cell_type == "code" or (following and following.cell_type == "code")
    ]
    for cell in shown:
        if cell.cell_type != "code":
            text = PICTURE.sub("", cleaned(cell).source)
            cell.source = "\n".join(filter(None, text.splitlines()))
    return shown


class Attach(Api):
    """`POST /api/lessons/<slug>/kernel`: the member touches something live.

    `{"kernel", "views", "resumed"}`; 503 `full` with the number of those `before`.
    """

    async def post(self, slug: str) -> None:
        check_open(self, slug)
        version = await self.work(lesson, self.site.store, slug)
        if version is None or version.live_notebook is None:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        found = await self.site.attaching.attach(self.member.id, version)
        self.send({"kernel": found.kernel_id, "views": found.views, "resumed": found.resumed})


class OwnKernel(Handler):
    """Routes of a kernel: for others than its owner there is no such kernel."""

    def wants_json(self) -> bool:
        return True

    def ready(self) -> Awaitable[None] | None:
        kernel_id = self.path_kwargs["kernel_id"]
        if not self.site.kernels.owns(self.member.id, kernel_id):
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        return None


class Kernel(OwnKernel, KernelHandler):  # type: ignore[misc]  # Jupyter's async methods
    """`/api/kernels/<id>`: its state, and its end."""


class Reading(VoilaKernelWebsocketHandler):  # type: ignore[misc]  # Voilà has no types
    """Voilà's own, which knows of binary messages those of the newer protocol only."""

    def write_message(self, message: Any, binary: bool = False) -> Any:
        """Of an older one, Voilà would read a number of parts that keeps the server for ever."""
        if isinstance(message, bytes) and self.selected_subprotocol is None:
            return super(VoilaKernelWebsocketHandler, self).write_message(message, binary)
        return super().write_message(message, binary)


class Channels(OwnKernel, BoundedSocket, Reading):
    """`/api/kernels/<id>/channels`: comm messages only; the list is the manager's."""

    def ready(self) -> Awaitable[None] | None:
        """Before Tornado looks at the origin, which stumbles over some."""
        if not self.check_origin():
            raise Refused(403, "origin", _("Please load the page again and repeat the step."))
        if len(self.get_query_argument("session_id", "")) > LONGEST_SESSION:  # ZeroMQ stumbles
            raise Refused(400, "bad_request", _("The server does not understand this request."))
        return super().ready()

    def check_origin(self, origin: str | None = None) -> bool:
        """No token protects a connection, so a page that hides where it is does not get one."""
        return self.request.headers.get("Origin") != "null" and Handler.check_origin(self)

    async def open(self, kernel_id: str) -> None:
        if self.ws_connection is None:
            return  # it was gone before it was there
        self.set_nodelay(True)  # else the second of two messages waits 40 ms for news of the first
        self.site.kernels.attendance.opened(kernel_id, self.gone)
        await super().open(kernel_id)  # type: ignore[misc]

    def on_close(self) -> None:
        self.site.kernels.attendance.closed(self.path_kwargs["kernel_id"], self.gone)
        super().on_close()

    def gone(self, code: int = GONE) -> None:
        """The kernel has ended; the page asks for another one when it is touched."""
        self.close(code)

    def on_message(self, ws_message: str | bytes) -> None:
        """Jupyter trusts the shape of messages; one without it ends the connection, no more."""
        newer = self.selected_subprotocol is not None
        if isinstance(ws_message, bytes) and not is_sound(ws_message, newer=newer):
            self.close(1007)
            return
        self.site.kernels.attendance.touched(self.path_kwargs["kernel_id"])
        try:
            super().on_message(ws_message)
        except Exception as error:
            LOG.warning("a message to a kernel cannot be read: %s", type(error).__name__)
            self.close(1007)

    # Jupyter counts these in milliseconds and Tornado in seconds: only ours is used.
    ping_timeout = 30_000
    ping_interval = 30_000

    def send_ping(self) -> None:
        """Keep proxies from closing a connection on which nothing moves."""
        if self.ws_connection is None:
            self.ping_callback.stop()
        else:
            self.ping(b"")
            self.site.later(self.look())

    async def look(self) -> None:
        """Nobody asks again who is at the other end: the session may be over by now, ended in
        another browser or process, or with the member's leave."""
        assert self.visitor is not None, "strangers get no connection"
        identity, token = self.site.identity, self.visitor.token
        known, visitor = identity.known(token)
        try:
            if not known:
                visitor, _session = await identity.find(token)
        except (DBAPIError, StoreUnavailableError):
            return  # the next time will do
        if visitor is None:
            self.close(SIGNED_OUT)


class Shutdown(OwnKernel):
    """`POST /voila/api/shutdown/<id>`: the page was closed."""

    async def post(self, kernel_id: str) -> None:
        await self.site.kernels.end(kernel_id)
        self.set_status(204)


class VoilaStatic(Handler, MultiStaticFileHandler):  # type: ignore[misc]
    """`/voila/static/…`: Voilà's scripts."""

    compute_etag = StaticFileHandler.compute_etag

    def get_cache_time(self, path: str, modified: Any, mime_type: str) -> int:
        return DAY


class VoilaTemplate(Handler, TemplateStaticFileHandler):  # type: ignore[misc]
    """`/voila/templates/…`: the styles of Voilà's templates."""

    def parse_url_path(self, url_path: str) -> str:
        """Voilà takes `<template>/static/<file>` for granted."""
        if url_path.split("/")[1:2] != ["static"] or url_path.count("/") < 2 or ".." in url_path:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        return str(super().parse_url_path(url_path))

    compute_etag = StaticFileHandler.compute_etag

    def get_cache_time(self, path: str, modified: Any, mime_type: str) -> int:
        return DAY


class Extension(Handler, FileFindHandler):
    """`/voila/labextensions/…`: the browser side of installed widgets."""

    compute_etag = StaticFileHandler.compute_etag


class Theme(Handler, ThemesHandler):
    """`/voila/api/themes/…`: JupyterLab's colours, without the ETag that it cannot make."""

"""The live part of a lesson: Voilà draws it, in a kernel that belongs to the member."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable
from itertools import pairwise
from typing import Any

import nbformat
from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.services.kernels.handlers import KernelHandler
from jupyterlab_server.themes_handler import ThemesHandler
from tornado.web import HTTPError, StaticFileHandler
from voila.notebook_renderer import NotebookRenderer  # type: ignore[import-untyped]
from voila.static_file_handler import (  # type: ignore[import-untyped]
    MultiStaticFileHandler,
    TemplateStaticFileHandler,
)
from voila.tornado.kernel_websocket_handler import (  # type: ignore[import-untyped]
    VoilaKernelWebsocketHandler,
)
from voila.utils import get_page_config  # type: ignore[import-untyped]

from weike.quizzes.html import render
from weike.quizzes.i18n import LANGUAGES, _, language
from weike.results.catalogue import LessonVersion, lesson
from weike.server.base import Handler, Refused
from weike.server.kernels import PYTHON

LOG = logging.getLogger("weike.live")
DAY = 86_400
PICTURE = re.compile(r"<img[^>]*>")

# Voilà's page writes its own scripts and styles into the page; nothing comes from another host.
LIVE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' data: blob:; connect-src 'self' {sockets}; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Renderer(NotebookRenderer):  # type: ignore[misc]  # Voilà has no types
    """Voilà's renderer for a notebook out of the store: no file, no folder of the course.

    The member comes from the lesson's page and has read the text there. Here stand the widgets,
    and what the author wrote directly above each of them.
    """

    def __init__(self, *, text: str, **options: Any) -> None:
        super().__init__(notebook_path="lesson.ipynb", **options)
        self._text = text

    async def load_notebook(self, path: str) -> Any:
        notebook = nbformat.reads(self._text, as_version=4)  # type: ignore[no-untyped-call]
        notebook.metadata.kernelspec = nbformat.from_dict(  # type: ignore[no-untyped-call]
            {"name": PYTHON, "display_name": "Python", "language": "python"}
        )
        notebook.cells = [
            _shown(cell)
            for cell, following in pairwise([*notebook.cells, None])
            if cell.cell_type == "code" or (following and following.cell_type == "code")
        ]
        return notebook


def _shown(cell: Any) -> Any:
    """Text as on the page: cleaned, formulas as MathML; its pictures are on the page."""
    if cell.cell_type != "code":
        html = PICTURE.sub("", render(cell.source))
        cell.cell_type, cell.source = "markdown", "\n".join(filter(None, html.splitlines()))
    return cell


class Live(Handler):
    """`/lessons/<slug>/live`: starts a kernel, runs the notebook in it, ends it with the page."""

    kernel_id: str | None = None

    async def get(self, slug: str) -> None:
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
        self.forgery_token()
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", LIVE_POLICY.format(sockets=self.sockets()))
        self.kernel_id = await self.site.kernels.start(self.member.id, slug)
        try:
            await self.draw(version, self.kernel_id)
        except BaseException:
            await self.site.kernels.end(self.kernel_id)
            raise

    def head(self, slug: str) -> None:
        """Who looks only at the headers gets no kernel."""
        raise HTTPError(405)

    async def draw(self, version: LessonVersion, kernel_id: str) -> None:
        voila = self.settings["voila"]
        page = get_page_config(
            base_url=self.base_url,
            settings=self.settings,
            log=LOG,
            voila_configuration=voila.voila_configuration,
        )
        renderer = Renderer(
            text=version.live_notebook or "",
            request_handler=self,
            voila_configuration=voila.voila_configuration,
            traitlet_config=voila.config,
            template_paths=voila.template_paths,
            config_manager=voila.config_manager,
            contents_manager=voila.contents_manager,
            base_url=self.base_url,
            kernel_spec_manager=voila.kernel_spec_manager,
            page_config=page,
            mathjax_config=self.settings["mathjax_config"],
            mathjax_url=self.settings["mathjax_url"],
        )
        await renderer.initialize()
        renderer.notebook.metadata.title = version.title
        renderer.resources["language_code"] = version.language
        renderer.resources["weike"] = self.words(version, kernel_id)
        kernel = self.site.kernels.get_kernel(kernel_id)
        async for piece, _resources in renderer.generate_content_generator(
            kernel_id, _ready(kernel)
        ):
            self.write(piece)
            await self.flush()

    def words(self, version: LessonVersion, kernel_id: str) -> dict[str, Any]:
        """What our template of the page adds to Voilà's."""
        return {
            "title": version.title,
            "back": f"{self.base_url}lessons/{version.slug}",
            "base": self.base_url,
            "kernel": kernel_id,
            "large": self.large,
            "other": next(one for one in LANGUAGES if one != language()),
            "words": {
                "large": _("Large text"),
                "back": _("Back to the lesson"),
                "rest": _("The interactive part has gone to rest."),
                "again": _("Start it again"),
            },
        }

    def sockets(self) -> str:
        """Older Safari does not count a websocket to the same host as 'self'."""
        host = self.request.host
        sane = host.replace(".", "").replace("-", "").replace(":", "").replace("[", "")
        if not sane.replace("]", "").isalnum():
            return ""
        return f"wss://{host}" if self.is_https else f"ws://{host}"

    def on_connection_close(self) -> None:
        """The member left before the page was complete."""
        if self.kernel_id is not None:
            self.site.later(self.site.kernels.end(self.kernel_id))
        super().on_connection_close()


async def _ready(kernel: Any) -> Any:
    return kernel


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


class Channels(OwnKernel, VoilaKernelWebsocketHandler):  # type: ignore[misc]
    """`/api/kernels/<id>/channels`: comm messages only; the list is the manager's."""

    def ready(self) -> Awaitable[None] | None:
        """Before Tornado looks at the origin, which stumbles over some."""
        if not self.check_origin():
            raise Refused(403, "origin", _("Please load the page again and repeat the step."))
        return super().ready()

    def check_origin(self, origin: str | None = None) -> bool:
        """No token protects a connection, so a page that hides where it is does not get one."""
        return self.request.headers.get("Origin") != "null" and Handler.check_origin(self)

    def on_message(self, ws_message: str | bytes) -> None:
        """Jupyter trusts the shape of messages; one without it ends the connection, no more."""
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

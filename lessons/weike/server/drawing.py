"""Drawing a notebook's widgets through Voilà, in a kernel that belongs to the member."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat
from tornado.web import HTTPError
from voila.notebook_renderer import NotebookRenderer  # type: ignore[import-untyped]
from voila.utils import get_page_config  # type: ignore[import-untyped]

from weike.quizzes.html import render
from weike.quizzes.i18n import LANGUAGES, _, language
from weike.server.base import Handler
from weike.server.ownpython import PYTHON

LOG = logging.getLogger("weike.live")

# Voilà's page writes its own scripts and styles into the page; nothing comes from another host.
LIVE_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "media-src 'self' data: blob:; connect-src 'self' {sockets}; worker-src 'self' blob:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A page of widgets: the notebook's text, and which of its cells are shown how."""

    title: str
    language: str
    notebook: str
    cells: Callable[[Sequence[Any]], list[Any]]
    back: str
    back_words: str
    busy: str


class Renderer(NotebookRenderer):  # type: ignore[misc]  # Voilà has no types
    """Voilà's renderer for a notebook that is no file of its own."""

    def __init__(self, *, page: Drawn, **options: Any) -> None:
        super().__init__(notebook_path="lesson.ipynb", **options)
        self._page = page

    async def load_notebook(self, path: str) -> Any:
        notebook = nbformat.reads(self._page.notebook, as_version=4)  # type: ignore[no-untyped-call]
        notebook.metadata.kernelspec = nbformat.from_dict(  # type: ignore[no-untyped-call]
            {"name": PYTHON, "display_name": "Python", "language": "python"}
        )
        notebook.cells = self._page.cells(notebook.cells)
        return notebook


def cleaned(cell: Any) -> Any:
    """A cell's text as on our pages: cleaned, formulas as MathML. Code stays as it is."""
    if cell.cell_type != "code":
        cell.cell_type = "markdown"
        cell.source = "\n".join(filter(None, render(cell.source).splitlines()))
    return cell


class Drawing(Handler):
    """A page that starts a kernel, runs a notebook in it, and ends it with the page."""

    kernel_id: str | None = None

    async def draw(self, page: Drawn, start: Awaitable[str]) -> None:
        """Send the page piece by piece; `start` brings the kernel."""
        self.forgery_token()
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", LIVE_POLICY.format(sockets=self.sockets()))
        self.kernel_id = await start
        try:
            await self._draw(page, self.kernel_id)
        except BaseException:
            await self.site.kernels.end(self.kernel_id)
            raise

    def head(self, *arguments: Any, **named: Any) -> None:
        """Who looks only at the headers gets no kernel."""
        raise HTTPError(405)

    async def _draw(self, page: Drawn, kernel_id: str) -> None:
        voila = self.settings["voila"]
        config = get_page_config(
            base_url=self.base_url,
            settings=self.settings,
            log=LOG,
            voila_configuration=voila.voila_configuration,
        )
        renderer = Renderer(
            page=page,
            request_handler=self,
            voila_configuration=voila.voila_configuration,
            traitlet_config=voila.config,
            template_paths=voila.template_paths,
            config_manager=voila.config_manager,
            contents_manager=voila.contents_manager,
            base_url=self.base_url,
            kernel_spec_manager=voila.kernel_spec_manager,
            page_config=config,
            mathjax_config=self.settings["mathjax_config"],
            mathjax_url=self.settings["mathjax_url"],
        )
        await renderer.initialize()
        renderer.notebook.metadata.title = page.title
        renderer.resources["weike"] = self._words(page, kernel_id)
        kernel = self.site.kernels.get_kernel(kernel_id)
        async for piece, _resources in renderer.generate_content_generator(
            kernel_id, _ready(kernel)
        ):
            self.write(piece)
            await self.flush()

    def _words(self, page: Drawn, kernel_id: str) -> dict[str, Any]:
        """What our template of the page adds to Voilà's."""
        return {
            "language": page.language,
            "reader": language(),
            "title": page.title,
            "back": page.back,
            "base": self.base_url,
            "kernel": kernel_id,
            "large": self.large,
            "lasting": self.site.pages.asset("lasting"),
            "links": {
                "lost": _("The connection is gone; it comes back by itself."),
                "back": _("Connected again: everything is as you left it."),
                "rest": _("The interactive part has gone to rest."),
            },
            "other": next(one for one in LANGUAGES if one != language()),
            "words": {
                "large": _("Large text"),
                "back": page.back_words,
                "busy": page.busy,
                "again": _("Start it again"),
            },
        }

    def on_connection_close(self) -> None:
        """The member left before the page was complete."""
        if self.kernel_id is not None:
            self.site.later(self.site.kernels.end(self.kernel_id))
        super().on_connection_close()


async def _ready(kernel: Any) -> Any:
    return kernel

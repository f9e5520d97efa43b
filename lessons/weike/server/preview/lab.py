"""The extension of JupyterLab's server that gives a notebook a link for phones.

`weike author` switches it on; no other Jupyter server knows it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web

from weike.quizzes.course import load_course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import set_language

if TYPE_CHECKING:
    from weike.server.preview.window import Window

PATH = "weike/preview"
SECTION = "WeikePreview"  # of the configuration: `lan` is the address that phones open


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(app: Any) -> None:
    course = load_course(Path(app.root_dir))
    lan = str(app.config.get(SECTION, {}).get("lan", ""))
    window: list[Window] = []

    def open_window() -> Window:
        """Made when it is asked for: whoever only writes waits for nothing."""
        from weike.server.preview.window import Window

        if not window:
            window.append(Window(course, lan))
        return window[0]

    address = url_path_join(app.web_app.settings["base_url"], PATH)
    app.web_app.add_handlers(".*$", [(address, Preview, {"open_window": open_window})])


class Preview(APIHandler):
    """`POST /weike/preview` `{"path"}`: a link, its code, and what is to be said of them."""

    def initialize(self, open_window: Any) -> None:
        super().initialize()
        self.open_window = open_window

    @web.authenticated
    async def post(self) -> None:
        window: Window = self.open_window()
        set_language(window.course.language)
        path = (self.get_json_body() or {}).get("path")
        try:
            body = window.offer(str(path), datetime.now(UTC)).to_json()
        except WeikeError as error:
            self.set_status(400)
            body = {"message": str(error)}
        self.finish(json.dumps(body, ensure_ascii=False))

"""A second, small server beside JupyterLab: previews for phones in the same network.

It begins with the first preview that somebody asks for, listens at one address of this computer,
and ends when the last link has expired, or with JupyterLab. It knows lessons by links that nobody
can guess, and nothing else: no Jupyter, no kernel, no other file.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from tornado.ioloop import IOLoop
from tornado.web import Application

from weike.lessons.catalogue import LessonSource, lesson_files, read_lesson
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.server.connections import Server
from weike.server.pages import Pages
from weike.server.port import bind
from weike.server.preview import panes
from weike.server.preview.network import code, network_address, reachable
from weike.server.preview.passes import LIFE, Passes
from weike.server.trials import Trials

LOG = logging.getLogger("weike.preview")
USUAL: Final = 8867  # so that a firewall can be opened for it once; any other where it is taken
MOST: Final = 100  # connections; a phone has six
AUTHOR: Final = "author"
ADDRESS: Final = r"/preview/(?P<token>[A-Za-z0-9_-]{8,128})/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What JupyterLab shows: the link, its code, and what is to be known of both."""

    title: str
    url: str
    code: str
    reachable: bool
    said: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "title": self.title,
            "url": self.url,
            "code": self.code,
            "reachable": self.reachable,
            "said": list(self.said),
            "open": _("Open it here"),
            "close": _("Close"),
            "picture": _("QR code of the preview"),
        }


class Window:
    """The previews of one course. `host` is where phones find this computer."""

    def __init__(self, course: Course, host: str = "") -> None:
        self.course = course = replace(course, base_url="/")  # here nothing is in front of it
        self.passes = Passes()
        self.trials = Trials()
        self.pages = Pages(course)
        self._host = host
        self._server: Server | None = None
        self.port = 0

    def offer(self, path: str, now: datetime) -> Offer:
        """A link to the lesson at this path. Raises `WeikeError` where there is none."""
        source = self.lesson(path)
        host = self._host or network_address()
        if self._server is None:
            self.open(host)
        one = self.passes.give(AUTHOR, source.name, now)
        left = (one.until - datetime.now(UTC)).total_seconds()
        IOLoop.current().call_later(left + 0.5, self._look)
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{self.port}/preview/{one.token}/"
        return Offer(
            title=_("Preview on a phone"),
            url=url,
            code=code(url),
            reachable=reachable(host),
            said=self._said(host),
        )

    def _said(self, host: str) -> tuple[str, ...]:
        if not reachable(host):
            return (
                _(
                    "A phone cannot open this: this computer is in no network (only {host})."
                    " Connect it to the phone's Wi-Fi and ask again, or name its address: weike"
                    " author --lan ADDRESS."
                ).format(host=host),
            )
        return (
            _("Scan this with the phone's camera, or in a chat app."),
            _(
                "The phone must be in the same network. If nothing opens, let port {port} through"
                " this computer's firewall."
            ).format(port=self.port),
            _(
                "The phone shows what is saved whenever it opens the link: load it again after a"
                " change."
            ),
            _(
                "Whoever has the link sees this preview for {n} minutes; nothing is recorded."
            ).format(n=round(LIFE.total_seconds() / 60)),
        )

    def lesson(self, path: str) -> LessonSource:
        file = self.course.root / path
        if file not in lesson_files(self.course):
            raise WeikeError(
                _("{file} is no lesson; lessons are notebooks under lessons/").format(file=path)
            )
        source, findings = read_lesson(file, self.course)
        if source is None:
            raise WeikeError("\n".join(str(one) for one in findings))
        return source

    def open(self, host: str) -> None:
        """Listen, or say why that cannot be."""
        try:
            sockets = bind(host, USUAL)
        except WeikeError:
            try:
                sockets = bind(host, 0)
            except WeikeError as error:
                raise WeikeError(
                    _("{host} is no address of this computer; name one: weike author --lan").format(
                        host=host
                    )
                ) from error
        self.port = int(sockets[0].getsockname()[1])
        self._server = Server(self._application(), most=MOST)
        self._server.add_sockets(sockets)
        LOG.info("previews for phones at %s, port %s", host, self.port)

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    def _look(self) -> None:
        if not self.passes.any(datetime.now(UTC)):
            self.close()

    def _application(self) -> Application:
        attempt = r"(?P<attempt>[0-9a-f-]{32,36})"
        root = {"path": str(self.course.root)}
        return Application(
            [
                (ADDRESS, panes.Page),
                (
                    rf"{ADDRESS}files/(?P<path>.{{1,600}})",
                    panes.File,
                    root,
                ),
                (rf"{ADDRESS}api/attempts", panes.Attempts),
                (rf"{ADDRESS}api/attempts/{attempt}/answers/(?P<item>[^/]{{1,300}})", panes.Answer),
                (rf"{ADDRESS}api/attempts/{attempt}/submit", panes.Submit),
                (r"/static/weike/(?P<name>weike\.[0-9a-f]{16}\.(?:css|js))", panes.Static),
            ],
            window=self,
            default_handler_class=panes.Missing,
            log_function=lambda _handler: None,  # addresses are secrets
        )

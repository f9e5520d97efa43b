"""The server: Voilà's stand-alone application, with our routes and nothing of its own."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any as Anything

import tornado.web
from jupyter_server.auth.authorizer import AllowAllAuthorizer
from sqlalchemy.exc import DBAPIError
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.netutil import bind_unix_socket
from tornado.web import GZipContentEncoding
from traitlets import Any
from voila.app import Voila  # type: ignore[import-untyped]
from voila.configuration import VoilaConfiguration  # type: ignore[import-untyped]

from weike.lessons.kerneluser import kernel_user
from weike.quizzes.course import Course
from weike.results.access.signin import forget_expired
from weike.results.errors import StoreUnavailableError
from weike.results.folders import Folders, clear_stale
from weike.results.store import Store
from weike.server.attaching import Attaching
from weike.server.auth import Identity
from weike.server.care import look_after
from weike.server.connections import MOST, MOST_BODY, RESERVE, Server
from weike.server.handlers.plain import Missing
from weike.server.kernels import Kernels
from weike.server.metrics import measure, record
from weike.server.openfiles import open_files
from weike.server.ownpython import OnePython
from weike.server.port import bind
from weike.server.routes import passed_on, routes
from weike.server.sharing import Shared
from weike.server.site import Site

LOG = logging.getLogger("weike.server")

TEMPLATES = Path(__file__).parent / "voila"
LOOK = 1000  # ms between two looks at the publication counter
SWEEP = 15_000  # ms between two looks for attempts whose time is up
MINUTE = 60_000
HOUR = 3_600_000
PATIENCE = 10  # seconds for requests that are under way when the server stops


class Gzip(GZipContentEncoding):
    """Answers made for one request. Pages and assets were compressed beforehand, and better.

    `Vary: Accept-Encoding` it adds to those, too.
    """

    GZIP_LEVEL = 2


class WeikeServer(Voila):  # type: ignore[misc]  # Voilà has no types
    """Serves one course. `ready` is called once requests are answered."""

    course: Course = Any()  # type: ignore[assignment]
    store: Store = Any()  # type: ignore[assignment]
    shared: Shared | None = Any(None)  # type: ignore[assignment]  # with other processes

    def __init__(self, **options: Anything) -> None:
        super().__init__(**options)
        self.base_url = self.server_url = self.course.base_url
        self.cookie_secret = cookie_secret(self.course)
        self.identity_provider_class = Identity
        self.authorizer_class = AllowAllAuthorizer
        self.config_file_paths: list[str] = []  # a voila.json in the course folder has no say
        self.open_browser = False
        self.log_level = logging.WARNING
        self.root_dir = str(TEMPLATES)
        self.config.VoilaExecutor.timeout = 60

    def initialize(self, argv: list[str] | None = None) -> None:
        """Voilà's set-up without its command line, its configuration files and its signals."""
        self.voila_configuration = VoilaConfiguration(
            parent=self,
            template="lab",
            theme="light",
            allow_template_override="NO",
            allow_theme_override="NO",
            show_tracebacks=False,
            strip_sources=True,
            kernel_spec_manager_class=OnePython,
            multi_kernel_manager_class=Kernels,
        )
        self.setup_template_dirs()
        self.template_paths: list[str] = [str(TEMPLATES), *self.template_paths]

    def init_settings(self) -> dict[str, Anything]:
        """Voilà's settings, then ours: they are merged before the application is made."""
        self.site = Site(self.course, self.store)
        settings: dict[str, Anything] = super().init_settings()
        identity: Identity = self.identity_provider
        identity.site = self.site
        self.site.identity = identity
        kernels: Kernels = self.kernel_manager
        kernels.user = kernel_user(self.course)
        self.site.kernels = kernels
        self.site.attaching = Attaching(kernels)
        return settings | {
            "weike": self.site,
            "transforms": [Gzip],
            "default_handler_class": Missing,
            "log_function": record,
            "serve_traceback": False,
            "mathjax_url": self.site.pages.asset("mathjax"),
            "mathjax_config": "none",
            "login_url": f"{self.base_url}login",
            "websocket_max_message_size": MOST_BODY,
            "autoreload": False,
        }

    def init_handlers(self) -> list[Anything]:
        """The explicit list, and nothing of Voilà's own: its routes would show drafts to anyone."""
        listed = routes(self)
        if self.shared and not self.shared.holds_kernels:
            listed = passed_on(listed)
        return [
            (f"{self.base_url}{pattern}", handler, arguments)
            for pattern, handler, arguments in listed
        ]

    def start(self, ready: Callable[[], None] = lambda: None) -> None:
        """Serve until SIGINT or SIGTERM, then finish what is under way and write what waits."""

        def settled() -> None:
            settle()
            ready()

        asyncio.run(self.serve(settled))

    async def serve(
        self, ready: Callable[[], None] = lambda: None, stop: asyncio.Event | None = None
    ) -> None:
        """`start` inside a running loop; the caller may bring its own `stop`."""
        if stop is None:
            stop = asyncio.Event()
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                with suppress(NotImplementedError):  # Windows
                    loop.add_signal_handler(number, stop.set)
        for left in clear_stale():
            LOG.info("%s was left by a process that was killed; it is gone now", left)
        folders = Folders("server")
        self.connection_dir = str(folders.make())
        try:
            self.app = tornado.web.Application(**self.init_settings())
            self.app.add_handlers(r".*$", self.init_handlers())
            await self.site.work(self.site.shelf.refresh)
            self.http = self.listen()
            chores = [
                PeriodicCallback(self._look, LOOK),
                PeriodicCallback(self._sweep, SWEEP),
                PeriodicCallback(self._care, MINUTE),
                PeriodicCallback(self._tidy, HOUR),
            ]
            for chore in chores:
                chore.start()
            self.site.later(self._care())
            ready()
            await stop.wait()
            for chore in chores:
                chore.stop()
            await self.wind_down()
        finally:
            folders.close()

    def listen(self) -> Server:
        """Take the port, or say who has it. Voilà would take another one in silence."""
        files = open_files()
        server = Server(self.app, most=max(files // 2, min(MOST, files - RESERVE)))
        self.site.measure = lambda: measure(
            self.site, server, len(self.kernel_manager.list_kernel_ids())
        )
        sockets = list(self.shared.sockets) if self.shared else bind(self.ip, self.port)
        self.port: int = int(sockets[0].getsockname()[1])
        server.add_sockets(sockets)
        if self.shared and self.shared.holds_kernels:
            server.add_socket(bind_unix_socket(str(self.shared.hub), mode=0o600))
        self.ioloop = IOLoop.current()
        return server

    async def wind_down(self) -> None:
        """Take no new requests, let the others end, end the kernels."""
        self.http.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(self.http.close_all_connections(), PATIENCE)
        await self.kernel_manager.shutdown_all(now=True)
        self.site.kernels.close()
        self.site.close()

    def stop(self) -> None:
        """Voilà's own way to stop is not used."""

    async def _look(self) -> None:
        try:
            self.site.measure()  # for who asks another process
            await self.site.work(self.site.shelf.refresh)
            await self.site.attempts.look()
        except (DBAPIError, StoreUnavailableError) as error:
            self.store.reading.failed(error, waiting=0)
        except Exception:
            LOG.exception("cannot look for publications and corrections")
        else:
            self.store.reading.worked()

    async def _sweep(self) -> None:
        try:
            await self.site.attempts.sweep(self.site.now())
        except (DBAPIError, StoreUnavailableError):
            LOG.info("attempts whose time is up are submitted once the database is back")
        except Exception:
            LOG.exception("cannot submit attempts whose time is up")

    async def _care(self) -> None:
        try:
            await self.site.work(look_after, self.site)
        except (DBAPIError, StoreUnavailableError):
            LOG.info("the clock is compared with the database once that is back")
        except Exception:
            LOG.exception("cannot look after the disk and the clock")

    async def _tidy(self) -> None:
        try:
            gc.collect()
            await self.site.work(forget_expired, self.store, self.site.now())
            await self.site.work(self.site.uploads.expire, self.site.now())
        except (DBAPIError, StoreUnavailableError):
            LOG.info("what has expired is forgotten once the database is back")
        except Exception:
            LOG.exception("cannot forget what has expired")


def settle() -> None:
    """Leave what there is now out of every later search for garbage.

    It is a few hundred thousand objects, nearly all of them code that stays: to look through them
    held every request up for a tenth of a second each time. What comes later is mostly attempts
    that stay for a while, and with Python's own thresholds looking through them held requests up
    for as long. Cycles are rare here; they are looked for once an hour.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 1_000)


def cookie_secret(course: Course) -> bytes:
    """The secret of this installation, made at the first start and kept from then on."""
    given = os.environ.get("WEIKE_SECRET")
    if given:
        return given.encode()
    file = course.results / "secret"
    try:
        return bytes.fromhex(file.read_text("ascii"))
    except (FileNotFoundError, ValueError):
        pass
    secret = secrets.token_bytes(32)
    course.results.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(secret.hex())
    return secret

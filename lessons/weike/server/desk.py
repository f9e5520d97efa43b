"""Answers the questions of one dashboard's kernel about figures, at a socket in its folder.

The kernel knows no database and no secret. Whoever is at the other end gets the figures of the
branches that the organizer answers for at this moment, and nothing else, whatever is asked.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Final

from weike.lessons.hidden import unnamed
from weike.quizzes.i18n import language, use_language
from weike.results.dashboards.remote import LONGEST_QUESTION, answer
from weike.results.dashboards.scope import Scope
from weike.results.people import find_member
from weike.server.pages import MANAGERS
from weike.server.site import Site

LOG = logging.getLogger("weike.live")
PATIENCE: Final = 60  # seconds
_CREDENTIALS: Final = struct.Struct("3i")  # process, user, group


class Desk:
    """`caller` says which process may ask; None where that is not known yet."""

    def __init__(
        self, site: Site, member_id: str, *, period: str | None, branch: str | None
    ) -> None:
        self._site = site
        self._member_id = member_id
        self._period = period
        self._branch = branch
        self._language = language()
        self._server: asyncio.Server | None = None
        self._folder = -1
        self.caller: Callable[[], int | None] = lambda: None

    async def open(self, path: Path) -> None:
        """Take the place at `path`; only this process's user may come there."""
        place, self._folder = unnamed(path)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listening.bind(str(place))
        path.chmod(0o600)
        self._server = await asyncio.start_unix_server(
            self._serve, sock=listening, limit=LONGEST_QUESTION
        )

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._folder >= 0:
            os.close(self._folder)
            self._folder = -1

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._known(writer.get_extra_info("socket")):
                line = await asyncio.wait_for(reader.readline(), PATIENCE)
                async with self._site.kernels.asking:
                    writer.write(await self._site.work(self._answer, line))
                await asyncio.wait_for(writer.drain(), PATIENCE)
        except (OSError, TimeoutError, ValueError):
            pass  # it went away, or said too much
        except Exception:
            LOG.exception("a dashboard's question cannot be answered")
        finally:
            writer.close()

    def _known(self, peer: socket.socket) -> bool:
        """Other kernels run as the same user: only the organizer's own process is served."""
        option = getattr(socket, "SO_PEERCRED", None)
        if option is None:
            return True
        raw = peer.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size)
        process: int = _CREDENTIALS.unpack(raw)[0]
        return process == self.caller()

    def _answer(self, line: bytes) -> bytes:
        with use_language(self._language):
            return answer(self._scope(), line)

    def _scope(self) -> Scope:
        """As the organizer's duty is now: who has lost it gets nothing more."""
        store = self._site.store
        member = find_member(store, id=self._member_id, now=self._site.now())
        duty: frozenset[str] | None = frozenset()
        if member is not None and not member.left and MANAGERS & member.roles:
            duty = None if "administrator" in member.roles else member.duty
        return Scope(store=store, duty=duty, period=self._period, branch=self._branch)


def can_serve() -> bool:
    """Where there are no such sockets, there are no dashboards."""
    return os.name == "posix"

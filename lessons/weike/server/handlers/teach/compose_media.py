"""Files that a lecturer brings: pictures, sounds and films for a lesson, documents for a new one.

The body is the file itself, as it comes, so that the page can show how far it is. It goes into a
temporary file first: a film does not stand in memory while a slow network sends it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable
from typing import IO, ClassVar

from tornado.web import stream_request_body

from weike.lessons.bringing.bring import MAX_BYTES, SUFFIXES, bring, keep
from weike.lessons.compose.intake import MOST_FILM, most_bytes, take_file
from weike.lessons.finding import Finding
from weike.quizzes.i18n import _
from weike.results.authoring.works import claim
from weike.server.base import Api, Refused
from weike.server.composing import Composing
from weike.server.teaching import WRITERS

SECONDS = 15 * 60  # for a whole file on a slow network
MB = 1_000_000


class Receiving(Api, Composing):
    """A request whose body is one file; `?name=` is what it is called."""

    roles = WRITERS
    most: ClassVar[int] = MOST_FILM
    _file: IO[bytes] | None = None

    def ready(self) -> Awaitable[None] | None:
        """Before the body comes: how much may come, and how long it may take."""
        if self.request.method == "POST":
            most = self.most_bytes(self.name)
            length = self.request.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length) > most:
                raise Refused(
                    413,
                    "too_large",
                    _("{file} is larger than {n} MB").format(file=self.name, n=most // MB),
                )
            connection = self.request.connection
            connection.set_max_body_size(most)  # type: ignore[union-attr]
            connection.set_body_timeout(SECONDS)  # type: ignore[union-attr]
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed in on_finish
        return super().ready()

    @property
    def name(self) -> str:
        return self.get_query_argument("name", "")[-200:]

    def most_bytes(self, name: str) -> int:
        return self.most

    def data_received(self, chunk: bytes) -> None:
        assert self._file is not None
        self._file.write(chunk)

    def content(self) -> bytes:
        """For a thread: it may be a film."""
        assert self._file is not None
        self._file.seek(0)
        return self._file.read()

    def on_finish(self) -> None:
        if self._file is not None:
            self._file.close()
        super().on_finish()


@stream_request_body
class MediaOf(Receiving):
    """`POST /teach/lessons/<slug>/media?name=`: a file beside the lesson."""

    def most_bytes(self, name: str) -> int:
        return most_bytes(name)

    async def post(self, slug: str) -> None:
        path = await self.lesson(slug)
        taken = await self.work(
            lambda: take_file(self.site.course, path, self.name, self.content())
        )
        self.send({"kind": taken.kind, "src": taken.src})


@stream_request_body
class Bring(Receiving):
    """`POST /teach/lessons/bring?name=`: a lesson made of a document."""

    most = MAX_BYTES

    async def post(self) -> None:
        brought = await self.work(lambda: bring(self.site.course, self.name, self.content()))
        await self.work(keep, self.site.course, brought)
        await self.work(claim, self.site.store, brought.slug, self.member.id, self.now)
        await self.audit_bringing(brought.slug)
        self.send(
            {
                "slug": brought.slug,
                "title": brought.title,
                "findings": [_shown(one) for one in brought.findings],
            }
        )

    async def audit_bringing(self, slug: str) -> None:
        from weike.results.audit import audit

        await self.work(audit, self.site.store, self.member.id, "brought a lesson", slug, self.now)


def _shown(finding: Finding) -> str:
    if not finding.repair:
        return finding.message
    return _("{message}; {repair}").format(message=finding.message, repair=finding.repair)


__all__ = ["SUFFIXES", "Bring", "MediaOf"]

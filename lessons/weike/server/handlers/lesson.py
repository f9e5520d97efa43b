"""A lesson's page, and the pictures, sounds and films in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

from weike.quizzes.i18n import _, language
from weike.results.authoring.works import may_see
from weike.results.catalogue import lesson, unpublished_with
from weike.results.media import Media, media
from weike.results.people import Member
from weike.results.periods import local_date
from weike.results.store import Store
from weike.server.base import PAGE_POLICY, Handler, Refused
from weike.server.days import moment_words
from weike.server.preview.sight import beside

PIECE = 256 * 1024
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
SVG_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
LIVE_PAGE = PAGE_POLICY.replace("connect-src 'self'", "connect-src 'self' {sockets}")
FOREVER = "private, max-age=31536000, immutable"


def check_open(handler: Handler, slug: str) -> None:
    """Refuse a lesson that is not for this member or not there now; when it is, that is said."""
    bounds = handler.site.shelf.releases.get(slug)
    now, member = handler.now, handler.member
    if bounds is None or bounds.admits(member, now):
        return
    if not bounds.reaches(member.branch_id, member.post) or slug not in handler.site.shelf.by_slug:
        raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
    zone = handler.site.course.zone
    today = local_date(now, zone)
    if bounds.opens is not None and now < bounds.opens:
        said = _("This lesson opens on {moment}.")
        raise Refused(404, "not_open", said.format(moment=moment_words(bounds.opens, today, zone)))
    assert bounds.closes is not None
    said = _("This lesson was open until {moment}.")
    when = moment_words(bounds.closes, today, zone, end=True)
    raise Refused(404, "closed", said.format(moment=when))


class Lesson(Handler):
    """`/lessons/<slug>`: the same bytes for everyone who reads in the same way."""

    async def get(self, slug: str) -> None:
        check_open(self, slug)
        large = self.large
        sheet = self.site.shelf.sheet(slug, language(), large)
        if sheet is None:
            sheet = await self.work(self.site.shelf.compose, slug, language(), large)
        if sheet is None:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        self.forgery_token()
        self._headers["Content-Type"] = "text/html; charset=utf-8"
        self._headers["Cache-Control"] = "private, no-cache"
        self._headers["Vary"] = "Cookie"
        if sheet.live:
            self._headers["Content-Security-Policy"] = LIVE_PAGE.format(sockets=self.sockets())
            self.site.later(self.warm(slug))
        self.send_packed(body=sheet.body, packed=sheet.packed, etag=sheet.etag)

    async def warm(self, slug: str) -> None:
        """Whoever reads will touch: by then the lesson's process is ready to be copied."""
        version = await self.work(lesson, self.site.store, slug)
        if version is not None:
            await self.site.attaching.warm(version)


class MediaFile(Handler):
    """`/media/<hash>.<ext>`: whole or in part, as players ask for sound and film."""

    async def get(self, name: str) -> None:
        found = await self.work(seen_media, self.site.store, name, self.member)
        if found is None:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        self.set_header("Cache-Control", FOREVER)
        await self.send_media(found, f'"{name}"')

    async def send_media(self, found: Media, etag: str) -> None:
        self.set_header("Etag", etag)
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("Content-Type", found.type)
        if found.type == "image/svg+xml":
            self.set_header("Content-Security-Policy", SVG_POLICY)
        if etag in self.request.headers.get("If-None-Match", ""):
            self.set_status(304)
            return
        size = found.size if found.file is None else await self.work(lambda: found.size)
        first, last = self.wanted(size, etag)
        self.set_header("Content-Length", str(last - first + 1))
        # Otherwise a picture would be compressed again, and a part would lose its length.
        self.set_header("Content-Encoding", "identity")
        if self.request.method != "HEAD":
            await self.send_part(found, first, last)

    async def send_beside(self, lesson: str, name: str) -> None:
        """A file that the lesson at this path may show, where it lies: it may be another soon."""
        found = await self.work(beside, self.site.course, lesson, name)
        if found is None:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        file, kind = found
        state = await self.work(file.stat)
        self.set_header("Cache-Control", "private, no-cache")
        await self.send_media(Media(kind, file=file), f'"{state.st_mtime_ns}-{state.st_size}"')

    def wanted(self, size: int, etag: str) -> tuple[int, int]:
        """First and last byte to send; 206 where only a part is wanted."""
        header = self.request.headers.get("Range")
        condition = self.request.headers.get("If-Range")
        whole = (0, size - 1)
        if header is None or (condition is not None and condition != etag):
            return whole
        match = RANGE.fullmatch(header.strip())
        if match is None or match.groups() == ("", ""):
            return whole  # several ranges or another unit: the whole is a right answer
        start, end = match.groups()
        if start:
            first, last = int(start), min(int(end), size - 1) if end else size - 1
        else:
            first, last = max(0, size - int(end)), size - 1
        if first > last or first >= size:
            raise Refused(
                416,
                "bad_range",
                _("The server does not understand this request."),
                headers={"Content-Range": f"bytes */{size}"},
            )
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {first}-{last}/{size}")
        return first, last

    async def send_part(self, found: Media, first: int, last: int) -> None:
        if found.content is not None:
            self.write(found.content[first : last + 1])
            return
        assert found.file is not None
        with await self.work(_open, found.file, first) as file:
            left = last - first + 1
            while left > 0:
                piece = await self.work(file.read, min(PIECE, left))
                if not piece:
                    return
                left -= len(piece)
                self.write(piece)
                await self.flush()


def seen_media(store: Store, name: str, member: Member) -> Media | None:
    """Media of what was ever published; of a draft for those who may see the draft."""
    slugs = unpublished_with(store, name)
    if slugs and not any(may_see(store, slug, member) for slug in slugs):
        return None
    return media(store, name)


def _open(path: Path, first: int) -> BinaryIO:
    file = path.open("rb")
    file.seek(first)
    return file

"""Content by its hash: small content in the database, large content in a file beside it."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, select

from weike.quizzes.i18n import _
from weike.results.errors import StoreError
from weike.results.sql import insert_new
from weike.results.store import Store
from weike.results.tables import blob, lesson_media

LARGE = 1 << 20  # from here on bytes live in a file
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, a sound, a film: its MIME type, and its bytes or the file that holds them."""

    type: str
    content: bytes | None = field(default=None, repr=False)
    file: Path | None = None

    def __post_init__(self) -> None:
        assert (self.content is None) != (self.file is None), "bytes or a file, not both"

    @property
    def size(self) -> int:
        if self.content is not None:
            return len(self.content)
        assert self.file is not None
        return self.file.stat().st_size


def digest(content: bytes | Path) -> str:
    """The first 32 hex digits of the SHA-256 of some bytes or of a file."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()[:32]
    with content.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()[:32]


def keep(connection: Connection, folder: Path, media: Media) -> str:
    """Store some content once; its hash. Large content is in place before the row names it."""
    source = media.content if media.content is not None else media.file
    assert source is not None
    key = digest(source)
    content: bytes | None = None
    if media.size <= LARGE:
        content = source if isinstance(source, bytes) else source.read_bytes()
    else:
        with source.open("rb") if isinstance(source, Path) else io.BytesIO(source) as data:
            keep_file(folder / key, data)
    insert_new(
        connection,
        blob,
        {"hash": key, "type": media.type, "size": media.size, "content": content},
    )
    return key


def media(store: Store, hash: str) -> Media | None:
    """A lesson's media by its hash (32 hex digits; of a longer one the first 32 count).

    Notebooks and pages are kept by their hash as well, and hold keys: they are not media.
    """
    with store.read() as connection:
        belongs = select(lesson_media.c.hash).where(lesson_media.c.hash == hash[:32]).limit(1)
        if connection.execute(belongs).first() is None:
            return None
        return load(connection, store.media, hash)


def load(connection: Connection, folder: Path, hash: str) -> Media | None:
    """Any content by its hash, inside a transaction that is already there."""
    key = hash[:32]
    row = connection.execute(select(blob).where(blob.c.hash == key)).one_or_none()
    if row is None:
        return None
    if row.content is not None:
        return Media(row.type, row.content)
    file = folder / row.hash
    if not file.is_file():
        raise StoreError(
            _("the file {file} is missing; bring it back from a backup").format(file=file)
        )
    return Media(row.type, file=file)


def keep_file(target: Path, source: IO[bytes]) -> None:
    """Write under another name, flush, rename: a file of that name is whole or not there."""
    if target.is_file():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as out:
            shutil.copyfileobj(source, out, _CHUNK)
            out.flush()
            os.fsync(out.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

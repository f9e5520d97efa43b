"""One file that restores everything: a zip of the tables as JSON lines, and the large media.

SQLite and PostgreSQL write the same file, so a backup also moves a course from one to the other.
It is taken while members go on learning: the tables are read in one transaction.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, MetaData, literal, select
from sqlalchemy.exc import DataError, IntegrityError

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results import migrations
from weike.results.media import keep_file
from weike.results.sql import analyze
from weike.results.store import HEAD, Store
from weike.results.tables import blob
from weike.results.types import iso
from weike.results.upkeep.dump import lines, load, set_counters, tables_of

FORMAT = 1
_MANIFEST = "manifest.json"
_NAME = re.compile(r"tables/[a-z_]{1,60}\.jsonl|media/[0-9a-f]{32}")
_LARGEST_MANIFEST = 64 << 20
_LONGEST_LINE = 64 << 20  # a row with 1 MB of content has 1.4 million letters
_CHUNK = 1 << 20
_ENCRYPTED = 1

# What rows raise that this version of Weike has not written. A full disk is not among them.
_WRONG_ROWS = (
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    RecursionError,
    IntegrityError,
    DataError,
)

Step = Callable[[int, int], None]


class BackupError(WeikeError):
    """A backup that cannot be written, or a file that cannot be restored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a backup holds: rows by table, and files by name with their SHA-256."""

    created: str
    revision: str
    rows: dict[str, int]
    hashes: dict[str, str]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def backup(store: Store, target: Path, now: datetime, *, step: Step | None = None) -> Contents:
    """Write everything to `target`, which is readable by its owner only.

    The file appears when it is complete. Raises `BackupError` where there is one of that name.
    """
    if target.exists():
        raise BackupError(_("{file} is there already; choose another name").format(file=target))
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".weike-")
    try:
        with os.fdopen(handle, "w+b") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
                contents = _write(store, archive, now, step)
            out.flush()
            os.fsync(out.fileno())
        os.link(name, target)  # unlike a renaming it never replaces a file
    except FileExistsError as error:
        raise BackupError(
            _("{file} is there already; choose another name").format(file=target)
        ) from error
    finally:
        Path(name).unlink(missing_ok=True)
    return contents


def restore(
    store: Store, source: Path, *, force: bool = False, step: Step | None = None
) -> Contents:
    """Put a backup into the store; either all of it or nothing.

    Every byte is checked first. A store that holds anything is refused without `force`, and
    emptied with it. Stop the server before: what it has in memory is not the restored state.
    """
    with _opened(source) as archive:
        contents = _verify(archive, source)
        space = shutil.disk_usage(_existing(store.media)).free
        if sum(info.file_size for info in archive.infolist()) > space:
            raise BackupError(_("there is not enough space on the disk for this backup"))
        for name in contents.hashes:
            if name.startswith("media/"):
                with archive.open(name) as data:
                    keep_file(store.media / name.removeprefix("media/"), data)
        store.writer.run(
            lambda connection: _replace(connection, archive, contents, force=force, step=step)
        )
    return contents


def _write(store: Store, archive: zipfile.ZipFile, now: datetime, step: Step | None) -> Contents:
    rows: dict[str, int] = {}
    hashes: dict[str, str] = {}
    with store.read() as connection:
        tables = tables_of(connection)
        for done, table in enumerate(tables):
            name = f"tables/{table.name}.jsonl"
            rows[table.name], hashes[name] = _add(
                archive, name, (line.encode() for line in lines(connection, table))
            )
            if step is not None:
                step(done + 1, len(tables))
        large = connection.execute(select(blob.c.hash).where(blob.c.content.is_(None))).scalars()
        for key in large.all():
            try:
                with (store.media / key).open("rb") as data:
                    _n, hashes[f"media/{key}"] = _add(archive, f"media/{key}", _pieces(data))
            except OSError as error:
                raise BackupError(
                    _("the file {file} cannot be read").format(file=store.media / key)
                ) from error
    contents = Contents(created=iso(now), revision=HEAD, rows=rows, hashes=hashes)
    manifest = {"format": FORMAT, "weike": version("weike"), "created": contents.created}
    manifest |= {"revision": HEAD, "rows": rows, "files": hashes}
    archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
    return contents


def _add(archive: zipfile.ZipFile, name: str, data: Iterator[bytes]) -> tuple[int, str]:
    """Write a file of the archive; how many pieces it had, and its SHA-256."""
    hashed, count = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as out:
        for piece in data:
            out.write(piece)
            hashed.update(piece)
            count += 1
    return count, hashed.hexdigest()


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as archive:
            yield archive
    except FileNotFoundError as error:
        raise BackupError(_("there is no file {file}").format(file=source)) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise _broken(source) from error


def _verify(archive: zipfile.ZipFile, source: Path) -> Contents:
    """Read every byte and compare it with the manifest, before anything is changed."""
    names = archive.namelist()
    if any(info.flag_bits & _ENCRYPTED for info in archive.infolist()):
        raise _broken(source)
    try:
        if archive.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
            raise _broken(source)
        manifest = json.loads(archive.read(_MANIFEST))
        if manifest["format"] != FORMAT or manifest["revision"] > HEAD:
            raise BackupError(
                _("the backup was made by a newer Weike; upgrade Weike, then restore it")
            )
        contents = Contents(
            created=manifest["created"],
            revision=manifest["revision"],
            rows=dict(manifest["rows"]),
            hashes=dict(manifest["files"]),
        )
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise _broken(source) from error
    if (
        not contents.revision
        or sorted(names) != sorted([_MANIFEST, *contents.hashes])
        or not all(_NAME.fullmatch(name) for name in contents.hashes)
    ):
        raise _broken(source)
    for name, expected in contents.hashes.items():
        hashed = hashlib.sha256()
        with archive.open(name) as data:
            for piece in _pieces(data):
                hashed.update(piece)
        # Media are named by their hash, and a file that is there already is not read again.
        media = name.removeprefix("media/") if name.startswith("media/") else ""
        if hashed.hexdigest() != expected or not expected.startswith(media):
            raise _broken(source)
    return contents


def _replace(
    connection: Connection,
    archive: zipfile.ZipFile,
    contents: Contents,
    *,
    force: bool,
    step: Step | None,
) -> None:
    """Make the tables anew as they were at the backup's revision, fill them, upgrade them."""
    used = any(
        connection.execute(select(literal(1)).select_from(table).limit(1)).first() is not None
        for table in tables_of(connection)
    )
    if used and not force:
        raise BackupError(
            _("this store holds data already; back it up, then use --force to replace it")
        )
    stale = MetaData()
    stale.reflect(connection)
    stale.drop_all(connection)
    migrations.upgrade(connection, contents.revision)
    tables = tables_of(connection)
    if {table.name for table in tables} != set(contents.rows):
        raise BackupError(_("the backup holds other tables than its version of Weike had"))
    for done, table in enumerate(tables):
        with archive.open(f"tables/{table.name}.jsonl") as data:
            try:
                count = load(connection, table, _lines(data))
            except _WRONG_ROWS as error:
                raise _broken(Path(archive.filename or "")) from error
        if count != contents.rows[table.name]:
            raise BackupError(_("the backup is not complete"))
        set_counters(connection, table)
        if step is not None:
            step(done + 1, len(tables))
    migrations.upgrade(connection)
    analyze(connection)


def _lines(data: IO[bytes]) -> Iterator[str]:
    while line := data.readline(_LONGEST_LINE):
        yield line.decode()


def _pieces(data: IO[bytes]) -> Iterator[bytes]:
    while piece := data.read(_CHUNK):
        yield piece


def _existing(folder: Path) -> Path:
    return next(one for one in (folder, *folder.parents) if one.exists())


def _broken(source: Path) -> BackupError:
    return BackupError(_("{file} is no complete backup").format(file=source))

"""What a file of the course was before: every save is kept, so that none loses another's work.

While somebody writes, the page saves every few seconds. Such saves take each other's place for ten
minutes; one that has a note, or that a row of another table refers to, stays as it is.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    exists,
    false,
    insert,
    or_,
    select,
    update,
)

from weike.results.store import Store
from weike.results.tables import metadata
from weike.results.tables import revision as table

RUN = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A file as somebody saved it. `hash` is its SHA-256, `by` a member's id or "command".

    `number` counts the revisions of the path upwards; `begun` is when the run of saves began that
    this one is the last of.
    """

    id: str
    path: str
    number: int
    hash: str
    by: str
    at: datetime
    begun: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Revision):
    """A revision with its content."""

    content: bytes


def keep_revision(
    store: Store, path: str, content: bytes, *, by: str, now: datetime, note: str = ""
) -> Revision:
    """The revision of this content, a new one if the path's newest has another content.

    `path` is relative to the course, with slashes. A note that comes later names the newest.
    """
    return store.writer.run(lambda c: keep(c, path, content, by=by, now=now, note=note))


def keep(
    connection: Connection, path: str, content: bytes, *, by: str, now: datetime, note: str = ""
) -> Revision:
    """`keep_revision` inside a transaction that is already there: both happen or neither."""
    assert not PurePosixPath(path).is_absolute(), path
    hash = hashlib.sha256(content).hexdigest()
    newest = _newest(connection, path)
    if newest is not None and newest.hash == hash:
        if note and not newest.note:
            connection.execute(update(table).where(table.c.id == newest.id).values(note=note))
        return _find(connection, newest.id)
    begun = now
    if newest is not None and not note and newest.by == by and now - newest.begun < RUN:
        removed = connection.execute(
            delete(table).where(table.c.id == newest.id, table.c.note == "", ~_is_named(newest.id))
        )
        if removed.rowcount:
            begun = newest.begun
    key = uuid4().hex
    connection.execute(
        insert(table).values(
            id=key,
            path=path,
            number=newest.number + 1 if newest else 1,
            hash=hash,
            content=content,
            by=by,
            at=now,
            begun=begun,
            note=note,
        )
    )
    return _find(connection, key)


def revisions(store: Store, path: str) -> tuple[Revision, ...]:
    """What a file was, the newest first."""
    query = select(*_COLUMNS).where(table.c.path == path).order_by(table.c.number.desc())
    with store.read() as connection:
        return tuple(Revision(**row._mapping) for row in connection.execute(query))


def revision(store: Store, id: str) -> Kept | None:
    """One revision with its content."""
    query = select(*_COLUMNS, table.c.content).where(table.c.id == id)
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
        return Kept(**row._mapping) if row else None


_COLUMNS = [column for column in table.c if column.name != "content"]


def _newest(connection: Connection, path: str) -> Revision | None:
    query = select(*_COLUMNS).where(table.c.path == path).order_by(table.c.number.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return Revision(**row._mapping) if row else None


def _find(connection: Connection, id: str) -> Revision:
    row = connection.execute(select(*_COLUMNS).where(table.c.id == id)).one()
    return Revision(**row._mapping)


def _is_named(id: str) -> ColumnElement[bool]:
    """Whether a row of another table, such as a review, refers to a revision."""
    referring = [
        exists().where(key.parent == id)
        for other in metadata.sorted_tables
        for key in other.foreign_keys
        if key.references(table)
    ]
    return or_(false(), *referring)

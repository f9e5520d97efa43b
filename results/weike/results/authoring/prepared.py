"""Versions that were built to be looked at: kept whole, with what the check said of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from weike.results.authoring.revisions import keep
from weike.results.sql import insert_new, put
from weike.results.store import Store
from weike.results.tables import prepared, revision
from weike.results.versions import LessonVersion, store_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A version, the file it was built from (relative to the course), and the check's findings."""

    slug: str
    version: str
    file: str
    revision_id: str
    findings: tuple[Mapping[str, Any], ...]
    by: str
    at: datetime


def keep_prepared(
    store: Store,
    built: LessonVersion,
    *,
    file: str,
    content: bytes,
    findings: Sequence[Mapping[str, Any]],
    by: str,
    now: datetime,
) -> Prepared:
    """Store a version, and the file's bytes as a revision that no later save replaces.

    The same version again keeps the newer findings: they may tell of other files.
    """

    def write(connection: Connection) -> Prepared:
        store_in(connection, store, built, now)
        # Whoever prepares has written nothing: the file is kept as it was found.
        kept = keep(connection, file, content, by="command", now=now)
        key = {"slug": built.slug, "version": built.version}
        values = {"file": file, "revision_id": kept.id, "findings": list(findings)}
        row = {**key, **values, "by": by, "at": now}
        if not insert_new(connection, prepared, row):
            known = load_prepared(connection, built.slug, built.version)
            assert known is not None
            unchanged = {"revision_id": known.revision_id, "by": known.by, "at": known.at}
            put(connection, prepared, row | unchanged)
        found = load_prepared(connection, built.slug, built.version)
        assert found is not None
        return found

    return store.writer.run(write)


def find_prepared(store: Store, slug: str, version: str) -> Prepared | None:
    with store.read() as connection:
        return load_prepared(connection, slug, version)


def versions_prepared(store: Store, slug: str) -> tuple[Prepared, ...]:
    """The newest first."""
    query = select(prepared).where(prepared.c.slug == slug).order_by(prepared.c.at.desc())
    with store.read() as connection:
        return tuple(map(_prepared, connection.execute(query)))


def load_prepared(connection: Connection, slug: str, version: str) -> Prepared | None:
    query = select(prepared).where(prepared.c.slug == slug, prepared.c.version == version)
    row = connection.execute(query).one_or_none()
    return _prepared(row) if row else None


def savers(connection: Connection, slug: str, version: str) -> frozenset[str]:
    """Who ever saved the file that a version was built from."""
    of = select(prepared.c.file).where(prepared.c.slug == slug, prepared.c.version == version)
    query = select(revision.c.by).where(revision.c.path.in_(of)).distinct()
    return frozenset(connection.execute(query).scalars())


def _prepared(row: Any) -> Prepared:
    return Prepared(
        slug=row.slug,
        version=row.version,
        file=row.file,
        revision_id=row.revision_id,
        findings=tuple(row.findings),
        by=row.by,
        at=row.at,
    )

"""Whose a lesson is. What nobody claimed came from the course folder, and is every lecturer's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from weike.results.people import Member
from weike.results.sql import insert_new
from weike.results.store import Store
from weike.results.tables import work

SEES_ALL = frozenset({"reviewer", "administrator"})


def claim(store: Store, slug: str, member: str, now: datetime) -> None:
    """Write down that this member, by id, is an author of a lesson. Twice is once."""
    row = {"slug": slug, "member_id": member, "since": now}
    store.writer.run(lambda connection: insert_new(connection, work, row))


def authors(store: Store, slug: str) -> frozenset[str]:
    """The ids of those who wrote a lesson; empty where nobody knows."""
    with store.read() as connection:
        return load_authors(connection, [slug]).get(slug, frozenset())


def all_authors(store: Store) -> Mapping[str, frozenset[str]]:
    """`authors` of every lesson that has any, by slug."""
    with store.read() as connection:
        return load_authors(connection)


def load_authors(
    connection: Connection, slugs: Iterable[str] | None = None
) -> dict[str, frozenset[str]]:
    """`all_authors` inside a transaction that is already there, or of these slugs only."""
    query = select(work.c.slug, work.c.member_id)
    if slugs is not None:
        query = query.where(work.c.slug.in_(list(slugs)))
    found: dict[str, set[str]] = {}
    for slug, member in connection.execute(query):
        found.setdefault(slug, set()).add(member)
    return {slug: frozenset(members) for slug, members in found.items()}


def may_see(store: Store, slug: str, member: Member) -> bool:
    """Whether this member may see what is not published of a lesson."""
    return sees(member, authors(store, slug))


def sees(member: Member, written_by: frozenset[str]) -> bool:
    """`may_see` where the authors are known."""
    if member.roles & SEES_ALL or member.id in written_by:
        return True
    return not written_by and "lecturer" in member.roles

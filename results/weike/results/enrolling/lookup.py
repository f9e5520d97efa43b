"""Finding a member by code or by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select

from weike.results.assigning.decisions import branches_of
from weike.results.enrolling.rosterrow import same_name
from weike.results.people import load_branches, normal_code
from weike.results.store import Store
from weike.results.tables import identity, membership

MOST = 20
_ENOUGH = 200  # to find so many that still belong there
_NAMED = 2_000  # branches that can be named in a query


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A member of today, with the path of the branch."""

    id: str
    code: str
    name: str
    post: str | None
    branch_id: str
    branch: str


def look_up(store: Store, words: str, *, inside: Collection[str]) -> list[Found]:
    """Members of these branches whose code begins with the words or whose name holds them.

    `MOST` at most; whose code is just that stands first.
    """
    code, name = normal_code(words), "".join(words.split())
    if not code:
        return []
    written = func.replace(func.replace(identity.c.name, " ", ""), "\u3000", "")
    query = (
        select(identity)
        .where(
            or_(
                identity.c.code.startswith(code, autoescape=True),
                written.contains(name, autoescape=True),
            ),
            *_once_in(identity.c.member_id, inside),
        )
        .order_by((identity.c.code == code).desc(), identity.c.code)
        .limit(_ENOUGH)
    )
    with store.read() as connection:
        rows = connection.execute(query).all()
        tree = load_branches(connection)
        where = branches_of(connection, [row.member_id for row in rows])
    return [
        Found(
            id=row.member_id,
            code=row.code,
            name=row.name,
            post=row.post,
            branch_id=where[row.member_id],
            branch=tree.by_id[where[row.member_id]].path,
        )
        for row in rows
        if where.get(row.member_id) in inside
    ][:MOST]


def posts_of(store: Store, *, inside: Collection[str]) -> list[str]:
    """The posts that members of these branches have or had, the most frequent first."""
    query = (
        select(identity.c.post, func.count().label("members"))
        .where(identity.c.post.is_not(None), *_once_in(identity.c.member_id, inside))
        .group_by(identity.c.post)
    )
    with store.read() as connection:
        rows = connection.execute(query).all()
    counts: dict[str, int] = {}
    words: dict[str, str] = {}
    for row in rows:
        if key := same_name(row.post):
            counts[key] = counts.get(key, 0) + row.members
            words.setdefault(key, row.post)
    return [words[key] for key in sorted(counts, key=lambda key: (-counts[key], key))]


def _once_in(column: ColumnElement[str], branches: Collection[str]) -> list[ColumnElement[bool]]:
    """Who belongs to one of the branches or once did; with very many branches, everybody."""
    if len(branches) > _NAMED:
        return []
    return [column.in_(select(membership.c.member_id).where(membership.c.branch_id.in_(branches)))]

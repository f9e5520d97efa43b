"""Finding a member by code or by name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from weike.results.decisions import branches_of
from weike.results.people import load_branches, normal_code
from weike.results.rosterrow import same_name
from weike.results.store import Store
from weike.results.tables import identity

MOST = 20


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

    `MOST` at most; whose code or name is just that stand first.
    """
    code, name = normal_code(words), same_name(words)
    if not code:
        return []
    with store.read() as connection:
        tree = load_branches(connection)
        where = branches_of(connection)
        rows = [
            row
            for row in connection.execute(select(identity).order_by(identity.c.code))
            if where.get(row.member_id) in inside
            and (row.code.startswith(code) or name in same_name(row.name))
        ]
    rows.sort(key=lambda row: code != row.code and name != same_name(row.name))
    return [
        Found(
            id=row.member_id,
            code=row.code,
            name=row.name,
            post=row.post,
            branch_id=where[row.member_id],
            branch=tree.by_id[where[row.member_id]].path,
        )
        for row in rows[:MOST]
    ]


def posts_of(store: Store, *, inside: Collection[str]) -> list[str]:
    """The posts that members of these branches have, the most frequent first."""
    with store.read() as connection:
        where = branches_of(connection)
        rows = connection.execute(
            select(identity.c.member_id, identity.c.post).where(identity.c.post.is_not(None))
        ).all()
    counts: dict[str, int] = {}
    words: dict[str, str] = {}
    for row in rows:
        if row.post and where.get(row.member_id) in inside:
            key = same_name(row.post)
            counts[key] = counts.get(key, 0) + 1
            words.setdefault(key, row.post)
    return [words[key] for key in sorted(counts, key=lambda key: (-counts[key], key))]

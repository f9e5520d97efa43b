"""For whom and from when until when a published lesson is there.

It is decided here and not in the lesson's file: branches and posts are the store's, a date is no
reason to review a text again, and each decision stays with its moment, so that the figures of a
past day can be recomputed. The last decision on a lesson counts; without one it is there for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.audit import record
from weike.results.enrolling.rosterrow import same_name
from weike.results.people import Branches, Member, load_branches
from weike.results.store import Store
from weike.results.tables import lesson, release


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """One decision. No branches: everyone; no posts: whatever the post. `closes` is excluded."""

    slug: str
    opens: datetime | None = None
    closes: datetime | None = None
    branches: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    by: str = ""
    at: datetime | None = None
    inside: frozenset[str] = frozenset()  # the branches with everything beneath them
    keys: frozenset[str] = frozenset()

    def reaches(self, branch_id: str | None, post: str | None) -> bool:
        """Whether somebody of this branch and post is among those it is for."""
        if self.branches and branch_id not in self.inside:
            return False
        return not self.keys or same_name(post or "") in self.keys

    def is_open(self, now: datetime) -> bool:
        return (self.opens is None or self.opens <= now) and not self.is_over(now)

    def is_over(self, now: datetime) -> bool:
        return self.closes is not None and self.closes <= now

    def admits(self, member: Member, now: datetime) -> bool:
        return self.is_open(now) and self.reaches(member.branch_id, member.post)

    def overlaps(self, first: datetime, until: datetime) -> bool:
        """Whether it was open at any moment from `first` to `until`."""
        return (self.opens is None or self.opens <= until) and not self.is_over(first)


def decide_release(
    store: Store,
    slug: str,
    *,
    opens: datetime | None,
    closes: datetime | None,
    branches: Sequence[str] = (),
    posts: Sequence[str] = (),
    by: str,
    now: datetime,
) -> None:
    """From now on the lesson is there for these, between these moments. Raises `WeikeError`."""
    if opens is not None and closes is not None and closes <= opens:
        opening, closing = (
            f"{one.astimezone(store.zone):%Y-%m-%d %H:%M}" for one in (opens, closes)
        )
        raise WeikeError(
            _("the lesson would open on {opens} and close on {closes}; give a later end").format(
                closes=closing, opens=opening
            )
        )

    def write(connection: Connection) -> None:
        if connection.execute(select(lesson.c.slug).where(lesson.c.slug == slug)).first() is None:
            raise WeikeError(_("there is no lesson {slug}").format(slug=slug))
        tree = load_branches(connection)
        if any(tree.get(one) is None for one in branches):
            raise WeikeError(_("there is no such branch"))
        said = [one.strip() for one in posts if one.strip()]
        values = {"opens": opens, "closes": closes, "branches": list(branches) or None}
        values |= {"posts": said or None}
        connection.execute(insert(release).values(slug=slug, **values, by=by, at=now))
        detail = {
            "opens": opens and opens.isoformat(),
            "closes": closes and closes.isoformat(),
            "branches": list(branches),
            "posts": said,
        }
        record(connection, by, "decided for whom a lesson is", slug, now, detail=detail)

    store.writer.run(write)


def load_releases(connection: Connection, until: datetime | None = None) -> dict[str, Release]:
    """What counts now, or counted at a moment, by slug; no entry where nothing was decided."""
    last = select(func.max(release.c.id)).group_by(release.c.slug)
    if until is not None:
        last = last.where(release.c.at <= until)
    rows = connection.execute(select(release).where(release.c.id.in_(last))).all()
    tree = load_branches(connection) if any(row.branches for row in rows) else Branches({})
    return {row.slug: _release(row, tree) for row in rows}


def history(store: Store, slug: str) -> tuple[Release, ...]:
    """Every decision on a lesson, the newest first."""
    query = select(release).where(release.c.slug == slug).order_by(release.c.id.desc())
    with store.read() as connection:
        return tuple(_release(row, Branches({})) for row in connection.execute(query))


def _release(row: Any, tree: Branches) -> Release:
    found = Release(
        slug=row.slug,
        opens=row.opens,
        closes=row.closes,
        branches=tuple(row.branches or ()),
        posts=tuple(row.posts or ()),
        by=row.by,
        at=row.at,
    )
    inside = frozenset[str]().union(*(tree.subtree(one) for one in found.branches))
    return replace(found, inside=inside, keys=frozenset(map(same_name, found.posts)))

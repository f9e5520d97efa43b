"""`weike release`: for whom a lesson is, and from when until when, at the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select

from weike.quizzes.course import load_course
from weike.quizzes.errors import Problem, WeikeError
from weike.quizzes.i18n import _, listed, one_by_one, set_language
from weike.quizzes.meant import meant
from weike.results.assigning.decisions import people
from weike.results.authoring.releases import Release, decide_release, history
from weike.results.enrolling.lookup import posts_of
from weike.results.enrolling.rosterrow import same_name
from weike.results.people import Branches, branches
from weike.results.periods import day_start
from weike.results.scores import find_branch
from weike.results.store import Store, open_store
from weike.results.tables import lesson
from weike.results.types import iso

COMMAND = "command"  # who decided, in the audit log
EXAMPLE = "2026-12-01 08:00"


@click.command()
@click.argument("slug")
@click.option("--opens", metavar="TIME", help="From when: a date, or a date and a time.")
@click.option("--closes", metavar="TIME", help="Until when; a date means to the end of that day.")
@click.option("--always", is_flag=True, help="No dates, or none but those named here.")
@click.option(
    "--branch",
    "wanted",
    metavar="PATH",
    multiple=True,
    help="Only this branch and beneath it; repeatable.",
)
@click.option("--post", "posts", metavar="POST", multiple=True, help="Only this post; repeatable.")
@click.option("--everyone", is_flag=True, help="For all branches and posts, or those named here.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def release(
    slug: str,
    opens: str | None,
    closes: str | None,
    always: bool,
    wanted: Sequence[str],
    posts: Sequence[str],
    everyone: bool,
    as_json: bool,
) -> None:
    """Say for whom a lesson is there, and from when until when.

    What is not named stays as it was decided; without options, what counts now is shown. Every
    decision is kept with its moment, so that figures of days before it stay as they are.
    """
    course, now = load_course(), datetime.now(UTC)
    set_language(course.language)
    with open_store(course=course) as store:
        _must_exist(store, slug)
        known = history(store, slug)
        before = known[0] if known else Release(slug=slug)
        if opens or closes or always or wanted or posts or everyone:
            tree = branches(store)
            kept_dates, kept_people = not always, not everyone
            decide_release(
                store,
                slug,
                opens=_moment(opens, store.zone) if opens else _kept(before.opens, kept_dates),
                closes=_moment(closes, store.zone, end=True)
                if closes
                else _kept(before.closes, kept_dates),
                branches=[find_branch(tree, one).id for one in wanted]
                or (before.branches if kept_people else ()),
                posts=_known_posts(store, tree, posts) or (before.posts if kept_people else ()),
                by=COMMAND,
                now=now,
            )
        shown = _Shown.of(store, slug, now)
    if as_json:
        click.echo(json.dumps(shown.to_json(), ensure_ascii=False, indent=2))
        return
    for line in shown.lines():
        click.echo(line)


def _kept(moment: datetime | None, kept: bool) -> datetime | None:
    return moment if kept else None


def _moment(text: str, zone: ZoneInfo, *, end: bool = False) -> datetime:
    """A time in the organisation's zone. A date alone is its first moment, or its last."""
    try:
        found = datetime.fromisoformat(text.strip())
        if len(text.strip()) <= len("2026-12-01"):
            return day_start(found.date() + timedelta(days=end), zone)
        local = found if found.tzinfo else found.replace(tzinfo=zone)
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise WeikeError(
            _("{text} is no time; write one such as {example}").format(
                text=text[:40], example=EXAMPLE
            )
        ) from error


def _known_posts(store: Store, tree: Branches, posts: Sequence[str]) -> list[str]:
    """The posts as the roster spells them. A post that nobody has would shut everybody out."""
    known = {same_name(one): one for one in posts_of(store, inside=set(tree.by_id))}
    for one in posts:
        if same_name(one) not in known:
            unknown = Problem(
                message=_("nobody has the post {post}").format(post=one),
                repair=meant(one, list(known.values())) or _("the roster names no posts"),
            )
            raise WeikeError(unknown.said)
    return [known[same_name(one)] for one in posts]


def _must_exist(store: Store, slug: str) -> None:
    """Published or not: dates are set before members see a lesson too."""
    with store.read() as connection:
        slugs = list(connection.execute(select(lesson.c.slug).order_by(lesson.c.slug)).scalars())
    if slug not in slugs:
        unknown = Problem(
            message=_("there is no lesson {slug}").format(slug=slug),
            repair=meant(slug, slugs) or _("publish or submit it first"),
        )
        raise WeikeError(unknown.said)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What counts now, and the decisions before it, with names in place of ids."""

    slug: str
    known: Sequence[Release]
    tree: Branches
    names: Mapping[str, str]
    zone: ZoneInfo
    now: datetime

    @classmethod
    def of(cls, store: Store, slug: str, now: datetime) -> _Shown:
        known = history(store, slug)
        with store.read() as connection:
            named = people(connection, {one.by for one in known})
        return cls(
            slug=slug,
            known=known,
            tree=branches(store),
            names={id: one.code for id, one in named.items()},
            zone=store.zone,
            now=now,
        )

    def to_json(self) -> dict[str, Any]:
        last = self.known[0] if self.known else Release(slug=self.slug)
        decisions = [
            self._plain(one) | {"by": self.names.get(one.by, one.by), "at": iso(one.at)}
            for one in self.known
            if one.at is not None
        ]
        return (
            {"slug": self.slug, "open": last.is_open(self.now)}
            | self._plain(last)
            | {"decisions": decisions}
        )

    def _plain(self, one: Release) -> dict[str, Any]:
        return {
            "opens": iso(one.opens) if one.opens else None,
            "closes": iso(one.closes) if one.closes else None,
            "branches": self._paths(one),
            "posts": list(one.posts),
        }

    def _paths(self, one: Release) -> list[str]:
        return [found.path for id in one.branches if (found := self.tree.get(id))]

    def lines(self) -> list[str]:
        if not self.known:
            return [f"{self.slug}  {_('for everyone, always')}"]
        first, *earlier = self.known
        lines = [f"{self.slug}  {self._words(first)}"]
        for one in earlier:
            assert one.at is not None
            said = _("until {moment}: {what}")
            following = self.known[self.known.index(one) - 1].at
            assert following is not None
            lines.append("  " + said.format(moment=self._when(following), what=self._words(one)))
        return lines

    def _words(self, one: Release) -> str:
        said = []
        if paths := self._paths(one):
            said.append(_("for {who}").format(who=listed(paths)))
        if one.posts:
            said.append(_("posts: {posts}").format(posts=listed(one.posts)))
        if one.opens:
            said.append(_("from {moment}").format(moment=self._when(one.opens)))
        if one.closes:
            said.append(_("until {moment}").format(moment=self._when(one.closes, end=True)))
        return one_by_one(said) or _("for everyone, always")

    def _when(self, moment: datetime, *, end: bool = False) -> str:
        """In the organisation's zone; the midnight that is an end belongs to the day before."""
        here = moment.astimezone(self.zone)
        if end and here.time() == time():
            return f"{here.date() - timedelta(days=1)} 24:00"
        return f"{here:%Y-%m-%d %H:%M}"

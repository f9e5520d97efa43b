"""What pages about one lesson before its publication share: who may see it, and in what words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.assigning.decisions import people
from weike.results.authoring.reviews import REVIEWERS, Review
from weike.results.authoring.works import may_see
from weike.results.versions import LessonVersion, lesson_version
from weike.server.organizing import not_there
from weike.server.teaching import WRITERS, Teaching

LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One line of a lesson's trail."""

    at: datetime
    when: str
    who: str
    what: str
    remark: str = ""


class Unpublished(Teaching):
    """A page about one lesson; for whoever may not see it, there is none."""

    async def seen(self, slug: str) -> None:
        if not await self.work(may_see, self.site.store, slug, self.member):
            raise not_there()

    async def the_version(self, slug: str, version: str) -> LessonVersion:
        await self.seen(slug)
        found = await self.work(lesson_version, self.site.store, slug, version)
        if found is None:
            raise not_there()
        return found

    @property
    def writes(self) -> bool:
        return bool(self.member.roles & WRITERS)

    @property
    def reviews(self) -> bool:
        return bool(self.member.roles & REVIEWERS)

    def must_write(self) -> None:
        if not self.writes:
            raise not_there()

    def must_review(self) -> None:
        if not self.reviews:
            raise not_there()

    def field(self, name: str) -> str:
        return self.get_body_argument(name, "").strip()

    async def names(self, ids: Iterable[str]) -> Mapping[str, str]:
        """What members are called; the terminal, and those who were erased, too."""
        wanted = set(ids)

        def load() -> dict[str, str]:
            with self.site.store.read() as connection:
                return {id: one.name for id, one in people(connection, wanted).items()}

        found = await self.work(load)
        others = {"command": _("the command line"), "course": _("the course folder")}
        return {id: found.get(id) or others.get(id, "–") for id in wanted}

    def local_moment(self, name: str) -> datetime | None:
        """A moment of a form, in the organisation's zone; empty is none."""
        text = self.field(name)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
            local = found if found.tzinfo else found.replace(tzinfo=self.site.course.zone)
            return local.astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise WeikeError(
                _("{text} is no time; write one such as {example}").format(
                    text=text[:40], example="2026-12-01 08:00"
                )
            ) from error

    def go(self, *parts: str, path: str = "teach/lessons", anchor: str = "", **query: str) -> None:
        self.redirect(self.address(path, *parts, **query) + anchor, status=303)


def step_words(one: Review) -> str:
    """Which step waits: its name, or which of how many."""
    name = one.steps[one.step - 1] or _("Review")
    if len(one.steps) == 1:
        return name
    return _("{step} ({n} of {count})").format(step=name, n=one.step, count=len(one.steps))


def status_words(one: Review) -> tuple[str, str]:
    """(the kind of badge, its words)"""
    return {
        "waiting": ("warn", _("In review: {step}").format(step=step_words(one))),
        "approved": ("", _("Approved")),
        "returned": ("wrong", _("Returned")),
        "taken back": ("", _("Taken back")),
        "replaced": ("", _("Replaced by a newer one")),
    }[one.status]


def act_words(act: str, step: str) -> str:
    said = {
        "approved": _("Approved: {step}"),
        "returned": _("Returned: {step}"),
        "taken back": _("Taken back"),
    }[act]
    return said.format(step=step or _("Review"))

"""What a lecturer needs to see of the lessons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from weike.lessons.catalogue import LessonSource, read_lessons
from weike.lessons.plan import Plan, make_plan
from weike.lessons.record import load_record
from weike.quizzes.i18n import _
from weike.results.authoring.reviews import Review, last_reviews
from weike.results.authoring.works import all_authors, sees
from weike.results.catalogue import LessonSummary, published
from weike.results.people import Member
from weike.server.handlers.teach.unpublished import status_words
from weike.server.site import Site
from weike.server.teaching import WRITERS, Teaching

SHORT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One lesson: what members see of it, and what stands in the course folder."""

    slug: str
    title: str
    language: str
    file: str
    version: str
    published: str
    questions: int
    badges: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]
    quizzes: tuple[tuple[str, str], ...]  # ref and title of what can be corrected
    whole: bool  # whether its draft may be seen


class Lessons(Teaching):
    """`/teach`: every lesson with its published version and what has changed since."""

    async def get(self) -> None:
        self.page(
            "lessons.html",
            tab="lessons",
            lessons=await self.work(states, self.site, self.member),
            writes=bool(self.member.roles & WRITERS),
            wants_review=self.site.course.review,
        )


def states(site: Site, member: Member) -> list[State]:
    """The lessons of the folder and of the store. Nothing is run; only files are compared.

    Of others' lessons only what is published is told.
    """
    catalogue = read_lessons(site.course)
    record = load_record(site.course.root, site.course.results)
    plan = make_plan(catalogue, site.store, record)
    shown = {one.slug: one for one in published(site.store)}
    sources = {one.slug: one for one in catalogue.lessons}
    order = [*sources, *(slug for slug in shown if slug not in sources)]
    written, reviewed = all_authors(site.store), last_reviews(site.store)
    found = []
    for slug in order:
        if sees(member, written.get(slug, frozenset())):
            found.append(_state(site, slug, sources.get(slug), shown, plan, reviewed.get(slug)))
        elif slug in shown:
            found.append(_state(site, slug, None, shown, plan, None, whole=False))
    return found


def _state(
    site: Site,
    slug: str,
    source: LessonSource | None,
    shown: Mapping[str, LessonSummary],
    plan: Plan,
    review: Review | None,
    *,
    whole: bool = True,
) -> State:
    seen = shown.get(slug)
    name = source.name if source else ""
    title = source.title if source else seen.title if seen else slug
    tag = source.language if source else seen.language if seen else ""
    return State(
        slug=slug,
        title=title,
        language=tag,
        file=name,
        version=seen.version[:SHORT] if seen else "",
        published=_day(site, seen.since) if seen else "",
        questions=sum(quiz.questions for quiz in seen.quizzes) if seen else 0,
        badges=tuple(_badges(slug, source, seen, plan, review) if whole else _known(seen)),
        whole=whole,
        problems=tuple(str(one) for one in plan.findings if name and one.file == name),
        quizzes=tuple((one.ref, one.title) for one in seen.quizzes) if seen else (),
    )


def _badges(
    slug: str,
    source: LessonSource | None,
    seen: LessonSummary | None,
    plan: Plan,
    review: Review | None,
) -> list[tuple[str, str]]:
    changed = any(one.slug == slug for one in plan.run)
    badges = _known(seen)
    if review is not None and review.status in ("waiting", "returned"):
        badges.append(status_words(review))
    if slug in plan.failed:
        badges.append(("wrong", _("Cannot be published")))
    elif slug in plan.left_out:
        badges.append(("warn", _("Taken away by hand")))
    elif source is None:
        badges.append(("warn", _("Its file is gone")))
    elif changed and seen:
        badges.append(("warn", _("Changed since")))
    return badges


def _known(seen: LessonSummary | None) -> list[tuple[str, str]]:
    badges = [("", _("Published"))] if seen else [("warn", _("Not published"))]
    if seen and seen.kind == "live":
        badges.append(("", _("with an interactive part")))
    return badges


def _day(site: Site, moment: datetime) -> str:
    return moment.astimezone(site.course.zone).strftime("%Y-%m-%d %H:%M")

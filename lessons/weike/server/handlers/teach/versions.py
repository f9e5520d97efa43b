"""One version of a lesson before members see it: the page, the remarks, and what has changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from weike.lessons.compare import Row, compare
from weike.lessons.places import Place, places
from weike.lessons.prepare import is_current, submit_current
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.authoring.prepared import find_prepared
from weike.results.authoring.reviews import Remark, Review, barred, reviews
from weike.results.catalogue import lesson
from weike.results.versions import LessonVersion
from weike.server.handlers.teach.unpublished import LONGEST, Unpublished, status_words, step_words
from weike.server.organizing import not_there
from weike.server.preview.sight import DRAWN

HEADING = re.compile(r"(</?h)([1-5])\b")
AROUND = 2  # lines shown around a change


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A remark with its writer's name; `earlier`: about a version before this one."""

    who: str
    when: str
    text: str
    quote: str
    earlier: bool


class Looking(Unpublished):
    """What answers with the page of a version: its text, its keys, and what is said of it."""

    async def shown(self, slug: str, version: str, *, problem: str = "", status: int = 200) -> None:
        found = await self.the_version(slug, version)
        store = self.site.store
        every = await self.work(reviews, store, slug)
        review = next((one for one in every if one.version == version), None)
        waiting = review is not None and review.status == "waiting"
        why = await self.work(barred, store, review, self.member) if review and waiting else ""
        parts = await self.work(places, found)
        remarks = await self.remarks(parts, every, version)
        prepared = await self.work(find_prepared, store, slug, version)
        shown = await self.work(lesson, store, slug)
        self.page(
            "version.html",
            tab="reviews" if self.reviews and not self.writes else "lessons",
            status=status,
            problem=problem,
            saved=_("Your remark is kept.") if self.get_argument("said", "") else "",
            crumbs=self.way(found, _("Preview")),
            slug=slug,
            version=version,
            lesson=found,
            blocks=[(one, self.html(one.html)) for one in parts],
            has_heading="<h1" in found.body_html,
            drawn=DRAWN in found.body_html,
            clean=self.html,
            remarks=remarks,
            lost=remarks.get("", []),
            findings=prepared.findings if prepared else (),
            review=review,
            asked_by=(await self.names([review.by]))[review.by] if review else "",
            badge=status_words(review) if review else None,
            step=step_words(review) if review else "",
            last_step=review is not None and review.step == len(review.steps),
            decides=waiting and not why,
            why=why if self.reviews else "",
            mine=waiting and review is not None and self.member.id == review.by,
            published=shown is not None and shown.version == version,
            compares=shown is not None and shown.version != version,
            fresh=await self.work(is_current, self.site.course, slug, version),
            writes=self.writes,
            wants_review=self.site.course.review,
            longest=LONGEST,
        )

    def way(self, found: LessonVersion, last: str) -> list[tuple[str, str]]:
        return [
            (self.address("teach"), _("Lessons")),
            (self.address("teach/lessons", found.slug), found.title),
            ("", last),
        ]

    def html(self, html: str) -> Markup:
        """With addresses as they are here, and headings one level down: ours is above them."""
        whole = html.replace('="../media/', f'="{self.base_url}media/')
        whole = HEADING.sub(lambda one: f"{one[1]}{int(one[2]) + 1}{_look(one)}", whole)
        return Markup(whole)  # noqa: S704 - cleaned when the version was built

    async def remarks(
        self, parts: Sequence[Place], every: Sequence[Review], version: str
    ) -> dict[str, list[Said]]:
        """By place: what is said of this version, and what was said of the one before it, where
        the same text still stands. Under "" is what has no place here."""
        here = {one.key for one in parts}
        by_quote = {one.quote: one.key for one in reversed(parts)}
        last = [one for one in every if one.version == version]
        earlier = [one for one in every if one.version != version and one.remarks][:1]
        names = await self.names(say.by for one in (*last, *earlier) for say in one.remarks)
        found: dict[str, list[Said]] = {}

        def add(key: str, one: Remark, *, earlier: bool) -> None:
            found.setdefault(key, []).append(
                Said(
                    who=names[one.by],
                    when=self.moment(one.at),
                    text=one.text,
                    quote=one.quote,
                    earlier=earlier,
                )
            )

        for one in last:
            for say in one.remarks:
                add(say.place if say.place in here else "", say, earlier=False)
        for one in earlier:
            if one.status in ("returned", "replaced"):
                for say in one.remarks:
                    add(by_quote.get(say.quote, ""), say, earlier=True)
        return found


class Version(Looking):
    """`/teach/lessons/<slug>/versions/<version>`"""

    async def get(self, slug: str, version: str) -> None:
        await self.shown(slug, version)


class Changes(Looking):
    """`…/changes`: beside the version that members see now."""

    async def get(self, slug: str, version: str) -> None:
        found = await self.the_version(slug, version)
        shown = await self.work(lesson, self.site.store, slug)
        if shown is None:
            raise not_there()
        rows = await self.work(compare, shown, found)
        self.page(
            "changes.html",
            tab="lessons",
            crumbs=self.way(found, _("What is different")),
            slug=slug,
            version=version,
            lesson=found,
            shown=shown,
            groups=folded(rows),
            changed=sum(row.kind != "same" for row in rows),
            pictures=sorted(set(found.media) ^ set(shown.media)),
        )


class Submission(Looking):
    """`POST …/submission`: ask for a review of exactly this version."""

    async def post(self, slug: str, version: str) -> None:
        await self.the_version(slug, version)
        self.must_write()
        try:
            await self.work(
                submit_current,
                self.site.course,
                self.site.store,
                slug,
                version,
                by=self.member.id,
                now=self.now,
                remark=self.field("remark"),
            )
        except WeikeError as error:
            return await self.shown(slug, version, problem=str(error), status=400)
        self.go(slug, saved="submitted")


def _look(heading: re.Match[str]) -> str:
    return "" if heading[1] == "</h" else f' class="as-h{heading[2]}"'


def folded(rows: Sequence[Row]) -> list[tuple[bool, list[Row]]]:
    """(whether to fold it away, rows): long runs without a change, but for the lines around one."""
    near = {
        n
        for at, row in enumerate(rows)
        if row.kind != "same"
        for n in range(at - AROUND, at + AROUND + 1)
    }
    return [
        (hidden, [row for _n, row in group])
        for hidden, group in groupby(enumerate(rows), key=lambda one: one[0] not in near)
    ]

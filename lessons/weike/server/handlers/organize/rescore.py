"""What to do about a question that was wrong: see what would change, then decide."""

from __future__ import annotations

from typing import Any

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.catalogue import definition, published
from weike.results.correcting.decided import decisions, kept_report, quiz_exists, standings
from weike.results.correcting.rescoring import RescoringReport, rescore
from weike.results.correcting.rescoringsheet import report_sheets, standings_sheet
from weike.results.periods import local_date
from weike.results.reporting.sheet import Sheet
from weike.server.days import moment_words
from weike.server.organizing import Organizing, not_there
from weike.server.pages import MANAGERS

LONGEST = 500  # letters of a reason
MOST_ROWS = 200  # of results on a page; the file holds all


class Rescore(Organizing):
    """`/organize/rescore/<slug>/<quiz>`: how each question is graded, and what was decided;
    `?report=<number>` shows whose result a decision changed.

    A key is everybody's, so whoever looks after lessons or branches may correct it. Members are
    named to those who answer for them.
    """

    roles = MANAGERS | {"lecturer"}

    async def get(self, slug: str, quiz: str) -> None:
        ref = await self.the_quiz(slug, quiz)
        wished = self.get_argument("report", "")
        if wished:
            report = None
            if wished.isdecimal() and len(wished) < 10:
                report = await self.work(kept_report, self.site.store, ref, int(wished))
            if report is None:
                raise not_there()
            return await self.report(ref, report)
        if self.wished_format():
            sheet = standings_sheet(await self.work(standings, self.site.store, ref))
            return await self.send_sheet(sheet, name=file_name(ref))
        await self.questions(ref)

    async def post(self, slug: str, quiz: str) -> None:
        """Without `sure` the report of what would change, to be agreed to; with it, do it."""
        ref = await self.the_quiz(slug, quiz)
        asked: dict[str, Any] = {
            "because": self.field("because"),
            "item": self.field("item") or None,
            "action": self.field("action") or "key",
            "by": self.member.id,
            "now": self.now,
        }
        sure = self.get_body_argument("sure", "") == "1"
        asked |= {"expected": self.field("expected")} if sure else {"dry_run": True}
        try:
            if not asked["because"]:
                raise WeikeError(_("Please say why: members are shown the reason."))
            report = await self.work(rescore, self.site.store, ref, **asked)
        except WeikeError as error:
            return await self.questions(ref, problem=str(error), status=400)
        if not sure:
            return await self.report(ref, report)
        await self.site.attempts.look()
        self.redirect(
            self.address("organize/rescore", slug, quiz, report=report.number), status=303
        )

    async def the_quiz(self, slug: str, quiz: str) -> str:
        ref = f"{slug}/{quiz}"
        if not await self.work(quiz_exists, self.site.store, ref):
            raise not_there()
        return ref

    async def questions(self, ref: str, *, problem: str = "", status: int = 200) -> None:
        found = await self.work(standings, self.site.store, ref)
        decided = await self.work(decisions, self.site.store, ref)
        await self.shown(
            "rescore.html",
            ref,
            status=status,
            problem=problem,
            because=self.field("because") if problem else "",
            questions=found,
            wrong=[one for one in found if one.state == "wrong"],
            decisions=[(self.moment(one.at), one) for one in decided],
        )

    async def report(self, ref: str, report: RescoringReport) -> None:
        """What a decision changes or changed. Names are looked at, so the look is recorded."""
        told = await self.work(report_sheets, self.site.store, report, viewer=self.member)
        questions, results, branches = told
        if results.rows:
            await self.audit("looked at rescoring", ref, {"members": len(results.rows)})
        if self.wished_format():
            return await self.send_sheet([results, branches, questions], name=file_name(ref))
        await self.shown(
            "rescored.html",
            ref,
            status=200,
            report=report,
            questions=questions.rows,
            results=results.rows[:MOST_ROWS],
            more=max(0, len(results.rows) - MOST_ROWS),
            others=len(report.results) - len(results.rows),
            means=self.with_figures(branches),
            action=self.field("action") or "key",
            item=self.field("item"),
        )

    def with_figures(self, sheet: Sheet) -> list[dict[str, Any]]:
        return [dict(row) for row in sheet.rows if row["before"] is not None]

    async def shown(self, template: str, ref: str, **values: Any) -> None:
        slug, _slash, quiz = ref.partition("/")
        known = await self.work(definition, self.site.store, ref)
        title = known.title if known else ref
        way = [(self.address("organize/quizzes", slug, quiz), title)]
        if template != "rescore.html":
            way.append((self.address("organize/rescore", slug, quiz), _("Correct questions")))
        here = _("What changes") if len(way) > 1 else _("Correct questions")
        self.page(
            template,
            tab="",
            crumbs=[*way, ("", here)],
            slug=slug,
            quiz=quiz,
            quiz_title=title,
            spoken=await self.work(self.language_of, slug),
            manages=bool(MANAGERS & self.member.roles),
            **values,
        )

    def language_of(self, slug: str) -> str:
        """What the questions are written in."""
        known = {one.slug: one.language for one in published(self.site.store)}
        return known.get(slug, self.site.course.language)

    def field(self, name: str) -> str:
        return self.get_body_argument(name, "")[:LONGEST].strip()

    def moment(self, at: Any) -> str:
        zone = self.site.course.zone
        return moment_words(at, local_date(self.now, zone), zone)


def file_name(ref: str) -> str:
    return " ".join([_("Corrections"), *ref.split("/")])

"""Rankings as every member sees them: posted for objections, then approved; and the flag."""

from __future__ import annotations

from typing import ClassVar

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.awarding.consents import give_consent, withdraw_consent
from weike.results.awarding.flags import Flag, history
from weike.results.awarding.objections import LONGEST, may_object, object_to, objections
from weike.results.awarding.rankinglog import PUBLIC, Ranking, find_ranking, public_rankings
from weike.results.awarding.rankingsheets import flag_sheet, ranking_sheet
from weike.results.periods import period_words
from weike.results.scoring.method import method_sheet, method_words
from weike.server.base import Handler, Refused
from weike.server.organizing import Organizing
from weike.server.pages import score_word
from weike.server.rankpages import heading, levels_of, stages


class Public(Organizing):
    """Tables for every member, withheld as on the board; no duty is needed."""

    roles: ClassVar[frozenset[str]] = frozenset()

    def flags(self) -> list[Flag]:
        """Persons stand among the holders only where the course says so."""
        found = history(self.site.store)
        return [one for one in found if one.member is None or self.site.course.award.persons]


class All(Public):
    """`/rankings`: those that are posted or approved, and who has held the flag."""

    async def get(self) -> None:
        sheet = flag_sheet(await self.work(self.flags))
        if self.wished_format():
            return await self.send_sheet(sheet, name=_("Flag"))
        found = await self.work(public_rankings, self.site.store)
        self.show(
            "rankings.html",
            tab="branches",
            rankings=[(one, period_words(one.period)) for one in found],
            flags=sheet.rows,
        )


class One(Public):
    """`/rankings/<id>`: one of them, as long as it is not a draft."""

    async def get(self, ranking: str) -> None:
        found = await self.published(ranking)
        sheet = ranking_sheet(found, self.member)
        if self.wished_format():
            sheets = [sheet, method_sheet(found.method)]
            return await self.send_sheet(sheets, name=heading(found))
        await self.ranking_page(found)

    async def published(self, id: str) -> Ranking:
        found = await self.work(find_ranking, self.site.store, id)
        if found is None or found.state not in PUBLIC or not was_posted(found):
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        return found

    async def ranking_page(
        self, found: Ranking, *, status: int = 200, problem: str = "", text: str = ""
    ) -> None:
        own = [
            one
            for one in await self.work(objections, self.site.store, found.id)
            if one.member == self.member.id
        ]
        flags = [one for one in await self.work(self.flags) if one.ranking == found.id]
        self.show(
            "ranking.html",
            status=status,
            tab="branches",
            ranking=found,
            title=heading(found),
            among=top.name if (top := self.tree.get(found.top)) else "",
            score_word=score_word(self.site.course),
            levels=levels_of(found, ranking_sheet(found, self.member)),
            stages=stages(found, self.site.course.zone),
            own_branch=self.member.branch_id,
            flags={one.branch: one.kept for one in flags if one.branch},
            winners=flag_sheet(flags).rows,
            may_object=may_object(found, self.member, self.now),
            objections=own,
            sent=self.get_argument("sent", "") == "1",
            problem=problem,
            text=text,
            most=LONGEST,
            method=method_words(found.method),
            address=f"{self.base_url}rankings/{found.id}",
        )


class Objections(One):
    """`POST /rankings/<id>/objections`"""

    async def get(self, ranking: str) -> None:
        self.redirect(f"{self.base_url}rankings/{ranking}")

    async def post(self, ranking: str) -> None:
        found = await self.published(ranking)
        text = self.get_body_argument("text", "")
        try:
            await self.work(
                object_to,
                self.site.store,
                found.id,
                member=self.member,
                text=text,
                now=self.now,
            )
        except WeikeError as error:
            await self.ranking_page(found, status=400, problem=str(error), text=text[:LONGEST])
            return
        self.redirect(f"{self.base_url}rankings/{found.id}?sent=1#objections", status=303)


class Award(Handler):
    """`POST /me/award`: agree to be named among the best, or not any more."""

    async def get(self) -> None:
        self.redirect(f"{self.base_url}me")

    async def post(self) -> None:
        if not self.site.course.award.persons:
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        agrees = self.get_body_argument("agree", "") == "1"
        task = give_consent if agrees else withdraw_consent
        await self.work(task, self.site.store, self.member.id, now=self.now)
        self.redirect(f"{self.base_url}me?saved=award#award", status=303)


def was_posted(ranking: Ranking) -> bool:
    """A draft that rescoring superseded has never been shown to anybody."""
    return ranking.posted_until is not None

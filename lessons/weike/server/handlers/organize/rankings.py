"""Rankings for those who decide them: draft, post, answer objections, approve."""

from __future__ import annotations

from collections.abc import Sequence

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.awarding.flags import history
from weike.results.awarding.objections import LONGEST, answer, objections
from weike.results.awarding.rankinglog import (
    Ranking,
    find_ranking,
    inputs_text,
    rankings,
    state_word,
)
from weike.results.awarding.rankings import approve, draft, may_decide, post, withdraw
from weike.results.awarding.rankingsheets import flag_sheet, ranking_sheet
from weike.results.awarding.verification import verify
from weike.results.people import Branch
from weike.results.scoring.method import method_sheet, method_words
from weike.server.base import Refused
from weike.server.organizing import Organizing
from weike.server.pages import score_word
from weike.server.rankpages import heading, levels_of, stages

TAB = "rankings"


class Rankings(Organizing):
    """`/organize/rankings`: those of every period, and a draft of the one that is shown."""

    async def get(self) -> None:
        await self.list()

    async def post(self) -> None:
        top = self.get_body_argument("top", "") or None
        if top is not None:
            self.the_branch(top)
        if not may_decide(self.member, self.tree, top):
            raise Refused(403, "forbidden", _("This page is for other duties than yours."))
        try:
            made = await self.work(
                draft,
                self.site.store,
                period=self.the_period(),
                by=self.member.id,
                now=self.now,
                branch=top,
            )
        except WeikeError as error:
            await self.list(status=400, problem=str(error))
            return
        self.redirect(f"{self.base_url}organize/rankings/{made}", status=303)

    async def list(self, *, status: int = 200, problem: str = "") -> None:
        flags = flag_sheet(await self.work(history, self.site.store))
        if self.wished_format():
            return await self.send_sheet(flags, name=_("Flag"))
        period = self.the_period()
        every = [
            one
            for one in await self.work(rankings, self.site.store)
            if self.may_see(one) and one.state != "withdrawn"
        ]
        self.page(
            "rankings.html",
            status=status,
            tab=TAB,
            problem=problem,
            rankings=[(one, heading(one), state_word(one.state), self.scope(one)) for one in every],
            contests=self.contests(),
            flags=flags.rows,
            days=self.site.course.award.posted_days,
            drafted=any(one.period == period and one.state == "draft" for one in every),
        )

    def contests(self) -> Sequence[tuple[str, str]]:
        """(branch id, words) of what this member may rank; no id: the whole organisation."""
        found = [("", _("the whole organisation"))] if self.decides(None) else []
        tops: list[Branch] = [] if found and len(self.tops()) == 1 else self.tops()
        return [*found, *((one.id, one.name) for one in tops)]

    def decides(self, top: str | None) -> bool:
        return may_decide(self.member, self.tree, top)

    def may_see(self, ranking: Ranking) -> bool:
        """What everybody may see, and what this member decides."""
        return ranking.state in ("posted", "approved") or self.decides(ranking.top)

    def scope(self, ranking: Ranking) -> str:
        top = self.tree.get(ranking.top)
        return top.name if top else ""

    async def the_ranking(self, id: str) -> Ranking:
        found = await self.work(find_ranking, self.site.store, id)
        if found is None or not self.may_see(found):
            raise Refused(404, "not_found", _("There is nothing here, or it is not for you."))
        return found


class One(Rankings):
    """`/organize/rankings/<id>`: its figures, its state, its objections, and what can be done."""

    async def get(self, ranking: str) -> None:  # type: ignore[override]  # the route's argument
        found = await self.the_ranking(ranking)
        if self.wished_format():
            sheets = [ranking_sheet(found, self.member), method_sheet(found.method)]
            return await self.send_sheet(sheets, name=heading(found))
        await self.ranking_page(found)

    async def post(self, ranking: str) -> None:  # type: ignore[override]  # the route's argument
        found = await self.the_ranking(ranking)
        if not self.decides(found.top):
            raise Refused(403, "forbidden", _("This page is for other duties than yours."))
        try:
            await self.act(found)
        except WeikeError as error:
            await self.ranking_page(found, status=400, problem=str(error))
            return
        self.redirect(f"{self.base_url}organize/rankings/{found.id}", status=303)

    async def act(self, found: Ranking) -> None:
        """Do what the button says that was pressed."""
        store, by, now = self.site.store, self.member.id, self.now
        match self.get_body_argument("act", ""):
            case "post":
                days = self.get_body_argument("days", "")
                wished = int(days[:3]) if days.isdecimal() else None
                await self.work(post, store, found.id, by=by, now=now, days=wished)
            case "approve":
                await self.work(
                    approve,
                    store,
                    found.id,
                    by=by,
                    now=now,
                    decision=self.get_body_arguments("branch") or None,
                    reason=self.get_body_argument("reason", "")[:LONGEST],
                )
            case "withdraw":
                reason = self.get_body_argument("reason", "")[:LONGEST]
                await self.work(withdraw, store, found.id, by=by, now=now, reason=reason)
            case "answer":
                text = self.get_body_argument("text", "")
                number = self.get_body_argument("objection", "")
                own = {str(one.id) for one in await self.work(objections, store, found.id)}
                if number not in own:
                    raise Refused(
                        404, "not_found", _("There is nothing here, or it is not for you.")
                    )
                await self.work(answer, store, int(number), text=text, by=by, now=now)
            case _:
                raise Refused(400, "bad_request", _("The server does not understand this request."))

    async def ranking_page(self, found: Ranking, *, status: int = 200, problem: str = "") -> None:
        decides = self.decides(found.top)
        raised = await self.work(objections, self.site.store, found.id) if decides else []
        if raised:
            await self.audit("looked at objections", found.id)
        flags = [
            one for one in await self.work(history, self.site.store) if one.ranking == found.id
        ]
        levels = levels_of(found, ranking_sheet(found, self.member))
        checked = None
        if decides and self.get_argument("verify", "") == "1":
            checked = await self.work(verify, self.site.store, found.id)
        until = found.posted_until
        self.page(
            "ranking.html",
            status=status,
            tab=TAB,
            ranking=found,
            title=heading(found),
            scope=self.scope(found),
            state=state_word(found.state),
            problem=problem,
            score_word=score_word(self.site.course),
            levels=levels,
            stages=stages(found, self.site.course.zone),
            own_branch=self.member.branch_id,
            flags={one.branch: one.kept for one in flags if one.branch},
            winners=flag_sheet(flags).rows,
            objections=raised,
            unanswered=sum(one.answer is None for one in raised),
            decides=decides,
            ended=until is not None and until <= self.now,
            days=self.site.course.award.posted_days,
            first=[row for row in levels[0].rows if row["rank"] == 1],
            competing=[*levels[0].rows, *levels[0].small],
            checked=checked,
            most=LONGEST,
            method=method_words(found.method),
            events=[
                (
                    state_word(one.state),
                    f"{one.at.astimezone(self.site.course.zone):%Y-%m-%d %H:%M}",
                    one,
                )
                for one in found.events
            ],
        )


class Stored(Rankings):
    """`/organize/rankings/<id>/inputs`: what it was computed from, member by opaque id."""

    async def get(self, ranking: str) -> None:  # type: ignore[override]  # the route's argument
        found = await self.the_ranking(ranking)
        if not self.decides(found.top):
            raise Refused(403, "forbidden", _("This page is for other duties than yours."))
        await self.audit("took the inputs of a ranking", found.id)
        text = await self.work(self.text, found)
        self.send_file(text.encode(), f"{found.id}.json")

    def text(self, found: Ranking) -> str:
        with self.site.store.read() as connection:
            return inputs_text(connection, self.site.store, found)

"""Who does not count in a period, with the reason and who decided."""

from __future__ import annotations

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.assigning.excusals import (
    LONGEST_REASON,
    Excusal,
    excusals,
    excusals_sheet,
    excuse,
    withdraw_excusal,
)
from weike.results.enrolling.lookup import MOST, Found
from weike.results.periods import Period, period_words
from weike.server.handlers.organize.deciding import by_id
from weike.server.handlers.organize.members import Choosing

SECTION = "excusals"


class Excusing(Choosing):
    """What both routes share."""

    async def excused(self, period: Period) -> list[Excusal]:
        duty = self.duty()
        every = await self.work(excusals, self.site.store, period=period)
        return [one for one in every if one.branch_id in duty]


class Excusals(Excusing):
    """`/organize/excusals?who=`: the list, and a member to be excused."""

    async def get(self) -> None:
        found = await self.excused(self.the_period())
        if self.wished_format():
            sheet = excusals_sheet(found)
            await self.audit("looked at excusals", self.subject())
            return await self.send_sheet(sheet, name=f"{sheet.title} {self.the_period()}")
        await self.shown(found)

    async def shown(self, found: list[Excusal], *, problem: str = "", status: int = 200) -> None:
        if found:
            await self.audit("looked at excusals", self.subject())
        chosen = await self.chosen()
        self.decide(
            "excusals.html",
            section=SECTION,
            status=status,
            problem=problem,
            found=found,
            words_of=period_words,
            after_the_end=lambda one: one.created >= one.period.end(self.site.course.zone),
            who=self.get_argument("who", ""),
            people=[] if chosen else await self.looked_up(),
            most=MOST,
            chosen=chosen,
            longest=LONGEST_REASON,
            reason=self.get_argument("reason", ""),
        )

    async def post(self) -> None:
        period = self.period_field()
        member = await self.the_person(self.field("member"))
        reason = self.field("reason")
        try:
            if not reason:
                raise WeikeError(_("Write the reason; it is shown beside the figures."))
            if not self.sure:
                return self.ask(member, period, reason)
            await self.work(
                excuse,
                self.site.store,
                member=member.id,
                period=period,
                reason=reason,
                by=self.member.id,
                now=self.now,
            )
        except WeikeError as error:
            return await self.shown(await self.excused(period), problem=str(error), status=400)
        self.done("organize/excusals")

    def ask(self, member: Found, period: Period, reason: str) -> None:
        self.confirm(
            section=SECTION,
            heading=_("Excuse {name}?").format(name=member.name),
            sentences=[
                f"{member.code} · {member.branch.replace('/', ' / ')}",
                _("Reason: {reason}").format(reason=reason),
                _(
                    "In {period} this person is in no figure at all; how many are excused is shown."
                ).format(period=period_words(period)),
            ],
            button=_("Excuse"),
            back=self.address("organize/excusals"),
        )


class OneExcusal(Excusing):
    """`POST /organize/excusals/<id>`: let the member count again."""

    async def post(self, id: str) -> None:
        one: Excusal = by_id(await self.excused(self.the_period()), id)
        if not self.sure:
            return self.confirm(
                section=SECTION,
                heading=_("Let {name} count again?").format(name=one.name),
                sentences=[
                    f"{one.code} · {one.branch.replace('/', ' / ')}",
                    _("Reason: {reason}").format(reason=one.reason),
                ],
                button=_("Let count again"),
                back=self.address("organize/excusals"),
            )
        await self.work(withdraw_excusal, self.site.store, id, by=self.member.id, now=self.now)
        self.done("organize/excusals")

"""补考: choose a quiz, see who failed or was absent, set the window, done."""

from __future__ import annotations

from datetime import datetime, timedelta

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.assigning.makeups import MakeupPlan, make_up, plan_makeup, withdraw_makeup
from weike.results.assigning.outcomes import Makeup, makeups, outcomes, outcomes_sheet
from weike.results.assigning.tasks import counts
from weike.results.catalogue import published
from weike.results.periods import Period, day_start, period_words
from weike.server.handlers.organize.deciding import Deciding, by_id
from weike.server.organizing import Choice

SECTION = "makeups"
WINDOW = timedelta(days=8, minutes=-1)  # offered at first: until the end of a day
MOST = 400  # people on one page; of more, nobody can be left out one by one


class MakingUp(Deciding):
    """What the routes share."""

    async def every(self, period: Period) -> list[Makeup]:
        duty = None if "administrator" in self.member.roles else self.duty()
        return await self.work(makeups, self.site.store, period=period, inside=duty)

    def window(self, opens: datetime, closes: datetime) -> str:
        return f"{self.moment_words(opens)} – {self.moment_words(closes, end=True)}"

    def state(self, one: Makeup) -> str:
        if one.closes <= self.now:
            return _("over")
        return _("open") if one.opens <= self.now else _("to come")


class Makeups(MakingUp):
    """`/organize/makeups`: those of the period."""

    async def get(self) -> None:
        self.decide(
            "makeups.html",
            section=SECTION,
            found=await self.every(self.the_period()),
            window=self.window,
            state=self.state,
            now=self.now,
        )


class NewMakeup(MakingUp):
    """`/organize/makeups/new?branch=&quiz=`: the quiz, then the people and the window."""

    async def get(self) -> None:
        await self.form()

    async def form(self, *, problem: str = "", status: int = 200) -> None:
        lessons = await self.work(published, self.site.store)
        quizzes = [
            (one.title, [Choice(quiz.ref, quiz.title) for quiz in one.quizzes if counts(quiz.ref)])
            for one in lessons
        ]
        quiz, plan = self.get_argument("quiz", ""), None
        if quiz:
            try:
                plan = await self.plan(quiz)
            except WeikeError as error:
                problem, status = str(error), 400
        today = day_start(self.today, self.site.course.zone)
        self.decide(
            "makeup_new.html",
            section=SECTION,
            branch=self.wished_branch(),
            status=status,
            problem=problem,
            quizzes=[group for group in quizzes if group[1]],
            quiz=quiz,
            plan=plan,
            checked=self.checked(plan),
            crowded=plan is not None and len(plan.everyone) > MOST,
            opens=self.get_argument("opens", "") or self.local_input(self.now),
            closes=self.get_argument("closes", "") or self.local_input(today + WINDOW),
        )

    def checked(self, plan: MakeupPlan | None) -> set[str]:
        """Everybody, until somebody was taken out of the list by hand."""
        if self.request.method == "POST":
            return set(self.get_body_arguments("member"))
        return {one.member_id for one in plan.everyone} if plan else set()

    async def plan(self, quiz: str) -> MakeupPlan:
        branch, period = self.wished_branch(), self.the_period()
        plan = await self.work(
            plan_makeup, self.site.store, quiz=quiz, branch=branch.id, period=period, now=self.now
        )
        if self.request.method == "GET":
            await self.audit("looked at who failed or was absent", branch.id, {"quiz": quiz})
        return plan

    async def post(self) -> None:
        try:
            plan = await self.plan(self.field("quiz"))
            opens, closes = self.moment("opens") or self.now, self.moment("closes")
            members = self.get_body_arguments("member")
            if self.field("everyone") == "1":
                members = [one.member_id for one in plan.everyone]
            if closes is None:
                raise WeikeError(_("Say until when the make-up test can be taken."))
            if closes <= max(opens, self.now):
                raise WeikeError(_("The make-up test has to close after it opens, and after now."))
            chosen = [one for one in plan.everyone if one.member_id in members]
            if not chosen:
                raise WeikeError(_("Choose one person at least."))
            if not self.sure:
                return self.ask(plan, opens, closes, [one.name for one in chosen])
            made = await self.work(
                make_up,
                self.site.store,
                plan,
                opens=opens,
                closes=closes,
                members=members,
                by=self.member.id,
                now=self.now,
            )
        except WeikeError as error:
            return await self.form(problem=str(error), status=400)
        self.redirect(f"{self.base_url}organize/makeups/{made}?period={plan.period}", status=303)

    def ask(self, plan: MakeupPlan, opens: datetime, closes: datetime, names: list[str]) -> None:
        sentences = [
            f"{plan.lesson} · {plan.title}",
            self.window(opens, closes),
            _(
                "Each of them has one more attempt in this time, even where the quiz has closed or"
                " no attempts were left. Both results stay: the first one counts in the mean,"
                " whoever passes now counts as passed."
            ),
        ]
        if closes > plan.period.end(self.site.course.zone):
            sentences.append(
                _(
                    "It closes after the end of {period}: results after that do not count in it."
                ).format(period=period_words(plan.period))
            )
        self.confirm(
            section=SECTION,
            heading=_("Set a make-up test for {n} people?").format(n=len(names)),
            sentences=sentences,
            names=names if len(names) <= MOST else (),
            button=_("Set the make-up test"),
            back=self.address("organize/makeups/new", quiz=plan.quiz, branch=plan.branch_id),
        )


class OneMakeup(MakingUp):
    """`/organize/makeups/<id>`: everybody in it with both results, and taking it back."""

    async def the_makeup(self, id: str) -> Makeup:
        found: Makeup = by_id(await self.every(self.the_period()), id)
        return found

    async def get(self, id: str) -> None:
        one = await self.the_makeup(id)
        await self.audit("looked at make-up results", one.branch_id, {"makeup": id})
        found = await self.work(outcomes, self.site.store, id)
        if self.wished_format():
            sheet = outcomes_sheet(found)
            return await self.send_sheet(sheet, name=f"{sheet.title} {one.title}")
        self.decide(
            "makeup.html",
            section=SECTION,
            one=one,
            found=found,
            window=self.window(one.opens, one.closes),
            state=self.state(one),
            running=one.closes > self.now,
        )

    async def post(self, id: str) -> None:
        one = await self.the_makeup(id)
        if not self.sure:
            return self.confirm(
                section=SECTION,
                heading=_("Take the make-up test back?"),
                sentences=[
                    f"{one.lesson} · {one.title}",
                    _("Whoever has not taken it cannot any more; results that are there stay."),
                ],
                button=_("Take back"),
                back=self.address("organize/makeups", id),
            )
        await self.work(withdraw_makeup, self.site.store, id, by=self.member.id, now=self.now)
        self.done("organize/makeups")

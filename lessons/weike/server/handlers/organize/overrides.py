"""Rules of one's own: more time, another close, one attempt more, for a member or a branch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.assigning.overrides import Override, override_rules, overrides, withdraw_override
from weike.results.catalogue import load_published
from weike.results.enrolling.lookup import MOST, Found
from weike.results.people import Branch
from weike.results.versions import load_definition
from weike.server.handlers.organize.deciding import by_id
from weike.server.handlers.organize.members import Choosing
from weike.server.organizing import Choice

SECTION = "overrides"
FIELDS = ("quiz", "opens", "closes", "limit", "attempts", "reason")


class Overriding(Choosing):
    """What the routes share."""

    async def in_force(self) -> list[Override]:
        duty = self.duty()
        return await self.work(overrides, self.site.store, now=self.now, inside=duty)

    def changes(self, one: Override) -> list[str]:
        """What is different, in words."""
        return self.rules_words(one.opens, one.closes, one.limit, one.attempts)

    def rules_words(
        self, opens: Any, closes: Any, limit: timedelta | None, attempts: int | None
    ) -> list[str]:
        found = []
        if limit is not None:
            minutes = f"{limit.total_seconds() / 60:g}"
            found.append(_("time limit {n} min").format(n=minutes))
        if attempts is not None:
            found.append(_("{n} attempts").format(n=attempts))
        if opens is not None:
            found.append(_("opens {moment}").format(moment=self.moment_words(opens)))
        if closes is not None:
            found.append(_("closes {moment}").format(moment=self.moment_words(closes, end=True)))
        return found


class Overrides(Overriding):
    """`/organize/overrides`: what holds now."""

    async def get(self) -> None:
        found = await self.in_force()
        if any(one.member_id for one in found):
            await self.audit("looked at own rules", self.subject())
        self.decide("overrides.html", section=SECTION, found=found, changes=self.changes)


class NewOverride(Overriding):
    """`/organize/overrides/new?who=` or `?branch=`: for whom, then which rules."""

    async def get(self) -> None:
        await self.form()

    async def form(self, *, problem: str = "", status: int = 200) -> None:
        member = await self.chosen()
        wished = self.get_argument("target", "")
        target = self.the_branch(wished) if wished else None
        quizzes, about = await self.work(self._quizzes)
        self.decide(
            "override_new.html",
            section=SECTION,
            status=status,
            problem=problem,
            person=member,
            target=target,
            who=self.get_argument("who", ""),
            people=[] if member or target else await self.looked_up(),
            most=MOST,
            choices=self.choices(),
            quizzes=quizzes,
            about=about,
            values={name: self.get_argument(name, "") for name in FIELDS},
        )

    def _quizzes(self) -> tuple[list[tuple[str, list[Choice]]], dict[str, list[str]]]:
        """The quizzes by lesson, and the rules that each has now."""
        found: list[tuple[str, list[Choice]]] = []
        about: dict[str, list[str]] = {}
        with self.site.store.read() as connection:
            for one in load_published(connection, self.site.store).lessons:
                found.append((one.title, [Choice(quiz.ref, quiz.title) for quiz in one.quizzes]))
                for quiz in one.quizzes:
                    rules = load_definition(connection, self.site.store, quiz.version).rules
                    about[quiz.ref] = self.rules_words(
                        rules.open, rules.close, rules.limit, rules.attempts
                    )
        return [group for group in found if group[1]], about

    async def post(self) -> None:
        member, target = await self.chosen(), self.get_argument("target", "")
        branch = self.the_branch(target) if member is None else None
        try:
            rules: dict[str, Any] = {
                "opens": self.moment("opens"),
                "closes": self.moment("closes"),
                "limit": self.minutes(),
                "attempts": self.count(),
            }
            self.check(rules)
            if not self.sure:
                return await self.ask(member, branch, rules)
            await self.work(
                override_rules,
                self.site.store,
                quiz=self.field("quiz"),
                member=member.id if member else None,
                branch=branch.id if branch else None,
                reason=self.field("reason"),
                by=self.member.id,
                now=self.now,
                **rules,
            )
        except WeikeError as error:
            return await self.form(problem=str(error), status=400)
        self.done("organize/overrides")

    def check(self, rules: dict[str, Any]) -> None:
        if not self.field("reason"):
            raise WeikeError(_("Write the reason."))
        if all(value is None for value in rules.values()):
            raise WeikeError(_("Fill in one rule at least."))

    async def ask(self, member: Found | None, branch: Branch | None, rules: dict[str, Any]) -> None:
        who = f"{member.name} {member.code}" if member else branch.name if branch else ""
        quizzes = {
            one.value: f"{lesson} · {one.words}"
            for lesson, every in (await self.work(self._quizzes))[0]
            for one in every
        }
        self.confirm(
            section=SECTION,
            heading=_("Change the rules for {who}?").format(who=who),
            sentences=[
                quizzes.get(self.field("quiz"), self.field("quiz")),
                " · ".join(self.rules_words(**rules)),
                _("Reason: {reason}").format(reason=self.field("reason")),
                _("What was decided for the same person or branch before no longer holds."),
            ],
            button=_("Change rules"),
            back=self.address("organize/overrides"),
        )

    def minutes(self) -> timedelta | None:
        text = self.field("limit")
        try:
            return timedelta(minutes=float(text)) if text else None
        except (ValueError, OverflowError) as error:
            raise WeikeError(
                _("{text} is no number of minutes; write one such as 30").format(text=text)
            ) from error

    def count(self) -> int | None:
        text = self.field("attempts")
        try:
            return int(text) if text else None
        except ValueError as error:
            raise WeikeError(
                _("{text} is no number of attempts; write one such as 2").format(text=text)
            ) from error


class OneOverride(Overriding):
    """`POST /organize/overrides/<id>`: let the quiz's own rules hold again."""

    async def post(self, id: str) -> None:
        one: Override = by_id(await self.in_force(), id)
        if not self.sure:
            return self.confirm(
                section=SECTION,
                heading=_("Let the quiz's own rules hold for {who} again?").format(who=one.who),
                sentences=[one.title, " · ".join(self.changes(one))],
                button=_("Take back"),
                back=self.address("organize/overrides"),
            )
        await self.work(withdraw_override, self.site.store, id, by=self.member.id, now=self.now)
        self.done("organize/overrides")

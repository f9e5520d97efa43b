"""What the pages on which organizers decide something have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.people import Branch
from weike.results.periods import Period, local_date
from weike.server.base import Refused
from weike.server.days import moment_words
from weike.server.organizing import Choice, Organizing, not_there

LONGEST = 500  # characters of one field


class Deciding(Organizing):
    """Nothing that changes what counts is done before its consequence was shown and agreed to."""

    @property
    def today(self) -> date:
        return local_date(self.now, self.site.course.zone)

    def decide(self, template: str, *, section: str, **values: Any) -> None:
        """A page of the tab "assignments", in its own line of sections."""
        sections = [
            ("assignments", "organize/assignments", _("Assignments")),
            ("makeups", "organize/makeups", _("Make-up tests")),
            ("excusals", "organize/excusals", _("Excused members")),
            ("overrides", "organize/overrides", _("Own rules")),
        ]
        values = {"problem": "", **values}
        self.page(template, tab="assignments", section=section, sections=sections, **values)

    def confirm(
        self,
        *,
        section: str,
        heading: str,
        sentences: Sequence[str],
        button: str,
        back: str,
        names: Sequence[str] = (),
    ) -> None:
        """Show what would happen, with all that was filled in, to be sent again."""
        fields = [
            (name, value)
            for name in self.request.body_arguments
            if name not in ("_xsrf", "sure", "period")
            for value in self.get_body_arguments(name)
        ]
        fields.append(("period", str(self.the_period())))
        self.decide(
            "confirm.html",
            section=section,
            title=heading,
            sentences=sentences,
            button=button,
            back=back,
            fields=fields,
            names=names,
        )

    @property
    def sure(self) -> bool:
        return self.get_body_argument("sure", "") == "1"

    def field(self, name: str) -> str:
        return self.get_body_argument(name, "")[:LONGEST].strip()

    def choices(self) -> list[Choice]:
        """Every branch of the duty, set in by its level."""
        duty = [one for one in self.tree if one.id in self.duty()]
        least = min((one.level for one in duty), default=0)
        return [Choice(one.id, one.name, one.level - least) for one in duty]

    def the_duty_branch(self, id: str) -> Branch | None:
        """The branch that a form names; "" is everyone, which only administrators may decide on."""
        if id:
            return self.the_branch(id)
        if "administrator" not in self.member.roles:
            raise WeikeError(_("Choose the branch that this is for."))
        return None

    def own(self, branch_id: str | None) -> bool:
        """Whether what was decided for this branch (None: for all) is this member's to undo."""
        if branch_id is None:
            return "administrator" in self.member.roles
        return branch_id in self.duty()

    def day(self, name: str) -> date | None:
        """A day of a form; empty is none."""
        text = self.field(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError as error:
            raise WeikeError(
                _("{text} is no day; write one such as {example}").format(
                    text=text, example=self.today.isoformat()
                )
            ) from error

    def moment(self, name: str) -> datetime | None:
        """A moment of a form, which is where the organisation is; empty is none."""
        text = self.field(name)
        if not text:
            return None
        zone = self.site.course.zone
        try:
            found = datetime.fromisoformat(text)
            return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError) as error:  # the first day of all is none in UTC
            raise WeikeError(
                _("{text} is no time; write one such as {example}").format(
                    text=text, example=f"{self.today.isoformat()} 08:00"
                )
            ) from error

    def period_field(self) -> Period:
        """The period that a form names."""
        try:
            return Period.parse(self.field("period"))
        except WeikeError as error:
            raise Refused(400, "bad_period", str(error)) from error

    def local_input(self, moment: datetime) -> str:
        """A moment as `<input type="datetime-local">` takes it."""
        return moment.astimezone(self.site.course.zone).strftime("%Y-%m-%dT%H:%M")

    def moment_words(self, moment: datetime, *, end: bool = False) -> str:
        return moment_words(moment, self.today, self.site.course.zone, end=end)

    def done(self, path: str, **query: object) -> None:
        self.redirect(self.address(path, **query), status=303)


def by_id(found: Sequence[Any], id: str) -> Any:
    """The one with this id; a foreign one is not among them, hence not there."""
    for one in found:
        if one.id == id:
            return one
    raise not_there()


def filled(handler: Deciding, names: Sequence[str]) -> Mapping[str, str]:
    """What was filled in so far, to be shown again beside the problem."""
    return {name: handler.field(name) for name in names}

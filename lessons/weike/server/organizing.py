"""What every page for organizers goes through: whose branches, which period, which file.

An organizer answers for whole subtrees of branches. Everything outside them is not there (404),
on a page, in a download and as JSON alike.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.audit import audit
from weike.results.people import Branch, Branches
from weike.results.periods import Period, local_date, period_words
from weike.results.reporting.sheet import Sheet, sheet_csv, sheet_json, workbook
from weike.results.scoring.snapshot import current_snapshot
from weike.server.base import Handler, Refused
from weike.server.downloads import send_file
from weike.server.jsonbody import to_json
from weike.server.pages import MANAGERS, board_word
from weike.server.periods import recent_months, recent_quarters

FORMATS: Final = ("xlsx", "csv", "json")
RANGE: Final = ("score_low", "score", "score_high")

# The pages of the area in the order of their tabs: name, path, words.
TABS: Final[Sequence[tuple[str, str, Callable[[], str]]]] = (
    ("overview", "organize", lambda: _("Overview")),
    ("assignments", "organize/assignments", lambda: _("Assignments")),
    ("unfinished", "organize/unfinished", lambda: _("Not finished")),
    ("files", "organize/files", lambda: _("Files")),
    ("rankings", "organize/rankings", lambda: _("Rankings")),
    ("dashboards", "organize/dashboards", lambda: _("Dashboards")),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a selector; `depth` is how far it is set in."""

    value: str
    words: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Scale:
    """The part of 0 to 100 that the ranges of one table are drawn on, in whole tens."""

    low: int
    high: int

    @classmethod
    def of(cls, points: Iterable[float | None]) -> Scale:
        known = [one for one in points if one is not None]
        low = math.floor(min(known, default=0) / 10) * 10
        high = math.ceil(max(known, default=100) / 10) * 10
        return cls(max(0, min(low, high - 20)), min(100, max(high, low + 20)))

    def place(self, points: float) -> float:
        """How far from the left edge, in percent."""
        return round((points - self.low) / (self.high - self.low) * 100, 1)


class Organizing(Handler):
    """A page for those who answer for branches."""

    roles = MANAGERS

    tree: Branches

    def ready(self) -> Awaitable[None]:
        return self._load_tree()

    async def _load_tree(self) -> None:
        self.tree = (await self.work(current_snapshot, self.site.store)).tree
        self.wished_format()  # before any work is done for a file that there is not

    def wants_json(self) -> bool:
        # Also of what is no text, for an error is said in one of the two forms.
        return self.request.arguments.get("format", [b""])[-1].strip() == b"json"

    # Whose branches, which period

    def duty(self) -> frozenset[str]:
        """Every branch that the member answers for; all of them for an administrator."""
        if "administrator" in self.member.roles:
            return frozenset(self.tree.by_id)
        return self.member.duty & self.tree.by_id.keys()

    def tops(self) -> list[Branch]:
        """The branches of the duty that stand under no other of it."""
        duty = self.duty()
        return [one for one in self.tree if one.id in duty and one.parent_id not in duty]

    def the_branch(self, id: str | None) -> Branch:
        """A branch of the duty; without an id, the first top. Anything else is not there."""
        if not id:
            tops = self.tops()
            if not tops:
                raise Refused(404, "not_found", _("No branch has been given into your care yet."))
            return tops[0]
        found = self.tree.get(id)
        if found is None or found.id not in self.duty():
            raise not_there()
        return found

    def wished_branch(self) -> Branch:
        """What `?branch=` names."""
        return self.the_branch(self.get_argument("branch", ""))

    def the_period(self) -> Period:
        """What `?period=` names; without it, the current quarter."""
        wished = self.get_argument("period", "")
        if not wished:
            return Period.current(self.now, self.site.course.zone)
        try:
            return Period.parse(wished)
        except WeikeError as error:
            raise Refused(400, "bad_period", str(error)) from error

    def above(self, branch: Branch) -> list[Branch]:
        """The branches of the duty from the top down to this one, itself the last."""
        duty, found = self.duty(), [branch]
        while (parent := self.tree.get(found[0].parent_id)) and parent.id in duty:
            found.insert(0, parent)
        return found

    def beneath(self, branch: Branch) -> list[Branch]:
        """The children, in the order of the organisation."""
        return [one for one in self.tree if one.parent_id == branch.id]

    def level_word(self, level: int) -> str:
        """What the organisation calls branches of this level."""
        levels = self.site.course.levels
        return board_word(self.site.course) if level >= len(levels) - 1 else levels[level]

    # Answers

    def address(self, path: str, *parts: str, **query: object) -> str:
        """A page of this course in the period that is shown; `parts` may hold any letter."""
        period = self.get_argument("period", "")
        known = {name: str(value) for name, value in query.items() if value not in (None, "")}
        asked = ({"period": period} if period else {}) | known
        whole = "/".join([path, *(quote(part, safe="") for part in parts)])
        return f"{self.base_url}{whole}{'?' if asked else ''}{urlencode(asked)}"

    def page(
        self,
        template: str,
        *,
        tab: str,
        branch: Branch | None = None,
        choose: bool = True,
        crumbs: Sequence[tuple[str, str]] = (),
        **values: Any,
    ) -> None:
        """Show `organize/<template>` under the tab of this name, with the period's selector.

        `branch` is whom the page is about; unless it stands in the page's path (`choose` is
        False), another can be chosen as `?branch=`.
        """
        period = self.the_period()
        self.show(
            f"organize/{template}",
            tab="organize",
            area=tab,
            areas=[(name, path, words()) for name, path, words in TABS],
            here=self.request.path,
            to=self.address,
            crumbs=crumbs,
            period=str(period),
            period_title=period_words(period),
            periods=self._periods(period),
            branch=branch,
            branches=self._choices(branch) if branch and choose else [],
            kept=self._kept(),
            downloads=[(kind, self._download(kind)) for kind in FORMATS],
            **values,
        )

    def _kept(self) -> list[tuple[str, str]]:
        """What else was asked, for the form of the selectors to ask again."""
        return [
            (name, self.get_argument(name))
            for name in self.request.query_arguments
            if name not in ("period", "branch", "format", "sheet")
        ]

    def _periods(self, shown: Period) -> list[tuple[str, list[Choice]]]:
        """Quarters and months to choose from, by their heading, the one that is shown included."""
        day = local_date(self.now, self.site.course.zone)
        quarters, months = recent_quarters(day), recent_months(day)
        others = [] if shown in (*quarters, *months) else [shown]
        groups = [(_("Quarters"), quarters), (_("Months"), months), (_("Other periods"), others)]
        return [
            (words, [Choice(str(one), period_words(one)) for one in periods])
            for words, periods in groups
            if periods
        ]

    def _choices(self, branch: Branch) -> list[Choice]:
        """The tops, the way from one of them to the branch, and what is right beneath it."""
        near = {one.id for one in (*self.tops(), *self.above(branch), *self.beneath(branch))}
        shown = [one for one in self.tree if one.id in near]
        least = min((one.level for one in shown), default=0)
        return [Choice(one.id, one.name, one.level - least) for one in shown]

    def wished_format(self) -> str | None:
        """What `?format=` asks for: a file, or None for the page."""
        wished = self.get_argument("format", "") or None
        if wished is not None and wished not in FORMATS:
            raise Refused(
                400,
                "bad_format",
                _("There is no {format} of this; there is {known}.").format(
                    format=wished, known=", ".join(FORMATS)
                ),
            )
        return wished

    def _download(self, kind: str) -> str:
        """This page with all that was asked of it, as a file."""
        asked = {name: self.get_argument(name) for name in self.request.query_arguments}
        return f"{self.request.path}?{urlencode(asked | {'format': kind})}"

    async def send_sheet(self, sheets: Sheet | Sequence[Sheet], *, name: str) -> None:
        """What the page shows as the file that `?format=` asks for, called `name` without suffix.

        A workbook and JSON hold all sheets; csv can hold one: the first, or `?sheet=<name>`.
        """
        kind = self.wished_format()
        assert kind is not None, "a page asked for a file that nobody wanted"
        every = [sheets] if isinstance(sheets, Sheet) else list(sheets)
        zone = self.site.course.zone
        if kind == "json":
            bodies = await self.work(lambda: [sheet_json(one) for one in every])
            self.send_file(to_json(_one_or_all(every, bodies)), f"{name}.json")
        elif kind == "xlsx":
            self.send_file(await self.work(workbook, every, zone=zone), f"{name}.xlsx")
        else:
            wished = self.get_argument("sheet", every[0].name)
            sheet = next((one for one in every if one.name == wished), None)
            if sheet is None:
                raise not_there()
            self.send_file(await self.work(sheet_csv, sheet, zone=zone), f"{name}.csv")

    def send_file(self, body: bytes, name: str) -> None:
        """A download that nobody keeps on the way; `name` with its suffix."""
        send_file(self, body, name)

    async def audit(self, act: str, subject: str, detail: object = None) -> None:
        """Record that this member looked at somebody, or changed something."""
        await self.work(
            audit, self.site.store, self.member.id, act, subject, self.now, detail=detail
        )


def not_there() -> Refused:
    """The same whether there is no such thing or it is somebody else's."""
    return Refused(404, "not_found", _("There is nothing here, or it is not for you."))


def _one_or_all(sheets: Sequence[Sheet], bodies: Sequence[Mapping[str, Any]]) -> object:
    if len(bodies) == 1:
        return bodies[0]
    return {"sheets": {one.name: body for one, body in zip(sheets, bodies, strict=True)}}

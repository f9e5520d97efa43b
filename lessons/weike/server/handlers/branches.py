"""The board of the branches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.board import LEAST, branch_board
from weike.results.people import Member
from weike.results.periods import Period, local_date, period_words
from weike.server.base import Handler, Refused
from weike.server.pages import board_word
from weike.server.periods import recent_quarters


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One branch on the board. Shares are from 0 to 1; None is withheld or unknown."""

    name: str
    above: str
    level: int
    members: int
    coverage: float | None
    completion: float | None
    adjusted: float | None
    low: float | None
    high: float | None
    own: bool
    duty: bool
    hidden: bool

    @classmethod
    def of(cls, body: Mapping[str, Any], viewer: Member) -> Row:
        low, high = body["interval"] or (None, None)
        return cls(
            name=body["name"],
            above=body["path"].rpartition("/")[0].replace("/", " / "),
            level=body["level"],
            members=body["members"],
            coverage=body["coverage"],
            completion=body["completion"],
            adjusted=body["adjusted_mean"],
            low=low,
            high=high,
            own=body["own"],
            duty=viewer.can_see_branch(body["branch"]),
            hidden=body.get("hidden", False),
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """The part of 0 to 100 that a board's ranges are drawn on, in whole tens."""

    low: int
    high: int

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Scale:
        shares = [
            share
            for row in rows
            for share in (row.low, row.adjusted, row.high)
            if share is not None
        ]
        low = math.floor(10 * min(shares, default=0)) * 10
        high = math.ceil(10 * max(shares, default=1)) * 10
        return cls(max(0, min(low, high - 20)), min(100, max(high, low + 20)))

    def place(self, share: float) -> float:
        """How far from the left edge, in percent."""
        return round((100 * share - self.low) / (self.high - self.low) * 100, 1)


class Boarding(Handler):
    """What the page and the route for programs share."""

    async def board(self) -> dict[str, Any]:
        wished = self.get_argument("period", "")
        try:
            period = Period.parse(wished) if wished else None
        except WeikeError as error:
            raise Refused(400, "bad_period", str(error)) from error
        return await self.work(branch_board, self.site.store, self.member, period, self.now)


class Data(Boarding):
    """`GET /api/branches?period=2026-Q4`"""

    def wants_json(self) -> bool:
        return True

    async def get(self) -> None:
        self.send(await self.board())


class Page(Boarding):
    """`/branches`: the branches of one level; first those that an organizer answers for."""

    async def get(self) -> None:
        board = await self.board()
        every = [Row.of(body, self.member) for body in board["branches"]]
        depths = sorted({row.level for row in every})
        level = self.wished_level(depths)
        rows = sorted((row for row in every if row.level == level), key=_rank)
        self.show(
            "branches.html",
            tab="branches",
            board_title=board_word(self.site.course),
            groups=groups(rows),
            any=bool(rows),
            level=level,
            level_word=self.level_word(level),
            levels=[(depth, self.level_word(depth)) for depth in depths],
            period=board["period"],
            periods=[(str(p), period_words(p)) for p in self.periods(board["period"])],
            no_difference=board["no_difference"] and any(row.adjusted for row in rows),
            least=LEAST,
            scale=Scale.of(rows),
        )

    def wished_level(self, depths: Sequence[int]) -> int:
        wished = self.get_argument("level", "")
        return next((one for one in depths if str(one) == wished), depths[-1] if depths else 0)

    def level_word(self, level: int) -> str:
        levels = self.site.course.levels
        return board_word(self.site.course) if level >= len(levels) - 1 else levels[level]

    def periods(self, shown: str) -> list[Period]:
        recent = recent_quarters(local_date(self.now, self.site.course.zone))
        return recent if shown in map(str, recent) else [Period.parse(shown), *recent]


def groups(rows: Sequence[Row]) -> list[tuple[str, Sequence[Row]]]:
    """The own duty first; without one, or with a duty for all, there is one group."""
    mine = [row for row in rows if row.duty]
    others = [row for row in rows if not row.duty]
    if not mine or not others:
        return [("", rows)]
    return [(_("Those you look after"), mine), (_("The others"), others)]


def _rank(row: Row) -> tuple[bool, float]:
    """The best first; who has no figure last."""
    return row.adjusted is None, -(row.adjusted or 0)

"""The board of the branches."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.awarding.rankinglog import public_rankings
from weike.results.people import Member
from weike.results.periods import Period, local_date, period_words
from weike.results.scoring.board import LEAST, branch_board
from weike.results.scoring.method import Method, method_words
from weike.server.base import Handler, Refused
from weike.server.organizing import Scale
from weike.server.pages import board_word, score_word
from weike.server.periods import recent_quarters


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One branch on the board. Score, range and change are points, coverage and completion shares;
    None is withheld or unknown. `flag` is None, or whether the flag was kept."""

    name: str
    above: str
    level: int
    members: int
    coverage: float | None
    completion: float | None
    adjusted: float | None
    change: float | None
    score: float | None
    low: float | None
    high: float | None
    rank: int | None
    leading: bool
    small: bool
    flag: bool | None
    own: bool
    duty: bool
    hidden: bool
    score_hidden: bool

    @classmethod
    def of(cls, body: Mapping[str, Any], viewer: Member) -> Row:
        low, high = body["score_range"] or (None, None)
        flag = body["flag"]
        return cls(
            name=body["name"],
            above=body["path"].rpartition("/")[0].replace("/", " / "),
            level=body["level"],
            members=body["members"],
            coverage=body["coverage"],
            completion=body["completion"],
            adjusted=body["adjusted_mean"],
            change=None if body["change"] is None else 100 * body["change"],
            score=body["score"],
            low=low,
            high=high,
            rank=body["rank"],
            leading=bool(body["leading"]),
            small=body["band"] == "small",
            flag=None if flag is None else flag["kept"],
            own=body["own"],
            duty=viewer.can_see_branch(body["branch"]),
            hidden=body.get("hidden", False),
            score_hidden=body.get("score_hidden", False),
        )


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
        posted = await self.work(public_rankings, self.site.store)
        self.show(
            "branches.html",
            tab="branches",
            board_title=board_word(self.site.course),
            score_word=score_word(self.site.course),
            groups=groups(rows),
            any=bool(rows),
            compared=sum(row.rank is not None for row in rows) > 1,
            shared=sum(bool(row.leading) for row in rows) > 1,
            level=level,
            level_word=self.level_word(level),
            levels=[(depth, self.level_word(depth)) for depth in depths],
            period=board["period"],
            periods=[(str(p), period_words(p)) for p in self.periods(board["period"])],
            no_difference=level in board["no_difference_levels"] and any(row.score for row in rows),
            least=LEAST,
            scale=Scale.of(value for row in rows for value in (row.low, row.score, row.high)),
            method=method_words(Method.of(self.site.course.weights, self.site.course.award)),
            posted=[(one, period_words(one.period)) for one in posted],
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
    """The own duty first; without one, or with a duty for all, there is one group.

    Small branches stand in a band of their own behind the others.
    """
    full = [row for row in rows if not row.small]
    small = [row for row in rows if row.small]
    mine = [row for row in full if row.duty]
    others = [row for row in full if not row.duty]
    found: list[tuple[str, Sequence[Row]]] = [("", full)]
    if mine and others:
        found = [(_("Those you look after"), mine), (_("The others"), others)]
    if small:
        found.append((_("Fewer than {n} people").format(n=LEAST), small))
    return found


def _rank(row: Row) -> tuple[bool, float, bool, float]:
    """By rank; behind them, who is not eligible by score; who has no figure last."""
    rank = math.inf if row.rank is None else row.rank
    return row.score is None, rank, not row.leading, -(row.score or 0)


def flag_words(kept: bool) -> str:
    return _("Flag kept") if kept else _("Flag taken over")

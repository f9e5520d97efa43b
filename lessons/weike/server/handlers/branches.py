"""The board of the branches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.periods import Period
from weike.server.base import Handler, Refused
from weike.server.boards import LEAST, Board, Row
from weike.server.pages import board_word

HIDDEN_FROM_PROGRAMS = ("above", "duty")


class Boarding(Handler):
    """What the page and the route for programs share."""

    async def board(self) -> Board:
        try:
            period = self.site.boards.period(self.get_argument("period", None), self.now)
        except WeikeError as error:
            raise Refused(400, "bad_period", str(error)) from error
        return await self.work(self.site.boards.board, self.member, period, self.now)


class Page(Boarding):
    """`/branches`: the branches of one level; first those that an organizer answers for."""

    async def get(self) -> None:
        board = await self.board()
        depths = sorted({row.level for row in board.rows})
        level = self.wished_level(depths)
        rows = [row for row in board.rows if row.level == level]
        self.show(
            "branches.html",
            tab="branches",
            board_title=board_word(self.site.course),
            groups=self.groups(rows),
            any=bool(rows),
            level=level,
            level_word=self.level_word(level),
            levels=[(depth, self.level_word(depth)) for depth in depths],
            period=str(board.period),
            periods=[(str(p), period_words(p)) for p in self.periods(board.period)],
            no_difference=board.no_difference and any(row.adjusted is not None for row in rows),
            least=LEAST,
        )

    def groups(self, rows: Sequence[Row]) -> list[tuple[str, list[Row]]]:
        mine = [row for row in rows if row.duty]
        others = [row for row in rows if not row.duty]
        if not mine or not others:
            return [("", list(rows))]
        return [(_("Those you look after"), mine), (_("The others"), others)]

    def wished_level(self, depths: Sequence[int]) -> int:
        wished = self.get_argument("level", "")
        if wished.isascii() and wished.isdigit() and int(wished) in depths:
            return int(wished)
        return depths[-1] if depths else 0

    def level_word(self, level: int) -> str:
        levels = self.site.course.levels
        if level >= len(levels) - 1:
            return board_word(self.site.course)
        return levels[level]

    def periods(self, shown: Period) -> list[Period]:
        recent = list(self.site.boards.periods(self.now))
        return recent if shown in recent else [shown, *recent]


class Data(Boarding):
    """`GET /api/branches?period=2026-Q4`"""

    speaks_json = True

    async def get(self) -> None:
        board = await self.board()
        levels = self.site.course.levels
        rows = []
        for row in board.rows:
            known = {k: v for k, v in asdict(row).items() if k not in HIDDEN_FROM_PROGRAMS}
            word = levels[min(row.level, len(levels) - 1)]
            rows.append(known | {"level_name": word})
        self.send(
            {
                "period": str(board.period),
                "until": board.until,
                "no_difference": board.no_difference,
                "least": LEAST,
                "branches": rows,
            }
        )


def period_words(period: Period) -> str:
    """`2026-Q4` as people say it."""
    year, _dash, part = str(period).partition("-")
    if part.startswith("Q"):
        return _("{year}, quarter {n}").format(year=year, n=part[1:])
    if part.startswith("H"):
        return _("{year}, half {n}").format(year=year, n=part[1:])
    if part:
        return _("{year}, month {n}").format(year=year, n=int(part))
    return year

"""How a subtree of branches is doing, at a glance."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from weike.quizzes.i18n import _
from weike.results.branchsheet import branch_sheet
from weike.server.organizing import Organizing


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


class Overview(Organizing):
    """`/organize?branch=`: the branch, and those right beneath it."""

    async def get(self) -> None:
        branch, period = self.wished_branch(), self.the_period()
        sheet = await self.work(
            branch_sheet, self.site.store, period=period, branch=branch.id, now=self.now
        )
        if self.wished_format():
            name = f"{branch.name} {period} {_('Overview')}"
            return await self.send_sheet(sheet, name=name)
        [own, *inside] = sheet.rows
        children = [row for row in inside if row["parent"] == branch.id]
        self.page(
            "overview.html",
            tab="overview",
            branch=branch,
            own=own,
            children=children,
            children_word=self.level_word(branch.level + 1),
            scale=Scale.of(row[key] for row in sheet.rows for key in ("low", "adjusted", "high")),
        )

"""How a subtree of branches is doing, at a glance."""

from __future__ import annotations

from weike.quizzes.i18n import _
from weike.results.branchsheet import branch_sheet
from weike.results.snapshot import current_snapshot
from weike.server.organizing import RANGE, Organizing, Scale


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
        figures = current_snapshot(self.site.store).figures(self.site.store, period, self.now)
        self.page(
            "overview.html",
            no_difference=figures.frame.attrs["no_difference"],
            tab="overview",
            branch=branch,
            own=own,
            children=children,
            children_word=self.level_word(branch.level + 1),
            scale=Scale.of(row[key] for row in sheet.rows for key in RANGE),
        )

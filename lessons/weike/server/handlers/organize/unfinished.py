"""Who has not finished, by name: for those who answer for them, and with an entry for each look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from weike.quizzes.i18n import _
from weike.results.assigning.unfinished import unfinished, unfinished_sheet
from weike.results.people import Branch
from weike.results.periods import period_words
from weike.results.reporting.branchsheet import branch_sheet
from weike.results.scoring.board import LEAST
from weike.server.organizing import Organizing

MOST = 400  # people on one page; the file holds them all
FEW = 3  # missing lessons that are told at once
NAMED = 5  # lessons that a paragraph names


class Unfinished(Organizing):
    """`/organize/unfinished?branch=`"""

    async def get(self) -> None:
        branch, period, store = self.wished_branch(), self.the_period(), self.site.store
        frame = await self.work(unfinished, store, branch=branch.id, period=period, now=self.now)
        form = self.wished_format()
        seen = {"period": str(period), "people": len(frame), "format": form or "page"}
        await self.audit("looked at unfinished", branch.id, seen)
        if form:
            name = f"{branch.name} {period} {_('Not finished')}"
            return await self.send_sheet(unfinished_sheet(frame), name=name)
        board = await self.work(branch_sheet, store, period=period, branch=branch.id, now=self.now)
        [own, *inside] = board.rows
        people = frame.head(MOST).to_dict("records")
        self.page(
            "unfinished.html",
            tab="unfinished",
            branch=branch,
            own=own,
            children=[row for row in inside if row["parent"] == branch.id and row["unfinished"]],
            groups=by_branch(people, branch),
            count=len(frame),
            most=MOST,
            few=FEW,
            overdue=int(frame["overdue"].astype(bool).sum()),
            waiting=int((~frame["started"].astype(bool)).sum()),
            paragraph=self.paragraph(branch, own, frame),
        )

    def paragraph(self, branch: Branch, own: Mapping[str, Any], frame: pd.DataFrame) -> str:
        """What an organizer pastes into the branch's chat group; it names nobody."""
        if frame.empty:
            return _("{branch}: everybody has finished. Thank you!").format(branch=branch.name)
        behind = len(frame)
        few = behind < LEAST  # in a small group, a number tells who
        parts = [
            _("{branch}, lessons of {period}: {percent} done.").format(
                branch=branch.name,
                period=period_words(self.the_period()),
                percent=f"{100 * (own['completion'] or 0):.0f}%",
            ),
            _("A few of us still have lessons to do.")
            if few
            else _("{n} of us still have lessons to do.").format(n=behind),
        ]
        titles = most_missed(frame)
        shown = " ".join(_("“{title}”").format(title=title) for title in titles[:NAMED])
        parts.append(
            _("Most needed: {titles}.").format(titles=shown)
            if len(titles) > NAMED
            else _("Still to do: {titles}.").format(titles=shown)
        )
        days = [day for day in frame["due"] if day is not None]
        if days:
            parts.append(_("Next due day: {day}.").format(day=min(days).isoformat()))
        parts.append(_("Go on here: {link}").format(link=self.front_door()))
        return "\n".join(parts)

    def front_door(self) -> str:
        """The address of the course as people write it."""
        asked = f"{self.request.protocol}://{self.request.host}"
        return f"{self.site.course.public_url or asked}{self.base_url}"


def by_branch(
    people: Sequence[Mapping[Any, Any]], top: Branch
) -> list[tuple[str, list[Mapping[Any, Any]]]]:
    """People under the path of their branch, without the part that all have in common."""
    above = top.path.rpartition("/")[0]
    return [
        (path.removeprefix(f"{above}/").replace("/", " / "), list(rows))
        for path, rows in groupby(people, key=lambda row: str(row["branch"]))
    ]


def most_missed(frame: pd.DataFrame) -> list[str]:
    """The titles that people still have to do, first the one that most have."""
    counts = frame["missing"].explode().value_counts()
    return [str(title) for title in sorted(counts.index, key=lambda one: (-counts[one], one))]

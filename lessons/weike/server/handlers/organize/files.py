"""What an organizer takes along: the workbook, the report, the training record, posters."""

from __future__ import annotations

from typing import Any

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.results.people import Branch
from weike.results.periods import Period, local_date
from weike.results.reporting.filenames import file_name
from weike.results.reporting.paper import moment, report_footer
from weike.results.reporting.poster import (
    HEIGHT,
    WIDTH,
    Poster,
    all_words,
    lesson_poster,
    week_poster,
)
from weike.results.reporting.report import branch_report
from weike.results.reporting.sheet import workbook
from weike.results.reporting.training import branch_records, branch_sessions
from weike.results.reporting.trainingforms import records_form, sessions_form
from weike.results.reporting.trainingsheets import training_sheets
from weike.results.reporting.week import Week
from weike.results.reporting.workbook import quarter_workbook
from weike.results.scoring.snapshot import last_instant
from weike.server.organizing import Organizing

FILE = r"(?P<name>figures\.xlsx|report\.pdf|training\.xlsx|sessions\.pdf|records\.pdf)"
WEEK = r"(?P<week>\d{4}-W\d{2})"


class Posters(Organizing):
    """What the page and the pictures know about posters."""

    def address_of(self) -> str:
        """Where members find the course; as this page was found, where no setting says it."""
        asked = f"{self.request.protocol}://{self.request.host}"
        return f"{self.site.course.public_url or asked}{self.base_url}"

    def known(self) -> dict[str, str]:
        return {"address": self.address_of(), "organisation": self.site.course.title}

    async def of_lesson(self, slug: str) -> Poster:
        return await self.site.analyse(lesson_poster, self.site.store, slug, **self.known())

    async def of_week(self, week: Week) -> Poster:
        return await self.site.analyse(
            week_poster, self.site.store, week, now=self.now, **self.known()
        )

    async def send_poster(self, poster: Poster, name: str) -> None:
        made = await self.site.printshop.png(poster.html, width=WIDTH, height=HEIGHT)
        self.send_file(made, file_name(_("Poster"), name, suffix="png"))


class Files(Posters):
    """`/organize/files?branch=`: everything there is for a branch and a period."""

    async def get(self) -> None:
        branch = self.wished_branch()
        week = Week.of(local_date(self.now, self.site.course.zone))
        try:
            this_week = await self.of_week(week)
        except WeikeError:  # nothing is new or due in it
            this_week = None
        self.page(
            "files.html",
            tab="files",
            branch=branch,
            week=week,
            this_week=this_week,
            posters=await self.site.analyse(all_words, self.site.store, address=self.address_of()),
        )


class BranchFile(Organizing):
    """`/organize/files/<name>?branch=`, with `names=1` listing by name who has not finished."""

    async def get(self, name: str) -> None:
        branch, period = self.wished_branch(), self.the_period()
        kind, _dot, suffix = name.partition(".")
        words, made = await {
            "figures": self.figures,
            "report": self.report,
            "training": self.training,
            "sessions": self.sessions,
            "records": self.records,
        }[kind](branch, period)
        self.send_file(made, file_name(words, branch.name, period, suffix=suffix))

    async def figures(self, branch: Branch, period: Period) -> tuple[str, bytes]:
        made = await self.site.analyse(
            quarter_workbook,
            self.site.store,
            period=period,
            branch=branch.id,
            now=self.now,
            names=await self.names(branch, period),
        )
        return _("Learning figures"), made

    async def report(self, branch: Branch, period: Period) -> tuple[str, bytes]:
        html = await self.site.analyse(
            branch_report,
            self.site.store,
            period=period,
            branch=branch.id,
            organisation=self.site.course.title,
            now=self.now,
            names=await self.names(branch, period),
        )
        return _("Learning report"), await self.printed(html, branch, period)

    async def names(self, branch: Branch, period: Period) -> bool:
        """Whether people are to be named; a file with names is a look at them."""
        wanted = self.get_argument("names", "") == "1"
        if wanted:
            seen = {"period": str(period), "file": self.request.path.rpartition("/")[2]}
            await self.audit("looked at unfinished", branch.id, seen)
        return wanted

    async def training(self, branch: Branch, period: Period) -> tuple[str, bytes]:
        store, per_hour = self.site.store, self.site.course.training.minutes_per_hour
        known: dict[str, Any] = {"branch": branch.id, "period": period, "now": self.now}
        await self.looked(branch, period)

        def made() -> bytes:
            sessions, records = branch_sessions(store, **known), branch_records(store, **known)
            sheets = training_sheets(sessions, records, self.tree, per_hour)
            return workbook(sheets, zone=store.zone)

        return _("Training record"), await self.site.analyse(made)

    async def sessions(self, branch: Branch, period: Period) -> tuple[str, bytes]:
        known: dict[str, Any] = {"branch": branch.id, "period": period, "now": self.now}
        await self.looked(branch, period)
        found = await self.site.analyse(branch_sessions, self.site.store, **known)
        html = sessions_form(found, branch=branch, **self.form(period))
        return _("Training sessions"), await self.printed(html, branch, period)

    async def records(self, branch: Branch, period: Period) -> tuple[str, bytes]:
        known: dict[str, Any] = {"branch": branch.id, "period": period, "now": self.now}
        await self.looked(branch, period)
        found = await self.site.analyse(branch_records, self.site.store, **known)
        html = records_form(found, **self.form(period))
        return _("Training record"), await self.printed(html, branch, period)

    def form(self, period: Period) -> dict[str, Any]:
        course = self.site.course
        return {
            "tree": self.tree,
            "period": period,
            "organisation": course.title,
            "per_hour": course.training.minutes_per_hour,
            "zone": course.zone,
        }

    async def looked(self, branch: Branch, period: Period) -> None:
        """The training record is about persons, so each look at it is recorded."""
        await self.audit("looked at training", branch.id, {"period": str(period)})

    async def printed(self, html: str, branch: Branch, period: Period) -> bytes:
        until = moment(last_instant(self.site.store, period, self.now), self.site.course.zone)
        footer = report_footer(self.site.course.title, branch, until)
        return await self.site.printshop.pdf(html, footer=footer)


class LessonPoster(Posters):
    """`/organize/files/posters/<slug>.png`"""

    async def get(self, slug: str) -> None:
        await self.send_poster(await self.of_lesson(slug), slug)


class WeekPoster(Posters):
    """`/organize/files/weeks/<week>.png`"""

    async def get(self, week: str) -> None:
        await self.send_poster(await self.of_week(Week.parse(week)), week)

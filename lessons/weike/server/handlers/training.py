"""A member's own training record, to read and to take along."""

from __future__ import annotations

from weike.quizzes.i18n import _
from weike.results.people import branches
from weike.results.reporting.filenames import file_name
from weike.results.reporting.sheet import workbook
from weike.results.reporting.training import training_record
from weike.results.reporting.trainingforms import records_form
from weike.results.reporting.trainingsheets import hours, hours_words, record_sheet
from weike.server.base import Handler, Refused
from weike.server.downloads import send_file


class Training(Handler):
    """`/me/training`, and the same as a file with `?format=xlsx` or `?format=pdf`."""

    async def get(self) -> None:
        wanted = self.get_argument("format", "")
        if wanted not in ("", "xlsx", "pdf"):
            raise Refused(
                400,
                "bad_format",
                _("There is no {format} of this; there is {known}.").format(
                    format=wanted, known="xlsx, pdf"
                ),
            )
        store, course = self.site.store, self.site.course
        per_hour = course.training.minutes_per_hour
        record = await self.work(training_record, store, self.member.id, now=self.now)
        sheet = record_sheet(record, per_hour)
        name = file_name(sheet.title, self.member.name, self.member.code, suffix=wanted)
        if wanted == "xlsx":
            send_file(self, await self.work(workbook, [sheet], zone=store.zone), name)
        elif wanted == "pdf":
            html = records_form(
                [record],
                tree=await self.work(branches, store),
                period=None,
                organisation=course.title,
                per_hour=per_hour,
                zone=store.zone,
            )
            made = await self.site.printshop.pdf(html, footer=course.title)
            send_file(self, made, name)
        else:
            self.show(
                "training.html",
                tab="me",
                rows=list(reversed(sheet.rows)),
                hours=hours(record.minutes, per_hour),
                note=hours_words(per_hour),
                zone=store.zone,
            )

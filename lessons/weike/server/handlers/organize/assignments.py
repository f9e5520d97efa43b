"""学习任务: what is assigned, how far it has come, assigning and taking back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, listed
from weike.results.assigning.assignments import Assignment, assign, assignments, withdraw
from weike.results.assigning.decisions import around
from weike.results.assigning.headway import Headway, assignments_sheet, audience, headway
from weike.results.catalogue import LessonSummary, published
from weike.results.enrolling.lookup import posts_of
from weike.results.people import Branch
from weike.results.periods import Period, period_words
from weike.server.days import day_words, due_words
from weike.server.handlers.organize.deciding import Deciding
from weike.server.organizing import Choice, not_there

SECTION = "assignments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One lesson of a task."""

    id: str
    title: str
    headway: Headway


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What was assigned together. `own` says whether the reader may take it back."""

    id: str
    branch: str
    posts: tuple[str, ...]
    period: str
    due: str
    late: bool
    by: str
    own: bool
    members: int
    lines: tuple[Line, ...]

    @property
    def share(self) -> float | None:
        assigned = sum(one.headway.assigned for one in self.lines)
        return sum(one.headway.completed for one in self.lines) / assigned if assigned else None


class Assigning(Deciding):
    """What the pages about assignments share."""

    def concerning(self, found: Sequence[Assignment]) -> list[Assignment]:
        """Those that reach members of the duty."""
        near: set[str] = set()
        for top in self.tops():
            near |= around(self.tree, top.id)
        return [one for one in found if one.branch_id is None or one.branch_id in near]

    async def concerned(self, period: Period) -> list[Assignment]:
        return self.concerning(await self.work(assignments, self.site.store, period=period))

    async def progress(self, period: Period, found: Sequence[Assignment]) -> Mapping[str, Headway]:
        duty = self.duty()
        return await self.work(
            headway, self.site.store, found, period=period, branches=duty, now=self.now
        )

    def tasks(
        self, rows: Sequence[Mapping[str, Any]], found: Sequence[Assignment], progress: Any
    ) -> list[Task]:
        """Grouped as they were assigned, the latest first."""
        groups: dict[object, list[int]] = {}
        for i, one in enumerate(found):
            key = (one.branch_id, one.posts, one.period, one.due, one.created, one.created_by)
            groups.setdefault(key, []).append(i)
        return [
            self._task([found[i] for i in group], [rows[i] for i in group], progress)
            for group in reversed(groups.values())
        ]

    def _task(
        self, found: Sequence[Assignment], rows: Sequence[Mapping[str, Any]], progress: Any
    ) -> Task:
        first = found[0]
        return Task(
            id=first.id,
            branch=rows[0]["branch"].replace("/", " / "),
            posts=first.posts,
            period=period_words(first.period),
            due=due_words(first.due, self.today),
            late=first.due is not None and first.due < self.today,
            by=rows[0]["by"],
            own=self.own(first.branch_id),
            members=progress[first.id].members,
            lines=tuple(
                Line(id=one.id, title=row["lesson"], headway=progress[one.id])
                for one, row in zip(found, rows, strict=True)
            ),
        )


class Assignments(Assigning):
    """`/organize/assignments`: the period's tasks, each with its headway."""

    async def get(self) -> None:
        period = self.the_period()
        found = await self.concerned(period)
        progress = await self.progress(period, found)
        sheet = await self.work(assignments_sheet, self.site.store, found, progress)
        if self.wished_format():
            return await self.send_sheet(sheet, name=f"{sheet.title} {period}")
        self.decide(
            "assignments.html",
            section=SECTION,
            tasks=self.tasks(sheet.rows, found, progress),
            over=period.after <= self.today,
            made=self.get_argument("made", ""),
        )


class NewAssignment(Assigning):
    """`/organize/assignments/new`: filled in, agreed to, done."""

    async def get(self) -> None:
        await self.form()

    async def form(self, *, problem: str = "", status: int = 200) -> None:
        period = self.the_period()
        lessons = await self.work(published, self.site.store)
        wished = self.get_arguments("lesson")
        self.decide(
            "assignment_new.html",
            section=SECTION,
            status=status,
            problem=problem,
            topics=_by_topic(lessons),
            wished=wished,
            every=self.get_argument("every", "") == "1",
            choices=self.choices(),
            everyone="administrator" in self.member.roles,
            chosen=self.get_argument("branch", ""),
            posts=await self.work(posts_of, self.site.store, inside=self.duty()),
            wished_posts=self.get_arguments("post"),
            spans=self.spans(period),
            due=self.get_argument("due", ""),
            today=self.today.isoformat(),
            first=not await self.concerned(period),
        )

    def spans(self, shown: Period) -> list[Choice]:
        """The periods that something can be assigned for."""
        quarter = Period.of(self.today)
        month = Period.months(self.today.year, self.today.month, 1)
        found = [quarter, Period.of(quarter.after), month, Period.parse(f"{month.after:%Y-%m}")]
        found += [] if shown in found or shown.after <= self.today else [shown]
        return [Choice(str(one), period_words(one)) for one in found]

    async def post(self) -> None:
        try:
            branch = self.the_duty_branch(self.field("branch"))
            period, due = self.period_field(), self.day("due")
            lessons = None if self.field("every") == "1" else self.get_body_arguments("lesson")
            posts = self.get_body_arguments("post")
            if not self.sure:
                return await self.ask(branch, period, lessons, posts, due)
            made = await self.work(
                assign,
                self.site.store,
                by=self.member.id,
                lessons=lessons,
                period=period,
                branch=branch.id if branch else None,
                posts=posts,
                due=due,
                now=self.now,
            )
        except WeikeError as error:
            return await self.form(problem=str(error), status=400)
        self.redirect(
            f"{self.base_url}organize/assignments?period={period}&made={len(made)}", status=303
        )

    async def ask(
        self,
        branch: Branch | None,
        period: Period,
        lessons: Sequence[str] | None,
        posts: Sequence[str],
        due: date | None,
    ) -> None:
        """What the assignment would change. Nothing is kept yet."""
        titles = {one.slug: one.title for one in await self.work(published, self.site.store)}
        if lessons is not None and not lessons:
            raise WeikeError(_("Choose one lesson at least, or all of them."))
        reached = await self.work(
            audience,
            self.site.store,
            period=period,
            branch=branch.id if branch else None,
            posts=posts,
            now=self.now,
        )
        count = len(titles) if lessons is None else len(lessons)
        who = branch.name if branch else _("Everyone")
        if posts:
            who = f"{who} · {listed(posts)}"
        sentences = [
            _("{who}: {n} people, {period}").format(
                who=who, n=reached.members, period=period_words(period)
            ),
            _("due {day}").format(day=day_words(due, self.today))
            if due
            else _("without a due date"),
        ]
        if lessons is None:
            sentences.append(
                _("Every published lesson ({n} today), and those published later.").format(n=count)
            )
        if reached.first and lessons is not None:
            sentences.append(
                _(
                    "{n} of them have had no assignment in this period, so every published lesson"
                    " counts for them. From now on only what is assigned counts."
                ).format(n=reached.first)
            )
        self.confirm(
            section=SECTION,
            heading=_("Assign this lesson?")
            if count == 1
            else _("Assign {n} lessons?").format(n=count),
            sentences=sentences,
            names=[titles.get(slug, slug) for slug in lessons or ()],
            button=_("Assign"),
            back=self.address("organize/assignments/new"),
        )


class OneAssignment(Assigning):
    """`/organize/assignments/<id>`: one task, and taking it back."""

    async def get(self, id: str) -> None:
        task = await self.the_task(id)
        self.decide("assignment.html", section=SECTION, task=task)

    async def the_task(self, id: str) -> Task:
        """The task that holds this assignment, if it is the reader's to undo."""
        every = await self.work(assignments, self.site.store, period=_ALWAYS)
        one = next((one for one in every if one.id == id), None)
        if one is None or not self.own(one.branch_id):
            raise not_there()
        found = [
            other
            for other in every
            if (other.branch_id, other.created, other.created_by, other.due, other.posts)
            == (one.branch_id, one.created, one.created_by, one.due, one.posts)
        ]
        progress = await self.progress(one.period, found)
        sheet = await self.work(assignments_sheet, self.site.store, found, progress)
        return self.tasks(sheet.rows, found, progress)[0]

    async def post(self, id: str) -> None:
        task = await self.the_task(id)
        wished = set(self.get_body_arguments("line"))
        lines = [one for one in task.lines if one.id in wished]
        if not lines:
            return self.decide(
                "assignment.html",
                section=SECTION,
                task=task,
                status=400,
                problem=_("Choose what is to be taken back."),
            )
        if not self.sure:
            return self.confirm(
                section=SECTION,
                heading=_("Take {n} lessons back?").format(n=len(lines)),
                sentences=[
                    f"{task.branch} · {task.period}",
                    _("What people have learned stays; it no longer counts as assigned."),
                    _("Whoever has no other assignment has every published lesson again."),
                ],
                names=[one.title for one in lines],
                button=_("Take back"),
                back=self.address("organize/assignments", id),
            )
        for one in lines:
            await self.work(withdraw, self.site.store, one.id, by=self.member.id, now=self.now)
        self.done("organize/assignments")


_ALWAYS = Period(date(1, 1, 1), date(9999, 1, 1))


def _by_topic(lessons: Sequence[LessonSummary]) -> list[tuple[str, list[LessonSummary]]]:
    found: dict[str, list[LessonSummary]] = {}
    for one in lessons:
        found.setdefault(one.topic or "", []).append(one)
    return [(topic or _("Other lessons"), every) for topic, every in found.items()]

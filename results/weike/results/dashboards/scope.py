"""The public figures of some branches and nothing else: what a dashboard may ask.

In a notebook on one's own computer a `Scope` stands on the store itself. On the server the
notebook runs in a kernel that never sees the store: there `remote.Remote` has the same methods, and
the server answers each question from a `Scope` of the organizer's subtree. Both are the same
computation, so a dashboard and the organizers' pages cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from inspect import signature
from typing import Any, Final

import pandas as pd
from sqlalchemy import func, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, language
from weike.results.analysis.items import quiz_items
from weike.results.analysis.lessonfigures import lesson_figures
from weike.results.analysis.lessonsheets import lesson_branch_sheet, lesson_sheet
from weike.results.analysis.topics import topic_scores
from weike.results.catalogue import published
from weike.results.dashboards.remote import Choices
from weike.results.people import Branch, branches
from weike.results.periods import Period, period_words
from weike.results.reporting.branchsheet import branch_sheet
from weike.results.reporting.sheet import Sheet
from weike.results.scores import branch_scores
from weike.results.scoring.history import completion_history
from weike.results.store import Store
from weike.results.tables import membership

QUARTERS: Final = 4
MONTHS: Final = 3


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The figures of the branches in `duty` (ids; None: all) and what is beneath them.

    `period` and `branch` are what the selectors start with. Every method is the function of the
    same name in `weike.results`, with the store and the moment filled in.
    """

    store: Store
    duty: Collection[str] | None = None
    now: Callable[[], datetime] = field(default=_utc_now)
    period: str | None = None
    branch: str | None = None
    made_up: bool = False

    def ask(self, question: Mapping[str, Any]) -> Any:
        """The answer to `{"figure": name, …choices as texts}`, as a kernel sends it."""
        chosen = {str(key): value for key, value in question.items() if key != "figure"}
        name = question.get("figure")
        if name not in FIGURES or not all(isinstance(one, str) for one in chosen.values()):
            raise WeikeError(_("a dashboard cannot ask this"))
        figure = getattr(self, str(name))
        try:
            signature(figure).bind(**chosen)
        except TypeError:
            raise WeikeError(_("a dashboard cannot ask this")) from None
        return figure(**chosen)

    def choices(self) -> Choices:
        tree = self._branches()
        if not tree:
            raise WeikeError(_("No branch has been given into your care yet."))
        top = min(one.level for one in tree)
        now = Period.current(self.now(), self.store.zone)
        period = Period.parse(self.period) if self.period else now
        periods = self._periods(now)
        return Choices(
            periods=[
                (str(one), period_words(one))
                for one in ([] if period in periods else [period]) + periods
            ],
            branches=[(one.id, "　" * (one.level - top) + one.name) for one in tree],
            period=str(period),
            branch=self._inside(self.branch or tree[0].id),
            language=language(),
            timezone=str(self.store.zone),
            made_up=self.made_up,
        )

    def branch_scores(self, *, period: str, branch: str) -> pd.DataFrame:
        return branch_scores(self.store, period=period, branch=self._inside(branch), now=self.now())

    def branch_sheet(self, *, period: str, branch: str) -> Sheet:
        return branch_sheet(self.store, period=period, branch=self._inside(branch), now=self.now())

    def completion_history(self, *, period: str, branch: str) -> pd.DataFrame:
        return completion_history(
            self.store, period=period, branch=self._inside(branch), now=self.now()
        )

    def topic_scores(self, *, period: str, branch: str) -> pd.DataFrame:
        return topic_scores(self.store, period=period, branch=self._inside(branch), now=self.now())

    def lesson_sheet(self, *, period: str, branch: str) -> Sheet:
        """Every lesson that somebody there has to do."""
        inside = self._inside(branch)
        return lesson_sheet(
            lesson_figures(self.store, branch=inside, period=period, now=self.now())
        )

    def lesson_branch_sheet(self, *, period: str, branch: str, lesson: str) -> Sheet:
        """One lesson (its slug): the branch and those right beneath it."""
        inside = self._inside(branch)
        figures = lesson_figures(self.store, branch=inside, period=period, now=self.now())
        return lesson_branch_sheet(figures, lesson, inside)

    def lesson_items(self, *, period: str, branch: str, lesson: str) -> pd.DataFrame:
        """`quiz_items(…).items` of all quizzes of a lesson (its slug; "": of all lessons), numbered
        through, with the title of their `lesson`."""
        inside, now = self._inside(branch), self.now()
        parts = [
            quiz_items(self.store, quiz.ref, period=period, branch=inside, now=now).items.assign(
                lesson=one.title
            )
            for one in published(self.store)
            if lesson in ("", one.slug)
            for quiz in one.quizzes
        ]
        if not parts:
            raise WeikeError(_("This lesson has no questions."))
        whole = pd.concat(parts)
        return whole.assign(number=range(1, len(whole) + 1))

    def _branches(self) -> list[Branch]:
        return [one for one in branches(self.store) if self.duty is None or one.id in self.duty]

    def _inside(self, branch: str) -> str:
        """The id, if it is one of these branches: for all others there is none."""
        if branch not in (one.id for one in self._branches()):
            raise WeikeError(_("There is nothing here, or it is not for you."))
        return branch

    def _periods(self, now: Period) -> list[Period]:
        """Quarters, then months, back to when there was a roster."""
        with self.store.read() as connection:
            first = connection.execute(select(func.min(membership.c.since))).scalar() or now.first
        quarters, months = [now], [_last_month(self.now(), self.store)]
        for known, count in ((quarters, QUARTERS), (months, MONTHS)):
            while len(known) < count and known[-1].first > first:
                known.append(known[-1].before)
        return quarters + months


def _last_month(now: datetime, store: Store) -> Period:
    day: date = now.astimezone(store.zone).date()
    return Period.months(day.year, day.month, 1)


FIGURES: Final = frozenset(
    {
        "choices", "branch_scores", "branch_sheet", "completion_history", "topic_scores",
        "lesson_sheet", "lesson_branch_sheet", "lesson_items",
    }
)  # fmt: skip

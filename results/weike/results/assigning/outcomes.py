"""What became of make-up tests: who took them, with both results."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, cast, func, select

from weike.quizzes.i18n import _
from weike.results.assigning.decisions import as_period, branches_of, people
from weike.results.assigning.makeups import Why
from weike.results.catalogue import load_published
from weike.results.people import load_branches
from weike.results.periods import Period
from weike.results.reporting.sheet import Column, Sheet
from weike.results.store import Store
from weike.results.tables import attempt, grade, makeup, makeup_member


@dataclass(frozen=True, slots=True, kw_only=True)
class Makeup:
    """A make-up test and how far it has come: members, who took it, who passed in it."""

    id: str
    quiz: str
    title: str
    lesson: str
    branch_id: str
    branch: str
    period: Period
    opens: datetime
    closes: datetime
    created: datetime
    created_by: str
    created_by_name: str
    members: int
    taken: int
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One member of a make-up test with both results, as shares; None where there is none."""

    member_id: str
    code: str
    name: str
    branch: str
    why: Why
    before: float | None
    after: float | None
    passed: bool


def makeups(
    store: Store, *, period: str | Period, inside: Collection[str] | None = None
) -> list[Makeup]:
    """The make-up tests of a period, the newest first; with `inside`, only of these branches."""
    span = as_period(period)
    query = (
        select(makeup)
        .where(
            makeup.c.first < span.after,
            makeup.c.after > span.first,
            makeup.c.withdrawn_at.is_(None),
        )
        .order_by(makeup.c.created.desc(), makeup.c.id)
    )
    with store.read() as connection:
        tree = load_branches(connection)
        published = load_published(connection, store)
        rows = [
            row for row in connection.execute(query) if inside is None or row.branch_id in inside
        ]
        named = people(connection, {row.created_by for row in rows})
        found = []
        for row in rows:
            rows_of = connection.execute(_OUTCOMES, {"id": row.id}).all()
            lesson, quiz = published.quizzes.get(row.quiz, (None, None))
            decider, at = named.get(row.created_by), tree.get(row.branch_id)
            found.append(
                Makeup(
                    id=row.id,
                    quiz=row.quiz,
                    title=quiz.title if quiz else row.quiz,
                    lesson=lesson.title if lesson else row.quiz.partition("/")[0],
                    branch_id=row.branch_id,
                    branch=at.path if at else "",
                    period=Period(row.first, row.after),
                    opens=row.opens,
                    closes=row.closes,
                    created=row.created,
                    created_by=row.created_by,
                    created_by_name=decider.name if decider else _("the command line"),
                    members=len(rows_of),
                    taken=sum(one.taken > 0 for one in rows_of),
                    passed=sum(bool(one.passed) for one in rows_of),
                )
            )
    return found


def outcomes(store: Store, makeup_id: str) -> list[Outcome]:
    """Everybody in a make-up test with the best result before it and the one in it."""
    with store.read() as connection:
        tree = load_branches(connection)
        rows = connection.execute(_OUTCOMES, {"id": makeup_id}).all()
        ids = [row.member_id for row in rows]
        named = people(connection, ids)
        where = branches_of(connection, ids)

    def of(row: Any) -> Outcome:
        person, at = named.get(row.member_id), tree.get(where.get(row.member_id))
        return Outcome(
            member_id=row.member_id,
            code=person.code if person else "",
            name=person.name if person else "",
            branch=at.path if at else "",
            why=row.why,
            before=row.before,
            after=row.after,
            passed=bool(row.passed),
        )

    return sorted(map(of, rows), key=lambda one: (one.branch, one.code))


def outcomes_sheet(found: Sequence[Outcome]) -> Sheet:
    """Both results beside every name."""
    words = {"failed": _("failed"), "absent": _("absent")}
    return Sheet(
        name="makeup",
        title=_("Make-up test"),
        columns=[
            Column(key="code", title=_("Code")),
            Column(key="name", title=_("Name")),
            Column(key="branch", title=_("Branch")),
            Column(key="why", title=_("Why")),
            Column(key="before", title=_("Best result before"), kind="share"),
            Column(key="after", title=_("Make-up result"), kind="share"),
            Column(key="passed", title=_("Passed in the make-up"), kind="flag"),
        ],
        rows=[
            {
                "code": one.code,
                "name": one.name,
                "branch": one.branch,
                "why": words[one.why],
                "before": one.before,
                "after": one.after,
                "passed": None if one.after is None else one.passed,
            }
            for one in found
        ],
    )


_share = grade.c.score / func.nullif(grade.c.max, 0.0)
_in_it = and_(
    attempt.c.mode == "makeup",
    attempt.c.started >= makeup.c.opens,
    attempt.c.started < makeup.c.closes,
)
_OUTCOMES = (
    select(
        makeup_member.c.member_id,
        makeup_member.c.why,
        func.max(case((attempt.c.started < makeup.c.opens, _share))).label("before"),
        func.max(case((_in_it, _share))).label("after"),
        func.max(case((_in_it, cast(grade.c.passed, Integer)))).label("passed"),
        func.count(case((_in_it, grade.c.id))).label("taken"),
    )
    .join(makeup, makeup.c.id == makeup_member.c.makeup_id)
    .outerjoin(
        attempt,
        and_(attempt.c.member_id == makeup_member.c.member_id, attempt.c.quiz == makeup.c.quiz),
    )
    .outerjoin(grade, grade.c.attempt_id == attempt.c.id)
    .where(makeup_member.c.makeup_id == bindparam("id"))
    .group_by(makeup_member.c.member_id, makeup_member.c.why)
)

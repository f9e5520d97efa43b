"""A quiz's rules for one member or one subtree of branches: opening, close, time, attempts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from weike.quizzes.errors import Problem, ProblemsError, WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.meant import meant
from weike.results.answering.personal import forget
from weike.results.assigning.decisions import Named, people, take_back, the_member
from weike.results.audit import record
from weike.results.catalogue import Published, load_published
from weike.results.enrolling.rosterrow import tidy
from weike.results.people import Branches, Member, load_branches, load_member
from weike.results.periods import local_date
from weike.results.scores import find_branch
from weike.results.store import Store
from weike.results.tables import override
from weike.results.versions import load_definition

LONGEST = timedelta(hours=24)
MOST_ATTEMPTS = 100
LONGEST_REASON = 200


class OverrideError(ProblemsError):
    """Rules of one's own that cannot be as they stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """None leaves a rule as it is. Either `member_id` or `branch_id` is set.

    `who` names the member or the branch, `branch` is the path of the branch it is about.
    """

    id: str
    quiz: str
    title: str
    member_id: str | None
    branch_id: str | None
    who: str
    branch: str
    opens: datetime | None
    closes: datetime | None
    limit: timedelta | None
    attempts: int | None
    reason: str
    created: datetime
    created_by: str
    created_by_name: str


def override_rules(
    store: Store,
    *,
    quiz: str,
    member: str | None = None,
    branch: str | None = None,
    opens: datetime | None = None,
    closes: datetime | None = None,
    limit: timedelta | None = None,
    attempts: int | None = None,
    reason: str,
    by: str,
    now: datetime,
) -> str:
    """Give a member (code or id) or a branch rules of their own in a quiz; the override's id.

    It takes the place of what was decided for the same member or branch before. A member's goes
    before a branch's, a near branch's before one further up, rule by rule. Raises `WeikeError`
    with everything that is wrong at once.
    """
    assert (member is None) != (branch is None), "rules are for a member or for a branch"

    def write(connection: Connection) -> str:
        who = the_member(connection, member, local_date(now, store.zone)).id if member else None
        tree = load_branches(connection)
        top = find_branch(tree, branch).id if branch is not None else None
        published = the_quiz(connection, store, quiz)
        rules = load_definition(connection, store, published.quizzes[quiz][1].version).rules
        problems = _problems(opens or rules.open, closes or rules.close, limit, attempts)
        if all(one is None for one in (opens, closes, limit, attempts)):
            problems.append(Problem(message=_("no rule is changed"), repair=_("fill in one")))
        if not (why := tidy(reason)[:LONGEST_REASON]):
            problems.append(Problem(message=_("there is no reason"), repair=_("write one")))
        if problems:
            raise OverrideError(_("these rules"), problems)
        connection.execute(
            update(override)
            .where(
                override.c.quiz == quiz,
                override.c.member_id == who,
                override.c.branch_id == top,
                override.c.withdrawn_at.is_(None),
            )
            .values(withdrawn_at=now, withdrawn_by=by)
        )
        row = {
            "id": uuid4().hex,
            "quiz": quiz,
            "member_id": who,
            "branch_id": top,
            "opens": opens,
            "closes": closes,
            "limit": None if limit is None else int(limit.total_seconds()),
            "attempts": attempts,
            "reason": why,
            "created": now,
            "created_by": by,
        }
        connection.execute(insert(override), row)
        detail = {"override": row["id"], "quiz": quiz, "reason": why}
        record(connection, by, "changed rules", str(who or top), now, detail=detail)
        return str(row["id"])

    made = store.writer.run(write)
    forget(store)
    return made


def withdraw_override(store: Store, id: str, *, by: str, now: datetime) -> None:
    """Let the quiz's own rules hold again. Raises `WeikeError`."""
    store.writer.run(
        lambda connection: take_back(connection, override, id, "withdrew rules", by=by, now=now)
    )
    forget(store)


def overrides(
    store: Store, *, now: datetime, inside: Collection[str] | None = None
) -> list[Override]:
    """What holds now, the newest first; with `inside`, only for these branches and members."""
    query = (
        select(override)
        .where(override.c.withdrawn_at.is_(None))
        .order_by(override.c.created.desc(), override.c.id)
    )
    day = local_date(now, store.zone)
    with store.read() as connection:
        tree = load_branches(connection)
        published = load_published(connection, store)
        rows = connection.execute(query).all()
        deciders = people(connection, {row.created_by for row in rows})
        found = []
        for row in rows:
            who = load_member(connection, day=day, id=row.member_id) if row.member_id else None
            at = who.branch_id if who else row.branch_id
            if inside is None or at in inside:
                found.append(_override(row, who, tree, published, deciders.get(row.created_by)))
    return found


def the_quiz(connection: Connection, store: Store, ref: str) -> Published:
    """What is published, which holds this quiz; else `WeikeError` with the nearest ref."""
    published = load_published(connection, store)
    if ref in published.quizzes:
        return published
    unknown = Problem(
        message=_("there is no published quiz {quiz}").format(quiz=ref),
        repair=meant(ref, published.quizzes, else_all=False),
    )
    raise WeikeError(unknown.said)


def _override(
    row: Any, who: Member | None, tree: Branches, published: Published, decider: Named | None
) -> Override:
    at = tree.get(who.branch_id if who else row.branch_id)
    path = at.path if at else ""
    lesson, quiz = published.quizzes.get(row.quiz, (None, None))
    return Override(
        id=row.id,
        quiz=row.quiz,
        title=f"{lesson.title} · {quiz.title}" if lesson and quiz else row.quiz,
        member_id=row.member_id,
        branch_id=row.branch_id,
        who=f"{who.name} {who.code}" if who else path if row.branch_id else "–",
        branch=path,
        opens=row.opens,
        closes=row.closes,
        limit=None if row.limit is None else timedelta(seconds=row.limit),
        attempts=row.attempts,
        reason=row.reason,
        created=row.created,
        created_by=row.created_by,
        created_by_name=decider.name if decider else _("the command line"),
    )


def _problems(
    opens: datetime | None,
    closes: datetime | None,
    limit: timedelta | None,
    attempts: int | None,
) -> list[Problem]:
    """`opens` and `closes` as they would hold, the quiz's own where nothing else is said."""
    found = []
    if opens is not None and closes is not None and closes <= opens:
        found.append(
            Problem(message=_("the quiz closes before it opens"), repair=_("choose a later close"))
        )
    if limit is not None and not timedelta(minutes=1) <= limit <= LONGEST:
        found.append(
            Problem(
                message=_("the time limit does not fit"),
                repair=_("write 1 to {n} minutes").format(n=int(LONGEST.total_seconds() // 60)),
            )
        )
    if attempts is not None and not 1 <= attempts <= MOST_ATTEMPTS:
        found.append(
            Problem(
                message=_("the number of attempts does not fit"),
                repair=_("write 1 to {n}").format(n=MOST_ATTEMPTS),
            )
        )
    return found

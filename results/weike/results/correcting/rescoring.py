"""Rescoring: a wrong key is corrected, with a reason, and everything is graded again.

Nothing that was recorded changes. A decision is a further fact (see `corrections`); what is derived
is derived again from the raw responses; a ranking that stood on the old marks is superseded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from weike.quizzes.attempt import Waiver
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.question import Question
from weike.quizzes.quiz import QuizDefinition
from weike.results import audit
from weike.results.analysis.items import find_quiz
from weike.results.answering import log
from weike.results.answering.grading import grade_rows
from weike.results.answering.log import Logged
from weike.results.awarding.rankings import supersede_after_rescoring
from weike.results.correcting.rescoringplan import Change, Plan, Skipped, plan_rescoring
from weike.results.people import Branches, load_branches
from weike.results.store import Store
from weike.results.tables import attempt, rescoring
from weike.results.upkeep.rebuild import rebuild

Step = Callable[[int, int], None]

_CHUNK = 500
_LONGEST = 500  # letters of a reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultChange:
    """One submitted attempt whose result becomes another. Shares are 0-1, None without points.

    `first` is the share of first answers, which the branch figures count of attempt 1.
    """

    attempt: str
    member: str
    branch: str | None
    number: int
    before: float | None
    after: float | None
    first_before: float | None
    first_after: float | None
    passed_before: bool
    passed_after: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchChange:
    """The mean of first attempts at this quiz in one branch and everything beneath it (None: all),
    over `n` members."""

    branch: str | None
    n: int
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RescoringReport:
    """What a rescoring changes, or did (`done`, under its `number`).

    `attempts` submitted ones hold a question that is graded otherwise, `running` others do: they
    will be graded so. `results` and `branches` name only what becomes different; `people` counts
    who is behind the mean of every branch, changed or not (None: all), and is empty where that
    was not kept. `rankings` are the ids of the new drafts in place of rankings that stood on the
    old marks.
    """

    quiz: str
    title: str
    because: str
    changes: tuple[Change, ...]
    skipped: tuple[Skipped, ...]
    attempts: int
    running: int
    results: tuple[ResultChange, ...]
    branches: tuple[BranchChange, ...]
    people: Mapping[str | None, int]
    fingerprint: str
    number: int | None = None
    rankings: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        return self.number is not None

    @property
    def now_passed(self) -> int:
        return sum(one.passed_after and not one.passed_before for one in self.results)

    @property
    def not_passed_any_more(self) -> int:
        return sum(one.passed_before and not one.passed_after for one in self.results)


def rescore(
    store: Store,
    quiz: str,
    *,
    because: str,
    by: str,
    now: datetime,
    item: str | None = None,
    action: str = "key",
    dry_run: bool = False,
    expected: str | None = None,
    step: Step | None = None,
) -> RescoringReport:
    """Grade answers to wrong questions of a quiz otherwise from now on, and everything again.

    With "key", by the key in the published version: of every question that asks the same as it did,
    or of `item` alone. "full" gives everybody the points of `item`, "drop" takes it out. `by` is a
    member's id or "command". `dry_run` only reports. `expected` is the fingerprint of the report
    that somebody agreed to: what would change otherwise by now is refused. Raises `WeikeError`,
    also where there is nothing to change.
    """
    reason = " ".join(because.split())[:_LONGEST]
    if not reason and not dry_run:
        raise WeikeError(_("say why: members are shown the reason"))
    with store.read() as connection:
        ref = find_quiz(connection, store, quiz)
        plan = plan_rescoring(connection, store, ref, item=item, action=action)
        last = connection.execute(_LAST).scalar()
    if not plan.changes:
        raise WeikeError(_nothing(plan))
    if expected is not None and expected != plan.fingerprint:
        raise WeikeError(_("something was published or decided meanwhile; look at it again"))
    report = _foresee(store, plan, reason, step if dry_run else None)
    if dry_run:
        return report

    def decide(connection: Connection) -> int:
        if connection.execute(_LAST).scalar() != last:
            raise WeikeError(_("something was published or decided meanwhile; look at it again"))
        return _write(connection, report, by, now)

    number = store.writer.run(decide)
    rebuild(store, quiz=ref, step=step)
    # What was published on the old marks stays as it is; a new revision takes its place.
    drafts = supersede_after_rescoring(store, quiz=ref, by=by, now=now)
    return replace(report, number=number, rankings=tuple(drafts))


_LAST = select(func.max(rescoring.c.id))


def _nothing(plan: Plan) -> str:
    said = _(
        "every answer to {quiz} is graded by the published keys already;"
        " publish the lesson with the right key first,"
        " or name a question and give everybody its points (--full) or take it out (--drop)"
    ).format(quiz=plan.quiz)
    return "\n".join([said, *(f"{one.item}: {one.reason}" for one in plan.skipped)])


def _write(connection: Connection, report: RescoringReport, by: str, now: datetime) -> int:
    """The decisions, in one transaction. The first holds the report, the others its number."""
    first: int | None = None
    for change in report.changes:
        row = {
            "quiz": report.quiz,
            "item": change.item,
            "old": change.old,
            "new": change.new,
            "action": change.action,
            "reason": report.because,
            "by": by,
            "at": now,
            "report": _told(report) if first is None else {"see": first},
        }
        key = connection.execute(rescoring.insert().values(row)).inserted_primary_key
        assert key is not None
        first = first or int(key[0])
    assert first is not None, "there is something to decide"
    detail = {"because": report.because, "items": [change.item for change in report.changes]}
    audit.record(connection, by, "rescored", report.quiz, now, detail=detail)
    return first


def _told(report: RescoringReport) -> dict[str, Any]:
    """The report as it is kept: by member id, without names."""
    return {
        "attempts": report.attempts,
        "running": report.running,
        "questions": [[one.item, one.stem, one.was, one.becomes] for one in report.changes],
        "results": [
            [one.member, one.attempt, one.before, one.after, one.passed_before, one.passed_after]
            for one in report.results
        ],
        "branches": [[one.branch, one.n, one.before, one.after] for one in report.branches],
        "people": [[id, n] for id, n in report.people.items()],
    }


def _foresee(store: Store, plan: Plan, because: str, step: Step | None) -> RescoringReport:
    """Grade every attempt as it is and as it would be; nothing is stored."""
    deciding = _Deciding(plan)
    with store.read() as connection:
        tree = load_branches(connection)
        of = attempt.c.quiz == plan.quiz
        branches: dict[str, str | None] = {
            row.id: row.branch_id
            for row in connection.execute(select(attempt.c.id, attempt.c.branch_id).where(of))
        }
    results: list[ResultChange] = []
    means: dict[str | None, _Mean] = {}
    attempts = running = done = 0
    after = ""
    while True:
        query = log.ATTEMPTS.where(of, attempt.c.id > after).order_by(attempt.c.id).limit(_CHUNK)
        with store.read() as connection:
            chunk = log.read(connection, store, query)
        if not chunk:
            break
        after = chunk[-1].attempt.id
        done += len(chunk)
        if step is not None:
            step(done, max(done, len(branches)))
        for logged in chunk:
            changed = deciding.applied(logged)
            if logged.attempt.submitted is None:
                running += changed is not None
                continue
            attempts += changed is not None
            one = _compared(logged, changed or logged, branches.get(logged.attempt.id))
            if one.number == 1 and one.first_before is not None and one.first_after is not None:
                for group in _above(tree, one.branch):
                    means.setdefault(group, _Mean()).add(one.first_before, one.first_after)
            if changed is not None and _differs(one):
                results.append(one)
    return RescoringReport(
        quiz=plan.quiz,
        title=plan.title,
        because=because,
        changes=plan.changes,
        skipped=plan.skipped,
        attempts=attempts,
        running=running,
        results=tuple(results),
        branches=tuple(
            BranchChange(
                branch=id, n=mean.n, before=mean.before / mean.n, after=mean.after / mean.n
            )
            for id, mean in means.items()
            if abs(mean.before - mean.after) > 1e-9
        ),
        people={id: mean.n for id, mean in means.items()},
        fingerprint=plan.fingerprint,
    )


def _above(tree: Branches, id: str | None) -> Iterator[str | None]:
    """The branch, what stands above it, and None for all."""
    while id is not None:
        yield id
        found = tree.get(id)
        id = found.parent_id if found else None
    yield None


@dataclass(slots=True)
class _Mean:
    n: int = 0
    before: float = 0.0
    after: float = 0.0

    def add(self, before: float, after: float) -> None:
        self.n, self.before, self.after = self.n + 1, self.before + before, self.after + after


class _Deciding:
    """The changes of a plan as if they were decided, on top of what was decided before."""

    def __init__(self, plan: Plan) -> None:
        self._changes = {(change.item, change.old): change for change in plan.changes}
        self._questions = plan.questions
        self._definitions: dict[tuple[object, ...], tuple[QuizDefinition, QuizDefinition]] = {}

    def applied(self, logged: Logged) -> Logged | None:
        """The attempt as it would be graded; None where no question of its paper is meant."""
        now = logged.attempt
        meant = [
            change
            for drawn in now.paper.items
            if (change := self._changes.get((drawn.item, drawn.version))) is not None
        ]
        if not meant:
            return None
        keys = {one.item: self._questions[one.new] for one in meant if one.new is not None}
        waived: dict[str, Waiver] = {
            item: waiver for item, waiver in now.waived.items() if item not in keys
        }
        waived |= {one.item: one.action for one in meant if one.action != "key"}
        definition = self._keyed(now.definition, keys)
        return replace(logged, attempt=replace(now, definition=definition, waived=waived))

    def _keyed(self, definition: QuizDefinition, keys: Mapping[str, Question]) -> QuizDefinition:
        """Made once for many attempts; the old one is kept, so that its id stays its own."""
        known = (id(definition), *sorted(keys))
        if known not in self._definitions:
            questions = tuple(keys.get(one.id, one) for one in definition.questions)
            self._definitions[known] = definition, replace(definition, questions=questions)
        return self._definitions[known][1]


def _compared(before: Logged, after: Logged, branch: str | None) -> ResultChange:
    (old, _items), (new, _others) = grade_rows(before), grade_rows(after)
    return ResultChange(
        attempt=old["attempt_id"],
        member=old["member_id"],
        branch=branch,
        number=old["number"],
        before=_share(old["score"], old["max"]),
        after=_share(new["score"], new["max"]),
        first_before=_share(old["first_score"], old["first_max"]),
        first_after=_share(new["first_score"], new["first_max"]),
        passed_before=old["passed"],
        passed_after=new["passed"],
    )


def _share(score: float, most: float) -> float | None:
    return score / most if most else None


def _differs(one: ResultChange) -> bool:
    return (one.before, one.first_before, one.passed_before) != (
        one.after,
        one.first_after,
        one.passed_after,
    )

"""What was decided about the questions of a quiz, and how each is graded now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from sqlalchemy import bindparam, select

from weike.quizzes.attempt import Waiver
from weike.results.analysis.distractors import plain_text
from weike.results.catalogue import load_published
from weike.results.correcting.corrections import load_corrections
from weike.results.correcting.rekeyed import asks_the_same, key_text, same_key
from weike.results.correcting.rescoring import BranchChange, RescoringReport, ResultChange
from weike.results.correcting.rescoringplan import Action, Change, asked_questions
from weike.results.store import Store
from weike.results.tables import attempt, identity, item_grade, item_version, quiz, rescoring
from weike.results.versions import load_definition

# "wrong": the published version asks the same and takes something else for right.
State: TypeAlias = Literal["same", "wrong", "changed", "gone", "full", "drop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A question that members were asked. `right` grades their answers now; `published` is what
    the published version takes for right, where that differs and could grade them."""

    item: str
    stem: str
    right: str
    published: str | None
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One rescoring of one question. `by` is a name, "" for the command line or who was erased;
    `number` finds the report."""

    number: int
    at: datetime
    by: str
    action: Action
    item: str
    stem: str
    reason: str


def quiz_exists(store: Store, ref: str) -> bool:
    """Whether a quiz of this ref was ever stored."""
    with store.read() as connection:
        return connection.execute(select(quiz.c.ref).where(quiz.c.ref == ref)).first() is not None


def standings(store: Store, ref: str) -> list[Standing]:
    """Every question of a quiz that anybody was asked, in the order of the quiz."""
    with store.read() as connection:
        asked = asked_questions(connection, store, ref)
        decided = load_corrections(connection).get(ref, {})
        found = load_published(connection, store).quizzes.get(ref)
        published = load_definition(connection, store, found[1].version) if found else None
    shown: dict[str, Standing] = {}
    for (item, old), question in asked.items():
        decision = decided.get((item, old))
        waiver: Waiver | None = decision.waiver if decision else None
        grading = (decision.question if decision else None) or question
        new = published.by_id.get(item) if published else None
        same = new is not None and asks_the_same(question, new)
        wrong = same and new is not None and not same_key(grading, new)
        state: State = waiver or (
            "gone" if new is None else "changed" if not same else "wrong" if wrong else "same"
        )
        one = Standing(
            item=item,
            stem=plain_text(question.stem),
            right=key_text(grading),
            published=key_text(new) if new is not None and wrong and not waiver else None,
            state=state,
        )
        # Of several versions, the one that something can be done about.
        if item not in shown or state == "wrong":
            shown[item] = one
    order = {id: n for n, id in enumerate(published.by_id)} if published else {}
    return sorted(shown.values(), key=lambda one: order.get(one.item, len(order)))


def decisions(store: Store, ref: str) -> list[Decision]:
    """The newest first; of one that meant several versions of a question, one line."""
    query = (
        select(rescoring, identity.c.name, item_version.c.question)
        .outerjoin(identity, identity.c.member_id == rescoring.c.by)
        .join(
            item_version,
            (item_version.c.item == rescoring.c.item) & (item_version.c.version == rescoring.c.old),
        )
        .where(rescoring.c.quiz == ref)
        .order_by(rescoring.c.id.desc())
    )
    with store.read() as connection:
        rows = connection.execute(query).all()
    found = [
        Decision(
            number=row.report.get("see", row.id),
            at=row.at,
            by=row.name or "",
            action=row.action,
            item=row.item,
            stem=plain_text(row.question["stem"]),
            reason=row.reason,
        )
        for row in rows
    ]
    return list(dict.fromkeys(found))


def kept_report(store: Store, ref: str, number: int) -> RescoringReport | None:
    """The report of a rescoring as it was kept; who was where comes from the attempts."""
    query = select(rescoring).where(rescoring.c.quiz == ref, rescoring.c.id == number)
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
        if row is None or "results" not in row.report:
            return None
        attempts = {
            one.id: one
            for one in connection.execute(
                select(attempt.c.id, attempt.c.branch_id, attempt.c.number).where(
                    attempt.c.quiz == ref
                )
            )
        }
    told = row.report
    return RescoringReport(
        quiz=ref,
        title=ref,
        because=row.reason,
        changes=tuple(
            Change(
                item=item, old="", new=None, action=row.action, stem=stem, was=was, becomes=becomes
            )
            for item, stem, was, becomes in told["questions"]
        ),
        skipped=(),
        attempts=told["attempts"],
        running=told["running"],
        results=tuple(
            ResultChange(
                attempt=id,
                member=member,
                branch=attempts[id].branch_id,
                number=attempts[id].number,
                before=before,
                after=after,
                first_before=None,
                first_after=None,
                passed_before=passed_before,
                passed_after=passed_after,
            )
            for member, id, before, after, passed_before, passed_after in told["results"]
        ),
        branches=tuple(
            BranchChange(branch=id, n=n, before=before, after=after)
            for id, n, before, after in told["branches"]
        ),
        people=dict(told.get("people", ())),
        fingerprint="",
        number=number,
    )


def corrected_lessons(store: Store, member_id: str) -> Mapping[str, str]:
    """By lesson, why a question that this member had answered was graded again: the last reason."""
    with store.read() as connection:
        rows = connection.execute(_CORRECTED, {"member_id": member_id}).all()
    return {row.quiz.partition("/")[0]: row.reason for row in rows}


_CORRECTED = (
    select(rescoring.c.quiz, rescoring.c.reason)
    .join(attempt, attempt.c.quiz == rescoring.c.quiz)
    .join(
        item_grade,
        (item_grade.c.attempt_id == attempt.c.id)
        & (item_grade.c.item == rescoring.c.item)
        & (item_grade.c.item_version == rescoring.c.old),
    )
    .where(
        attempt.c.member_id == bindparam("member_id"),
        attempt.c.started < rescoring.c.at,
    )
    .order_by(rescoring.c.id)
)

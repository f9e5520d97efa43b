"""Which answers would be graded otherwise, before anything is decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from sqlalchemy import Connection, select

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.question import Question, content_hash
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.text import brief
from weike.results.analysis.distractors import plain_text
from weike.results.catalogue import load_published
from weike.results.correcting.corrections import Correction, load_corrections
from weike.results.correcting.rekeyed import asks_the_same, key_text, same_key
from weike.results.store import Store
from weike.results.tables import attempt, grade, item_grade, submission
from weike.results.versions import load_definition

Action: TypeAlias = Literal["key", "full", "drop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How answers to one version of an item are to be graded. `new` is None without a key.

    `was` and `becomes` are what counts as right, in words.
    """

    item: str
    old: str
    new: str | None
    action: Action
    stem: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An item with another key that cannot grade these answers, and what to do."""

    item: str
    stem: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`fingerprint` tells whether what was looked at is what is being decided."""

    quiz: str
    title: str
    changes: tuple[Change, ...]
    skipped: tuple[Skipped, ...]
    questions: Mapping[str, Question]  # by version, those that are to grade

    @property
    def fingerprint(self) -> str:
        return content_hash([self.quiz, *([c.item, c.old, c.new, c.action] for c in self.changes)])


def plan_rescoring(
    connection: Connection, store: Store, quiz: str, *, item: str | None, action: str
) -> Plan:
    """What the action would change. With "key", every item whose published version asks the same
    as members were asked and takes something else for right, or only `item`.

    Raises `WeikeError` for an action or an item that there is not, and for an item that cannot be
    done. An empty plan says that every answer is graded like that already.
    """
    if action not in get_args(Action):
        raise WeikeError(
            _("no action {name}; choose one of {choices}").format(
                name=action, choices=", ".join(get_args(Action))
            )
        )
    if action != "key" and item is None:
        raise WeikeError(_("name the question that everybody earns or that is taken out"))
    asked = asked_questions(connection, store, quiz)
    if item is not None and item not in {known for known, _version in asked}:
        raise WeikeError(
            _("nobody was asked {item} in this quiz; there are: {items}").format(
                item=item, items=", ".join(dict.fromkeys(known for known, _version in asked)) or "–"
            )
        )
    found = load_published(connection, store).quizzes.get(quiz)
    published = load_definition(connection, store, found[1].version) if found else None
    decided = load_corrections(connection).get(quiz, {})
    if action == "key":
        parts = list(_keys(asked, decided, published, item))
    else:
        parts = list(_waivers(asked, decided, item, action))
    skipped = tuple(one for one in parts if isinstance(one, Skipped))
    if item is not None and skipped:
        raise WeikeError(f"{skipped[0].item}: {skipped[0].reason}")
    return Plan(
        quiz=quiz,
        title=published.title if published else quiz,
        changes=tuple(one for one in parts if isinstance(one, Change)),
        skipped=skipped,
        questions={one.version: one for one in published.questions} if published else {},
    )


def asked_questions(
    connection: Connection, store: Store, quiz: str
) -> dict[tuple[str, str], Question]:
    """Every item and version on somebody's paper, in the order of the quiz."""
    drawn: set[tuple[str, str]] = {
        (row.item, row.item_version)
        for row in connection.execute(
            select(item_grade.c.item, item_grade.c.item_version)
            .join(grade, grade.c.attempt_id == item_grade.c.attempt_id)
            .where(grade.c.quiz == quiz)
            .distinct()
        )
    }
    running = (
        select(attempt.c.paper)
        .outerjoin(submission, submission.c.attempt_id == attempt.c.id)
        .where(attempt.c.quiz == quiz, submission.c.attempt_id.is_(None))
    )
    for paper in connection.execute(running).scalars():
        drawn.update((one["item"], one["version"]) for one in paper["items"])
    used = select(attempt.c.quiz_version).where(attempt.c.quiz == quiz).distinct()
    found: dict[tuple[str, str], Question] = {}
    for version in sorted(connection.execute(used).scalars()):
        for question in load_definition(connection, store, version).questions:
            if (question.id, question.version) in drawn:
                found[question.id, question.version] = question
    return found


def _keys(
    asked: Mapping[tuple[str, str], Question],
    decided: Mapping[tuple[str, str], Correction],
    published: QuizDefinition | None,
    wanted: str | None,
) -> Iterator[Change | Skipped]:
    for (item, old), question in asked.items():
        decision = decided.get((item, old))
        waived = decision.waiver if decision else None
        # That everybody earns a question was decided by somebody: only naming it takes it back.
        if wanted not in (None, item) or (waived and wanted is None):
            continue
        new = published.by_id.get(item) if published else None
        grading = (decision.question if decision else None) or question
        stem = brief(plain_text(question.stem))
        if new is None:
            if wanted is not None:
                yield Skipped(item=item, stem=stem, reason=_gone())
        elif not asks_the_same(question, new):
            yield Skipped(item=item, stem=stem, reason=_changed())
        elif waived or not same_key(grading, new):
            yield Change(
                item=item,
                old=old,
                new=new.version,
                action="key",
                stem=stem,
                was=_waiver_text(waived) if waived else key_text(grading),
                becomes=key_text(new),
            )


def _waivers(
    asked: Mapping[tuple[str, str], Question],
    decided: Mapping[tuple[str, str], Correction],
    wanted: str | None,
    action: str,
) -> Iterator[Change]:
    for (item, old), question in asked.items():
        decision = decided.get((item, old))
        waived = decision.waiver if decision else None
        if item != wanted or waived == action:
            continue
        grading = (decision.question if decision else None) or question
        yield Change(
            item=item,
            old=old,
            new=None,
            action="full" if action == "full" else "drop",
            stem=brief(plain_text(question.stem)),
            was=_waiver_text(waived) if waived else key_text(grading),
            becomes=_waiver_text(action),
        )


def _waiver_text(action: str) -> str:
    return _("everybody earns the points") if action == "full" else _("it does not count")


def _gone() -> str:
    return _(
        "the question is not in the published quiz any more;"
        " give everybody its points (--full) or take it out (--drop)"
    )


def _changed() -> str:
    return _(
        "its text or options were changed, so the old answers cannot be graded by the new key;"
        " publish it once with the old options and the right key,"
        " or give everybody its points (--full), or take it out (--drop)"
    )

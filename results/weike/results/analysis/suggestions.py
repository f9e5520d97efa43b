"""推荐您学: up to three lessons for a branch or a member, each with the reason.

One that is due, one of the weakest topic, one that is not started, in this order. Nothing is left
to chance: the same facts give the same suggestions.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from sqlalchemy import Connection, bindparam, select

from weike.quizzes.i18n import _
from weike.results.analysis.lessonfigures import LessonFigures, lesson_figures
from weike.results.analysis.topics import topic_scores, weakest
from weike.results.answering.progress import LessonProgress, Progress, load_progress
from weike.results.assigning.assignments import assignments, due_days
from weike.results.assigning.due import Due, load_due
from weike.results.catalogue import load_published
from weike.results.people import Member
from weike.results.periods import Period, local_date
from weike.results.scores import find_branch
from weike.results.scoring.snapshot import current_snapshot, the_period
from weike.results.store import Store
from weike.results.tables import grade, item_grade, item_version
from weike.results.versions import load_definition

Kind: TypeAlias = Literal["overdue", "due", "weak", "new"]

SOON: Final = 14  # days before which nobody needs to be told
WEAK: Final = 0.85  # a topic of which more is known is not weak, even if it is the weakest
LEAST_ASKED: Final = 3  # questions, before a member's topic is called weak


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A lesson by its slug, with its title and language, and a sentence that says why."""

    kind: Kind
    lesson: str
    title: str
    language: str
    reason: str


def branch_suggestions(
    store: Store, branch: str, *, period: str | Period | None, now: datetime
) -> list[Suggestion]:
    """For the members of a branch (an id, a path or a name) and of everything beneath it."""
    span = the_period(store, period, now)
    id = find_branch(current_snapshot(store).tree, branch).id
    figures = lesson_figures(store, branch=id, period=span, now=now)
    behind = _Behind.of(figures)
    found: list[Suggestion] = []
    due, weak = _due(store, id, span, behind, now), _weak(store, id, span, behind, now)
    for kind in (due, weak, _unstarted(behind)):
        found += _first(kind, besides=found)
    return found


def _first(kind: Iterator[Suggestion], *, besides: Sequence[Suggestion]) -> list[Suggestion]:
    """The first one about a lesson that was not suggested for another reason."""
    taken = {one.lesson for one in besides}
    return [one for one in kind if one.lesson not in taken][:1]


def member_suggestions(store: Store, member: Member, *, now: datetime) -> list[Suggestion]:
    """For one member: the lessons that the member has to do."""
    with store.read() as connection:
        progress = load_progress(connection, store, member, now)
        due = load_due(connection, store, member, now)
        return load_suggestions(connection, store, member, progress, due)


def load_suggestions(
    connection: Connection,
    store: Store,
    member: Member,
    progress: Progress,
    due: Due,
    *,
    besides: Collection[str] = (),
) -> list[Suggestion]:
    """`member_suggestions` where progress and due days of the moment are known already, without
    the lessons that are shown anyway."""
    lessons = [one for one in progress.lessons if one.lesson.slug not in besides]
    mine = [one for one in lessons if due.assigned(one.lesson.slug)]
    known = _own_topics(connection, member, mine)
    weak = _own_weak(known, _with_topics(connection, store, mine), mine)
    found: list[Suggestion] = []
    for kind in (_own_due(mine, due), weak, _own_new(mine)):
        found += _first(kind, besides=found)
    return found


# A branch


@dataclass(frozen=True, slots=True, kw_only=True)
class _Behind:
    """How many members have each lesson to do, and how many have not finished, not begun it."""

    figures: LessonFigures
    assigned: Mapping[str, int]
    unfinished: Mapping[str, int]
    unstarted: Mapping[str, int]
    mean: Mapping[str, float | None]

    @classmethod
    def of(cls, figures: LessonFigures) -> _Behind:
        rows = figures.by_lesson()

        def without(slug: str, share: str) -> int:
            done: float = rows[slug][share] or 0.0
            return round(float(rows[slug]["assigned"]) * (1 - done))

        return cls(
            figures=figures,
            assigned={slug: row["assigned"] for slug, row in rows.items()},
            unfinished={slug: without(slug, "completed") for slug in rows},
            unstarted={slug: without(slug, "started") for slug in rows},
            mean={slug: row["mean"] for slug, row in rows.items()},
        )

    def suggest(self, kind: Kind, slug: str, reason: str) -> Suggestion:
        lesson = self.figures.lessons[slug]
        return Suggestion(
            kind=kind, lesson=slug, title=lesson.title, language=lesson.language, reason=reason
        )


def _due(
    store: Store, branch: str, period: Period, behind: _Behind, now: datetime
) -> Iterator[Suggestion]:
    """What is overdue for most, else what is due next."""
    today = local_date(now, store.zone)
    days = due_days(assignments(store, period=period, branch=branch), behind.figures.lessons)
    open_ = {slug: day for slug, day in days.items() if day and behind.unfinished.get(slug)}
    late = [slug for slug, day in open_.items() if day < today]
    for slug in sorted(late, key=lambda one: -behind.unfinished[one]):
        words = _("{n} have not finished it; it was due on {day}")
        yield behind.suggest(
            "overdue", slug, words.format(n=behind.unfinished[slug], day=days[slug])
        )
    soon = [slug for slug, day in open_.items() if 0 <= (day - today).days <= SOON]
    for slug in sorted(soon, key=lambda one: (open_[one], -behind.unfinished[one])):
        words = _("{n} have not finished it; it is due on {day}")
        yield behind.suggest("due", slug, words.format(n=behind.unfinished[slug], day=days[slug]))


def _weak(
    store: Store, branch: str, period: Period, behind: _Behind, now: datetime
) -> Iterator[Suggestion]:
    frame = topic_scores(store, period=period, branch=branch, now=now)
    named = {slug: one.topic for slug, one in behind.figures.lessons.items()}
    with store.read() as connection:
        lessons = _topics(connection, store, named)
    for row in weakest(frame, branch).itertuples(index=False):
        topic, facility = str(row.topic), float(str(row.facility))
        if facility >= WEAK:
            return
        words = _("weakest topic: {topic}, {percent} of the points at first answers ({n} people)")
        reason = words.format(topic=topic, percent=_percent(facility), n=row.n)
        # Where it is known least; a lesson that nobody has attempted comes last.
        marks = {slug: behind.mean[slug] for slug in lessons if topic in lessons[slug]}
        for slug in sorted(marks, key=lambda one: (marks[one] is None, marks[one] or 0.0)):
            yield behind.suggest("weak", slug, reason)


def _unstarted(behind: _Behind) -> Iterator[Suggestion]:
    for slug in sorted(behind.unstarted, key=lambda one: -behind.unstarted[one]):
        n, all_ = behind.unstarted[slug], behind.assigned[slug]
        if n:
            words = _("{n} of {all} have not started it")
            yield behind.suggest("new", slug, words.format(n=n, all=all_))


# A member


def _own_due(mine: Sequence[LessonProgress], due: Due) -> Iterator[Suggestion]:
    left = [one for one in mine if one.status != "done"]
    days = [(day, one) for one in left if (day := due.day(one.lesson.slug)) is not None]
    for day, one in sorted(days, key=lambda pair: pair[0]):
        if day < due.today:
            yield _suggest("overdue", one, _("it was due on {day}").format(day=day))
        elif (day - due.today).days <= SOON:
            yield _suggest("due", one, _("it is due on {day}").format(day=day))


def _own_weak(
    known: Mapping[str, float],
    lessons: Mapping[str, Collection[str]],
    mine: Sequence[LessonProgress],
) -> Iterator[Suggestion]:
    """A lesson of the topic of which the member's last attempts know least."""
    for topic, share in sorted(known.items(), key=lambda one: (one[1], one[0])):
        if share >= WEAK:
            return
        words = _("your weakest topic: {topic}, {percent} of the points")
        reason = words.format(topic=topic, percent=_percent(share))
        about = [one for one in mine if topic in lessons[one.lesson.slug]]
        for one in sorted(about, key=lambda one: 101 if one.percent is None else one.percent):
            yield _suggest("weak", one, reason)


def _own_topics(
    connection: Connection, member: Member, mine: Sequence[LessonProgress]
) -> dict[str, float]:
    """The share of the points by topic, over the last attempt at each quiz."""
    rows = connection.execute(_OWN, {"member_id": member.id}).all()
    last = {row.quiz: row.number for row in rows}  # they come in the order of their numbers
    of_lesson = {one.lesson.slug: one.lesson.topic or "" for one in mine}
    sums: dict[str, tuple[int, float, float]] = {}
    for row in rows:
        topic = row.topic or of_lesson.get(row.slug, "")
        if row.number == last[row.quiz] and row.slug in of_lesson and topic:
            n, points, most = sums.get(topic, (0, 0.0, 0.0))
            sums[topic] = n + 1, points + row.score, most + row.max
    return {topic: points / most for topic, (n, points, most) in sums.items() if n >= LEAST_ASKED}


def _own_new(mine: Sequence[LessonProgress]) -> Iterator[Suggestion]:
    for one in mine:
        if one.status == "new":
            yield _suggest("new", one, _("you have not started it"))


def _suggest(kind: Kind, one: LessonProgress, reason: str) -> Suggestion:
    lesson = one.lesson
    return Suggestion(
        kind=kind, lesson=lesson.slug, title=lesson.title, language=lesson.language, reason=reason
    )


# Both


def _with_topics(
    connection: Connection, store: Store, mine: Sequence[LessonProgress]
) -> dict[str, frozenset[str]]:
    return _topics(connection, store, {one.lesson.slug: one.lesson.topic or "" for one in mine})


def _topics(
    connection: Connection, store: Store, named: Mapping[str, str]
) -> dict[str, frozenset[str]]:
    """By lesson, the topics it is about: its own and those of its questions."""
    found = {slug: {topic} for slug, topic in named.items()}
    for lesson in load_published(connection, store).lessons:
        if lesson.slug not in found:
            continue
        for quiz in lesson.quizzes:
            questions = load_definition(connection, store, quiz.version).questions
            found[lesson.slug] |= {one.topic for one in questions if one.topic}
    return {slug: frozenset(topics) for slug, topics in found.items()}


def _percent(share: float) -> str:
    return f"{math.floor(100 * share + 1e-6)}%"


_OWN = (
    select(
        grade.c.slug,
        grade.c.quiz,
        grade.c.number,
        item_grade.c.score,
        item_grade.c.max,
        item_version.c.topic,
    )
    .join(item_grade, item_grade.c.attempt_id == grade.c.attempt_id)
    .join(
        item_version,
        (item_version.c.item == item_grade.c.item)
        & (item_version.c.version == item_grade.c.item_version),
    )
    .where(
        grade.c.member_id == bindparam("member_id"),
        item_grade.c.score.is_not(None),
        item_grade.c.max > 0,
    )
    .order_by(grade.c.quiz, grade.c.number, item_grade.c.item)
)

"""A quarter of believable learning for a demo, done through the same door as everybody's.

Every answer is a real one: drawn papers, responses at the times of a working day, submissions.
Chance is seeded by person and quiz, so the same seed on the same course gives the same figures,
and running it again adds nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import exp
from random import Random

from sqlalchemy import Connection, func, insert, select

from weike.quizzes.course import Course
from weike.quizzes.errors import AttemptRefused, WeikeError
from weike.quizzes.i18n import _
from weike.quizzes.paper import Paper, PaperItem
from weike.quizzes.question import Question
from weike.quizzes.quiz import QuizDefinition
from weike.results.answering.attempts import Attempts
from weike.results.assigning.tasks import frozen_roster
from weike.results.catalogue import LessonSummary, published
from weike.results.people import Member, find_member, load_branches
from weike.results.periods import day_start, local_date
from weike.results.sql import analyze
from weike.results.store import Store
from weike.results.tables import attempt, finished, membership, publication
from weike.results.upkeep.demo import LECTURER, MEMBER, ORGANIZER
from weike.results.upkeep.demoanswers import demo_response
from weike.results.versions import load_definition

# Hours of a day at which people look at their phones, and how many do.
_HOURS = ((7, 3), (8, 2), (12, 5), (13, 3), (15, 1), (18, 2), (19, 4), (20, 4), (21, 2))
_AT_ONCE = 40
_VISITORS = (MEMBER, LECTURER, ORGANIZER)  # whoever uses the demo's links learns by themselves
_LONGEST = timedelta(minutes=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learner:
    """A made-up person: `ability` on the logistic scale, `diligence` as a share of lessons."""

    member: Member
    ability: float
    diligence: float
    hurry: float


def demo_activity(
    store: Store,
    course: Course,
    *,
    seed: int,
    now: datetime,
    progress: Callable[[int], object] = lambda _members: None,
) -> int:
    """Let the demo's members learn from the first membership until `now`; how many attempts.

    What somebody has begun is left alone. Raises `WeikeError` where the course is not a demo.
    """
    if not course.demo:
        raise WeikeError(_("this course is not a demo: its figures are not made up"))
    lessons = published(store)
    learners = _learners(store, seed, now)
    if not lessons or not learners:
        raise WeikeError(_("first enrol members and publish lessons: weike serve does both"))
    start = _first_day(store)
    store.writer.run(lambda connection: _publish_since(connection, lessons, start, store))
    begun = _begun(store)
    return asyncio.run(_everyone(store, learners, lessons, begun, start, seed, now, progress))


async def _everyone(
    store: Store,
    learners: Sequence[Learner],
    lessons: Sequence[LessonSummary],
    begun: frozenset[tuple[str, str]],
    start: date,
    seed: int,
    now: datetime,
    progress: Callable[[int], object],
) -> int:
    attempts = Attempts(store)
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(learner: Learner) -> int:
        async with places:
            person = _Person(store, attempts, learner, seed=seed, now=now)
            count = await person.learn(lessons, begun, start)
            progress(1)
            return count

    counts = await asyncio.gather(*(one(learner) for learner in learners))
    await attempts.sweep(now)
    await store.writer.submit(analyze)
    return sum(counts)


class _Person:
    """One learner at a phone, from lesson to lesson."""

    def __init__(
        self,
        store: Store,
        attempts: Attempts,
        learner: Learner,
        *,
        seed: int,
        now: datetime,
    ) -> None:
        self.store = store
        self.attempts = attempts
        self.learner = learner
        self.member = learner.member
        self.seed = seed
        self.now = now

    async def learn(
        self, lessons: Sequence[LessonSummary], begun: frozenset[tuple[str, str]], start: date
    ) -> int:
        rng = Random(f"{self.seed}:{self.member.code}")  # noqa: S311 - made-up people
        times = _times(rng, len(lessons), start, self.now, self.store)
        count = 0
        for number, (lesson, when) in enumerate(zip(lessons, times, strict=False)):
            # Zeal fades a little from lesson to lesson.
            if rng.random() > self.learner.diligence - 0.02 * number:
                continue
            if not lesson.quizzes and (self.member.id, lesson.slug) not in begun:
                await self.attempts.finished(self.member, lesson.slug, now=when)
            for quiz in lesson.quizzes:
                if (self.member.id, quiz.ref) not in begun:
                    chance = Random(f"{self.seed}:{self.member.code}:{quiz.ref}")  # noqa: S311
                    count += await self.take(quiz.ref, when, chance)
        return count

    async def take(self, ref: str, when: datetime, rng: Random) -> int:
        """One quiz, and a second try on another day for many who did not pass."""
        passed = await self.try_once(ref, when, rng, bonus=0.0)
        if passed is None:
            return 0
        again = when + timedelta(days=rng.randint(1, 5), minutes=rng.randint(-50, 50))
        if passed or rng.random() > 0.6 or again + _LONGEST > self.now:
            return 1
        return 1 + (await self.try_once(ref, again, rng, bonus=1.2) is not None)

    async def try_once(self, ref: str, when: datetime, rng: Random, *, bonus: float) -> bool | None:
        """Open, answer, mostly submit. Whether it was passed (or given up); None if refused."""
        try:
            opened = await self.attempts.open(self.member, ref, now=when, new=True, rng=rng)
        except AttemptRefused:
            return None
        id = opened["attempt"]
        with self.store.read() as connection:
            row = connection.execute(
                select(attempt.c.paper, attempt.c.quiz_version).where(attempt.c.id == id)
            ).one()
            drawn = load_definition(connection, self.store, row.quiz_version)
        items = Paper.from_json(row.paper).items
        gives_up = rng.random() < 0.06
        leaves_at = rng.randrange(len(items)) if gives_up else -1
        try:
            for place, item in enumerate(items):
                if place == leaves_at:
                    return True
                when = await self.answer(id, drawn, item, when, rng, bonus=bonus)
            when += timedelta(seconds=rng.uniform(2, 20))
            result = await self.attempts.submit(self.member, id, now=min(when, self.now))
        except AttemptRefused:  # the time was over, and what was answered is submitted
            return False
        return bool(result.get("passed"))

    async def answer(
        self,
        id: str,
        drawn: QuizDefinition,
        item: PaperItem,
        when: datetime,
        rng: Random,
        *,
        bonus: float,
    ) -> datetime:
        """Answer one question; in a practice quiz some mend a wrong answer after the feedback."""
        question = next(one for one in drawn.questions if one.id == item.item)
        right = rng.random() < _chance(self.learner.ability + bonus, question)
        practice = drawn.rules.behaviour == "practice"
        tries = [right] if right or not practice or rng.random() > 0.4 else [right, True]
        for seq, outcome in enumerate(tries):
            when += timedelta(seconds=rng.lognormvariate(3.1, 0.5) * self.learner.hurry)
            response = demo_response(question, item.layout, right=outcome, rng=rng)
            if response is None:
                break
            said = when - timedelta(seconds=rng.uniform(0.2, 2))
            body = {
                "response": response,
                "event": f"{rng.getrandbits(128):032x}",
                "seq": seq,
                "answered_at": said.isoformat().replace("+00:00", "Z"),
            }
            moment = min(when, self.now)
            await self.attempts.answer(self.member, id, item.item, body, now=moment)
        return when


def _chance(ability: float, question: Question) -> float:
    """How likely somebody of this ability is right; every question has its own difficulty."""
    own = Random(question.id).gauss(-1.0, 0.7)  # noqa: S311 - the same for every seed
    return 1 / (1 + exp(own + 0.3 * ((question.difficulty or 3) - 3) - ability))


def _learners(store: Store, seed: int, now: datetime) -> list[Learner]:
    with store.read() as connection:
        roster = frozen_roster(connection, local_date(now, store.zone))
        tree = load_branches(connection)
    branches: dict[str, tuple[float, float]] = {}
    for branch in tree:
        rng = Random(f"{seed}:{branch.path}")  # noqa: S311 - made-up people
        branches[branch.id] = rng.gauss(0, 0.45), rng.uniform(0.5, 0.97)
    learners = []
    for id in roster.index:
        member = find_member(store, now=now, id=id)
        if member is None or member.branch_id is None or member.code in _VISITORS:
            continue
        rng = Random(f"{seed}:{member.code}:self")  # noqa: S311 - made-up people
        ability, diligence = branches[member.branch_id]
        learners.append(
            Learner(
                member=member,
                ability=ability + rng.gauss(0, 0.8),
                diligence=min(1.0, max(0.0, rng.gauss(diligence, 0.2))),
                hurry=rng.uniform(0.6, 1.6),
            )
        )
    return sorted(learners, key=lambda learner: learner.member.code)


def _times(rng: Random, count: int, start: date, now: datetime, store: Store) -> list[datetime]:
    """Moments for the lessons in their order, when people have time; seldom on a Sunday."""
    begin, end = day_start(start, store.zone), now - _LONGEST
    days = max(1, (local_date(end, store.zone) - start).days + 1)
    found: list[datetime] = []
    while len(found) < count:
        day = start + timedelta(days=rng.randrange(days))
        if day.weekday() == 6 and rng.random() < 0.7 and days > 6:
            continue
        [hour] = rng.choices([h for h, _ in _HOURS], [w for _, w in _HOURS])
        clock = time(hour, rng.randrange(60), rng.randrange(60), tzinfo=store.zone)
        moment = datetime.combine(day, clock).astimezone(begin.tzinfo)
        if not begin <= moment <= end:  # the first day of all may just have begun
            moment = begin + max(timedelta(0), end - begin) * rng.random()
        found.append(moment)
    return sorted(found)


def _first_day(store: Store) -> date:
    with store.read() as connection:
        first = connection.execute(select(func.min(membership.c.since))).scalar()
    assert isinstance(first, date), "there are learners, so there are memberships"
    return first


def _publish_since(
    connection: Connection, lessons: Sequence[LessonSummary], start: date, store: Store
) -> None:
    """Say that the lessons of today were there on the first day, unless they were."""
    first = {
        row.slug: row.at
        for row in connection.execute(
            select(publication.c.slug, func.min(publication.c.at).label("at")).group_by(
                publication.c.slug
            )
        )
    }
    begin = day_start(start, store.zone)
    rows = [
        {"slug": lesson.slug, "version": lesson.version, "by": "demo", "at": begin}
        for lesson in lessons
        if first[lesson.slug] > begin
    ]
    if rows:
        connection.execute(insert(publication), rows)


def _begun(store: Store) -> frozenset[tuple[str, str]]:
    """Members with the quizzes they have begun and the lessons they have finished."""
    with store.read() as connection:
        tried = connection.execute(select(attempt.c.member_id, attempt.c.quiz).distinct()).all()
        read = connection.execute(select(finished.c.member_id, finished.c.slug)).all()
    return frozenset((row[0], row[1]) for row in [*tried, *read])

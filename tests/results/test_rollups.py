"""Figures that are kept up to date equal figures made afresh, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from sqlalchemy import Connection, func, select, text

from weike.quizzes.errors import AttemptRefused
from weike.results import tables
from weike.results.answering.attempts import Attempts
from weike.results.people import Member
from weike.results.scores import branch_scores, member_scores
from weike.results.scoring import snapshot, tallies
from weike.results.scoring.ledger import Ledger
from weike.results.scoring.snapshot import current_snapshot
from weike.results.store import Store, open_store
from weike.results.upkeep.rebuild import rebuild

from .facts import Facts

SEPTEMBER = date(2026, 9, 1)
BEGIN = datetime(2026, 10, 1, 1, tzinfo=UTC)
PERIODS = ("2026-09", "2026-10", "2026-11", "2026-Q4")
QUIZ = """---
title: 练习
behaviour: {behaviour}
---

## 第一步？ {{#{name}1}}
- [x] 提起
- [ ] 拔掉

## 先断电。 {{#{name}2}}
- [x] 正确
- [ ] 错误

## 指针在 [[绿色|绿]] 区。 {{#{name}3}}
"""
AddMember = Callable[..., Member]
Publish = Callable[..., object]


class History:
    """What happens in an organisation in two months, by chance."""

    def __init__(
        self, store: Store, facts: Facts, members: list[Member], publish: Publish, seed: int
    ) -> None:
        self.store, self.facts, self.members, self.publish = store, facts, members, publish
        self.rng, self.now, self.n = Random(seed), BEGIN, 0
        self.attempts = Attempts(store)
        self.undone: list[tuple[Any, str]] = []
        self.published = {"fire": 1, "dust": 1, "story": 1}

    def step(self) -> None:
        """Something happens, mostly that somebody learns; the clock is sometimes set back."""
        self.n += 1
        self.now += timedelta(hours=self.rng.uniform(-2, 24))
        acts = [self.learn, self.begin, self.read, self.assign, self.excuse, self.withdraw]
        acts += [self.move, self.make_up, self.drop, self.publish_again]
        [act] = self.rng.choices(acts, [20, 4, 4, 1, 0.5, 2, 1, 3, 1, 1])
        act()

    def learn(self, mode: str | None = None) -> None:
        member, ref = self.rng.choice(self.members), self.rng.choice(["fire/quiz", "dust/test"])
        asyncio.run(self._take(member, ref, submit=True))

    def begin(self) -> None:
        member, ref = self.rng.choice(self.members), self.rng.choice(["fire/pre", "dust/test"])
        asyncio.run(self._take(member, ref, submit=self.rng.random() < 0.3))

    def make_up(self) -> None:
        """An attempt that an organizer has set for somebody, as the log keeps it."""
        member = self.rng.choice(self.members)
        attempt, grade = tables.attempt, tables.grade
        with self.store.read() as connection:
            number = connection.execute(
                select(func.coalesce(func.max(attempt.c.number), 0)).where(
                    attempt.c.member_id == member.id, attempt.c.quiz == "dust/test"
                )
            ).scalar_one()
            if (
                number
                > connection.execute(
                    select(func.count()).where(
                        grade.c.member_id == member.id, grade.c.quiz == "dust/test"
                    )
                ).scalar_one()
            ):
                return
        asyncio.run(self._take(member, "dust/test", submit=True))
        self.store.writer.run(
            lambda c: c.execute(
                attempt.update()
                .where(
                    attempt.c.member_id == member.id,
                    attempt.c.quiz == "dust/test",
                    attempt.c.number == number + 1,
                )
                .values(mode="makeup")
            )
        )
        key = {"member_id": member.id, "quiz": "dust/test"}
        self.store.writer.run(lambda c: tallies.derive(c, [key]))

    def read(self) -> None:
        member = self.rng.choice(self.members)
        slug = self.rng.choice(["story", "fire"])
        try:
            asyncio.run(self.attempts.finished(member, slug, now=self.now))
        except AttemptRefused as refusal:
            assert refusal.code == "not_found"  # noqa: PT017 - withdrawn meanwhile

    def assign(self) -> None:
        slug = self.rng.choice(["fire", "dust", "story", None])
        branch = self.rng.choice(["公司/甲", "公司/乙", "公司", None])
        id = self.facts.assign(slug, branch=branch)
        self.undone.append((tables.assignment, id))

    def excuse(self) -> None:
        self.undone.append((tables.excusal, self.facts.excuse(self.rng.choice(self.members))))

    def withdraw(self) -> None:
        if self.undone:
            table, id = self.undone.pop(self.rng.randrange(len(self.undone)))
            self.facts.undo(table, id)

    def move(self) -> None:
        member = self.rng.choice(self.members)
        to = self.rng.choice(["公司/甲", "公司/乙", None])
        self.facts.move(member, to, SEPTEMBER + timedelta(days=self.n))

    def drop(self) -> None:
        """A question was wrong: everyone earns it, or nobody can."""
        with self.store.read() as connection:
            items = connection.execute(
                select(tables.item_version).order_by(tables.item_version.c.item)
            ).all()
        item = self.rng.choice(items)
        row = {"quiz": "fire/quiz", "item": item.item, "old": item.version, "new": None}
        row |= {"action": self.rng.choice(["full", "drop"]), "reason": "题目有误", "report": {}}
        row |= {"by": "command", "at": self.now}
        self.store.writer.run(lambda c: c.execute(tables.rescoring.insert().values(**row)))
        rebuild(self.store, quiz="fire/quiz")

    def publish_again(self) -> None:
        slug = self.rng.choice(list(self.published))
        self.published[slug] += 1
        quizzes = {
            name: QUIZ.format(name=slug[0] + name, behaviour=kind) for name, kind in _OF[slug]
        }
        self.publish(slug, version=str(self.published[slug]), **quizzes)

    async def _take(self, member: Member, ref: str, *, submit: bool) -> None:
        opened = await self.attempts.open(member, ref, now=self.now, new=True, rng=self.rng)
        try:
            for place, item in enumerate(opened["paper"]["items"]):
                self.now += timedelta(seconds=20)
                body = {
                    "response": self._answer(item),
                    "event": f"event-{self.n:06d}-{place:02d}",
                    "seq": place,
                    "answered_at": self.now.isoformat(),
                }
                await self.attempts.answer(
                    member, opened["attempt"], item["item"], body, now=self.now
                )
            if submit:
                await self.attempts.submit(member, opened["attempt"], now=self.now)
        except AttemptRefused as refusal:
            assert refusal.code == "submitted"  # noqa: PT017

    def _answer(self, item: dict[str, Any]) -> Any:
        match item["type"]:
            case "single":
                return self.rng.choice(item["options"])["id"]
            case "boolean":
                return self.rng.random() < 0.7
            case _:
                return [self.rng.choice(["绿", "红"])]


_OF: dict[str, list[tuple[str, str]]] = {
    "fire": [("pre", "test"), ("quiz", "practice")],
    "dust": [("test", "test")],
    "story": [],
}


@pytest.fixture
def members(add_member: AddMember, publish_lesson: Publish) -> list[Member]:
    for slug, kinds in _OF.items():
        publish_lesson(
            slug, **{name: QUIZ.format(name=slug[0] + name, behaviour=b) for name, b in kinds}
        )
    branches = ["公司/甲", "公司/甲", "公司/甲", "公司/乙", "公司/乙", "公司/乙/乙一", "公司"]
    return [
        add_member(f"M{n}", branch=branch, since=SEPTEMBER) for n, branch in enumerate(branches)
    ]


def everything(store: Store, now: datetime) -> list[pd.DataFrame]:
    frames = []
    for period in PERIODS:
        for of in (branch_scores, member_scores):
            frame = of(store, period=period, now=now).copy()
            frame.attrs = {}
            frames.append(frame)
    return frames


@pytest.mark.parametrize("seed", range(3))
def test_figures_kept_up_to_date_equal_those_of_a_full_rebuild(
    store: Store,
    url: str,
    facts: Facts,
    members: list[Member],
    publish_lesson: Publish,
    seed: int,
) -> None:
    history = History(store, facts, members, publish_lesson, seed)
    for n in range(60):
        history.step()
        if n % 15 == 0:
            everything(store, history.now)  # so that there is something to bring up to date
    kept = everything(store, history.now)
    assert kept[-1]["submitted"].sum() > 0
    # Another process has nothing in memory.
    with open_store(url) as fresh:
        fresh.zone = store.zone
        for mine, theirs in zip(kept, everything(fresh, history.now), strict=True):
            assert_frame_equal(mine, theirs)
    # Everything derived is thrown away and made again from the log.
    assert rebuild(store, dry_run=True).tallies == 0
    store.writer.run(
        lambda c: [
            c.execute(table.delete()) for table in (tables.tally, tables.grade, tables.item_grade)
        ]
    )
    rebuild(store)
    assert rebuild(store, dry_run=True).tallies == 0
    with open_store(url) as fresh:
        fresh.zone = store.zone
        for mine, theirs in zip(kept, everything(fresh, history.now), strict=True):
            assert_frame_equal(mine, theirs)


def test_a_submission_leaves_the_figures_of_past_periods_as_they_are(
    store: Store, facts: Facts, members: list[Member]
) -> None:
    october = datetime(2026, 10, 20, tzinfo=UTC)
    november = datetime(2026, 11, 20, tzinfo=UTC)
    facts.grade(members[0], "fire/quiz", 8, at=october)
    facts.grade(members[1], "fire/quiz", 8, at=november)
    before = current_snapshot(store)
    past = before.figures(store, "2026-10", november)
    current = before.figures(store, "2026-11", november)
    facts.grade(members[2], "fire/quiz", 6, at=november + timedelta(seconds=1))
    after = current_snapshot(store)
    assert after is not before
    assert after.figures(store, "2026-10", november) is past
    later = november + timedelta(minutes=1)
    assert after.figures(store, "2026-11", later) is not current
    # One that was answered back then and came in late changes them.
    facts.grade(members[3], "fire/quiz", 4, at=october)
    assert current_snapshot(store).figures(store, "2026-10", november) is not past


def test_what_a_transaction_with_a_lower_number_commits_later_is_seen(
    store: Store, facts: Facts, members: list[Member]
) -> None:
    if store.sqlite:
        pytest.skip("one transaction at a time writes there")
    at = datetime(2026, 10, 20, tzinfo=UTC)
    facts.grade(members[0], "fire/quiz", 8, at=at)
    current_snapshot(store)
    facts.grade(members[1], "fire/quiz", 8, at=at)
    key = tables.tally.c.member_id == members[1].id
    with store.engine.begin() as late:
        # It had its number before the first one was seen, and commits after it.
        late.execute(tables.tally.update().where(key).values(change=1))
        seen = current_snapshot(store).ledger.columns["fire/quiz"]
        assert len(seen.members) == 2
        late.execute(text("UPDATE tally SET passed = 1 WHERE change = 1"))
    column = current_snapshot(store).ledger.columns["fire/quiz"]
    assert 1 in column.passed


def test_a_row_that_changes_under_the_same_number_is_seen(
    store: Store, facts: Facts, members: list[Member]
) -> None:
    # Two transactions that began together both take the next number.
    facts.grade(members[0], "fire/quiz", 8, at=datetime(2026, 10, 20, tzinfo=UTC))
    current_snapshot(store)
    facts.grade(members[1], "fire/quiz", 8, at=datetime(2026, 10, 20, tzinfo=UTC))
    current_snapshot(store)
    store.writer.run(lambda c: c.execute(text("UPDATE tally SET passed = 1")))
    facts.grade(members[2], "fire/quiz", 8, at=datetime(2026, 10, 20, tzinfo=UTC))
    column = current_snapshot(store).ledger.columns["fire/quiz"]
    if not store.sqlite:  # one transaction at a time writes there, and no number comes twice
        assert list(column.passed).count(1) == 2


def test_nothing_new_is_nothing_to_do(store: Store, facts: Facts, members: list[Member]) -> None:
    at = datetime(2026, 10, 20, tzinfo=UTC)
    for n in range(3):
        facts.grade(members[n], "fire/quiz", 8, at=at)
        assert current_snapshot(store) is current_snapshot(store)


def test_after_very_many_changes_everything_is_read_again(
    store: Store, facts: Facts, members: list[Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = datetime(2026, 10, 20, tzinfo=UTC)
    facts.grade(members[0], "fire/quiz", 8, at=at)
    first = current_snapshot(store)
    taken, read = snapshot._taken, []

    def take(connection: Connection, ledger: Ledger) -> snapshot.Snapshot:
        read.append(len(ledger.columns["fire/quiz"].members))
        return taken(connection, ledger)

    monkeypatch.setattr(snapshot, "_MANY", 2)
    monkeypatch.setattr(snapshot, "_taken", take)
    for member in members[1:5]:
        facts.grade(member, "fire/quiz", 8, at=at)
    assert len(current_snapshot(store).ledger.columns["fire/quiz"].members) == 5
    facts.grade(members[5], "fire/quiz", 8, at=at)
    found = current_snapshot(store)
    assert len(found.ledger.columns["fire/quiz"].members) == 6
    assert read == [5]
    assert found is current_snapshot(store) is not first


def test_tallies_that_are_made_together_have_numbers_of_their_own(
    store: Store, facts: Facts, members: list[Member]
) -> None:
    for member in members:
        facts.grade(member, "fire/quiz", 8, at=datetime(2026, 10, 20, tzinfo=UTC))
    store.writer.run(lambda c: c.execute(tables.tally.delete()))
    store.writer.run(tallies.derive_all)
    with store.read() as connection:
        changes = connection.execute(select(tables.tally.c.change)).scalars().all()
    assert sorted(changes) == list(range(1, len(members) + 1))


def test_a_ledger_read_at_once_equals_one_that_was_brought_up_to_date(
    store: Store, facts: Facts, members: list[Member]
) -> None:
    at = datetime(2026, 10, 20, tzinfo=UTC)
    facts.begin(members[0], "fire/quiz", at=at)
    current_snapshot(store)
    for n, member in enumerate(members):
        facts.grade(member, "dust/test", n, at=at + timedelta(days=n), passed=n > 3)
        current_snapshot(store)
    facts.finish(members[2], "story", at=at)
    mine = current_snapshot(store).ledger
    with store.read() as connection:
        theirs = Ledger.read(connection)
    assert mine.newest == theirs.newest
    assert set(mine.columns) == set(theirs.columns) == {"fire/quiz", "dust/test", "story/"}
    for quiz, column in mine.columns.items():
        other = theirs.columns[quiz]
        ids = {number: id for id, number in mine.members.items()}
        others = {number: id for id, number in theirs.members.items()}
        assert {ids[n] for n in column.members} == {others[n] for n in other.members}
        for name in ("begun", "submitted", "mark", "passed", "passed_first"):
            found = dict(zip((ids[n] for n in column.members), getattr(column, name), strict=True))
            expected = dict(
                zip((others[n] for n in other.members), getattr(other, name), strict=True)
            )
            assert pd.Series(found).sort_index().equals(pd.Series(expected).sort_index())

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from weike.results.analysis.suggestions import branch_suggestions, member_suggestions
from weike.results.answering.attempts import Attempts
from weike.results.assigning.assignments import assign
from weike.results.assigning.excusals import excuse
from weike.results.people import Member
from weike.results.store import Store

from .courses import publish

AddMember = Callable[..., Member]

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=10)  # the 22nd
QUIZ = """---
behaviour: test
---

## {slug} 一？ {{#{slug}1}}
- [x] 正确
- [ ] 错误

## {slug} 二？ {{#{slug}2}}
- [x] 正确
- [ ] 错误

## {slug} 三？ {{#{slug}3}}
- [x] 正确
- [ ] 错误
"""
LESSONS = {"fire": "消防", "dust": "粉尘", "lock": "电气", "belt": "皮带机"}


@pytest.fixture
def lessons(store: Store) -> None:
    for order, (slug, topic) in enumerate(LESSONS.items()):
        quiz = QUIZ.format(slug=slug)
        publish(store, slug, topic=topic, order=order, quizzes={"quiz": quiz})


@pytest.fixture
def learn(store: Store) -> Callable[..., None]:
    """`learn(member, dust=2)`: so many of the three answers of a lesson are right."""

    def learn(member: Member, **right: int) -> None:
        asyncio.run(taking(store, member, right))

    return learn


async def taking(store: Store, member: Member, right: Mapping[str, int]) -> None:
    attempts = Attempts(store)
    for slug, count in right.items():
        opened: Any = await attempts.open(member, f"{slug}/quiz", now=NOW, new=True)
        for n, item in enumerate(opened["paper"]["items"]):
            body = {"response": n < count, "event": uuid4().hex, "seq": n}
            body |= {"answered_at": NOW.isoformat()}
            await attempts.answer(member, opened["attempt"], item["item"], body, now=NOW)
        await attempts.submit(member, opened["attempt"], now=NOW)


def set_for(store: Store, *lessons: str, due: date | None) -> None:
    assign(store, by="command", lessons=lessons, period="2026-Q4", due=due, now=NOW)


def told(found: list[Any]) -> list[tuple[str, str]]:
    assert all(one.reason and one.title == f"微课 {one.lesson}" for one in found)
    return [(one.kind, one.lesson) for one in found]


@pytest.fixture
def five(add_member: AddMember, lessons: None) -> list[Member]:
    return [add_member(f"A{n}", branch="公司/甲") for n in range(5)]


def test_a_branch_is_told_what_is_due_what_is_weak_and_what_is_not_begun(
    store: Store, five: list[Member], learn: Callable[..., None]
) -> None:
    for member in five:
        learn(member, fire=3, dust=1)
    learn(five[0], lock=3)
    set_for(store, "fire", "dust", due=None)
    set_for(store, "lock", due=date(2026, 10, 30))
    set_for(store, "belt", due=date(2026, 12, 20))
    found = branch_suggestions(store, "公司/甲", period="2026-Q4", now=LATER)
    assert told(found) == [("due", "lock"), ("weak", "dust"), ("new", "belt")]
    assert [one.reason for one in found] == [
        "还有 4 人没完成，2026-10-30 到期",
        "最弱的主题：粉尘，首答得分率 33%（5 人）",
        "5 人中有 5 人还没开始",
    ]
    after = branch_suggestions(store, "公司", period="2026-Q4", now=NOW + timedelta(days=30))
    assert told(after)[0] == ("overdue", "lock")
    assert "已于 2026-10-30 到期" in after[0].reason


def test_nobody_is_told_of_a_day_far_away_or_of_a_topic_that_is_known(
    store: Store, five: list[Member], learn: Callable[..., None]
) -> None:
    set_for(store, *LESSONS, due=date(2026, 12, 20))
    for member in five:
        learn(member, fire=3, dust=3, lock=3)
    found = branch_suggestions(store, five[0].branch_id or "", period="2026-Q4", now=LATER)
    assert told(found) == [("new", "belt")]
    for member in five:
        learn(member, belt=3)
    assert branch_suggestions(store, "公司", period="2026-Q4", now=LATER) == []


def test_the_same_facts_give_the_same_suggestions_and_no_lesson_twice(
    store: Store, five: list[Member], learn: Callable[..., None]
) -> None:
    for member in five[:4]:
        learn(member, dust=0)
    learn(five[4], dust=1, fire=1)
    set_for(store, "dust", "fire", due=date(2026, 10, 25))
    found = branch_suggestions(store, "公司", period="2026-Q4", now=LATER)
    assert found == branch_suggestions(store, "公司", period="2026-Q4", now=LATER)
    assert told(found) == [("due", "fire"), ("weak", "dust")]


def test_a_member_is_told_with_the_reason(
    store: Store, five: list[Member], learn: Callable[..., None]
) -> None:
    one = five[0]
    assert told(member_suggestions(store, one, now=LATER)) == [("new", "fire")]
    learn(one, fire=3, dust=1)
    set_for(store, "belt", due=date(2026, 10, 20))
    set_for(store, "fire", "dust", "lock", due=None)
    found = member_suggestions(store, one, now=LATER)
    assert told(found) == [("overdue", "belt"), ("weak", "dust"), ("new", "lock")]
    assert [one.reason for one in found] == [
        "已于 2026-10-20 到期",
        "您最弱的主题：粉尘，得分率 33%",
        "还没开始",
    ]
    early = member_suggestions(store, one, now=NOW)
    assert told(early)[0] == ("due", "belt")


def test_a_members_last_attempt_says_what_is_weak(
    store: Store, five: list[Member], learn: Callable[..., None]
) -> None:
    learn(five[0], dust=0)
    assert ("weak", "dust") in told(member_suggestions(store, five[0], now=LATER))
    learn(five[0], dust=3)
    assert "weak" not in dict(told(member_suggestions(store, five[0], now=LATER)))


def test_who_has_done_everything_or_is_excused_is_told_nothing(
    store: Store, five: list[Member], learn: Callable[..., None]
) -> None:
    learn(five[0], **dict.fromkeys(LESSONS, 3))
    assert member_suggestions(store, five[0], now=LATER) == []
    excuse(store, member=five[1].id, period="2026-Q4", reason="产假", by="command", now=NOW)
    assert member_suggestions(store, five[1], now=LATER) == []

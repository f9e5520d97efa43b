from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from weike.quizzes.errors import AttemptRefused
from weike.results import catalogue
from weike.results.answering.attempts import Attempts
from weike.results.answering.progress import me, member_lessons, member_progress, set_place
from weike.results.assigning.assignments import assign
from weike.results.assigning.excusals import excuse
from weike.results.people import Member
from weike.results.store import Store

Publish = Callable[..., object]
AddMember = Callable[..., Member]

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
QUIZ = """---
title: 灭火器
---

## 每分钟多少次？ {#n1}
= 110

## 几步？ {#n2}
= 4

## 几米？ {#n3}
= 3
"""
TIMED = QUIZ.replace("---\n\n", "limit: 10 min\n---\n\n")


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def member(add_member: AddMember, publish_lesson: Publish) -> Member:
    publish_lesson("fire", quiz=QUIZ)
    publish_lesson("dust")  # has no quiz
    publish_lesson("timed", quiz=TIMED)
    return add_member("A1024", branch="公司党委/储运党支部")


def take(attempts: Attempts, member: Member, ref: str, right: int, now: datetime) -> Any:
    """Open, answer with this many right answers, submit."""

    async def taking() -> Any:
        key = (await attempts.open(member, ref, now=now, new=True))["attempt"]
        for n, answer in enumerate(["110", "4", "3"]):
            body = {
                "response": answer if n < right else "7",
                "event": f"{key[:8]}-{n:04d}",
                "seq": n,
                "answered_at": "2026-10-12T01:31:00Z",
            }
            await attempts.answer(member, key, f"n{n + 1}", body, now=now)
        return await attempts.submit(member, key, now=now)

    return asyncio.run(taking())


def states(store: Store, member: Member, now: datetime = NOW) -> dict[str, str]:
    progress = member_progress(store, member, now)
    return {one.lesson.slug: one.status for one in progress.lessons}


def test_at_first_every_lesson_is_new_and_the_first_one_is_next(
    store: Store, member: Member
) -> None:
    progress = member_progress(store, member, NOW)
    assert {one.status for one in progress.lessons} == {"new"}
    assert progress.next == progress.lessons[0]
    assert progress.results == ()


def test_a_lesson_is_started_by_a_place_or_an_attempt_and_done_by_its_end(
    store: Store, member: Member, attempts: Attempts
) -> None:
    asyncio.run(set_place(store, member, "dust", 3, now=after(1)))
    asyncio.run(attempts.open(member, "fire/quiz", now=after(2)))
    assert states(store, member) == {"dust": "started", "fire": "started", "timed": "new"}
    progress = member_progress(store, member, after(3))
    assert progress.next is not None
    assert progress.next.lesson.slug == "fire"  # the latest
    asyncio.run(attempts.finished(member, "dust", now=after(4)))
    take(attempts, member, "fire/quiz", 3, after(5))
    assert states(store, member) == {"dust": "done", "fire": "done", "timed": "new"}
    progress = member_progress(store, member, after(6))
    assert progress.next is not None
    assert progress.next.lesson.slug == "timed"


def test_a_timed_attempt_that_ran_out_is_done_before_the_sweep(
    store: Store, member: Member, attempts: Attempts
) -> None:
    asyncio.run(attempts.open(member, "timed/quiz", now=NOW, new=True))
    assert states(store, member, after(9))["timed"] == "started"
    assert states(store, member, after(10))["timed"] == "done"


def test_the_best_attempt_counts_and_every_attempt_is_listed(
    store: Store, member: Member, attempts: Attempts
) -> None:
    for minute, right in enumerate([1, 2, 0]):
        take(attempts, member, "fire/quiz", right, after(minute))
    progress = member_progress(store, member, after(5))
    (fire,) = [one for one in progress.lessons if one.lesson.slug == "fire"]
    assert (fire.percent, fire.passed) == (66, True)
    assert [(one.number, one.percent, one.passed) for one in progress.results] == [
        (3, 0, False),
        (2, 66, True),
        (1, 33, False),
    ]
    assert {(one.title, one.lesson) for one in progress.results} == {("灭火器", "微课 fire")}


def test_results_of_a_withdrawn_lesson_stay(
    store: Store, member: Member, attempts: Attempts
) -> None:
    take(attempts, member, "fire/quiz", 3, NOW)
    catalogue.withdraw(store, "fire", "command", NOW)
    progress = member_progress(store, member, NOW)
    assert "fire" not in {one.lesson.slug for one in progress.lessons}
    assert [one.title for one in progress.results] == ["灭火器"]


def test_the_place_is_the_last_one_and_only_in_a_published_lesson(
    store: Store, member: Member
) -> None:
    for place in (2, 9, 4):
        asyncio.run(set_place(store, member, "fire", place, now=NOW))
    places = {one["slug"]: one["place"] for one in member_lessons(store, member, NOW)}
    assert places == {"fire": 4, "dust": None, "timed": None}
    for wrong in (-1, "3", None, True, 10**9, 1.5):
        with pytest.raises(AttemptRefused):
            asyncio.run(set_place(store, member, "fire", wrong, now=NOW))
    with pytest.raises(AttemptRefused, match=r"nothing|没有"):
        asyncio.run(set_place(store, member, "water", 1, now=NOW))


def test_the_list_says_what_is_assigned_and_when_it_is_due(store: Store, member: Member) -> None:
    def told() -> dict[str, tuple[bool, str | None]]:
        lessons = member_lessons(store, member, NOW)
        return {one["slug"]: (one["assigned"], one["due"]) for one in lessons}

    assert told() == {"dust": (True, None), "fire": (True, None), "timed": (True, None)}
    due = date(2026, 11, 30)
    assign(store, by="command", lessons=["fire"], period="2026-Q4", due=due, now=NOW)
    assert told() == {"dust": (False, None), "fire": (True, "2026-11-30"), "timed": (False, None)}
    excuse(store, member="A1024", period="2026-Q4", reason="病假", by="command", now=NOW)
    assert set(told().values()) == {(False, None)}
    assert me(store, member, NOW)["lessons"] == member_lessons(store, member, NOW)


def test_me_tells_about_oneself_and_nobody_else(
    store: Store, member: Member, attempts: Attempts, add_member: AddMember
) -> None:
    other = add_member("B7", name="学员乙")
    take(attempts, member, "fire/quiz", 2, NOW)
    take(attempts, other, "fire/quiz", 3, NOW)
    body = me(store, member, NOW)
    assert body["member"] == {
        "code": "A1024",
        "name": "学员甲",
        "branch": "储运党支部",
        "branch_path": "公司党委/储运党支部",
        "roles": ["member"],
    }
    assert body["results"] == [
        {
            "quiz": "fire/quiz",
            "title": "灭火器",
            "lesson": "微课 fire",
            "number": 1,
            "score": 2.0,
            "max": 3.0,
            "percent": 66,
            "passed": True,
            "submitted_at": "2026-10-12T01:30:00.000Z",
        }
    ]
    assert body["branch"] is None
    assert [one["slug"] for one in body["lessons"]] == ["dust", "fire", "timed"]


def test_the_number_of_queries_does_not_grow_with_what_was_done(
    store: Store, member: Member, attempts: Attempts
) -> None:
    queries: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        queries.append(statement)

    counts = []
    for minute in range(3):
        take(attempts, member, "fire/quiz", 1, after(minute))
        event.listen(store.engine, "before_cursor_execute", note)
        member_progress(store, member, NOW)
        event.remove(store.engine, "before_cursor_execute", note)
        counts.append(len(queries))
        queries.clear()
    assert counts[0] == counts[1] == counts[2] <= 8

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select, text

from weike.quizzes.errors import AttemptRefused
from weike.results import catalogue
from weike.results.answering.attempts import Attempts
from weike.results.people import Member
from weike.results.store import Store
from weike.results.tables import (
    grade,
    item_grade,
    item_version,
    rescoring,
    response,
    submission,
    tally,
)
from weike.results.upkeep.rebuild import rebuild

Publish = Callable[..., object]
AddMember = Callable[..., Member]

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
QUIZ = """---
title: 练习
---

## 第一步？ {#r1}
- [x] 提起
- [ ] 拔掉
- [ ] 压下

## 哪些要带？ {#r2}
- [x] 安全帽
- [x] 手电
- [x] 检测仪
- [ ] 打火机

## 指针在 [[绿色|绿]] 区为 [[正常]]。 {#r3}

## 每分钟多少次？ {#r4}
= 110 ± 10 次

## 先断电。 {#r5}
- [x] 正确
- [ ] 错误
"""
HALF = QUIZ.replace("---\n\n", "behaviour: test\npartial: missed-half\nlimit: 10 min\n---\n\n")
EXAM = QUIZ.replace("---\n\n", "behaviour: exam\npartial: per-option\n---\n\n")
REFS = ("fire/quiz", "fire/half", "fire/exam")


def guess(item: dict[str, Any], rng: Random) -> Any:
    """A response of the right shape to an item as it is shown."""
    ids = [one["id"] for one in item.get("options", [])]
    return {
        "single": lambda: rng.choice(ids),
        "multiple": lambda: rng.sample(ids, rng.randint(0, len(ids))),
        "boolean": lambda: rng.random() < 0.5,
        "blank": lambda: [rng.choice(["绿", "正常", "红", ""]) for _n in range(item["blanks"])],
        "numeric": lambda: rng.choice(["110", "105 次", "90", "1.1e2"]),
    }[item["type"]]()


async def wander(attempts: Attempts, members: list[Member], rng: Random, steps: int) -> None:
    """What many people might do, in any order, with retries and a clock that jumps."""
    opened: list[tuple[Member, dict[str, Any]]] = []
    sent: list[tuple[Member, str, str, dict[str, Any]]] = []
    for n in range(steps):
        now = NOW + timedelta(minutes=rng.randint(-5, 25))
        try:
            act = rng.random()
            if act < 0.2 or not opened:
                member = rng.choice(members)
                body = await attempts.open(
                    member, rng.choice(REFS), now=now, new=rng.random() < 0.7, rng=rng
                )
                if body["attempt"] is not None:
                    opened.append((member, body))
            elif act < 0.3 and sent:
                await attempts.answer(*rng.choice(sent), now=now)
            elif act < 0.4:
                member, body = rng.choice(opened)
                await attempts.submit(member, body["attempt"], now=now)
            else:
                member, body = rng.choice(opened)
                item = rng.choice(body["paper"]["items"])
                answer = {
                    "response": guess(item, rng),
                    "event": f"event-{n:08d}",
                    "seq": rng.randint(0, 5),
                    "answered_at": now.isoformat(),
                }
                sent.append((member, body["attempt"], item["item"], answer))
                await attempts.answer(*sent[-1], now=now)
        except AttemptRefused as refusal:
            assert refusal.code in ("submitted", "bad_response", "wait_until")  # noqa: PT017
    await attempts.sweep(NOW + timedelta(days=1))


@pytest.fixture
def members(add_member: AddMember, publish_lesson: Publish) -> list[Member]:
    publish_lesson("fire", quiz=QUIZ, half=HALF, exam=EXAM)
    return [add_member(f"A{n}") for n in range(4)]


def derived(store: Store) -> tuple[list[Any], list[Any]]:
    with store.read() as connection:
        grades = connection.execute(select(*list(grade.c)[1:]).order_by(grade.c.attempt_id)).all()
        items = connection.execute(
            select(item_grade).order_by(item_grade.c.attempt_id, item_grade.c.item)
        ).all()
    return list(grades), list(items)


@pytest.mark.parametrize("seed", range(6))
def test_grades_at_submission_are_those_that_the_log_gives(
    store: Store, members: list[Member], seed: int
) -> None:
    asyncio.run(wander(Attempts(store), members, Random(seed), 150))
    before = derived(store)
    assert len(before[0]) > 3
    assert rebuild(store, dry_run=True).changed == ()
    store.writer.run(lambda c: [c.execute(table.delete()) for table in (grade, item_grade)])
    rebuilt = rebuild(store)
    assert len(rebuilt.changed) == rebuilt.attempts == len(before[0])
    assert derived(store) == before


def test_what_was_changed_by_hand_is_found_and_mended(store: Store, members: list[Member]) -> None:
    asyncio.run(wander(Attempts(store), members, Random(7), 150))
    before = derived(store)
    wrong = before[0][0].attempt_id
    store.writer.run(
        lambda c: c.execute(
            grade.update().where(grade.c.attempt_id == wrong).values(score=99.0, passed=True)
        )
    )
    steps: list[tuple[int, int]] = []
    assert rebuild(store, dry_run=True).changed == (wrong,)
    assert rebuild(store, step=lambda *at: steps.append(at)).changed == (wrong,)
    assert derived(store) == before
    assert steps[-1] == (len(before[0]), len(before[0]))


def test_a_rebuild_that_was_stopped_half_way_is_finished_by_the_next(
    store: Store, members: list[Member]
) -> None:
    asyncio.run(wander(Attempts(store), members, Random(7), 150))
    before = derived(store)
    third = [row.attempt_id for row in before[0][::3]]

    def forget(connection: Any) -> None:
        """Some grades are not there yet, and of one only the parts."""
        for table in (grade, item_grade):
            kept = third if table is grade else third[1:]
            connection.execute(table.delete().where(table.c.attempt_id.in_(kept)))

    store.writer.run(forget)
    assert rebuild(store).changed == tuple(third)
    assert derived(store) == before


def test_a_question_that_cannot_be_graded_costs_nothing_and_is_recorded(
    store: Store, members: list[Member]
) -> None:
    async def taking() -> Any:
        attempts = Attempts(store)
        key = (await attempts.open(members[0], "fire/quiz", now=NOW))["attempt"]
        body = {
            "response": "110",
            "event": "event-00000001",
            "seq": 1,
            "answered_at": NOW.isoformat(),
        }
        await attempts.answer(members[0], key, "r4", body, now=NOW)
        return key

    key = asyncio.run(taking())
    # A key that was fine at publishing is broken in the store, as by a wrong import.
    store.writer.run(
        lambda c: c.execute(
            text("UPDATE quiz_version SET definition = replace(definition, :good, :bad)"),
            {"good": '"right":true,"text":"提起"', "bad": '"right":false,"text":"提起"'},
        )
    )
    from weike.results.versions import _definitions

    _definitions(store).clear()
    result = asyncio.run(Attempts(store).submit(members[0], key, now=NOW))
    assert (result["score"], result["max"]) == (1, 4)
    with store.read() as connection:
        total = connection.execute(select(grade)).one()
        item = connection.execute(select(item_grade).where(item_grade.c.item == "r1")).one()
    assert (total.ungraded, total.max, total.score) == (1, 4.0, 1.0)
    assert (item.score, item.correct, item.max) == (None, None, 0.0)
    assert item.ungraded


def test_nothing_is_derived_from_what_was_never_submitted(
    store: Store, members: list[Member]
) -> None:
    asyncio.run(Attempts(store).open(members[0], "fire/quiz", now=NOW))
    assert rebuild(store).attempts == 0
    with store.read() as connection:
        for table in (grade, submission, response):
            assert connection.execute(select(func.count()).select_from(table)).scalar() == 0


def rescored(**values: Any) -> Any:
    row = {"quiz": "fire/quiz", "item": "r1", "new": None, "action": "key", "report": {}}
    row |= {"reason": "选项写错了", "by": "command", "at": NOW}
    return lambda connection: connection.execute(rescoring.insert().values(**row | values))


def marks(store: Store) -> tuple[float, float, float | None, float]:
    """Score and maximum of the first attempt at fire/quiz, and what r1 gave of what it could."""
    with store.read() as connection:
        total = connection.execute(select(grade).where(grade.c.quiz == "fire/quiz")).one()
        item = connection.execute(
            select(item_grade).where(
                item_grade.c.attempt_id == total.attempt_id, item_grade.c.item == "r1"
            )
        ).one()
    return total.score, total.max, item.score, item.max


def test_the_last_decision_about_a_wrong_key_grades_at_a_rebuild_and_at_a_submission(
    store: Store, members: list[Member]
) -> None:
    first = load_published_item(store, "r1")
    wrong = replace(first, options=tuple(replace(o, right=o.text == "压下") for o in first.options))

    async def take(member: Member, event: str) -> None:
        attempts = Attempts(store)
        opened = await attempts.open(member, "fire/quiz", now=NOW)
        shown = next(one for one in opened["paper"]["items"] if one["item"] == "r1")
        pressed = next(one["id"] for one in shown["options"] if "压下" in one["html"])
        body = {"response": pressed, "event": event, "seq": 1, "answered_at": NOW.isoformat()}
        await attempts.answer(member, opened["attempt"], "r1", body, now=NOW)
        await attempts.submit(member, opened["attempt"], now=NOW)

    asyncio.run(take(members[0], "event-00000001"))
    assert marks(store) == (0, 5, 0, 1)
    store.writer.run(
        lambda c: c.execute(
            item_version.insert().values(
                item="r1",
                version=wrong.version,
                type="single",
                question=wrong.to_json(),
                stored=NOW,
            )
        )
    )
    for values, expected in [
        ({"action": "key", "new": wrong.version}, (1, 5, 1, 1)),
        ({"action": "drop"}, (0, 4, 0, 0)),
        ({"action": "full"}, (1, 5, 1, 1)),
        ({"action": "key", "new": first.version}, (0, 5, 0, 1)),
        ({"action": "key", "new": wrong.version}, (1, 5, 1, 1)),
    ]:
        store.writer.run(rescored(old=first.version, **values))
        assert len(rebuild(store, quiz="fire/quiz").changed) == 1
        assert marks(store) == expected
    # Another version, another quiz: nothing to do with it.
    store.writer.run(rescored(old="0" * 32, action="drop"))
    store.writer.run(rescored(old=first.version, quiz="fire/half", action="drop"))
    assert rebuild(store).changed == ()
    # Whoever submits from now on is graded like the others.
    asyncio.run(take(members[1], "event-00000002"))
    with store.read() as connection:
        assert connection.execute(select(grade.c.score)).scalars().all() == [1, 1]
    assert rebuild(store).changed == ()


def load_published_item(store: Store, item: str) -> Any:
    found = catalogue.definition(store, "fire/quiz")
    assert found is not None
    return found.by_id[item]


def test_processes_that_share_the_work_do_the_same_as_one(
    store: Store, members: list[Member]
) -> None:
    asyncio.run(wander(Attempts(store), members, Random(11), 120))
    before = derived(store)
    store.writer.run(lambda c: [c.execute(table.delete()) for table in (grade, item_grade, tally)])
    steps: list[tuple[int, int]] = []
    found = rebuild(store, processes=2, step=lambda *at: steps.append(at))
    assert len(found.changed) == found.attempts == len(before[0])
    assert steps[-1] == (found.attempts, found.attempts)
    assert derived(store) == before
    assert rebuild(store, processes=2, dry_run=True).changed == ()


def test_tallies_that_were_changed_by_hand_are_found_and_mended(
    store: Store, members: list[Member]
) -> None:
    asyncio.run(wander(Attempts(store), members, Random(5), 150))
    with store.read() as connection:
        before = connection.execute(select(tally.c.quiz, tally.c.member_id, tally.c.begun)).all()
    store.writer.run(lambda c: c.execute(tally.update().values(begun=1)))
    assert rebuild(store, dry_run=True).tallies == len(before) > 5
    assert rebuild(store).tallies == len(before)
    with store.read() as connection:
        after = connection.execute(select(tally.c.quiz, tally.c.member_id, tally.c.begun)).all()
    assert sorted(after) == sorted(before)
    assert rebuild(store, dry_run=True).tallies == 0

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from weike.quizzes.errors import AttemptRefused
from weike.results import catalogue
from weike.results.answering.attempts import Attempts
from weike.results.answering.progress import set_place
from weike.results.people import Member
from weike.results.store import Store, open_store
from weike.results.tables import attempt, finished, grade, item_grade, response, submission

Publish = Callable[..., object]
AddMember = Callable[..., Member]

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
QUIZ = """---
title: 灭火器
---

## 使用灭火器的第一步是什么？ {#fire-001}
- [x] 提起灭火器
- [ ] 拔掉保险销
- [ ] 压下压把

## 压力表指针在 [[绿色|绿]] 区为正常。 {#fire-002}

## 胸外按压每分钟多少次？ {#fire-003}
= 110 ± 10 次
"""
TEST = QUIZ.replace("---\n\n", "behaviour: test\nattempts: 2\nwait: 10 min\n---\n\n")
TIMED = QUIZ.replace("---\n\n", "behaviour: test\nlimit: 10 min\n---\n\n")
RIGHT = "提起灭火器"


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def body(response: object, n: int, *, event: str | None = None, at: str | None = None) -> Any:
    return {
        "response": response,
        "event": event or f"event-{n:08d}",
        "seq": n,
        "answered_at": at or "2026-10-12T01:31:00.000Z",
    }


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coroutine)


def refused(coroutine: Coroutine[Any, Any, Any]) -> AttemptRefused:
    with pytest.raises(AttemptRefused) as caught:
        asyncio.run(coroutine)
    return caught.value


def option(opened: Any, item: str, text: str) -> str:
    """The id that an option has on this paper."""
    (question,) = [q for q in opened["paper"]["items"] if q["item"] == item]
    (found,) = [o["id"] for o in question["options"] if text in o["html"]]
    return str(found)


def count(store: Store, table: Any) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()


@pytest.fixture
def member(add_member: AddMember, publish_lesson: Publish) -> Member:
    publish_lesson("fire", quiz=QUIZ, test=TEST, timed=TIMED)
    return add_member("A1024")


@pytest.fixture
def attempts(store: Store) -> Attempts:
    return Attempts(store)


@pytest.fixture
def fresh(store: Store) -> Iterator[Callable[[], Attempts]]:
    """Further processes on the same store: they share nothing in memory."""
    stores: list[Store] = []

    def another() -> Attempts:
        stores.append(open_store(store.url.render_as_string(hide_password=False)))
        return Attempts(stores[-1])

    yield another
    for one in stores:
        one.close()


def test_an_attempt_opens_with_the_first_look_and_stays_the_same(
    attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    first = run(attempts.open(member, "fire/quiz", now=NOW))
    again = run(fresh().open(member, "fire/quiz", now=after(5)))
    assert first["number"] == 1
    assert (again["attempt"], again["paper"]) == (first["attempt"], first["paper"])


def test_a_double_click_makes_one_attempt(
    store: Store, attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    other = fresh()

    async def both() -> Any:
        return await asyncio.gather(
            *(who.open(member, "fire/quiz", now=NOW, new=True) for who in [attempts, other] * 4)
        )

    opened = run(both())
    assert len({one["attempt"] for one in opened}) == 1
    assert count(store, attempt) == 1


def test_an_answer_is_kept_graded_and_told(
    attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    opened = run(attempts.open(member, "fire/quiz", now=NOW))
    key, right = opened["attempt"], option(opened, "fire-001", RIGHT)
    told = run(attempts.answer(member, key, "fire-001", body(right, 1), now=after(1)))
    assert told["saved"] is True
    assert told["feedback"]["correct"] is True
    reopened = run(fresh().open(member, "fire/quiz", now=after(2)))
    assert reopened["answers"]["fire-001"]["response"] == right
    assert reopened["answers"]["fire-001"]["seq"] == 1


def test_the_same_event_counts_once_and_is_answered_the_same(
    store: Store, attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    first = run(attempts.answer(member, key, "fire-003", body("90", 1), now=after(1)))
    run(attempts.answer(member, key, "fire-003", body("110", 2), now=after(2)))
    again = run(attempts.answer(member, key, "fire-003", body("90", 1), now=after(3)))
    elsewhere = run(fresh().answer(member, key, "fire-003", body("90", 1), now=after(4)))
    run(attempts.submit(member, key, now=after(5)))
    afterwards = run(attempts.answer(member, key, "fire-003", body("90", 1), now=after(6)))
    assert first == again == elsewhere == afterwards
    assert first["feedback"]["correct"] is False
    assert count(store, response) == 2


def test_the_same_event_at_once_counts_once_in_every_process(
    store: Store, attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    other = fresh()

    async def all_at_once() -> Any:
        return await asyncio.gather(
            *(
                who.answer(member, key, "fire-003", body("110", 1), now=after(1))
                for who in [attempts, other] * 5
            )
        )

    told = run(all_at_once())
    assert all(one == told[0] for one in told)
    assert count(store, response) == 1


def test_an_event_of_another_answer_is_refused_and_tells_nothing(
    attempts: Attempts, fresh: Callable[[], Attempts], member: Member, add_member: AddMember
) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    run(attempts.answer(member, key, "fire-003", body("110", 1), now=after(1)))
    other = add_member("B7")
    theirs = run(attempts.open(other, "fire/quiz", now=NOW))["attempt"]
    for who in (attempts, fresh()):
        same_member = refused(who.answer(member, key, "fire-002", body(["绿"], 1), now=after(2)))
        stranger = refused(who.answer(other, theirs, "fire-003", body("110", 1), now=after(2)))
        assert same_member.code == stranger.code == "bad_response"
    assert run(fresh().open(other, "fire/quiz", now=after(3)))["answers"] == {}


def test_a_stale_retry_never_overwrites_a_newer_answer(
    attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    run(attempts.answer(member, key, "fire-003", body("110", 7), now=after(1)))
    stale = run(attempts.answer(member, key, "fire-003", body("90", 6), now=after(2)))
    assert stale["saved"] is True
    for who in (attempts, fresh()):
        opened = run(who.open(member, "fire/quiz", now=after(3)))
        assert opened["answers"]["fire-003"]["response"] == "110"
    result = run(attempts.submit(member, key, now=after(4)))
    assert result["score"] == 1


def test_nobody_sees_writes_or_submits_anothers_attempt(
    store: Store, attempts: Attempts, fresh: Callable[[], Attempts], member: Member,
    add_member: AddMember,
) -> None:  # fmt: skip
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    stranger = add_member("B7")
    for who in (attempts, fresh()):
        for attempted in (
            who.answer(stranger, key, "fire-003", body("110", 1), now=NOW),
            who.submit(stranger, key, now=NOW),
            who.answer(stranger, "0" * 32, "fire-003", body("110", 1), now=NOW),
            who.submit(stranger, "0" * 32, now=NOW),
        ):
            assert refused(attempted).code == "not_found"
    assert count(store, response) == count(store, submission) == 0


def test_submitting_twice_gives_the_same_result_and_one_grade(
    store: Store, attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    opened = run(attempts.open(member, "fire/quiz", now=NOW))
    key, right = opened["attempt"], option(opened, "fire-001", RIGHT)
    run(attempts.answer(member, key, "fire-001", body(right, 1), now=after(1)))
    run(attempts.answer(member, key, "fire-002", body(["红"], 2), now=after(2)))
    other = fresh()

    async def many() -> Any:
        return await asyncio.gather(
            *(who.submit(member, key, now=after(3)) for who in [attempts, other] * 3)
        )

    results = run(many())
    assert all(one == results[0] for one in results)
    assert (results[0]["score"], results[0]["max"], results[0]["passed"]) == (1, 3, False)
    assert count(store, grade) == count(store, submission) == 1
    with store.read() as connection:
        rows = connection.execute(select(item_grade).order_by(item_grade.c.item)).all()
    assert [(row.answered, row.score, row.correct) for row in rows] == [
        (True, 1.0, True),
        (True, 0.0, False),
        (False, 0.0, False),
    ]


def test_after_submission_nothing_more_is_taken(
    store: Store, attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    other = fresh()
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    run(other.answer(member, key, "fire-002", body(["绿"], 1), now=after(1)))
    run(attempts.submit(member, key, now=after(2)))
    for who in (attempts, other):  # the other one still believes that it runs
        late = refused(who.answer(member, key, "fire-003", body("110", 2), now=after(3)))
        assert (late.code, late.status) == ("submitted", 409)
    assert count(store, response) == 1


def test_the_first_answer_counts_for_the_branch_and_the_last_for_the_member(
    store: Store, attempts: Attempts, member: Member
) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    run(attempts.answer(member, key, "fire-003", body("90", 1), now=after(1)))
    run(attempts.answer(member, key, "fire-003", body("110", 2), now=after(2)))
    run(attempts.submit(member, key, now=after(3)))
    with store.read() as connection:
        row = connection.execute(select(grade)).one()
    assert (row.score, row.first_score, row.max, row.first_max) == (1.0, 0.0, 3.0, 3.0)
    assert (row.member_id, row.quiz, row.number) == (member.id, "fire/quiz", 1)


def test_a_further_attempt_keeps_the_rules(attempts: Attempts, member: Member) -> None:
    key = run(attempts.open(member, "fire/test", now=NOW))["attempt"]
    running = run(attempts.open(member, "fire/test", now=after(1), new=True))
    assert running["attempt"] == key
    run(attempts.submit(member, key, now=after(2)))
    over = run(attempts.open(member, "fire/test", now=after(3)))
    assert over["result"]["score"] == 0
    assert over["rules"]["attempts_left"] == 1
    assert over["rules"]["wait_until"] == "2026-10-12T01:42:00.000Z"
    waiting = refused(attempts.open(member, "fire/test", now=after(3), new=True))
    assert (waiting.code, waiting.status, waiting.when) == ("wait_until", 409, after(12))
    second = run(attempts.open(member, "fire/test", now=after(12), new=True))
    assert second["number"] == 2
    run(attempts.submit(member, second["attempt"], now=after(13)))
    assert refused(attempts.open(member, "fire/test", now=after(60), new=True)).code == (
        "no_attempts_left"
    )


def test_a_timed_quiz_starts_only_when_the_member_starts_it(
    store: Store, attempts: Attempts, member: Member
) -> None:
    before = run(attempts.open(member, "fire/timed", now=NOW))
    assert before["attempt"] is None
    assert before["paper"]["items"] == []
    assert count(store, attempt) == 0
    started = run(attempts.open(member, "fire/timed", now=after(5), new=True))
    assert started["deadline"] == "2026-10-12T01:45:00.000Z"


def test_after_the_deadline_the_attempt_submits_itself_with_what_was_saved(
    store: Store, attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    key = run(attempts.open(member, "fire/timed", now=NOW, new=True))["attempt"]
    run(attempts.answer(member, key, "fire-003", body("110", 1), now=after(9)))
    over = run(fresh().open(member, "fire/timed", now=after(11)))
    assert over["result"]["score"] == 1
    with store.read() as connection:
        row = connection.execute(select(submission)).one()
    assert (row.submitted_at, row.by) == (after(10), "deadline")


def test_a_late_answer_is_kept_told_and_not_counted(
    store: Store, attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    key = run(attempts.open(member, "fire/timed", now=NOW, new=True))["attempt"]
    late = run(attempts.answer(member, key, "fire-003", body("110", 1), now=after(10)))
    after_it = run(fresh().answer(member, key, "fire-002", body(["绿"], 2), now=after(12)))
    again = run(attempts.answer(member, key, "fire-003", body("110", 1), now=after(13)))
    assert late == after_it == again == {"saved": True, "late": True}
    assert run(attempts.submit(member, key, now=after(14)))["score"] == 0
    with store.read() as connection:
        rows = connection.execute(select(response.c.late)).scalars().all()
    assert rows == [True, True]


def test_a_retry_of_an_answer_in_time_is_not_called_late(
    attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    key = run(attempts.open(member, "fire/timed", now=NOW, new=True))["attempt"]
    other = fresh()
    run(other.answer(member, key, "fire-002", body(["绿"], 1), now=after(1)))  # knows it now
    told = run(attempts.answer(member, key, "fire-003", body("110", 2), now=after(9)))
    again = run(other.answer(member, key, "fire-003", body("110", 2), now=after(11)))
    assert again == told == {"saved": True}


def test_the_sweep_submits_what_nobody_comes_back_to(
    store: Store, attempts: Attempts, member: Member, add_member: AddMember
) -> None:
    others = [add_member(f"B{n}") for n in range(3)]
    for one in (member, *others):
        run(attempts.open(one, "fire/timed", now=NOW, new=True))
    assert run(attempts.sweep(after(9))) == 0
    assert run(attempts.sweep(after(10))) == 4
    assert run(attempts.sweep(after(11))) == 0
    assert count(store, grade) == 4


def test_a_running_attempt_keeps_its_version_when_a_new_one_is_published(
    attempts: Attempts, member: Member, publish_lesson: Publish
) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    publish_lesson("fire", version="2", quiz=QUIZ.replace("= 110 ± 10 次", "= 50"))
    told = run(attempts.answer(member, key, "fire-003", body("110", 1), now=after(1)))
    assert told["feedback"]["correct"] is True
    run(attempts.submit(member, key, now=after(2)))
    second = run(attempts.open(member, "fire/quiz", now=after(3), new=True))["attempt"]
    told = run(attempts.answer(member, second, "fire-003", body("110", 2), now=after(4)))
    assert told["feedback"]["correct"] is False


def test_an_exam_whose_close_is_put_off_tells_nothing_before_the_new_one(
    attempts: Attempts, member: Member, publish_lesson: Publish
) -> None:
    def exam(close: str) -> str:
        rules = f"behaviour: exam\nclose: 2026-10-{close}T12:00:00+08:00\n---\n\n"
        return QUIZ.replace("---\n\n", rules)

    publish_lesson("safety", exam=exam("13"))
    key = run(attempts.open(member, "safety/exam", now=NOW))["attempt"]
    run(attempts.submit(member, key, now=after(1)))
    publish_lesson("safety", version="2", exam=exam("15"))
    days = 24 * 60
    told = run(attempts.open(member, "safety/exam", now=after(2 * days)))
    assert "items" not in told["result"]
    assert told["rules"]["close"] == "2026-10-15T04:00:00.000Z"
    assert "items" not in run(attempts.submit(member, key, now=after(2 * days)))
    told = run(attempts.open(member, "safety/exam", now=after(4 * days)))
    assert len(told["result"]["items"]) == 3
    assert "items" in run(attempts.submit(member, key, now=after(4 * days)))


def test_a_withdrawn_lesson_takes_no_new_attempts_and_loses_no_answer(
    store: Store, attempts: Attempts, member: Member, add_member: AddMember
) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    catalogue.withdraw(store, "fire", "command", after(1))
    told = run(attempts.answer(member, key, "fire-003", body("110", 1), now=after(2)))
    assert told["saved"] is True
    stranger = add_member("B7")
    assert refused(attempts.open(stranger, "fire/quiz", now=after(2))).code == "not_found"


def test_an_opening_sees_what_another_process_has_saved_meanwhile(
    attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    run(fresh().answer(member, key, "fire-003", body("110", 1), now=after(1)))
    told = run(attempts.open(member, "fire/quiz", now=after(2)))
    assert told["answers"]["fire-003"]["response"] == "110"
    run(fresh().submit(member, key, now=after(3)))
    assert "result" in run(attempts.open(member, "fire/quiz", now=after(4)))


def test_an_opening_tells_the_place_where_it_is_asked(attempts: Attempts, member: Member) -> None:
    assert run(attempts.open(member, "fire/quiz", now=NOW, place=True))["place"] is None
    asyncio.run(set_place(attempts._store, member, "fire", 4, now=NOW))
    assert run(attempts.open(member, "fire/quiz", now=NOW, place=True))["place"] == 4
    assert "place" not in run(attempts.open(member, "fire/quiz", now=NOW))


def test_a_draw_takes_what_this_member_has_met_least(
    attempts: Attempts, member: Member, publish_lesson: Publish
) -> None:
    questions = "\n\n".join(f"## 第 {n} 题 {{#q{n}}}\n= {n}" for n in range(6))
    publish_lesson("draw", quiz=f"---\ntitle: 抽题\ndraw: 2\n---\n\n{questions}\n")
    seen: list[str] = []
    for n in range(3):
        opened = run(attempts.open(member, "draw/quiz", now=after(n), new=True, rng=Random(n)))
        seen += [one["item"] for one in opened["paper"]["items"]]
        run(attempts.submit(member, opened["attempt"], now=after(n)))
    assert sorted(seen) == [f"q{n}" for n in range(6)]


def test_a_clock_that_is_set_back_changes_no_order(
    store: Store, attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    run(attempts.answer(member, key, "fire-003", body("90", 1), now=after(5)))
    run(fresh().answer(member, key, "fire-003", body("110", 2), now=after(-60)))
    run(attempts.submit(member, key, now=after(-30)))
    with store.read() as connection:
        row = connection.execute(select(grade)).one()
        times = connection.execute(
            select(response.c.answered_at, response.c.received_at).order_by(response.c.seq)
        ).all()
    assert (row.score, row.first_score) == (1.0, 0.0)
    assert times[0].received_at < times[1].received_at
    assert all(NOW <= one.answered_at <= one.received_at for one in times)


@pytest.mark.parametrize(
    ("claim", "kept"),
    [
        ("2026-10-12T01:31:00Z", after(1)),
        ("2026-10-12T09:31:00+08:00", after(1)),
        ("1970-01-01T00:00:00Z", NOW),
        ("2199-01-01T00:00:00Z", after(5)),
    ],
)
def test_the_claimed_time_is_kept_between_start_and_arrival(
    store: Store, attempts: Attempts, member: Member, claim: str, kept: datetime
) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    run(attempts.answer(member, key, "fire-003", body("110", 1, at=claim), now=after(5)))
    with store.read() as connection:
        assert connection.execute(select(response.c.answered_at)).scalar_one() == kept


@pytest.mark.parametrize(
    "wrong", [None, {**body("110", 1), "score": 1}, body(["110"], 1), body(None, 1)]
)
def test_a_body_of_the_wrong_shape_is_refused_and_leaves_nothing(
    store: Store, attempts: Attempts, member: Member, wrong: object
) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    refusal = refused(attempts.answer(member, key, "fire-003", wrong, now=after(1)))
    assert (refusal.code, refusal.status) == ("bad_response", 400)
    assert count(store, response) == 0


def test_an_item_that_is_not_on_the_paper_is_not_found(attempts: Attempts, member: Member) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    for item in ("fire-999", "", "' OR 1=1"):
        refusal = refused(attempts.answer(member, key, item, body("110", 1), now=after(1)))
        assert refusal.code == "not_found"


def test_odd_characters_come_back_as_they_were_sent(
    attempts: Attempts, fresh: Callable[[], Attempts], member: Member
) -> None:
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    odd = ["\x01 \\u0000 \" ' % 😀 绿"]
    run(attempts.answer(member, key, "fire-002", body(odd, 1), now=after(1)))
    opened = run(fresh().open(member, "fire/quiz", now=after(2)))
    assert opened["answers"]["fire-002"]["response"] == odd


def test_reaching_the_end_of_a_lesson_counts_the_first_time(
    store: Store, attempts: Attempts, member: Member
) -> None:
    run(attempts.finished(member, "fire", now=after(1)))
    run(attempts.finished(member, "fire", now=after(2)))
    assert refused(attempts.finished(member, "water", now=NOW)).code == "not_found"
    with store.read() as connection:
        row = connection.execute(select(finished)).one()
    assert (row.at, row.version, row.branch_id) == (after(1), "1", member.branch_id)


def test_with_little_memory_everything_still_works(store: Store, member: Member) -> None:
    attempts = Attempts(store, keep=1)
    keys = {
        name: run(attempts.open(member, f"fire/{name}", now=NOW))["attempt"]
        for name in ("quiz", "test")
    }
    for n, name in enumerate(["quiz", "test"] * 3):
        told = run(attempts.answer(member, keys[name], "fire-003", body("110", n), now=after(n)))
        assert told["saved"] is True
    assert count(store, response) == 6


def test_the_count_of_answers_to_one_question_is_bounded(
    store: Store, attempts: Attempts, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weike.results.answering.attempts.MOST_RESPONSES", 3)
    key = run(attempts.open(member, "fire/quiz", now=NOW))["attempt"]
    for n in range(3):
        run(attempts.answer(member, key, "fire-003", body("110", n), now=after(n)))
    assert (
        refused(attempts.answer(member, key, "fire-003", body("110", 3), now=after(3))).code
        == "bad_response"
    )

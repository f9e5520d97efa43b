from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from sqlalchemy import select

from weike.quizzes import protocol
from weike.results import catalogue
from weike.results.answering import attempts as module
from weike.results.answering.attempts import Attempts
from weike.results.answering.progress import set_place
from weike.results.people import Member
from weike.results.store import Store
from weike.results.tables import attempt, finished, grade, item_grade, response, submission

from .facts import NOW
from .firequiz import QUIZ, RIGHT, after, body, count, option, refused, run

Publish = Callable[..., object]
AddMember = Callable[..., Member]


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


def test_a_long_paper_is_drawn_beside_the_loop_and_a_short_one_on_it(
    attempts: Attempts, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bool] = []
    opened = protocol.opened

    def noted(*given: Any, **named: Any) -> dict[str, Any]:
        seen.append(threading.current_thread() is threading.main_thread())
        return opened(*given, **named)

    monkeypatch.setattr(protocol, "opened", noted)
    short = run(attempts.open(member, "fire/quiz", now=NOW))
    monkeypatch.setattr(module, "MANY", 0)
    long = run(attempts.open(member, "fire/quiz", now=NOW))
    assert long == short
    assert seen == [True, False]

"""An attempt with a limit: when it starts, and what its end does."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from weike.results.answering.attempts import Attempts
from weike.results.people import Member
from weike.results.store import Store
from weike.results.tables import attempt, grade, response, submission

from .facts import NOW
from .firequiz import after, body, count, run

AddMember = Callable[..., Member]


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

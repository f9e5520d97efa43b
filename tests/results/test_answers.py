"""One answer: kept once, in order, with its time, whatever is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from weike.results.answering.attempts import Attempts
from weike.results.people import Member
from weike.results.store import Store
from weike.results.tables import grade, response

from .facts import NOW
from .firequiz import RIGHT, after, body, count, option, refused, run

AddMember = Callable[..., Member]


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

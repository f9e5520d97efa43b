"""One attempt: what counts, until when, and when the next may start."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from random import Random

import pytest

from weike.quizzes.attempt import (
    Attempt,
    Saved,
    attempts_left,
    check_start,
    counted,
    deadline_of,
    wait_until,
)
from weike.quizzes.choice import Option
from weike.quizzes.errors import AttemptRefused
from weike.quizzes.paper import draw_paper
from weike.quizzes.question import Grade, Ungraded
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import Rules
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.single import Single

START = datetime(2026, 10, 1, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
BOOLEAN = Boolean(id="oil", stem="可以用水救油火。", right=False, points=3)
BROKEN = Single(id="broken", stem="?", points=5, options=(Option(text="甲"), Option(text="乙")))


def attempt(rules: Rules | None = None, *questions: Boolean | Single) -> Attempt:
    rules = rules or Rules()
    quiz = QuizDefinition(id="fire", title="灭火器", rules=rules, questions=questions or (BOOLEAN,))
    return Attempt(
        id="a",
        number=1,
        definition=quiz,
        paper=draw_paper(quiz, Random(1)),
        started=START,
        deadline=deadline_of(rules, START),
    )


def saved(response: object, seq: int, minute: float, *, late: bool = False) -> Saved:
    moment = START + minute * MINUTE
    return Saved(
        response=response,
        seq=seq,
        event=f"event-{seq}-{minute}",
        answered_at=moment,
        received_at=moment,
        late=late,
    )


def test_the_highest_seq_counts_in_whatever_order_responses_arrive() -> None:
    responses = [saved(True, 1, 1), saved(False, 2, 2), saved(True, 3, 3)]
    for order in permutations(responses):
        made = attempt()
        for response in order:
            made = made.with_answer("oil", response)
        latest = made.latest("oil")
        assert latest is not None
        assert latest.seq == 3
        assert made.score == 0


def test_the_same_event_twice_counts_once() -> None:
    once = attempt().with_answer("oil", saved(False, 1, 1))
    assert once.with_answer("oil", saved(False, 1, 1)) is once


def test_in_practice_the_first_received_is_the_first_answer_whatever_its_seq() -> None:
    """Or else a browser could look at the key and then claim a lower `seq`."""
    made = attempt().with_answer("oil", saved(True, 5, 1)).with_answer("oil", saved(False, 1, 2))
    assert made.first_score == 0
    made = attempt().with_answer("oil", saved(True, 1, 1)).with_answer("oil", saved(False, 2, 2))
    assert (made.score, made.first_score) == (3, 0)


@pytest.mark.parametrize("behaviour", ["test", "exam"])
def test_where_no_feedback_was_given_the_last_answer_is_the_first(behaviour: str) -> None:
    rules = Rules.from_front_matter({"behaviour": behaviour})
    made = attempt(rules).with_answer("oil", saved(True, 1, 1))
    assert made.with_answer("oil", saved(False, 2, 2)).first_score == 3


def test_a_late_answer_is_kept_and_never_counts() -> None:
    made = attempt().with_answer("oil", saved(True, 1, 1))
    made = made.with_answer("oil", saved(False, 2, 2, late=True))
    assert len(made.answers["oil"]) == 2
    assert (made.score, made.first_score) == (0, 0)


def test_a_question_that_cannot_be_graded_costs_no_point() -> None:
    made = attempt(None, BOOLEAN, BROKEN).with_answer("oil", saved(False, 1, 1))
    assert isinstance(made.grade("broken"), Ungraded)
    assert (made.score, made.max, made.first_max, made.share) == (3, 3, 3, 1.0)
    assert made.passed


def test_a_stored_response_that_no_longer_fits_costs_no_point() -> None:
    made = attempt().with_answer("oil", saved("nonsense", 1, 1))
    assert isinstance(made.grade("oil"), Ungraded)
    assert (made.score, made.max) == (0, 0)


def test_what_was_not_answered_earns_nothing_and_counts() -> None:
    assert attempt().grade("oil") == Grade(score=0, max=3, correct=False)
    assert not attempt().passed


def test_nobody_fails_where_nothing_could_be_scored() -> None:
    made = attempt(None, BROKEN)
    assert made.share is None
    assert made.passed


def test_a_pass_mark_reached_but_for_rounding_is_reached() -> None:
    tenths = [replace(BOOLEAN, id=f"q{n}", stem=f"第{n}题", points=0.1) for n in range(3)]
    made = attempt(Rules(passing=1), *tenths)
    for question in tenths:
        made = made.with_answer(question.id, saved(False, 1, 1))
    assert made.passed


@pytest.mark.parametrize(
    ("limit", "close", "deadline"),
    [(None, None, None), (10, None, 10), (None, 5, 5), (10, 5, 5), (5, 10, 5)],
)
def test_the_deadline_is_the_earlier_of_limit_and_close(
    limit: int | None, close: int | None, deadline: int | None
) -> None:
    rules = Rules(
        limit=limit * MINUTE if limit else None, close=START + close * MINUTE if close else None
    )
    assert deadline_of(rules, START) == (START + deadline * MINUTE if deadline else None)


def test_an_override_moves_the_deadline() -> None:
    rules = Rules(limit=10 * MINUTE, close=START + 60 * MINUTE)
    assert deadline_of(rules, START, {"limit": 20 * MINUTE}) == START + 20 * MINUTE
    assert deadline_of(rules, START, {"limit": None}) == START + 60 * MINUTE


def test_an_attempt_ends_by_itself_at_its_deadline() -> None:
    made = attempt(Rules(limit=10 * MINUTE))
    assert made.finished(START + 9 * MINUTE) is None
    assert made.finished(START + 11 * MINUTE) == START + 10 * MINUTE
    done = replace(made, submitted=START + 3 * MINUTE)
    assert done.finished(START + 11 * MINUTE) == START + 3 * MINUTE


@pytest.mark.parametrize(
    ("limit", "submitted", "until"),
    [(None, 30, 90), (10, 5, 65), (10, 30, 70), (None, None, None)],
)
def test_the_wait_counts_from_the_finish_or_the_limit_whichever_is_earlier(
    limit: int | None, submitted: int | None, until: int | None
) -> None:
    rules = Rules(wait=60 * MINUTE, limit=limit * MINUTE if limit else None)
    made = attempt(rules)
    if submitted is not None:
        made = replace(made, submitted=START + submitted * MINUTE)
    now = START + 31 * MINUTE
    assert wait_until(rules, made, now) == (None if until is None else START + until * MINUTE)


def test_a_wait_that_is_over_is_none() -> None:
    rules = Rules(wait=60 * MINUTE)
    made = replace(attempt(rules), submitted=START)
    assert wait_until(rules, made, START + 60 * MINUTE) is None
    assert wait_until(rules, None, START) is None


def test_what_does_not_allow_a_further_attempt_is_said_with_its_time() -> None:
    opening, closing = START - MINUTE, START + 60 * MINUTE
    rules = Rules(open=opening, close=closing, attempts=2, wait=10 * MINUTE)
    done = replace(attempt(rules), submitted=START)
    cases = [
        ([], opening - MINUTE, "not_open", opening, 403),
        ([], closing, "closed", closing, 403),
        ([done], START + MINUTE, "wait_until", START + 10 * MINUTE, 409),
        ([done, replace(done, number=2)], START + 30 * MINUTE, "no_attempts_left", None, 409),
    ]
    for before, now, code, when, status in cases:
        with pytest.raises(AttemptRefused) as caught:
            check_start(rules, before, now)
        assert (caught.value.code, caught.value.when, caught.value.status) == (code, when, status)
    check_start(rules, [done], START + 30 * MINUTE)


def test_attempts_left_never_go_below_none() -> None:
    assert attempts_left(Rules(), 99) is None
    assert [attempts_left(Rules(attempts=2), made) for made in (0, 1, 2, 3)] == [2, 1, 0, 0]


def test_the_attempt_that_counts_is_the_rules_choice() -> None:
    shares = [0.5, 0.9, 0.4]
    assert counted("first", shares) == 0.5
    assert counted("last", shares) == 0.4
    assert counted("best", shares) == 0.9
    assert counted("mean", shares) == pytest.approx(0.6)
    assert counted("mean", []) is None

"""The protocol in a kernel: what it answers, what it refuses, and what it never says too early."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from weike.quizzes import protocol
from weike.quizzes.formats import markdown
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import Rules
from weike.widgets.local import LocalAttempts

Define = Callable[..., QuizDefinition]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, **length: float) -> None:
        self.now += timedelta(**length)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start(clock: Clock) -> Callable[[QuizDefinition], LocalAttempts]:
    return lambda definition: LocalAttempts(definition, clock=clock, chance=random.Random(1))


def ask(attempts: LocalAttempts, method: str, **params: Any) -> Any:
    reply = attempts.handle({"id": "1", "method": method, "params": params})
    assert reply is not None
    assert reply["id"] == "1"
    return reply.get("result") or reply["error"]


def answer(attempts: LocalAttempts, item: str, response: Any, seq: int, event: str = "") -> Any:
    attempt = ask(attempts, "open")["attempt"]
    event = event or f"event-{seq}"
    return ask(
        attempts, "answer", attempt=attempt, item=item, response=response, event=event, seq=seq
    )


def test_open_gives_the_running_attempt_and_what_was_saved(define: Define, start: Any) -> None:
    attempts = start(define())
    first = ask(attempts, "open")
    assert [item["type"] for item in first["paper"]["items"]] == [
        "single",
        "multiple",
        "boolean",
        "blank",
        "numeric",
    ]
    assert answer(attempts, "boolean", True, 1)["feedback"]["correct"] is True
    again = ask(attempts, "open")
    assert again["attempt"] == first["attempt"]
    assert again["paper"] == first["paper"]
    assert again["answers"]["boolean"]["response"] is True


def test_submitting_ends_the_attempt_and_another_may_follow(define: Define, start: Any) -> None:
    attempts = start(define(attempts=2))
    attempt = ask(attempts, "open")["attempt"]
    result = ask(attempts, "submit", attempt=attempt)
    assert result["score"] == 0
    assert ask(attempts, "submit", attempt=attempt) == result
    assert ask(attempts, "open")["result"] == result
    assert answer(attempts, "boolean", True, 1)["code"] == "submitted"
    second = ask(attempts, "open", new=True)
    assert (second["number"], second["rules"]["attempts_left"]) == (2, 0)
    ask(attempts, "submit", attempt=second["attempt"])
    assert ask(attempts, "open", new=True)["code"] == "no_attempts_left"


def test_new_never_throws_a_running_attempt_away(define: Define, start: Any) -> None:
    attempts = start(define())
    assert ask(attempts, "open")["attempt"] == ask(attempts, "open", new=True)["attempt"]


def test_the_same_event_counts_once_and_the_highest_seq_wins(define: Define, start: Any) -> None:
    attempts = start(define(behaviour="test"))
    answer(attempts, "numeric", "2", 2, "b")
    answer(attempts, "numeric", "1", 1, "a")
    answer(attempts, "numeric", "1", 1, "a")
    assert ask(attempts, "open")["answers"]["numeric"]["response"] == "2"


def test_a_timed_quiz_starts_when_asked_and_ends_by_itself(
    define: Define, start: Any, clock: Clock
) -> None:
    attempts = start(define(behaviour="test", limit=timedelta(minutes=5)))
    before = ask(attempts, "open")
    assert (before["attempt"], before["questions"], before["paper"]["items"]) == (None, 5, [])
    started = ask(attempts, "open", new=True)
    assert started["deadline"] == "2026-10-01T08:05:00.000Z"
    answer(attempts, "boolean", True, 1)
    clock.later(minutes=5)
    late = ask(
        attempts,
        "answer",
        attempt=started["attempt"],
        item="numeric",
        response="110",
        event="late",
        seq=2,
    )
    assert late == {"saved": True, "late": True}
    assert ask(attempts, "open")["result"]["score"] == 1


def test_a_decimal_comma_is_a_hint_and_saves_nothing(define: Define, start: Any) -> None:
    attempts = start(define())
    assert answer(attempts, "numeric", "3,14", 1)["code"] == "bad_response"
    assert ask(attempts, "open")["answers"] == {}


@pytest.mark.parametrize(
    "message",
    [
        {"id": "1", "method": "open", "params": 3},
        {"id": "1", "method": "answer", "params": {}},
        {"id": "1", "method": "answer", "params": {"attempt": "x", "item": ["a"], "seq": 1}},
        {"id": "1", "method": "submit"},
        {"id": "1", "method": "__init__", "params": {}},
        {"id": "1"},
    ],
)
def test_whatever_a_browser_sends_gets_an_answer(
    define: Define, start: Any, message: dict[str, Any]
) -> None:
    reply = start(define()).handle(message)
    assert reply is not None
    assert ("result" in reply) != ("error" in reply)


@pytest.mark.parametrize("message", [None, 7, "open", [], {}, {"id": 3}, {"method": "open"}])
def test_a_message_that_nobody_waits_for_is_ignored(
    define: Define, start: Any, message: object
) -> None:
    assert start(define()).handle(message) is None


@pytest.mark.parametrize("bad", [{"seq": "1"}, {"seq": True}, {"event": 5}, {"seq": None}])
def test_an_answer_without_its_event_and_seq_is_refused(
    define: Define, start: Any, bad: dict[str, Any]
) -> None:
    attempts = start(define())
    attempt = ask(attempts, "open")["attempt"]
    params = {"attempt": attempt, "item": "boolean", "response": True, "event": "e", "seq": 1}
    assert ask(attempts, "answer", **(params | bad))["code"] == "bad_response"


# Leaks -----------------------------------------------------------------------------------------

SECRET = {
    "single": "## S {#s}\n- [x] A\n  > SECRET-1\n- [ ] B\n  > SECRET-2\n\n> SECRET-3\n",
    "multiple": "## M {#m}\n- [x] A\n- [x] B\n  > SECRET-1\n- [ ] C\n\n> SECRET-3\n",
    "boolean": "## B {#b}\n- [x] 正确\n  > SECRET-1\n- [ ] 错误\n  > SECRET-2\n\n> SECRET-3\n",
    "blank": "## F [[SECRET-1|SECRET-2]] {#f}\n\n> SECRET-3\n",
    "numeric": "## N {#n}\n= 987654 ± 1 次\n\n> SECRET-3\n",
}
TELLING = ("SECRET", "987654", '"right"', '"key"', '"correct"', "explanation", "tolerance", "seed")


def said_before_release(attempts: LocalAttempts) -> str:
    """Every message to the browser from opening until just before the submission."""
    opened = ask(attempts, "open")
    said = [opened]
    for number, item in enumerate(opened["paper"]["items"], start=1):
        picked = item["options"][0]["id"] if "options" in item else None
        response: Any = {
            "single": picked,
            "multiple": [picked],
            "boolean": True,
            "blank": ["x"],
            "numeric": "1",
        }[item["type"]]
        said.append(answer(attempts, item["item"], response, number))
        said.append(answer(attempts, item["item"], {"no": "response"}, number + 50))
    said.append(ask(attempts, "open"))
    return json.dumps(said, ensure_ascii=False)


@pytest.mark.parametrize("kind", SECRET)
@pytest.mark.parametrize("behaviour", ["test", "exam"])
def test_no_message_tells_the_key_before_the_rules_allow(
    start: Any, kind: str, behaviour: Any
) -> None:
    definition = QuizDefinition(
        id="q",
        title="q",
        rules=Rules(behaviour=behaviour),
        questions=markdown.loads(SECRET[kind]).questions,
    )
    said = said_before_release(start(definition))
    assert [word for word in TELLING if word in said] == []


@pytest.mark.parametrize("kind", SECRET)
def test_practice_tells_nothing_before_the_answer(start: Any, kind: str) -> None:
    definition = QuizDefinition(
        id="q", title="q", rules=Rules(), questions=markdown.loads(SECRET[kind]).questions
    )
    said = json.dumps(ask(start(definition), "open"), ensure_ascii=False)
    assert [word for word in TELLING if word in said] == []


@pytest.mark.parametrize("kind", SECRET)
def test_a_planted_leak_is_found(start: Any, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "releases", lambda *_args: True)
    definition = QuizDefinition(
        id="q",
        title="q",
        rules=Rules(behaviour="exam"),
        questions=markdown.loads(SECRET[kind]).questions,
    )
    said = said_before_release(start(definition))
    assert [word for word in TELLING if word in said] != []


def test_where_the_right_option_stands_says_nothing(start: Any) -> None:
    """Over many attempts the right option takes every place, and ids come in no order."""
    definition = QuizDefinition(
        id="q",
        title="q",
        rules=Rules(attempts=None),
        questions=markdown.loads("## S {#s}\n- [x] A\n- [ ] B\n- [ ] C\n- [ ] D\n").questions,
    )
    places, ranks = set(), set()
    attempts = start(definition)
    for _ in range(60):
        opened = ask(attempts, "open", new=True)
        options = opened["paper"]["items"][0]["options"]
        ids = [option["id"] for option in options]
        place = next(i for i, option in enumerate(options) if "A" in option["html"])
        places.add(place)
        ranks.add(sorted(ids).index(ids[place]))
        ask(attempts, "submit", attempt=opened["attempt"])
    assert places == ranks == {0, 1, 2, 3}

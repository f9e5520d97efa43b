"""The quiz protocol inside one process: attempts in memory, for a notebook's own kernel."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from weike.quizzes import protocol
from weike.quizzes.attempt import (
    Attempt,
    Saved,
    attempts_left,
    check_start,
    deadline_of,
    wait_until,
)
from weike.quizzes.errors import AttemptRefused, ResponseError
from weike.quizzes.paper import draw_paper
from weike.quizzes.quiz import QuizDefinition

Body = dict[str, Any]


def _now() -> datetime:
    return datetime.now(UTC)


class LocalAttempts:
    """One person's attempts at one quiz. `chance` draws the papers, `clock` tells the time."""

    def __init__(
        self,
        definition: QuizDefinition,
        *,
        clock: Callable[[], datetime] = _now,
        chance: random.Random | None = None,
    ) -> None:
        self._definition = definition
        self._clock = clock
        self._chance = chance or random.SystemRandom()
        self._attempts: list[Attempt] = []

    def handle(self, message: object) -> Body | None:
        """The reply to `{"id", "method", "params"}`; None where nobody waits for one."""
        if not isinstance(message, Mapping) or not isinstance(message.get("id"), str):
            return None
        head = {"id": message["id"]}
        try:
            return {**head, "result": self._call(message.get("method"), message.get("params"))}
        except AttemptRefused as refusal:
            return {**head, "error": {"code": refusal.code, "message": str(refusal)}}
        except ResponseError as error:
            return {**head, "error": {"code": "bad_response", "message": str(error)}}

    def _call(self, method: object, params: object) -> Body:
        given = params if isinstance(params, Mapping) else {}
        if method == "open":
            return self.open(new=given.get("new") is True)
        if method == "answer":
            return self.answer(given.get("attempt"), given.get("item"), given)
        if method == "submit":
            return self.submit(given.get("attempt"))
        raise AttemptRefused("not_found")

    def open(self, *, new: bool = False) -> Body:
        """The running attempt, else the last one with its result, else a first one.

        A timed quiz starts only when `new` asks for it, because then its clock runs.
        """
        now = self._clock()
        last = self._attempts[-1] if self._attempts else None
        running = last is not None and last.finished(now) is None
        if not running and (new or (last is None and self._definition.rules.limit is None)):
            last = self._start(now)
        rules, made = self._definition.rules, len(self._attempts)
        state: Body = {
            "now": now,
            "attempts_left": attempts_left(rules, made),
            "wait_until": wait_until(rules, last, now),
        }
        if last is None:
            return protocol.not_started(self._definition, **state)
        return protocol.opened(last, **state)

    def answer(self, attempt_id: object, item: object, body: Mapping[str, Any]) -> Body:
        """Keep one response; `body` holds `response`, `event`, `seq` and `answered_at`."""
        now = self._clock()
        attempt = self._find(attempt_id)
        if not isinstance(item, str) or item not in attempt.paper:
            raise AttemptRefused("not_found")
        event, seq = body.get("event"), body.get("seq")
        if not isinstance(event, str) or not isinstance(seq, int) or isinstance(seq, bool):
            raise AttemptRefused("bad_response")
        for known in attempt.answers.get(item, ()):
            if known.event == event:
                return protocol.answered(attempt, item, now=now, late=known.late)
        if attempt.submitted is not None:
            raise AttemptRefused("submitted")
        protocol.decode(attempt, item, body.get("response"))
        late = attempt.finished(now) is not None
        saved = Saved(
            response=body.get("response"),
            seq=seq,
            event=event,
            answered_at=now,
            received_at=now,
            late=late,
        )
        attempt = self._keep(attempt.with_answer(item, saved))
        return protocol.answered(attempt, item, now=now, late=late)

    def submit(self, attempt_id: object) -> Body:
        now = self._clock()
        attempt = self._find(attempt_id)
        if attempt.finished(now) is None:
            attempt = self._keep(replace(attempt, submitted=now))
        return protocol.submitted(attempt, now=now)

    def _start(self, now: datetime) -> Attempt:
        rules = self._definition.rules
        check_start(rules, self._attempts, now)
        met = Counter(drawn.item for old in self._attempts for drawn in old.paper.items)
        attempt = Attempt(
            id=uuid.uuid4().hex,
            number=len(self._attempts) + 1,
            definition=self._definition,
            paper=draw_paper(self._definition, self._chance, met=met),
            started=now,
            deadline=deadline_of(rules, now),
        )
        self._attempts.append(attempt)
        return attempt

    def _find(self, attempt_id: object) -> Attempt:
        for attempt in self._attempts:
            if attempt.id == attempt_id:
                return attempt
        raise AttemptRefused("not_found")

    def _keep(self, attempt: Attempt) -> Attempt:
        self._attempts[attempt.number - 1] = attempt
        return attempt

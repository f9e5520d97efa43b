"""Every JSON body about an attempt that may reach a browser, whichever way it travels.

Keys, explanations and feedback leave only through `_feedback`, and `releases` decides when.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from weike.quizzes.attempt import Attempt
from weike.quizzes.errors import AttemptRefused, ResponseError
from weike.quizzes.html import render
from weike.quizzes.number import plain
from weike.quizzes.question import Grade, Layout, Pending, Question, Ungraded
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import Rules

__all__ = [
    "AttemptRefused",
    "ResponseError",
    "answered",
    "decode",
    "not_started",
    "opened",
    "releases",
    "submitted",
]


_UNGRADED: Mapping[str, Any] = {"correct": None, "score": 0, "max": 0, "ungraded": True}


def opened(
    attempt: Attempt,
    *,
    now: datetime,
    attempts_left: int | None = None,
    wait_until: datetime | None = None,
) -> dict[str, Any]:
    """The answer to `open`: the paper without keys, what is saved, and the result if it is over."""
    items = [
        attempt.question(drawn.item).view(drawn.layout).to_json() for drawn in attempt.paper.items
    ]
    body = {
        "attempt": attempt.id,
        "number": attempt.number,
        "paper": {"title": attempt.definition.title, "items": items},
        "answers": _answers(attempt, now),
        "rules": _rules(attempt.rules, attempts_left, wait_until),
        "deadline": _time(attempt.deadline),
        "now": _time(now),
    }
    if attempt.finished(now) is not None:
        body["result"] = submitted(attempt, now=now)
    return body


def not_started(
    definition: QuizDefinition,
    *,
    now: datetime,
    number: int = 1,
    attempts_left: int | None = None,
    wait_until: datetime | None = None,
) -> dict[str, Any]:
    """The answer to `open` before a timed attempt: nothing to read ahead of its start."""
    asked = len(definition.questions)
    return {
        "attempt": None,
        "number": number,
        "paper": {"title": definition.title, "items": []},
        "questions": min(asked, definition.rules.draw or asked),
        "answers": {},
        "rules": _rules(definition.rules, attempts_left, wait_until),
        "deadline": None,
        "now": _time(now),
    }


def answered(attempt: Attempt, item: str, *, now: datetime, late: bool = False) -> dict[str, Any]:
    """The answer to `answer`, after the response was saved in `attempt`."""
    body: dict[str, Any] = {"saved": True}
    if late:
        body["late"] = True
    elif releases(attempt, item, now):
        body["feedback"] = _feedback(attempt, item)
    return body


def submitted(attempt: Attempt, *, now: datetime) -> dict[str, Any]:
    """The result. `items` are in it only when the rules release them. `pending` says how many
    answers a person has still to read, where that can be.

    `percent` is rounded down, so that it never shows a pass mark that was not reached, and None
    where nothing could be scored.
    """
    share = attempt.share
    body: dict[str, Any] = {
        "score": _points(attempt.score),
        "max": _points(attempt.max),
        "passed": attempt.passed,
        "percent": None if share is None else math.floor(share * 100 + 1e-6),
    }
    drawn = [item.item for item in attempt.paper.items]
    if attempt.definition.by_person:
        body["pending"] = sum(isinstance(attempt.grade(item), Pending) for item in drawn)
    if drawn and all(releases(attempt, item, now) for item in drawn):
        body["items"] = [
            {
                "item": item,
                "response": _response(attempt, item),
                "feedback": _feedback(attempt, item),
            }
            for item in drawn
        ]
    return body


def decode(attempt: Attempt, item: str, response: object) -> Any:
    """The response in the question's own terms.

    Raises `ResponseError` for a wrong shape, an id that is not on this paper, or a number that
    could mean two things; its text is for the member. Nothing may be saved then.
    """
    if item not in attempt.paper:
        raise AttemptRefused("not_found")
    return attempt.question(item).decode(attempt.paper.layout(item), response)


def releases(attempt: Attempt, item: str, now: datetime) -> bool:
    """Whether the key, the explanation and the feedback of an item may be told now.

    Practice tells after each answer, a test when it is finished, an exam after its close. An exam
    without a close never tells: somebody may still take it. The score is told either way.
    """
    rules, finished = attempt.rules, attempt.finished(now) is not None
    if rules.behaviour == "exam":
        return finished and rules.close is not None and now >= rules.close
    if rules.behaviour == "test":
        return finished
    return finished or attempt.latest(item) is not None


def _answers(attempt: Attempt, now: datetime) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for drawn in attempt.paper.items:
        saved = attempt.latest(drawn.item)
        if saved is None:
            continue
        body[drawn.item] = {
            "response": saved.response,
            "seq": saved.seq,
            "saved_at": _time(saved.received_at),
        }
        if releases(attempt, drawn.item, now):
            body[drawn.item]["feedback"] = _feedback(attempt, drawn.item)
    return body


def _response(attempt: Attempt, item: str) -> Any:
    saved = attempt.latest(item)
    return None if saved is None else saved.response


def _feedback(attempt: Attempt, item: str) -> dict[str, Any]:
    grade = attempt.grade(item)
    if isinstance(grade, Ungraded) and not isinstance(grade, Pending):
        return dict(_UNGRADED)
    question, layout = attempt.question(item), attempt.paper.layout(item)
    saved = attempt.latest(item)
    response = None if saved is None else question.decode(layout, saved.response)
    body = _told(question, layout, response, grade)
    if (mark := attempt.mark(item)) and mark.remark:
        body["remark"] = mark.remark
    if corrected := _corrected(attempt, item):
        body["corrected"] = corrected
    return body


def _told(
    question: Question, layout: Layout, response: Any | None, grade: Grade | Ungraded
) -> dict[str, Any]:
    """The outcome, the key and the explanation; for a material those of its questions as well."""
    if isinstance(grade, Ungraded) and not isinstance(grade, Pending):
        return dict(_UNGRADED)
    body: dict[str, Any] = _outcome(grade) | question.feedback(layout, response)
    if question.explanation:
        body["explanation_html"] = render(question.explanation)
    inner = zip(question.nested(layout, response), grade.inner, strict=False)
    if told := [{"item": part[0].id} | _told(*part, found) for part, found in inner]:
        body["questions"] = told
    return body


def _corrected(attempt: Attempt, item: str) -> str | None:
    """What was decided about a question after it was drawn: another key, "full" or "drop"."""
    if item in attempt.waived:
        return attempt.waived[item]
    version = attempt.question(item).version
    changed = any(one.item == item and one.version != version for one in attempt.paper.items)
    return "key" if changed else None


def _outcome(grade: Grade | Ungraded) -> dict[str, Any]:
    if isinstance(grade, Pending):
        return {"correct": None, "score": 0, "max": 0, "pending": True}
    assert isinstance(grade, Grade)
    return {
        "correct": grade.correct,
        "score": _points(grade.score),
        "max": _points(grade.max),
    }


def _rules(rules: Rules, attempts_left: int | None, wait_until: datetime | None) -> dict[str, Any]:
    return {
        "behaviour": rules.behaviour,
        "partial": rules.partial,
        "pass": plain(rules.passing),
        "attempts": rules.attempts,
        "attempts_left": attempts_left,
        "limit": None if rules.limit is None else plain(rules.limit.total_seconds()),
        "wait": None if rules.wait is None else plain(rules.wait.total_seconds()),
        "wait_until": _time(wait_until),
        "open": _time(rules.open),
        "close": _time(rules.close),
    }


def _time(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _points(value: float) -> int | float:
    return plain(round(value, 4))

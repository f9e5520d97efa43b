"""One member's attempt at one quiz: pure, so that it can be replayed from the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from weike.quizzes.errors import AttemptRefused as AttemptRefused
from weike.quizzes.paper import Paper
from weike.quizzes.question import Grade, Pending, Question, Ungraded
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import Counts, Rules

# A question that was wrong beyond repair: everyone earns it, or it is in neither score nor maximum.
Waiver = Literal["full", "drop"]
_SLACK = 1e-9  # a share that misses a bound by rounding only has reached it


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One response as it was received.

    `response` is what the browser sent. `answered_at` is the browser's claim and only says to
    which day the answer belongs; `received_at` is ours. A late one is kept and never counts.
    """

    response: Any
    seq: int
    event: str
    answered_at: datetime
    received_at: datetime
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What a person gave for one response: so many points of so many, and a word about it."""

    points: float
    most: float
    remark: str | None = None

    @property
    def share(self) -> float:
        return self.points / self.most if self.most else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """`answers` holds every response to each item, in the order they were received.

    `waived` says of single items that they are not graded by their key. `marks` are what persons
    gave, by the event of the response.
    """

    id: str
    number: int
    definition: QuizDefinition
    paper: Paper
    started: datetime
    deadline: datetime | None = None
    submitted: datetime | None = None
    answers: Mapping[str, tuple[Saved, ...]] = field(default_factory=dict)
    waived: Mapping[str, Waiver] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)

    @property
    def rules(self) -> Rules:
        return self.definition.rules

    def question(self, item: str) -> Question:
        return self.definition.by_id[item]

    def with_answer(self, item: str, saved: Saved) -> Attempt:
        """The attempt with one more response; one that is known by its event changes nothing."""
        before = self.answers.get(item, ())
        if any(known.event == saved.event for known in before):
            return self
        return replace(self, answers={**self.answers, item: (*before, saved)})

    def finished(self, now: datetime) -> datetime | None:
        """When it ended: submitted by the member, or by itself at its deadline."""
        if self.submitted is not None:
            return self.submitted
        if self.deadline is not None and now >= self.deadline:
            return self.deadline
        return None

    def latest(self, item: str) -> Saved | None:
        """The response that counts: the highest `seq`, wherever a retry arrived in between."""
        counted = self._counted(item)
        if len(counted) < 2:
            return counted[0] if counted else None
        return max(counted, key=lambda saved: (saved.seq, saved.received_at))

    def first(self, item: str) -> Saved | None:
        """The first response that was received, so the last one given without any feedback.

        Not the lowest `seq`: a browser could claim a low one after it has seen the key.
        """
        return min(self._counted(item), key=lambda saved: saved.received_at, default=None)

    def mark(self, item: str) -> Mark | None:
        """What a person gave for the response that counts."""
        saved = self.latest(item)
        return self.marks.get(saved.event) if saved and item not in self.waived else None

    def grade(self, item: str) -> Grade | Ungraded:
        return self.grades(item)[0]

    def first_grade(self, item: str) -> Grade | Ungraded:
        """The grade without the help of feedback: only practice gives it between responses."""
        return self.grades(item)[1]

    def grades(self, item: str) -> tuple[Grade | Ungraded, Grade | Ungraded]:
        """`grade` and `first_grade`."""
        last = self.latest(item)
        grade = self._grade(item, last)
        if self.rules.behaviour != "practice" or (first := self.first(item)) is last:
            return grade, grade
        return grade, self._grade(item, first)

    @property
    def score(self) -> float:
        return self._total(first=False)[0]

    @property
    def max(self) -> float:
        """The points that could be had: questions that could not be graded are not in it."""
        return self._total(first=False)[1]

    @property
    def first_score(self) -> float:
        return self._total(first=True)[0]

    @property
    def first_max(self) -> float:
        return self._total(first=True)[1]

    @property
    def share(self) -> float | None:
        """Score of max, 0 to 1; None where nothing could be scored."""
        return _share(*self._total(first=False))

    @property
    def passed(self) -> bool:
        """Where nothing could be scored nobody fails."""
        return self.rules_pass(*self._total(first=False))

    def rules_pass(self, score: float, most: float) -> bool:
        """Whether so many points of so many pass."""
        share = _share(score, most)
        return share is None or share >= self.rules.passing - _SLACK

    def _counted(self, item: str) -> Sequence[Saved]:
        found = self.answers.get(item, ())
        if len(found) == 1 and not found[0].late:  # by far the most frequent
            return found
        return [saved for saved in found if not saved.late]

    def _grade(self, item: str, saved: Saved | None) -> Grade | Ungraded:
        question = self.definition.by_id.get(item)
        if question is None:
            return Ungraded(reason=f"no question {item}")
        if waiver := self.waived.get(item):
            return question.earned(1.0) if waiver == "full" else _DROPPED
        marker = self.definition.markers[item]
        if saved is None:
            return marker.unanswered()
        try:
            layout = self.paper.layout(item)
        except LookupError as error:
            return Ungraded(reason=str(error))
        grade = marker.mark(layout, saved.response)
        if isinstance(grade, Pending) and (given := self.marks.get(saved.event)):
            return question.marked(grade, given.share)
        return grade

    def _total(self, *, first: bool) -> tuple[float, float]:
        score = most = 0.0
        for drawn in self.paper.items:
            grade = self.first_grade(drawn.item) if first else self.grade(drawn.item)
            if isinstance(grade, Grade):
                score += grade.score
                most += grade.max
        return round(score, 9), round(most, 9)


def deadline_of(
    rules: Rules, started: datetime, override: Mapping[str, Any] | None = None
) -> datetime | None:
    """min(start + limit, close); None where the quiz has neither."""
    rules = rules.overridden(override)
    ends = [started + rules.limit] if rules.limit is not None else []
    ends += [rules.close] if rules.close is not None else []
    return min(ends, default=None)


def attempts_left(rules: Rules, made: int) -> int | None:
    """How many more may be started after `made`; None where there is no bound."""
    return None if rules.attempts is None else max(0, rules.attempts - made)


def wait_until(rules: Rules, last: Attempt | None, now: datetime) -> datetime | None:
    """From when the next attempt may start; None if it need not wait.

    The wait counts from min(finish, start + limit): who comes back late to a timed attempt has
    waited already.
    """
    if rules.wait is None or last is None or (finish := last.finished(now)) is None:
        return None
    if rules.limit is not None:
        finish = min(finish, last.started + rules.limit)
    until = finish + rules.wait
    return until if until > now else None


def check_start(rules: Rules, before: Sequence[Attempt], now: datetime) -> None:
    """Raise `AttemptRefused` unless a further attempt may start now."""
    if rules.open is not None and now < rules.open:
        raise AttemptRefused("not_open", when=rules.open)
    if rules.close is not None and now >= rules.close:
        raise AttemptRefused("closed", when=rules.close)
    if attempts_left(rules, len(before)) == 0:
        raise AttemptRefused("no_attempts_left")
    last = max(before, key=lambda attempt: attempt.number, default=None)
    if (until := wait_until(rules, last, now)) is not None:
        raise AttemptRefused("wait_until", when=until)


def counted(rule: Counts, shares: Iterable[float]) -> float | None:
    """The share that counts of a member's finished attempts, which come in order."""
    known = list(shares)
    if not known:
        return None
    if rule == "mean":
        return sum(known) / len(known)
    return {"first": known[0], "last": known[-1], "best": max(known)}[rule]


_DROPPED = Grade(score=0.0, max=0.0, correct=None)


def _share(score: float, most: float) -> float | None:
    return score / most if most else None

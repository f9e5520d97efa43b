"""Quizzes that are tried in a preview: in memory, and bounded."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

import pytest

from weike.quizzes.errors import AttemptRefused
from weike.quizzes.formats import markdown
from weike.quizzes.quiz import QuizDefinition
from weike.server import trials as module
from weike.server.trials import Trials
from weike.widgets.local import LocalAttempts


def quiz(stem: str = "First?") -> QuizDefinition:
    bank = markdown.loads(f"## {stem} {{#a}}\n- [x] Lift\n- [ ] Press\n")
    return QuizDefinition(id="one", title="", rules=bank.rules, questions=bank.questions)


def test_a_trial_goes_on_until_its_quiz_is_another_one() -> None:
    trials = Trials()
    trials.begin("L01", "fire", quiz())
    first = trials.open("L01", "fire", {"quiz": "fire/one"})["attempt"]
    trials.begin("L01", "fire", quiz())
    assert trials.open("L01", "fire", {"quiz": "fire/one"})["attempt"] == first
    trials.begin("L01", "fire", quiz("Second?"))
    assert trials.open("L01", "fire", {"quiz": "fire/one"})["attempt"] != first
    with pytest.raises(AttemptRefused):
        trials.ask("L01", "fire", lambda one: one.submit(first))


def test_what_a_program_sends_without_end_is_not_kept_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LONGEST", 10)
    trials = Trials()
    kept = trials.begin("L01", "fire", quiz())
    for _n in range(20):
        attempt = trials.open("L01", "fire", {"quiz": "fire/one", "new": True})["attempt"]
        with suppress(AttemptRefused):  # it has begun anew
            trials.ask("L01", "fire", partial(LocalAttempts.submit, attempt_id=attempt))
    assert len(kept._attempts) <= 10
    assert trials.begin("L01", "fire", quiz()) is not kept


def test_trials_that_were_begun_first_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2)
    trials = Trials()
    for member in ("L01", "L02", "L03"):
        trials.begin(member, "fire", quiz())
    with pytest.raises(AttemptRefused):
        trials.open("L01", "fire", {"quiz": "fire/one"})
    assert trials.open("L03", "fire", {"quiz": "fire/one"})["attempt"]

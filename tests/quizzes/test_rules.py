"""The rules of a quiz, as authors write them and as they are stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from weike.quizzes import BankError
from weike.quizzes.rules import Rules


def test_the_defaults_are_practice_with_sixty_percent() -> None:
    rules = Rules.from_front_matter({"title": "灭火器", "bank": "fire.md"})
    assert rules == Rules()
    assert (rules.passing, rules.behaviour, rules.shuffle, rules.counts) == (
        0.6,
        "practice",
        "options",
        "best",
    )


@pytest.mark.parametrize(
    ("written", "share"), [("80%", 0.8), ("８０％", 0.8), (80, 0.8), (0.8, 0.8)]
)
def test_a_pass_mark_is_a_share_however_it_is_written(written: object, share: float) -> None:
    assert Rules.from_front_matter({"pass": written}).passing == share


def test_a_time_without_a_zone_is_the_courses() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    rules = Rules.from_front_matter(
        {"open": "2026-10-01 08:00", "close": "2026-10-01T09:00:00Z"}, zone=zone
    )
    assert rules.open == datetime(2026, 10, 1, 0, tzinfo=UTC)
    assert rules.close == datetime(2026, 10, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "options", "questions"),
    [("options", 1, 0), ("questions", 0, 1), (True, 1, 1), (False, 0, 0)],
)
def test_shuffle_says_what_is_shuffled(written: object, options: int, questions: int) -> None:
    rules = Rules.from_front_matter({"shuffle": written})
    assert (rules.shuffles_options, rules.shuffles_questions) == (bool(options), bool(questions))


def test_all_wrong_rules_are_told_at_once() -> None:
    with pytest.raises(BankError) as caught:
        Rules.from_front_matter({"pass": "x", "limit": "y", "unknown": 1, "draw": 0})
    assert len(caught.value.problems) == 4


def test_an_override_changes_only_what_it_names() -> None:
    close = datetime(2026, 10, 1, tzinfo=UTC)
    rules = Rules(limit=timedelta(minutes=10), close=close, attempts=1)
    longer = rules.overridden({"limit": None, "attempts": 3})
    assert (longer.limit, longer.attempts, longer.close) == (None, 3, close)
    assert rules.overridden(None) is rules


def test_rules_survive_json_and_the_front_matter() -> None:
    rules = Rules(
        passing=0.75,
        behaviour="exam",
        wait=timedelta(days=1),
        limit=timedelta(seconds=90),
        open=datetime(2026, 10, 1, 8, 30, tzinfo=UTC),
        draw=5,
        strata=(("操作", 3), (2, 2)),
        shuffle="none",
    )
    assert Rules.from_json(rules.to_json()) == rules
    assert Rules.from_front_matter(rules.to_front_matter()) == rules

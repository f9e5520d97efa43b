from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from math import isnan, sqrt

import pytest

from weike.results.people import Member
from weike.results.scores import branch_scores
from weike.results.scoring.gains import gains, student_95
from weike.results.store import Store

from .facts import Facts

SINCE = date(2026, 9, 1)
LEARNED = datetime(2026, 10, 20, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 1, 1, tzinfo=UTC)

AddMember = Callable[..., Member]


@pytest.fixture
def people(add_member: AddMember) -> list[Member]:
    """Six of 甲, two of 乙."""
    names = ["公司/甲"] * 6 + ["公司/乙"] * 2
    return [add_member(f"P{i}", branch=name, since=SINCE) for i, name in enumerate(names)]


def test_a_gain_is_the_mean_over_members_who_have_both_tests(
    store: Store, facts: Facts, people: list[Member]
) -> None:
    facts.lesson("fire", "pre", "post")
    pairs = [(2, 8), (4, 8), (6, 8), (5, 10), (3, 4)]
    for member, (pre, post) in zip(people, pairs, strict=False):
        facts.grade(member, "fire/pre", pre)
        facts.grade(member, "fire/post", post)
    facts.grade(people[5], "fire/post", 10)  # no pre-test: a gain cannot be told
    found = gains(store, branch="公司/甲", now=NOW).loc["fire"]
    # Gains .6 .4 .2 .5 .1: mean .36; deviations .24 .04 -.16 .14 -.26, squares .172 in sum.
    assert found["n"] == 5
    assert (found["pre"], found["post"]) == (pytest.approx(0.4), pytest.approx(0.76))
    assert found["gain"] == pytest.approx(0.36)
    error = sqrt(0.172 / 4 / 5)
    assert found["error"] == pytest.approx(error)
    assert found["low"] == pytest.approx(0.36 - 2.7764 * error, abs=1e-3)
    assert found["high"] == pytest.approx(0.36 + 2.7764 * error, abs=1e-3)


def test_only_first_attempts_count_and_a_pre_test_counts_nowhere_else(
    store: Store, facts: Facts, people: list[Member]
) -> None:
    facts.lesson("fire", "pre", "post")
    facts.grade(people[0], "fire/pre", 2)
    facts.grade(people[0], "fire/post", 5)
    facts.grade(people[0], "fire/post", 10, number=2, at=LEARNED + timedelta(hours=1))
    assert gains(store, now=NOW).loc["fire", "gain"] == pytest.approx(0.3)
    frame = branch_scores(store, now=NOW)
    assert frame[frame["name"] == "甲"]["mean"].iloc[0] == pytest.approx(0.5)


def test_few_members_have_a_gain_without_an_interval(
    store: Store, facts: Facts, people: list[Member]
) -> None:
    facts.lesson("fire", "pre", "post")
    for member in people[6:]:
        facts.grade(member, "fire/pre", 5)
        facts.grade(member, "fire/post", 9)
    found = gains(store, branch="公司/乙", now=NOW).loc["fire"]
    assert found["gain"] == pytest.approx(0.4)
    assert all(isnan(float(str(found[name]))) for name in ("error", "low", "high"))


def test_who_is_excused_or_of_another_period_has_no_part_in_it(
    store: Store, facts: Facts, people: list[Member]
) -> None:
    facts.lesson("fire", "pre", "post")
    for member, post in zip(people[:3], (10, 6, 6), strict=True):
        facts.grade(member, "fire/pre", 5)
        facts.grade(member, "fire/post", post)
    facts.excuse(people[0])
    assert gains(store, now=NOW).loc["fire", "gain"] == pytest.approx(0.1)
    assert gains(store, period="2026-Q3", now=NOW).empty


def test_a_lesson_without_both_tests_is_not_listed(
    store: Store, facts: Facts, people: list[Member]
) -> None:
    facts.lesson("fire", "post")
    facts.grade(people[0], "fire/post", 10)
    found = gains(store, now=NOW)
    assert found.empty
    assert list(found.columns) == ["n", "pre", "post", "gain", "error", "low", "high"]


def test_quantiles_of_student_agree_with_the_printed_table() -> None:
    printed = {4: 2.776, 5: 2.571, 9: 2.262, 29: 2.045, 120: 1.980}
    for freedom, quantile in printed.items():
        assert student_95(freedom) == pytest.approx(quantile, abs=1e-3)

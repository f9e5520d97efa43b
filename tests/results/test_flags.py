from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from weike.quizzes.course import Award
from weike.quizzes.errors import WeikeError
from weike.results.awarding.consents import consents, give_consent, withdraw_consent
from weike.results.awarding.flags import Flag, history, holders
from weike.results.awarding.rankings import approve, draft, post, withdraw
from weike.results.awarding.verification import verify
from weike.results.people import Member
from weike.results.store import Store

from .facts import Facts

SINCE = date(2026, 6, 1)
SUMMER = datetime(2026, 7, 10, 1, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 20, 1, tzinfo=UTC)
ENDS = {
    "2026-Q3": datetime(2026, 10, 2, 2, tzinfo=UTC),
    "2026-Q4": datetime(2027, 1, 4, 2, tzinfo=UTC),
    "2027-Q1": datetime(2027, 4, 4, 2, tzinfo=UTC),
}

AddMember = Callable[..., Member]
People = dict[str, list[Member]]
pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def people(facts: Facts, add_member: AddMember) -> People:
    """公司 with 甲 and 乙 of six and 小 of two; a lesson of the summer, not yet done."""
    facts.lesson("fire", "one", at=SUMMER - timedelta(days=5))
    return {
        name: [add_member(f"{name}{i}", branch=f"公司/{name}", since=SINCE) for i in range(size)]
        for name, size in {"甲": 6, "乙": 6, "小": 2}.items()
    }


def learn(facts: Facts, people: People, ref: str, at: datetime, **marks: tuple[float, ...]) -> None:
    for name, points in marks.items():
        for member, mark in zip(people[name], points, strict=False):
            facts.grade(member, ref, mark, at=at)


HIGH, LOW = (10, 9, 10, 9, 10, 9), (4, 5, 4, 5, 4, 5)


def award(store: Store, period: str, **how: Any) -> str:
    now = ENDS[period]
    id = draft(store, period=period, by="command", now=now)
    until = post(store, id, by="command", now=now, days=1)
    approve(store, id, by="command", now=until, **how)
    return id


def shown(flags: list[Flag]) -> list[tuple[str, str, bool, bool]]:
    return [(str(one.period), one.name, one.kept, one.current) for one in flags]


def test_the_first_of_the_lowest_level_takes_the_flag_and_then_keeps_it(
    store: Store, facts: Facts, people: People
) -> None:
    learn(facts, people, "fire/one", SUMMER, 甲=HIGH, 乙=LOW, 小=(10, 10))
    award(store, "2026-Q3")
    assert shown(holders(store)) == [("2026-Q3", "甲", False, True)]
    award(store, "2026-Q4")
    assert shown(history(store)) == [
        ("2026-Q4", "甲", True, True),
        ("2026-Q3", "甲", False, False),
    ]


def test_another_branch_takes_it_over(store: Store, facts: Facts, people: People) -> None:
    learn(facts, people, "fire/one", SUMMER, 甲=HIGH, 乙=LOW)
    award(store, "2026-Q3")
    facts.lesson("dust", "one", at=AUTUMN)
    facts.assign("dust")
    learn(facts, people, "dust/one", AUTUMN, 甲=LOW, 乙=HIGH)
    award(store, "2026-Q4")
    assert shown(holders(store)) == [("2026-Q4", "乙", False, True)]


def test_branches_that_are_tied_share_it(store: Store, facts: Facts, people: People) -> None:
    learn(facts, people, "fire/one", SUMMER, 甲=HIGH, 乙=HIGH)
    id = award(store, "2026-Q3")
    assert sorted(shown(holders(store))) == [
        ("2026-Q3", "乙", False, True),
        ("2026-Q3", "甲", False, True),
    ]
    assert verify(store, id).sound


def test_where_no_branch_is_eligible_nobody_gets_it(
    store: Store, facts: Facts, people: People
) -> None:
    learn(facts, people, "fire/one", SUMMER, 甲=(10, 10), 小=(10, 10))
    id = award(store, "2026-Q3")
    assert holders(store) == []
    assert verify(store, id).sound


def test_another_level_competes_where_the_course_says_so(
    store: Store, facts: Facts, people: People
) -> None:
    store.award = Award(level="党委")  # the words of the fixture's store, from the top
    learn(facts, people, "fire/one", SUMMER, 甲=HIGH, 乙=HIGH, 小=(10, 10))
    award(store, "2026-Q3")
    assert [(one.name, one.level) for one in holders(store)] == [("公司", 0)]


def test_a_committee_decides_otherwise_with_its_reason_only(
    store: Store, facts: Facts, people: People
) -> None:
    learn(facts, people, "fire/one", SUMMER, 甲=HIGH, 乙=LOW)
    other, top = facts.branch("公司/乙"), facts.branch("公司")
    for how, said in (
        ({"decision": [other]}, "why"),
        ({"decision": [other], "reason": "  "}, "why"),
        ({"decision": [top], "reason": "总部"}, "level"),
        ({"decision": [], "reason": "无"}, "level"),
    ):
        id = draft(store, period="2026-Q3", by="command", now=ENDS["2026-Q3"])
        until = post(store, id, by="command", now=ENDS["2026-Q3"], days=1)
        with pytest.raises(WeikeError, match=said):
            approve(store, id, by="command", now=until, **how)
        withdraw(store, id, by="command", now=until, reason="再来")
    id = award(store, "2026-Q3", decision=[other], reason="甲发生事故，一票否决")
    [held] = holders(store)
    assert (held.name, held.reason) == ("乙", "甲发生事故，一票否决")
    assert verify(store, id).sound


def test_a_new_revision_of_a_period_decides_it_anew(
    store: Store, facts: Facts, people: People
) -> None:
    learn(facts, people, "fire/one", SUMMER, 甲=HIGH, 乙=LOW)
    award(store, "2026-Q3")
    for member in people["甲"]:
        facts.regrade(member, 1.0)
    award(store, "2026-Q3")
    assert shown(history(store)) == [("2026-Q3", "乙", False, True)]


def test_contests_of_other_lengths_do_not_take_each_others_flag(
    store: Store, facts: Facts, people: People
) -> None:
    learn(facts, people, "fire/one", SUMMER, 甲=HIGH, 乙=LOW)
    award(store, "2026-Q3")
    id = draft(store, period="2026-08", by="command", now=ENDS["2026-Q3"])
    until = post(store, id, by="command", now=ENDS["2026-Q3"], days=1)
    approve(store, id, by="command", now=until)
    assert sorted(str(one.period) for one in holders(store)) == ["2026-08", "2026-Q3"]


# Persons


def test_persons_are_named_only_if_the_course_and_the_person_agree(
    store: Store, facts: Facts, people: People
) -> None:
    learn(facts, people, "fire/one", SUMMER, 甲=HIGH, 乙=LOW)
    first, second = people["甲"][0], people["甲"][1]
    give_consent(store, second.id, now=SUMMER)
    award(store, "2026-Q3")
    assert [one.member for one in holders(store)] == [None]
    store.award = Award(persons=True)
    award(store, "2026-Q4")
    # `first` did better, but has not agreed.
    named = [one.member for one in holders(store) if one.member]
    assert named == [second.id]
    assert first.id not in named


def test_a_person_who_takes_consent_back_is_named_nowhere_any_more(
    store: Store, facts: Facts, people: People
) -> None:
    learn(facts, people, "fire/one", SUMMER, 甲=HIGH, 乙=LOW)
    best = people["甲"][0]
    store.award = Award(persons=True)
    assert not consents(store, best.id)
    give_consent(store, best.id, now=SUMMER)
    give_consent(store, best.id, now=SUMMER)
    assert consents(store, best.id)
    award(store, "2026-Q3")
    assert [one.name for one in history(store) if one.member] == ["学员甲"]
    withdraw_consent(store, best.id, now=AUTUMN)
    assert [one for one in history(store) if one.member] == []
    give_consent(store, best.id, now=AUTUMN)
    assert [one.name for one in history(store) if one.member] == ["学员甲"]

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from weike.quizzes.course import Award, Weights
from weike.quizzes.errors import WeikeError
from weike.results import tables
from weike.results.awarding.rankinginputs import Inputs
from weike.results.awarding.rankinglog import inputs_text
from weike.results.awarding.rankings import (
    approve,
    draft,
    may_decide,
    post,
    rankings,
    supersede_after_rescoring,
    withdraw,
)
from weike.results.awarding.verification import verify
from weike.results.people import Member
from weike.results.store import Store

from .contest import (
    AFTER,
    DRAFTED,
    PERIOD,
    POSTED,
    SINCE,
    People,
    approved,
    drafted,
    get,
    posted,
    rows,
)
from .facts import Facts

AddMember = Callable[..., Member]
pytestmark = pytest.mark.usefixtures("english")


def test_a_draft_keeps_the_figures_of_the_end_of_the_period(store: Store, people: People) -> None:
    ranking = get(store, drafted(store))
    assert ranking.state == "draft"
    assert str(ranking.period) == PERIOD
    assert ranking.until < datetime(2026, 12, 31, 16, tzinfo=UTC)
    found = rows(ranking)
    assert found["甲"]["mean"] == pytest.approx(0.95)
    assert (found["甲"]["rank"], found["乙"]["rank"], found["小"]["rank"]) == (1, 2, None)
    assert found["小"]["band"] == "small"
    assert len(ranking.hash) == 64


def test_what_is_kept_names_nobody(store: Store, people: People) -> None:
    ranking = get(store, drafted(store))
    with store.read() as connection:
        text = inputs_text(connection, store, ranking)
    assert people["甲0"].id in text
    assert people["甲0"].code not in text
    assert "学员" not in text
    assert json.loads(text)["now"]["assigned"] == [1] * 14


def test_inputs_survive_their_text(store: Store, people: People) -> None:
    ranking = get(store, drafted(store))
    with store.read() as connection:
        text = inputs_text(connection, store, ranking)
    again = Inputs.loads(text)
    assert again.text == text
    assert again.figures(ranking.method, store.levels) == ranking.figures


def test_a_new_draft_takes_the_place_of_the_last_one(
    store: Store, people: People, facts: Facts
) -> None:
    first = drafted(store)
    facts.regrade(people["乙3"], 10.0)
    second = drafted(store)
    assert get(store, first).state == "withdrawn"
    assert (get(store, second).state, get(store, second).revision) == ("draft", 2)
    assert [one.id for one in rankings(store)] == [second, first]


def test_what_is_drafted_again_and_says_the_same_is_the_same_draft(
    store: Store, people: People
) -> None:
    during = datetime(2026, 11, 20, 9, tzinfo=UTC)

    def press(n: int) -> str:
        return draft(store, period=PERIOD, by="command", now=during + timedelta(seconds=n))

    with ThreadPoolExecutor(4) as hands:
        pressed = set(hands.map(press, range(4)))
    [one] = rankings(store)
    assert pressed == {one.id}
    assert [event.state for event in one.events] == ["draft"]
    assert verify(store, one.id).sound
    # Only a draft: what was taken back is not brought to life again.
    withdraw(store, one.id, by="command", now=DRAFTED, reason="by mistake")
    assert press(9) != one.id


def test_a_draft_by_another_method_is_another_draft(store: Store, people: People) -> None:
    first = drafted(store)
    store.weights = Weights(mean=0.7, completion=0.1)
    second = drafted(store)
    assert (get(store, first).state, get(store, second).state) == ("withdrawn", "draft")


def test_a_period_that_has_not_begun_is_not_ranked(store: Store, people: People) -> None:
    with pytest.raises(WeikeError, match="2027-Q2"):
        draft(store, period="2027-Q2", by="command", now=DRAFTED)


def test_a_posting_lasts_whole_days_in_the_zone_of_the_organisation(
    store: Store, people: People
) -> None:
    id = drafted(store)
    until = post(store, id, by="command", now=POSTED, days=3)
    # Posted on 5 January, 10:00 in Shanghai: until the end of the 8th.
    assert until == datetime(2027, 1, 8, 16, tzinfo=UTC)
    assert get(store, id).posted_until == until
    with pytest.raises(WeikeError, match="posted"):
        post(store, id, by="command", now=POSTED)
    with pytest.raises(WeikeError, match="posted"):
        drafted(store)


def test_a_draft_is_not_approved_without_having_been_posted(store: Store, people: People) -> None:
    id = drafted(store)
    with pytest.raises(WeikeError, match="draft"):
        approve(store, id, by="command", now=AFTER)


def test_a_posted_ranking_is_withdrawn_only_with_a_reason(store: Store, people: People) -> None:
    id = posted(store)
    with pytest.raises(WeikeError, match="why"):
        withdraw(store, id, by="command", now=AFTER, reason=" ")
    withdraw(store, id, by="command", now=AFTER, reason="名册有误")
    assert get(store, id).events[-1].reason == "名册有误"
    assert get(store, drafted(store)).revision == 2


def test_every_step_is_in_the_audit_log(store: Store, people: People) -> None:
    id = approved(store)
    with store.read() as connection:
        acts = connection.execute(
            select(tables.audit.c.act).where(tables.audit.c.subject == id)
        ).scalars()
        assert set(acts) == {"ranking draft", "ranking posted", "ranking approved"}


def test_a_later_revision_supersedes_an_approved_ranking_and_alters_nothing_of_it(
    store: Store, people: People
) -> None:
    old = approved(store)
    before = get(store, old)
    new = approved(store)
    after = get(store, old)
    assert (after.state, get(store, new).state) == ("superseded", "approved")
    assert (after.hash, after.figures, after.inputs) == (
        before.hash,
        before.figures,
        before.inputs,
    )
    assert verify(store, old).sound


@pytest.mark.parametrize("state", [drafted, posted, approved])
def test_rescoring_supersedes_a_ranking_by_a_new_draft_of_the_same_moment(
    store: Store, people: People, facts: Facts, state: Callable[[Store], str]
) -> None:
    old = state(store)
    kept = get(store, old)
    facts.regrade(people["乙0"], 10.0)
    [new] = supersede_after_rescoring(store, quiz="fire/one", by="command", now=AFTER)
    fresh = get(store, new)
    assert (fresh.state, fresh.revision, fresh.until) == ("draft", 2, kept.until)
    assert rows(fresh)["乙"]["mean"] == pytest.approx((6 * 0.45 + 0.6) / 6)
    assert get(store, old).state == "superseded"
    assert get(store, old).figures == kept.figures
    assert "fire/one" in (get(store, old).events[-1].reason or "")


def test_rescoring_that_changes_no_figure_leaves_rankings_alone(
    store: Store, people: People
) -> None:
    id = approved(store)
    assert supersede_after_rescoring(store, quiz="fire/one", by="command", now=AFTER) == []
    assert get(store, id).state == "approved"


def test_the_branches_of_a_subtree_compete_among_themselves(
    store: Store, people: People, facts: Facts, add_member: AddMember
) -> None:
    for i in range(6):
        facts.grade(add_member(f"Z{i}", branch="外/丙", since=SINCE), "fire/one", 10)
    top = facts.branch("公司")
    id = draft(store, period=PERIOD, by="command", now=DRAFTED, branch=top)
    ranking = get(store, id)
    assert ranking.top == top
    assert set(rows(ranking)) == {"公司", "甲", "乙", "小"}
    assert rows(ranking)["甲"]["rank"] == 1
    # A ranking of the whole organisation stands beside it.
    whole = get(store, drafted(store))
    assert get(store, id).state == "draft"
    assert "丙" in rows(whole)
    assert verify(store, id).sound


def test_only_a_duty_for_all_that_competes_may_decide(
    store: Store, people: People, add_member: AddMember, facts: Facts
) -> None:
    from weike.results.people import branches

    tree = branches(store)
    top, part = facts.branch("公司"), facts.branch("公司/甲")
    whole = add_member("O1", branch="公司", roles={"organizer": "公司"}, since=SINCE)
    some = add_member("O2", branch="公司", roles={"organizer": "公司/甲"}, since=SINCE)
    administrator = add_member("A1", branch="公司", roles={"administrator": None}, since=SINCE)
    assert may_decide(whole, tree, None)
    assert may_decide(whole, tree, top)
    assert not may_decide(some, tree, None)
    assert may_decide(some, tree, part)
    assert may_decide(administrator, tree, None)
    assert not may_decide(people["甲0"], tree, part)


def test_the_method_is_kept_as_the_course_had_it(store: Store, people: People) -> None:
    store.award = Award(least=2, coverage=0.5)
    id = drafted(store)
    store.award = Award()
    ranking = get(store, id)
    assert (ranking.method.least, ranking.method.coverage) == (2, 0.5)
    assert rows(ranking)["小"]["eligible"] is True
    assert verify(store, id).sound

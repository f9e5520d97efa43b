from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from weike.quizzes.course import Award, Weights
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import use_language
from weike.results import tables
from weike.results.awarding.objections import answer, may_object, object_to, objections
from weike.results.awarding.rankinginputs import Inputs
from weike.results.awarding.rankinglog import inputs_text, seal
from weike.results.awarding.rankings import (
    Ranking,
    approve,
    draft,
    find_ranking,
    may_decide,
    post,
    rankings,
    supersede_after_rescoring,
    withdraw,
)
from weike.results.awarding.verification import verify
from weike.results.people import Member
from weike.results.store import Store

SINCE = date(2026, 9, 1)
DRAFTED = datetime(2027, 1, 4, 2, tzinfo=UTC)
POSTED = DRAFTED + timedelta(days=1)
AFTER = datetime(2027, 1, 12, 2, tzinfo=UTC)
PERIOD = "2026-Q4"

AddMember = Callable[..., Member]
Facts = Any
People = dict[str, Member]


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with use_language("en"):
        yield


@pytest.fixture
def people(facts: Facts, add_member: AddMember) -> People:
    """公司 with 甲 and 乙 of six, whose marks are far apart, and 小 of two; everything graded."""
    facts.lesson("fire", "one")
    marks = {"甲": [10, 9, 10, 9, 10, 9], "乙": [4, 5, 4, 5, 4, 5], "小": [10, 10]}
    found = {}
    for name, points in marks.items():
        for i, mark in enumerate(points):
            member = add_member(f"{name}{i}", branch=f"公司/{name}", since=SINCE)
            facts.grade(member, "fire/one", mark)
            found[f"{name}{i}"] = member
    return found


def get(store: Store, id: str) -> Ranking:
    found = find_ranking(store, id)
    assert found is not None
    return found


def drafted(store: Store) -> str:
    return draft(store, period=PERIOD, by="command", now=DRAFTED)


def posted(store: Store) -> str:
    id = drafted(store)
    post(store, id, by="command", now=POSTED)
    return id


def approved(store: Store, **how: Any) -> str:
    id = posted(store)
    approve(store, id, by="command", now=AFTER, **how)
    return id


def rows(ranking: Ranking) -> dict[str, Any]:
    return {row["name"]: row for row in ranking.rows}


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


def test_nothing_is_approved_while_objections_are_open(store: Store, people: People) -> None:
    id = posted(store)
    with pytest.raises(WeikeError, match="2027-01-10"):
        approve(store, id, by="command", now=POSTED + timedelta(days=2))
    raised = object_to(store, id, member=people["乙0"], text="我考了两次", now=POSTED)
    with pytest.raises(WeikeError, match="1 objections"):
        approve(store, id, by="command", now=AFTER)
    answer(store, raised, text="只算第一次", by="command", now=AFTER)
    approve(store, id, by="command", now=AFTER)
    assert get(store, id).state == "approved"
    [kept] = objections(store, id)
    assert (kept.text, kept.answer, kept.member) == ("我考了两次", "只算第一次", people["乙0"].id)


def test_a_draft_is_not_approved_without_having_been_posted(store: Store, people: People) -> None:
    id = drafted(store)
    with pytest.raises(WeikeError, match="draft"):
        approve(store, id, by="command", now=AFTER)


def test_members_of_a_ranked_branch_may_object_until_the_posting_ends(
    store: Store, people: People, add_member: AddMember
) -> None:
    id = posted(store)
    ranking = get(store, id)
    assert may_object(ranking, people["小0"], POSTED)
    stranger = add_member("X1", branch="别处/丁", since=date(2027, 1, 5))
    assert not may_object(ranking, stranger, POSTED)
    assert not may_object(ranking, people["甲0"], AFTER)
    for member, now in ((stranger, POSTED), (people["甲0"], AFTER)):
        with pytest.raises(WeikeError, match="not open"):
            object_to(store, id, member=member, text="?", now=now)
    assert not may_object(get(store, id), people["甲0"], DRAFTED + timedelta(days=30))


def test_objections_are_sentences_of_bounded_length_and_number(
    store: Store, people: People
) -> None:
    id = posted(store)
    for text in ("  ", "x" * 1001):
        with pytest.raises(WeikeError):
            object_to(store, id, member=people["甲0"], text=text, now=POSTED)
    for n in range(5):
        object_to(store, id, member=people["甲0"], text=f"第{n}", now=POSTED)
    with pytest.raises(WeikeError, match="5 objections"):
        object_to(store, id, member=people["甲0"], text="第6", now=POSTED)


def test_an_answer_is_given_once(store: Store, people: People) -> None:
    raised = object_to(store, posted(store), member=people["甲0"], text="为何？", now=POSTED)
    answer(store, raised, text="因为", by="command", now=AFTER)
    with pytest.raises(WeikeError, match="already"):
        answer(store, raised, text="改口", by="command", now=AFTER)


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


# Verification


def test_an_untouched_ranking_verifies(store: Store, people: People) -> None:
    found = verify(store, approved(store))
    assert (found.problems, found.notes) == ((), ())
    assert found.sound


def test_erasing_a_person_leaves_a_ranking_verifiable(
    store: Store, people: People, facts: Facts
) -> None:
    id = approved(store)
    gone = tables.identity.c.member_id == people["甲0"].id
    store.writer.run(lambda c: c.execute(delete(tables.identity).where(gone)))
    assert verify(store, id).sound
    assert verify(store, id).notes == ()


def test_what_was_assigned_by_an_erased_post_is_noted_not_held_against_the_ranking(
    store: Store, people: People, facts: Facts
) -> None:
    facts.lesson("dust", "one")
    facts.post(people["甲0"], "电工")
    facts.assign("fire", posts=["电工"])
    id = approved(store)
    gone = tables.identity.c.member_id == people["甲0"].id
    store.writer.run(lambda c: c.execute(delete(tables.identity).where(gone)))
    found = verify(store, id)
    assert found.sound
    assert any(people["甲0"].id in note and "assigned" in note for note in found.notes)


def change(store: Store, id: str, **values: Any) -> None:
    store.writer.run(
        lambda c: c.execute(
            update(tables.ranking).where(tables.ranking.c.id == id).values(**values)
        )
    )


def test_a_figure_altered_in_the_database_is_named(store: Store, people: People) -> None:
    id = approved(store)
    figures = json.loads(json.dumps(get(store, id).figures))
    row = next(row for row in figures["branches"] if row["name"] == "乙")
    row["score"] = 99.0
    change(store, id, figures=figures)
    problems = "\n".join(verify(store, id).problems)
    assert "公司/乙: score is stored as 99" in problems
    assert "hash" in problems


def test_an_altered_figure_is_found_even_with_its_hash_made_to_fit(
    store: Store, people: People
) -> None:
    id = approved(store)
    ranking = get(store, id)
    figures = json.loads(json.dumps(ranking.figures))
    next(row for row in figures["branches"] if row["name"] == "乙")["completion"] = 0.5
    with store.read() as connection:
        inputs = Inputs.loads(inputs_text(connection, store, ranking))
        told = connection.execute(select(tables.ranking.c.method)).scalar_one()
    hash = seal(ranking.period, ranking.until, told, inputs.sha256, figures)
    change(store, id, figures=figures, hash=hash)
    [problem] = verify(store, id).problems
    assert "公司/乙: completion is stored as 0.5, recomputed 1" in problem


def test_a_ranking_from_before_the_numbers_of_the_last_period_were_kept_verifies(
    store: Store, people: People
) -> None:
    id = approved(store)
    ranking = get(store, id)
    figures = json.loads(json.dumps(ranking.figures))
    for row in figures["branches"]:
        del row["previous_members"], row["previous_attempted"]
    with store.read() as connection:
        inputs = Inputs.loads(inputs_text(connection, store, ranking))
        told = connection.execute(select(tables.ranking.c.method)).scalar_one()
    hash = seal(ranking.period, ranking.until, told, inputs.sha256, figures)
    change(store, id, figures=figures, hash=hash)
    assert verify(store, id).problems == ()


def test_altered_inputs_are_found(store: Store, people: People) -> None:
    id = approved(store)
    key = tables.blob.c.hash == get(store, id).inputs
    with store.read() as connection:
        content = connection.execute(select(tables.blob.c.content).where(key)).scalar_one()
    forged = content.replace(b'"mark":[', b'"mark":[0.125,', 1).replace(b",0.9]", b"]", 1)
    forged = forged if forged != content else b"{}"
    store.writer.run(lambda c: c.execute(update(tables.blob).where(key).values(content=forged)))
    problems = "\n".join(verify(store, id).problems)
    assert "stored inputs" in problems


def test_lost_inputs_are_said_to_be_lost(store: Store, people: People) -> None:
    id = approved(store)
    key = tables.blob.c.hash == get(store, id).inputs
    store.writer.run(lambda c: c.execute(update(tables.blob).where(key).values(content=b"?")))
    assert any("cannot be read" in problem for problem in verify(store, id).problems)


def test_a_grade_that_has_changed_since_is_named_by_member_and_column(
    store: Store, people: People, facts: Facts
) -> None:
    id = approved(store)
    facts.regrade(people["乙3"], 10.0)
    [problem] = verify(store, id).problems
    assert problem == f"{people['乙3'].id}: mark was 0.5, the log says 1"


def test_a_grade_altered_behind_the_back_of_the_figures_is_found(
    store: Store, people: People
) -> None:
    id = approved(store)
    of = tables.grade.c.member_id == people["乙3"].id
    store.writer.run(lambda c: c.execute(update(tables.grade).where(of).values(first_score=10.0)))
    [problem] = verify(store, id).problems
    assert "1 tallies" in problem
    assert "weike rebuild" in problem


def test_somebody_excused_afterwards_is_named(store: Store, people: People, facts: Facts) -> None:
    id = approved(store)
    facts.excuse(people["甲1"])
    problems = verify(store, id).problems
    assert any(people["甲1"].id in problem and "excused" in problem for problem in problems)
    assert any("roster was yes, the log says no" in problem for problem in problems)


def test_a_flag_row_that_names_another_branch_is_found(
    store: Store, people: People, facts: Facts
) -> None:
    id = approved(store)
    other = facts.branch("公司/乙")
    store.writer.run(lambda c: c.execute(update(tables.flag).values(branch_id=other)))
    [problem] = verify(store, id).problems
    assert "flag" in problem
    assert other in problem


def test_no_ranking_of_that_id_is_said_in_a_sentence(store: Store) -> None:
    with pytest.raises(WeikeError, match="no such ranking"):
        verify(store, "0" * 32)


# Rescoring


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


# Whose contest


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

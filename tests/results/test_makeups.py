from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from weike.quizzes.errors import AttemptRefused, WeikeError
from weike.results.answering.attempts import Attempts
from weike.results.assigning.assignments import assign
from weike.results.assigning.due import due_of
from weike.results.assigning.excusals import excuse
from weike.results.assigning.makeups import MakeupPlan, make_up, plan_makeup, withdraw_makeup
from weike.results.assigning.outcomes import makeups, outcomes, outcomes_sheet
from weike.results.assigning.overrides import override_rules
from weike.results.people import Member, branches
from weike.results.scores import branch_scores
from weike.results.store import Store, open_store
from weike.results.tables import attempt, audit, membership

Publish = Callable[..., object]
AddMember = Callable[..., Member]
People = dict[str, Member]

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
OPENS, CLOSES = NOW + timedelta(days=1), NOW + timedelta(days=3)
INSIDE = NOW + timedelta(days=2)
TEST = """---
title: 灭火器
behaviour: test
attempts: 1
close: 2026-10-13
---

## 每分钟多少次？ {#n1}
= 110
"""
EXAM = TEST.replace("behaviour: test", "behaviour: exam").replace("n1", "n2")
BRANCH = "公司党委/储运党支部"


@pytest.fixture
def people(store: Store, add_member: AddMember, publish_lesson: Publish) -> People:
    """A1 passes, A2 fails, A3 is absent; B1 of another branch fails too."""
    publish_lesson("fire", quiz=TEST, exam=EXAM, pre=TEST.replace("n1", "n3"))
    found = {code: add_member(code, branch=BRANCH) for code in ("A1", "A2", "A3")}
    found["B1"] = add_member("B1", branch="公司党委/维修党支部")
    for code, answer in {"A1": "110", "A2": "7", "B1": "7"}.items():
        take(store, found[code], answer, NOW)
    return found


def take(
    store: Store, member: Member, answer: str, now: datetime, *, ref: str = "fire/quiz"
) -> dict[str, Any]:
    """Another attempt, answered and submitted: what `open` and `submit` said."""
    attempts = Attempts(store)

    async def taking() -> dict[str, Any]:
        opened = await attempts.open(member, ref, new=True, now=now)
        body = {"response": answer, "event": opened["attempt"], "seq": 1}
        body["answered_at"] = "2026-10-12T01:31:00Z"
        item = opened["paper"]["items"][0]["item"]
        await attempts.answer(member, opened["attempt"], item, body, now=now)
        return opened | {"submitted": await attempts.submit(member, opened["attempt"], now=now)}

    return asyncio.run(taking())


def look(store: Store, member: Member, now: datetime, *, ref: str = "fire/quiz") -> dict[str, Any]:
    return asyncio.run(Attempts(store).open(member, ref, now=now))


def plan(store: Store, *, quiz: str = "fire/quiz", now: datetime = NOW) -> MakeupPlan:
    return plan_makeup(store, quiz=quiz, branch=BRANCH, period="2026-Q4", now=now)


def set_up(store: Store, **changes: Any) -> str:
    values: dict[str, Any] = {"opens": OPENS, "closes": CLOSES, "by": "command", "now": NOW}
    return make_up(store, plan(store), **(values | changes))


def who(plan: MakeupPlan) -> tuple[list[str], list[str]]:
    return [one.code for one in plan.failed], [one.code for one in plan.absent]


def test_the_plan_names_who_failed_and_who_was_absent_of_the_branch(
    store: Store, people: People
) -> None:
    assert people
    found = plan(store)
    assert who(found) == (["A2"], ["A3"])
    assert (found.failed[0].best, found.failed[0].used) == (0.0, 1)
    assert (found.absent[0].best, found.absent[0].used) == (None, 0)
    assert (found.title, found.lesson, found.branch) == ("灭火器", "微课 fire", BRANCH)


def test_who_is_excused_has_left_or_need_not_do_the_lesson_makes_nothing_up(
    store: Store, people: People, add_member: AddMember, publish_lesson: Publish
) -> None:
    add_member("A4", branch=BRANCH)
    excuse(store, member="A3", period="2026-Q4", reason="病假", by="command", now=NOW)
    with store.engine.execution_options(weike_write=True).begin() as connection:
        connection.execute(
            membership.insert().values(
                member_id=people["A2"].id, since=date(2026, 10, 5), branch_id=None, recorded=NOW
            )
        )
    assert who(plan(store)) == ([], ["A4"])
    publish_lesson("dust")
    assign(store, by="command", lessons=["dust"], period="2026-Q4", now=NOW)
    assert who(plan(store)) == ([], [])


def test_a_pre_test_is_not_made_up_and_an_unknown_quiz_is_named(
    store: Store, people: People
) -> None:
    assert people
    with pytest.raises(WeikeError):
        plan(store, quiz="fire/pre")
    with pytest.raises(WeikeError, match="fire/quiz"):
        plan(store, quiz="fire/quizz")


def test_in_the_window_there_is_one_more_attempt_although_the_quiz_is_closed(
    store: Store, people: People
) -> None:
    set_up(store)
    with pytest.raises(AttemptRefused, match=r"left|次数"):
        take(store, people["A2"], "110", NOW)
    before = look(store, people["A2"], INSIDE)
    assert before["number"] == 1
    assert before["rules"]["attempts_left"] == 1
    assert before["makeup"] == {"closes": "2026-10-15T01:30:00.000Z"}
    made = take(store, people["A2"], "110", INSIDE)
    assert (made["number"], made["mode"], made["submitted"]["passed"]) == (2, "makeup", True)
    assert made["deadline"] == "2026-10-15T01:30:00.000Z"
    assert "makeup" not in made, "the offer is used"
    with pytest.raises(AttemptRefused):
        take(store, people["A2"], "110", INSIDE)


def test_an_absent_member_has_the_first_attempt_as_make_up(store: Store, people: People) -> None:
    set_up(store)
    with pytest.raises(AttemptRefused, match=r"closed|关闭|截止"):
        look(store, people["A3"], CLOSES + timedelta(seconds=1))
    made = take(store, people["A3"], "110", INSIDE)
    assert (made["number"], made["mode"]) == (1, "makeup")
    with store.read() as connection:
        modes = connection.execute(
            select(attempt.c.mode).where(attempt.c.member_id == people["A3"].id)
        ).scalars()
        assert list(modes) == ["makeup"]


def test_nobody_else_and_nobody_outside_the_window_gets_one(store: Store, people: People) -> None:
    set_up(store)
    for code, when in (
        ("A1", INSIDE),
        ("B1", INSIDE),
        ("A2", OPENS - timedelta(seconds=1)),
        ("A2", CLOSES),
    ):
        with pytest.raises(AttemptRefused):
            take(store, people[code], "110", when)
    assert "makeup" not in look(store, people["B1"], INSIDE)


def test_an_attempt_of_the_own_before_the_window_does_not_use_the_make_up_up(
    store: Store, people: People
) -> None:
    override_rules(
        store, quiz="fire/quiz", member="A2", attempts=2, reason="设备故障", by="command", now=NOW
    )
    set_up(store)
    second = take(store, people["A2"], "7", NOW + timedelta(minutes=5))
    assert (second["number"], second.get("mode")) == (2, None)
    third = take(store, people["A2"], "110", INSIDE)
    assert (third["number"], third["mode"]) == (3, "makeup")


def test_a_second_click_sets_no_second_make_up(store: Store, people: People) -> None:
    """Both were planned before either was set."""
    planned = plan(store)
    make_up(store, planned, opens=OPENS, closes=CLOSES, by="command", now=NOW)
    with pytest.raises(WeikeError, match="没有人需要参加"):
        make_up(store, planned, opens=OPENS, closes=CLOSES, by="command", now=NOW)
    assert len(makeups(store, period="2026-Q4")) == 1


def test_whoever_fails_the_make_up_can_be_given_another(store: Store, people: People) -> None:
    set_up(store)
    assert who(plan(store)) == ([], []), "who can still take one is not asked twice"
    assert plan(store).waiting == 2
    take(store, people["A2"], "7", INSIDE)
    later = INSIDE + timedelta(hours=1)
    again = plan(store, now=later)
    assert who(again) == (["A2"], [])
    make_up(store, again, opens=later, closes=CLOSES, by="command", now=later)
    made = take(store, people["A2"], "110", later)
    assert (made["number"], made["mode"]) == (3, "makeup")


def test_an_attempt_from_before_it_was_set_is_never_taken_for_the_make_up(
    store: Store, people: People
) -> None:
    now = NOW + timedelta(seconds=20)
    set_up(store, opens=NOW - timedelta(minutes=5), now=now)  # a form knows no seconds
    assert due_of(store, people["A2"], now).makeups.keys() == {"fire/quiz"}
    assert take(store, people["A2"], "110", now)["mode"] == "makeup"


def test_only_the_chosen_ones_get_it(store: Store, people: People) -> None:
    set_up(store, members={people["A3"].id, people["B1"].id})
    assert "makeup" not in look(store, people["A2"], INSIDE)
    (one,) = makeups(store, period="2026-Q4")
    assert one.members == 1, "B1 was not in the plan"


def test_both_results_stay_and_the_figures_say_which_counts(store: Store, people: People) -> None:
    id = set_up(store)
    take(store, people["A2"], "110", INSIDE)
    take(store, people["A3"], "7", INSIDE)
    (one,) = makeups(store, period="2026-Q4")
    assert (one.id, one.members, one.taken, one.passed) == (id, 2, 2, 1)
    by_code = {found.code: found for found in outcomes(store, id)}
    assert (by_code["A2"].before, by_code["A2"].after, by_code["A2"].passed) == (0.0, 1.0, True)
    assert (by_code["A3"].before, by_code["A3"].after, by_code["A3"].passed) == (None, 0.0, False)
    rows = outcomes_sheet(outcomes(store, id)).rows
    assert [row["after"] for row in rows] == [1.0, 0.0]
    frame = branch_scores(store, branch=BRANCH, period="2026-Q4", now=CLOSES)
    (figures,) = frame.to_dict("records")
    assert figures["mean"] == pytest.approx((1 + 0 + 0) / 3), "the first attempt of each"
    assert figures["pass_rate"] == pytest.approx(2 / 3), "who passed in the end"


def test_withdrawn_it_is_offered_no_longer_in_any_process(store: Store, people: People) -> None:
    with open_store(store.url.render_as_string(hide_password=False)) as other:
        id = set_up(store)
        assert "makeup" in look(other, people["A2"], INSIDE)
        withdraw_makeup(store, id, by="command", now=INSIDE)
        assert "makeup" not in look(other, people["A2"], INSIDE + timedelta(seconds=1))
        with pytest.raises(AttemptRefused):
            take(store, people["A2"], "110", INSIDE)
    assert makeups(store, period="2026-Q4") == []


def test_an_exam_tells_its_answers_when_the_last_make_up_is_over(
    store: Store, people: People
) -> None:
    for code in ("A2", "A3"):
        take(store, people[code], "7", NOW, ref="fire/exam")
    found = plan(store, quiz="fire/exam")
    assert who(found) == (["A2", "A3"], ["A1"]), "of the exam"
    make_up(store, found, opens=OPENS, closes=CLOSES, by="command", now=NOW)
    made = take(store, people["A2"], "110", INSIDE, ref="fire/exam")
    assert "items" not in made["submitted"], "A3 may still take it"
    waiting = look(store, people["A3"], OPENS - timedelta(hours=1), ref="fire/exam")
    assert "items" not in waiting["result"], "closed, but A3 has yet to take it again"
    shown = look(store, people["A2"], INSIDE, ref="fire/exam")
    assert "items" not in shown["result"]
    assert "items" in look(store, people["A2"], CLOSES, ref="fire/exam")["result"]


def test_the_home_page_knows_of_it_until_it_is_taken_or_over(store: Store, people: People) -> None:
    set_up(store)
    window = due_of(store, people["A2"], NOW).makeups["fire/quiz"]
    assert (window.opens, window.closes) == (OPENS, CLOSES)
    assert due_of(store, people["A1"], NOW).makeups == {}
    take(store, people["A2"], "7", INSIDE)
    assert due_of(store, people["A2"], INSIDE).makeups == {}
    assert due_of(store, people["A3"], INSIDE).makeups.keys() == {"fire/quiz"}
    assert due_of(store, people["A3"], CLOSES).makeups == {}


def test_a_window_that_does_not_fit_and_an_empty_plan_are_refused(
    store: Store, people: People
) -> None:
    for changes in (
        {"closes": OPENS},
        {"opens": NOW - timedelta(days=2), "closes": NOW - timedelta(days=1)},
        {"members": {people["A1"].id}},
    ):
        with pytest.raises(WeikeError):
            set_up(store, **changes)
    assert makeups(store, period="2026-Q4") == []


def test_the_list_keeps_to_the_branches_asked_for(store: Store, people: People) -> None:
    assert people
    set_up(store)
    ids = {one.name: one.id for one in branches(store)}
    assert len(makeups(store, period="2026-Q4", inside={ids["储运党支部"]})) == 1
    assert makeups(store, period="2026-Q4", inside={ids["维修党支部"]}) == []
    assert makeups(store, period="2026-Q3") == []


def test_a_make_up_is_in_the_audit_log(store: Store, people: People) -> None:
    assert people
    id = set_up(store)
    withdraw_makeup(store, id, by="command", now=NOW)
    with store.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    assert [(row.act, row.subject) for row in rows] == [
        ("set make-up test", id),
        ("withdrew make-up", id),
    ]

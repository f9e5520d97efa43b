from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from weike.quizzes.errors import WeikeError
from weike.results.answering.attempts import Attempts
from weike.results.assigning.assignments import assign, assignments, withdraw
from weike.results.assigning.due import due_of
from weike.results.assigning.excusals import excusals, excusals_sheet, excuse, withdraw_excusal
from weike.results.assigning.headway import headway
from weike.results.assigning.unfinished import unfinished, unfinished_sheet
from weike.results.enrolling.lookup import look_up, posts_of
from weike.results.people import Member, branches, find_member
from weike.results.periods import Period
from weike.results.scores import member_scores
from weike.results.store import Store, open_store
from weike.results.tables import audit, identity, membership

Publish = Callable[..., object]
AddMember = Callable[..., Member]

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
Q4 = Period.parse("2026-Q4")
QUIZ = """---
title: 灭火器
---

## 每分钟多少次？ {#n1}
= 110
"""
STORAGE, REPAIR = "公司党委/储运党支部", "公司党委/维修党支部"


@pytest.fixture
def people(store: Store, add_member: AddMember, publish_lesson: Publish) -> dict[str, Member]:
    """Two branches of one committee; A1 is an electrician, A2 a driver."""
    publish_lesson("fire", quiz=QUIZ, pre=QUIZ.replace("n1", "n0"))
    publish_lesson("dust")
    publish_lesson("lockout", quiz=QUIZ.replace("n1", "n2"))
    found = {
        "A1": add_member("A1", name="张一", branch=STORAGE),
        "A2": add_member("A2", name="李二", branch=STORAGE),
        "B1": add_member("B1", name="王三", branch=REPAIR),
    }
    with store.engine.execution_options(weike_write=True).begin() as connection:
        for code, post in (("A1", "电工"), ("A2", "司机")):
            connection.execute(identity.update().where(identity.c.code == code).values(post=post))
    return {code: again(store, one) for code, one in found.items()}


def take(store: Store, member: Member, ref: str, answer: str, now: datetime = NOW) -> None:
    """Answer the one question of a quiz and submit; 110 is right."""
    attempts = Attempts(store)

    async def taking() -> None:
        opened = await attempts.open(member, ref, now=now)
        body = {"response": answer, "event": opened["attempt"], "seq": 1}
        body["answered_at"] = "2026-10-12T01:31:00Z"
        item = opened["paper"]["items"][0]["item"]
        await attempts.answer(member, opened["attempt"], item, body, now=now)
        await attempts.submit(member, opened["attempt"], now=now)

    asyncio.run(taking())


def finish(store: Store, member: Member, slug: str) -> None:
    asyncio.run(Attempts(store).finished(member, slug, now=NOW))


def again(store: Store, member: Member) -> Member:
    found = find_member(store, id=member.id, now=NOW)
    assert found is not None
    return found


def tasks(store: Store, member: Member, now: datetime = NOW) -> dict[str, date | None] | None:
    days = due_of(store, member, now).days
    return None if days is None else dict(days)


def refused(store: Store, **wrong: object) -> str:
    values: dict[str, object] = {"by": "command", "lessons": ["fire"], "period": "2026-Q4"}
    with pytest.raises(WeikeError) as caught:
        assign(store, now=NOW, **(values | wrong))  # type: ignore[arg-type]
    assert assignments(store, period="2026-Q4") == []
    return str(caught.value)


def test_until_assigned_otherwise_every_lesson_is_to_be_done(
    store: Store, people: dict[str, Member]
) -> None:
    due = due_of(store, people["A1"], NOW)
    assert due.days is None
    assert all(due.assigned(slug) for slug in ("fire", "dust", "lockout"))
    assign(store, by="command", lessons=["dust"], period=Q4, branch=REPAIR, now=NOW)
    assert tasks(store, people["A1"]) is None, "nothing reaches this branch"
    assert tasks(store, people["B1"]) == {"dust": None}


def test_an_assignment_reaches_the_posts_of_a_subtree_and_lessons_add_up(
    store: Store, people: dict[str, Member]
) -> None:
    due = date(2026, 12, 1)
    assign(store, by="command", lessons=["fire"], period=Q4, branch="公司党委", due=due, now=NOW)
    assign(
        store,
        by="command",
        lessons=["lockout"],
        period=Q4,
        branch=STORAGE,
        posts=["电 工"],
        now=NOW,
    )
    assert tasks(store, people["A1"]) == {"fire": due, "lockout": None}
    assert tasks(store, people["A2"]) == {"fire": due}
    assert tasks(store, people["B1"]) == {"fire": due}


def test_the_home_page_and_the_figures_name_the_same_lessons(
    store: Store, people: dict[str, Member]
) -> None:
    assign(store, by="command", lessons=["fire", "dust"], period=Q4, branch=STORAGE, now=NOW)
    assign(store, by="command", lessons=["lockout"], period=Q4, posts=["司机"], now=NOW)
    assigned = member_scores(store, period=Q4, now=NOW)["assigned"]
    for code, expected in (("A1", 2), ("A2", 3), ("B1", 3)):
        due = due_of(store, people[code], NOW)
        mine = [slug for slug in ("fire", "dust", "lockout") if due.assigned(slug)]
        assert len(mine) == assigned[people[code].id] == expected


def test_everything_published_can_be_assigned_with_one_due_date_and_the_earliest_counts(
    store: Store, people: dict[str, Member]
) -> None:
    early, late = date(2026, 11, 1), date(2026, 12, 31)
    assign(store, by="command", lessons=None, period=Q4, due=late, now=NOW)
    assign(store, by="command", lessons=["fire"], period=Q4, branch=STORAGE, due=early, now=NOW)
    assert tasks(store, people["A1"]) == {"fire": early, "dust": late, "lockout": late}
    assert tasks(store, people["B1"]) == {"fire": late, "dust": late, "lockout": late}


def test_an_assignment_holds_in_its_period_only(store: Store, people: dict[str, Member]) -> None:
    assign(store, by="command", lessons=["fire"], period="2026-11", now=NOW)
    assert tasks(store, people["A1"]) is None, "in October"
    assert tasks(store, people["A1"], NOW + timedelta(days=30)) == {"fire": None}
    assert len(assignments(store, period="2026-Q4")) == 1, "it overlaps the quarter"
    assert assignments(store, period="2026-10") == []


def test_who_moves_in_mid_period_keeps_the_tasks_of_the_frozen_roster(
    store: Store, people: dict[str, Member]
) -> None:
    assign(store, by="command", lessons=["fire"], period=Q4, branch=STORAGE, now=NOW)
    assign(store, by="command", lessons=["dust"], period=Q4, branch=REPAIR, now=NOW)
    (repair,) = [one.id for one in branches(store) if one.name == "维修党支部"]
    with store.engine.execution_options(weike_write=True).begin() as connection:
        connection.execute(
            membership.insert().values(
                member_id=people["A1"].id, since=date(2026, 10, 5), branch_id=repair, recorded=NOW
            )
        )
    moved = again(store, people["A1"])
    assert moved.branch_id == repair
    assert tasks(store, moved) == {"fire": None}


def test_withdrawn_is_withdrawn_for_other_processes_too(
    store: Store, people: dict[str, Member]
) -> None:
    with open_store(store.url.render_as_string(hide_password=False)) as other:
        other.zone = store.zone
        (id,) = assign(store, by="command", lessons=["fire"], period=Q4, now=NOW)
        assert tasks(other, people["A1"]) == {"fire": None}
        withdraw(store, id, by="command", now=NOW)
        assert tasks(other, people["A1"]) is None
    with pytest.raises(WeikeError, match=r"withdrawn|撤回"):
        withdraw(store, id, by="command", now=NOW)
    with pytest.raises(WeikeError):
        withdraw(store, "0" * 32, by="command", now=NOW)


def test_the_same_assignment_again_adds_nothing(store: Store, people: dict[str, Member]) -> None:
    assert people
    first = assign(store, by="command", lessons=["fire"], period=Q4, branch=STORAGE, now=NOW)
    more = assign(
        store, by="command", lessons=["fire", "dust"], period=Q4, branch="储运党支部", now=NOW
    )
    assert len(more) == 1
    slugs = [one.slug for one in assignments(store, period=Q4)]
    assert sorted(map(str, slugs)) == ["dust", "fire"]
    with pytest.raises(WeikeError, match=r"already|已经"):
        assign(store, by="command", lessons=["fire"], period=Q4, branch=STORAGE, now=NOW)
    assert first[0] not in more


def test_errors_are_sentences_that_name_what_was_meant(
    store: Store, people: dict[str, Member]
) -> None:
    assert people
    assert "lockout" in refused(store, lessons=["lockaut"])
    assert "电工" in refused(store, posts=["电工工"])
    assert "储运支部x" in refused(store, branch="储运支部x")
    assert "2026-Q4" in refused(store, period="2026-Q3")
    assert "2027-01-05" in refused(store, due=date(2027, 1, 5))
    assert "2026-10-11" in refused(store, due=date(2026, 10, 11))
    assert refused(store, lessons=[])
    both = refused(store, lessons=["lockaut"], due=date(2027, 1, 5))
    assert "lockout" in both
    assert "2027-01-05" in both, "everything that is wrong is said at once"


def test_today_is_a_day_on_which_something_can_be_due(
    store: Store, people: dict[str, Member]
) -> None:
    assert people
    today = date(2026, 10, 12)
    assert assign(store, by="command", lessons=["fire"], period=Q4, due=today, now=NOW)


def test_who_is_excused_has_nothing_to_do_and_the_list_says_why_and_who_decided(
    store: Store, people: dict[str, Member], add_member: AddMember
) -> None:
    boss = add_member("O1", name="管一", roles={"organizer": "公司党委"})
    id = excuse(store, member="ａ1\u200b", period=Q4, reason=" 长期  病假 ", by=boss.id, now=NOW)
    due = due_of(store, people["A1"], NOW)
    assert due.excused == "长期 病假"
    assert not due.assigned("fire")
    (one,) = excusals(store, period=Q4, branch=STORAGE)
    assert (one.code, one.name, one.reason, one.created_by_name) == (
        "A1",
        "张一",
        "长期 病假",
        "管一",
    )
    assert excusals(store, period=Q4, branch=REPAIR) == []
    assert excusals_sheet([one]).rows[0]["by"] == "管一"
    assert people["A1"].id not in member_scores(store, period=Q4, now=NOW).index
    with pytest.raises(WeikeError, match="张一"):
        excuse(store, member=people["A1"].id, period="2026-11", reason="x", by="command", now=NOW)
    withdraw_excusal(store, id, by=boss.id, now=NOW)
    assert due_of(store, people["A1"], NOW).excused is None
    assert excusals(store, period=Q4) == []


def test_an_excusal_needs_a_known_member_and_a_reason(
    store: Store, people: dict[str, Member]
) -> None:
    assert people
    with pytest.raises(WeikeError, match="Z9"):
        excuse(store, member="Z9", period=Q4, reason="病假", by="command", now=NOW)
    with pytest.raises(WeikeError):
        excuse(store, member="A1", period=Q4, reason=" 　", by="command", now=NOW)


def test_every_decision_is_in_the_audit_log(store: Store, people: dict[str, Member]) -> None:
    assert people
    (id,) = assign(store, by="command", lessons=["fire"], period=Q4, now=NOW)
    withdraw(store, id, by="command", now=NOW)
    excusal = excuse(store, member="A1", period=Q4, reason="病假", by="command", now=NOW)
    withdraw_excusal(store, excusal, by="command", now=NOW)
    with store.read() as connection:
        acts = [row.act for row in connection.execute(select(audit).order_by(audit.c.id))]
    assert acts == ["assigned", "withdrew assignment", "excused", "withdrew excusal"]


def test_the_unfinished_are_named_with_what_is_missing_and_when_it_is_due(
    store: Store, people: dict[str, Member]
) -> None:
    due = date(2026, 10, 20)
    assign(store, by="command", lessons=["fire", "dust"], period=Q4, branch=STORAGE, now=NOW)
    assign(store, by="command", lessons=["dust"], period=Q4, branch=STORAGE, due=due, now=NOW)
    take(store, people["A1"], "fire/quiz", "110")
    finish(store, people["A1"], "dust")
    take(store, people["A2"], "fire/pre", "110")
    take(store, people["A2"], "fire/quiz", "7")
    frame = unfinished(store, branch=STORAGE, period=Q4, now=NOW + timedelta(hours=1))
    (row,) = frame.to_dict("records")
    assert frame.index.tolist() == [people["A2"].id]
    assert (row["code"], row["name"], row["post"], row["branch"]) == ("A2", "李二", "司机", STORAGE)
    assert (row["assigned"], row["completed"], row["missing"]) == (2, 1, ("微课 dust",))
    assert (row["due"], row["overdue"], row["started"], row["left"]) == (due, False, True, False)
    later = unfinished(store, branch=STORAGE, period=Q4, now=NOW + timedelta(days=9))
    assert later["overdue"].tolist() == [True]


def test_a_pre_test_neither_completes_a_lesson_nor_is_missing(
    store: Store, people: dict[str, Member]
) -> None:
    assign(store, by="command", lessons=["fire"], period=Q4, branch=REPAIR, now=NOW)
    take(store, people["B1"], "fire/pre", "110")
    assert len(unfinished(store, branch=REPAIR, period=Q4, now=NOW)) == 1
    take(store, people["B1"], "fire/quiz", "7")
    assert len(unfinished(store, branch=REPAIR, period=Q4, now=NOW)) == 0


def test_the_unfinished_agree_with_the_figures_and_fit_a_sheet(
    store: Store, people: dict[str, Member]
) -> None:
    take(store, people["A1"], "fire/quiz", "110")
    finish(store, people["B1"], "dust")
    excuse(store, member="A2", period=Q4, reason="出差", by="command", now=NOW)
    frame = unfinished(store, branch="公司党委", period=Q4, now=NOW)
    figures = member_scores(store, period=Q4, now=NOW)
    assert set(frame.index) == {people["A1"].id, people["B1"].id}
    for id in frame.index:
        for column in ("assigned", "completed", "started"):
            assert frame.loc[id, column] == figures.loc[id, column]
    sheet = unfinished_sheet(frame)
    assert [row["code"] for row in sheet.rows] == ["A1", "B1"]
    assert sheet.rows[0]["missing"].count("、") == 1


def test_nothing_is_missing_before_a_period_has_begun(
    store: Store, people: dict[str, Member]
) -> None:
    assert people
    assert len(unfinished(store, branch="公司党委", period="2027-Q1", now=NOW)) == 0


def test_headway_counts_lessons_of_the_members_an_assignment_reaches(
    store: Store, people: dict[str, Member]
) -> None:
    assign(store, by="command", lessons=["fire", "dust"], period=Q4, branch="公司党委", now=NOW)
    assign(store, by="command", lessons=None, period=Q4, posts=["电工"], now=NOW)
    take(store, people["A1"], "fire/quiz", "7")
    take(store, people["B1"], "fire/quiz", "110")
    every = frozenset(one.id for one in branches(store))
    made = assignments(store, period=Q4)
    found = headway(store, made, period=Q4, branches=every, now=NOW)
    by_slug = {one.slug: found[one.id] for one in made}
    assert (by_slug["fire"].completed, by_slug["fire"].assigned) == (2, 3)
    assert (by_slug["dust"].completed, by_slug["dust"].assigned) == (0, 3)
    assert (by_slug[None].members, by_slug[None].completed, by_slug[None].assigned) == (1, 1, 3)
    (storage,) = [one.id for one in branches(store) if one.name == "储运党支部"]
    inside = headway(store, made, period=Q4, branches={storage}, now=NOW)
    assert {one.members for one in inside.values()} == {2, 1}


def test_a_member_is_found_by_code_or_name_in_the_own_branches_only(
    store: Store, people: dict[str, Member], add_member: AddMember
) -> None:
    add_member("A10", name="欧阳 一", branch=STORAGE)
    ids = {one.name: one.id for one in branches(store)}
    storage, everywhere = {ids["储运党支部"]}, frozenset(ids.values())

    def found(words: str, inside: Collection[str]) -> list[str]:
        return [one.code for one in look_up(store, words, inside=inside)]

    assert found("ａ1", everywhere) == ["A1", "A10"], "the code that is just this comes first"
    assert found("欧阳一", everywhere) == found("欧阳 一", everywhere) == ["A10"]
    assert found("王三", everywhere) == ["B1"]
    assert found("王三", storage) == []
    assert found("%", everywhere) == found(" 　", everywhere) == []
    assert posts_of(store, inside=everywhere) == ["司机", "电工"]
    assert posts_of(store, inside={ids["维修党支部"]}) == []

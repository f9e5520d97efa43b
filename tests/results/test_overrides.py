from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from weike.quizzes.errors import AttemptRefused, WeikeError
from weike.results.answering.attempts import Attempts
from weike.results.assigning.overrides import override_rules, overrides, withdraw_override
from weike.results.people import Member, branches
from weike.results.store import Store, open_store
from weike.results.tables import attempt, audit

Publish = Callable[..., object]
AddMember = Callable[..., Member]

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
ITEM = """
## 每分钟多少次？ {#n1}
= 110
"""
TIMED = f"---\ntitle: 限时\nbehaviour: test\nlimit: 10 min\nattempts: 1\n---\n{ITEM}"
CLOSED = f"---\ntitle: 已关闭\nclose: 2026-10-10\n---\n{ITEM.replace('n1', 'n2')}"
EXAM = (
    "---\ntitle: 考试\nbehaviour: exam\nclose: 2026-10-12 10:00\n---\n"  # 02:00 in UTC
    f"{ITEM.replace('n1', 'n3')}"
)


def minutes(n: float) -> datetime:
    return NOW + timedelta(minutes=n)


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(coroutine)


@pytest.fixture
def member(add_member: AddMember, publish_lesson: Publish) -> Member:
    publish_lesson("fire", timed=TIMED, closed=CLOSED, exam=EXAM)
    return add_member("A1", branch="公司党委/生产党总支/储运党支部")


def change(store: Store, quiz: str = "fire/timed", now: datetime = NOW, **rules: Any) -> str:
    values = {"reason": "视力障碍", "by": "command"} | rules
    return override_rules(store, quiz=quiz, now=now, **values)


def limit_of(store: Store, member: Member, now: datetime = NOW) -> Any:
    return run(Attempts(store).open(member, "fire/timed", now=now))["rules"]["limit"]


def test_more_time_for_one_member_moves_the_deadline_of_that_member_only(
    store: Store, attempts: Attempts, member: Member, add_member: AddMember
) -> None:
    other = add_member("A2", branch="公司党委/生产党总支/储运党支部")
    change(store, member="A1", limit=timedelta(minutes=25))
    assert limit_of(store, member) == 1500
    mine = run(attempts.open(member, "fire/timed", new=True, now=NOW))
    others = run(attempts.open(other, "fire/timed", new=True, now=NOW))
    assert mine["deadline"] == "2026-10-12T01:55:00.000Z"
    assert others["deadline"] == "2026-10-12T01:40:00.000Z"
    assert mine["rules"]["limit"] == 1500
    again = run(Attempts(store).open(member, "fire/timed", now=minutes(20)))
    assert "result" not in again
    assert again["rules"]["limit"] == 1500


def test_a_member_goes_before_a_branch_and_the_nearest_branch_before_the_others(
    store: Store, member: Member
) -> None:
    change(store, branch="公司党委", limit=timedelta(minutes=20), attempts=5)
    assert limit_of(store, member) == 1200
    change(store, branch="生产党总支", limit=timedelta(minutes=30))
    assert limit_of(store, member) == 1800
    change(store, member=member.id, limit=timedelta(minutes=40))
    opened = run(Attempts(store).open(member, "fire/timed", now=NOW))
    assert opened["rules"]["limit"] == 2400
    assert opened["rules"]["attempts"] == 5, "a rule that nobody nearer has changed"


def test_an_override_of_another_branch_or_quiz_changes_nothing(
    store: Store, member: Member, add_member: AddMember
) -> None:
    add_member("B1", branch="公司党委/机关党总支")
    change(store, branch="公司党委/机关党总支", limit=timedelta(minutes=20))
    change(store, quiz="fire/closed", member="A1", limit=timedelta(minutes=20))
    assert limit_of(store, member) == 600


def test_a_closed_quiz_opens_again_for_whom_it_was_put_off(
    store: Store, attempts: Attempts, member: Member, add_member: AddMember
) -> None:
    other = add_member("A2", branch="公司党委/生产党总支")
    change(store, quiz="fire/closed", member="A1", closes=minutes(60))
    with pytest.raises(AttemptRefused, match=r"closed|关闭|截止"):
        run(attempts.open(other, "fire/closed", now=NOW))
    opened = run(attempts.open(member, "fire/closed", now=NOW))
    assert opened["rules"]["close"] == opened["deadline"] == "2026-10-12T02:30:00.000Z"


def test_an_opening_of_ones_own_shuts_the_quiz_until_then(
    store: Store, attempts: Attempts, member: Member
) -> None:
    change(store, member="A1", opens=minutes(30))
    with pytest.raises(AttemptRefused) as caught:
        run(attempts.open(member, "fire/timed", new=True, now=NOW))
    assert (caught.value.code, caught.value.when) == ("not_open", minutes(30))


def test_another_attempt_for_one_member(store: Store, attempts: Attempts, member: Member) -> None:
    first = run(attempts.open(member, "fire/timed", new=True, now=NOW))
    run(attempts.submit(member, first["attempt"], now=NOW))
    with pytest.raises(AttemptRefused, match=r"left|次数"):
        run(attempts.open(member, "fire/timed", new=True, now=minutes(1)))
    change(store, member="A1", attempts=2)
    again = run(attempts.open(member, "fire/timed", now=minutes(1)))
    assert (again["number"], again["rules"]["attempts_left"]) == (1, 1)
    second = run(attempts.open(member, "fire/timed", new=True, now=minutes(1)))
    assert (second["number"], second["rules"]["attempts_left"]) == (2, 0)
    with store.read() as connection:
        assert set(connection.execute(select(attempt.c.mode)).scalars()) == {"quiz"}


def test_an_exam_that_was_put_off_for_one_keeps_silent_to_that_one(
    store: Store, attempts: Attempts, member: Member
) -> None:
    change(store, quiz="fire/exam", member="A1", closes=minutes(120))
    opened = run(attempts.open(member, "fire/exam", now=NOW))
    closed = minutes(60)  # for everybody else
    result = run(attempts.submit(member, opened["attempt"], now=closed))
    assert "items" not in result
    assert "items" not in run(Attempts(store).open(member, "fire/exam", now=closed))["result"]
    assert "items" in run(Attempts(store).open(member, "fire/exam", now=minutes(121)))["result"]


def test_an_exam_that_closes_earlier_for_one_tells_its_answers_no_earlier(
    store: Store, attempts: Attempts, member: Member
) -> None:
    change(store, quiz="fire/exam", member="A1", closes=minutes(5))
    opened = run(attempts.open(member, "fire/exam", now=NOW))
    assert opened["deadline"] == "2026-10-12T01:35:00.000Z"
    assert "items" not in run(attempts.submit(member, opened["attempt"], now=minutes(6)))
    for process in (attempts, Attempts(store)):
        assert "items" not in run(process.open(member, "fire/exam", now=minutes(7)))["result"]
    assert "items" in run(attempts.open(member, "fire/exam", now=minutes(31)))["result"]


def test_a_new_decision_takes_the_place_of_the_old_one_and_withdrawing_restores_the_rules(
    store: Store, member: Member
) -> None:
    change(store, member="A1", limit=timedelta(minutes=20), attempts=3)
    newer = change(store, member="A1", limit=timedelta(minutes=15))
    assert [one.id for one in overrides(store, now=NOW)] == [newer]
    assert limit_of(store, member) == 900
    withdraw_override(store, newer, by="command", now=NOW)
    assert limit_of(store, member) == 600
    assert overrides(store, now=NOW) == []
    with pytest.raises(WeikeError):
        withdraw_override(store, newer, by="command", now=NOW)


def test_another_process_hears_of_it_within_a_second(store: Store, member: Member) -> None:
    with open_store(store.url.render_as_string(hide_password=False)) as other:
        assert limit_of(other, member) == 600
        change(store, member="A1", limit=timedelta(minutes=20))
        assert limit_of(other, member, NOW + timedelta(seconds=1)) == 1200


def test_where_nobody_has_rules_of_the_own_openings_ask_the_database_once_a_second(
    store: Store, attempts: Attempts, member: Member
) -> None:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    for n in range(50):
        run(attempts.open(member, "fire/timed", now=NOW + timedelta(milliseconds=10 * n)))
    event.remove(store.engine, "before_cursor_execute", note)
    assert sum("override" in statement for statement in seen) <= 2  # the look, and what it found


def test_the_list_names_whom_it_is_about_and_keeps_to_the_branches_asked_for(
    store: Store, member: Member, add_member: AddMember
) -> None:
    add_member("B1", branch="公司党委/机关党总支")
    change(store, member="A1", limit=timedelta(minutes=20))
    change(store, branch="公司党委/机关党总支", attempts=2, now=minutes(1))
    every = overrides(store, now=NOW)
    assert [(one.who, one.title) for one in every] == [
        ("公司党委/机关党总支", "微课 fire · 限时"),
        ("学员甲 A1", "微课 fire · 限时"),
    ]
    assert [one.limit for one in every] == [None, timedelta(minutes=20)]
    (production,) = [one.id for one in branches(store) if one.name == "生产党总支"]
    inside = branches(store).subtree(production)
    assert [one.who for one in overrides(store, now=NOW, inside=inside)] == ["学员甲 A1"]


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_kept(
    store: Store, member: Member
) -> None:
    assert member
    wrong: list[tuple[dict[str, Any], tuple[str, ...]]] = [
        ({"limit": timedelta(0), "attempts": 0}, ("1440", "100")),
        ({"limit": None}, ()),
        ({"attempts": 2, "reason": " "}, ()),
        ({"opens": minutes(9), "closes": minutes(8)}, ()),
    ]
    for rules, words in wrong:
        with pytest.raises(WeikeError) as caught:
            change(store, member="A1", **rules)
        assert all(word in str(caught.value) for word in words)
    with pytest.raises(WeikeError, match="fire/timed"):
        change(store, quiz="fire/timd", member="A1", attempts=2)
    with pytest.raises(WeikeError, match="Z9"):
        change(store, member="Z9", attempts=2)
    assert overrides(store, now=NOW) == []


def test_a_close_before_the_quizs_own_opening_is_refused(
    store: Store, member: Member, publish_lesson: Publish
) -> None:
    assert member
    publish_lesson("later", quiz=f"---\ntitle: 以后\nopen: 2026-11-01\n---\n{ITEM}")
    with pytest.raises(WeikeError):
        change(store, quiz="later/quiz", member="A1", closes=minutes(60))


def test_changes_of_rules_are_in_the_audit_log(store: Store, member: Member) -> None:
    id = change(store, member="A1", attempts=2)
    withdraw_override(store, id, by="command", now=NOW)
    with store.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id)).all()
    assert [(row.act, row.subject) for row in rows] == [
        ("changed rules", member.id),
        ("withdrew rules", id),
    ]

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from weike.quizzes.errors import WeikeError
from weike.results.analysis.items import quiz_items
from weike.results.answering.attempts import Attempts
from weike.results.awarding.rankings import draft, find_ranking, post
from weike.results.people import Member, branches
from weike.results.store import Store
from weike.results.tables import audit, grade, item_grade, rescoring, response
from weike.results.upkeep.rebuild import rebuild

from .facts import NOW
from .school import School
from .wrongkey import LATER, MENDED, WHY, WRONG, but, mend

Publish = Callable[..., object]
AddMember = Callable[..., Member]
THEN = NOW + timedelta(days=2)
WIDER = WRONG.replace("[[绿色|绿]]", "[[绿色|绿|翠绿]]")


def scores(store: Store) -> dict[str, tuple[float, float, bool]]:
    query = select(grade.c.member_id, grade.c.score, grade.c.max, grade.c.passed)
    with store.read() as connection:
        return {
            row.member_id: (row.score, row.max, row.passed)
            for row in connection.execute(query.where(grade.c.number == 1))
        }


def derived(store: Store) -> list[Any]:
    with store.read() as connection:
        grades = connection.execute(select(*list(grade.c)[1:]).order_by(grade.c.attempt_id)).all()
        order = (item_grade.c.attempt_id, item_grade.c.item)
        return [*grades, *connection.execute(select(item_grade).order_by(*order))]


def facts(store: Store) -> list[Any]:
    with store.read() as connection:
        return list(connection.execute(select(response).order_by(response.c.event)))


def test_a_corrected_key_changes_the_results_that_it_changes_and_no_answer(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    publish_lesson("fire", version="2", quiz=MENDED)
    raw = facts(store)
    report = mend(store)
    assert [(c.item, c.action, c.was, c.becomes) for c in report.changes] == [
        ("first", "key", "拔掉", "提起")
    ]
    assert (report.attempts, report.running, report.done) == (4, 0, True)
    changed = {one.member: (one.before, one.after) for one in report.results}
    assert changed == {
        pupils[0].id: (1.0, 0.75),
        pupils[1].id: (0.5, 0.25),
        pupils[2].id: (0.25, 0.5),
        pupils[3].id: (0.75, 1.0),
    }
    assert (report.now_passed, report.not_passed_any_more) == (0, 0)
    assert scores(store)[pupils[3].id] == (4, 4, True)
    assert facts(store) == raw
    assert rebuild(store, dry_run=True).changed == ()


def test_a_dry_run_foretells_exactly_and_stores_nothing(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    publish_lesson("fire", version="2", quiz=MENDED)
    before = derived(store)
    foretold = mend(store, dry_run=True, because="")
    assert derived(store) == before
    with store.read() as connection:
        assert connection.execute(select(rescoring)).all() == []
    report = mend(store, expected=foretold.fingerprint)
    assert report.results == foretold.results
    assert report.branches == foretold.branches
    assert (foretold.done, report.done) == (False, True)
    now = scores(store)
    for one in report.results:
        score, most, passed = now[one.member]
        assert (score / most, passed) == (one.after, one.passed_after)


def test_branch_means_before_and_after_are_told_with_their_members(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    publish_lesson("fire", version="2", quiz=MENDED)
    report = mend(store, dry_run=True)
    means = {one.branch: (one.n, one.before, one.after) for one in report.branches}
    assert means == {}, "in both branches one gains what the other loses"
    full = mend(store, item="first", action="full", dry_run=True)
    top = next(one.id for one in branches(store) if one.path == "公司")
    means = {one.branch: (one.n, one.before, one.after) for one in full.branches}
    assert means == {
        pupils[0].branch_id: (2, (1 + 0.25) / 2, (1 + 0.5) / 2),
        pupils[1].branch_id: (2, (0.5 + 0.75) / 2, (0.5 + 1) / 2),
        top: (4, 2.5 / 4, 3 / 4),
        None: (4, 2.5 / 4, 3 / 4),
    }


def test_everybody_earns_a_question_also_who_left_it_out(
    store: Store, pupils: list[Member], school: School, add_member: AddMember
) -> None:
    absent = add_member("B1")
    school.takes(absent, {"gauge": "绿"})
    report = mend(store, item="first", action="full")
    assert report.attempts == 5
    assert scores(store)[absent.id] == (2, 4, False)
    assert scores(store)[pupils[2].id] == (2, 4, False)
    assert scores(store)[pupils[0].id] == (4, 4, True)


def test_a_dropped_question_is_in_neither_score_nor_maximum(
    store: Store, pupils: list[Member]
) -> None:
    report = mend(store, item="first", action="drop")
    assert scores(store)[pupils[2].id] == (1, 3, False)
    assert scores(store)[pupils[1].id] == (1, 3, False)
    assert scores(store)[pupils[3].id] == (3, 3, True)
    assert {one.member for one in report.results} == {one.id for one in pupils[1:]}
    items = quiz_items(store, "fire", now=LATER).items
    assert (items.loc["first", "n"], items.loc["take", "n"]) == (0, 4)


def test_who_passes_or_fails_by_it_is_counted(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    publish_lesson("fire", version="2", quiz=MENDED)
    mend(store, item="take", action="drop")  # leaves one point each for first and gauge
    report = mend(store)
    assert (report.now_passed, report.not_passed_any_more) == (2, 2)


def test_rescoring_twice_is_refused_and_rescoring_back_gives_every_grade_back(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    before = derived(store)
    publish_lesson("fire", version="2", quiz=MENDED)
    mend(store)
    changed = derived(store)
    assert changed != before
    with pytest.raises(WeikeError, match="都已按发布的答案判分"):
        mend(store)
    publish_lesson("fire", version="3", quiz=WRONG)
    back = mend(store)
    assert [(c.was, c.becomes) for c in back.changes] == [("提起", "拔掉")]
    assert derived(store) == before
    publish_lesson("fire", version="4", quiz=MENDED)
    mend(store)
    assert derived(store) == changed


def test_a_waiver_stays_until_its_question_is_named(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    before = derived(store)
    mend(store, item="first", action="full")
    given = derived(store)
    with pytest.raises(WeikeError):
        mend(store, item="first", action="full")
    publish_lesson("fire", version="2", quiz=MENDED)
    with pytest.raises(WeikeError):
        mend(store)
    assert derived(store) == given
    mend(store, item="first", action="drop")
    publish_lesson("fire", version="3", quiz=WRONG)
    mend(store, item="first")
    assert derived(store) == before


def test_a_question_with_other_options_is_refused_with_the_repair(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    publish_lesson("fire", version="2", quiz=MENDED.replace("] 压下", "] 先喊人"))
    for wanted in (None, "first"):
        with pytest.raises(WeikeError, match=r"first: .*--full.*--drop"):
            mend(store, item=wanted)
    swapped = WRONG.replace("- [x] 拔掉\n- [ ] 提起", "- [x] 提起\n- [ ] 拔掉")
    publish_lesson("fire", version="3", quiz=swapped)
    with pytest.raises(WeikeError, match="first"):
        mend(store)
    publish_lesson("fire", version="4", quiz=WRONG.partition("## 哪些")[0])
    with pytest.raises(WeikeError, match=r"take: .*--full"):
        mend(store, item="take")
    both = MENDED.replace("] 打火机", "] 火柴")
    publish_lesson("fire", version="5", quiz=both)
    report = mend(store)
    assert [one.item for one in report.changes] == ["first"]
    assert [one.item for one in report.skipped] == ["take"]


def test_answers_to_an_older_version_that_asked_the_same_are_rescored_too(
    store: Store, pupils: list[Member], school: School, add_member: AddMember,
    publish_lesson: Publish,
) -> None:  # fmt: skip
    told = WRONG.replace("- [ ] 压下", "- [ ] 压下\n  > 这是第三步。")
    publish_lesson("fire", version="2", quiz=told)
    later = add_member("B1")
    school.takes(later, but(first="提起"), at=THEN)
    publish_lesson("fire", version="3", quiz=MENDED)
    report = mend(store)
    assert [one.item for one in report.changes] == ["first", "first"]
    assert report.attempts == 5
    assert scores(store)[later.id] == (4, 4, True)


def test_a_running_attempt_is_submitted_by_the_right_key(
    store: Store, pupils: list[Member], school: School, add_member: AddMember,
    publish_lesson: Publish,
) -> None:  # fmt: skip
    late = add_member("B1")

    async def begin() -> str:
        opened = await school.attempts.open(late, "fire/quiz", now=NOW)
        item = next(one for one in opened["paper"]["items"] if one["item"] == "first")
        picked = next(one["id"] for one in item["options"] if one["html"] == "提起")
        body = {
            "response": picked, "event": "event-running", "seq": 1, "answered_at": NOW.isoformat(),
        }  # fmt: skip
        await school.attempts.answer(late, opened["attempt"], "first", body, now=NOW)
        return str(opened["attempt"])

    running = asyncio.run(begin())
    publish_lesson("fire", version="2", quiz=MENDED)
    assert mend(store).running == 1
    body = asyncio.run(school.attempts.submit(late, running, now=LATER))
    assert (body["score"], body["max"]) == (1, 4)
    told = next(one for one in body["items"] if one["item"] == "first")
    assert told["feedback"]["correct"] is True
    again = asyncio.run(Attempts(store).open(late, "fire/quiz", now=LATER))
    assert again["result"]["score"] == 1


def test_a_server_that_keeps_a_running_attempt_learns_of_a_decision_made_elsewhere(
    store: Store, add_member: AddMember, school: School, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=WRONG.replace("behaviour: test", "behaviour: practice"))
    earlier, now_learning = add_member("A1"), add_member("A2")
    school.takes(earlier, but())
    server = school.attempts  # keeps attempts in memory, as a server does

    async def say(seq: int) -> Any:
        opened = await Attempts(store).open(now_learning, "fire/quiz", now=LATER)
        item = next(one for one in opened["paper"]["items"] if one["item"] == "first")
        picked = next(one["id"] for one in item["options"] if one["html"] == "提起")
        body = {"response": picked, "event": f"event-practice-{seq}", "seq": seq}
        body |= {"answered_at": LATER.isoformat()}
        told = await server.answer(now_learning, opened["attempt"], "first", body, now=LATER)
        return told["feedback"]["correct"]

    asyncio.run(server.look())
    assert asyncio.run(say(1)) is False
    publish_lesson(
        "fire", version="2", quiz=MENDED.replace("behaviour: test", "behaviour: practice")
    )
    mend(store)
    asyncio.run(server.look())
    assert asyncio.run(say(2)) is True


def test_a_wider_key_of_a_written_answer_is_a_key_like_any_other(
    store: Store, pupils: list[Member], school: School, add_member: AddMember,
    publish_lesson: Publish,
) -> None:  # fmt: skip
    poet = add_member("B1")
    school.takes(poet, but(gauge="翠绿"))
    publish_lesson("fire", version="2", quiz=WIDER)
    report = mend(store)
    assert [(one.was, one.becomes) for one in report.changes] == [("绿色 / 绿", "绿色 / 绿 / 翠绿")]
    assert [one.member for one in report.results] == [poet.id]
    assert scores(store)[poet.id] == (4, 4, True)


def test_every_decision_is_kept_with_who_when_why_and_whose_result_it_changed(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    publish_lesson("fire", version="2", quiz=MENDED.replace("[[绿色|绿]]", "[[绿色|绿|翠绿]]"))
    mend(store, because=f"  {WHY}\n ", by=pupils[0].id)
    with store.read() as connection:
        first, second = connection.execute(select(rescoring).order_by(rescoring.c.id)).all()
        noted = connection.execute(select(audit)).all()
    assert (first.item, second.item) == ("first", "gauge")
    assert (first.reason, first.by, first.at, first.action) == (WHY, pupils[0].id, LATER, "key")
    assert {row[0] for row in first.report["results"]} == {one.id for one in pupils}
    assert second.report == {"see": first.id}
    assert "学员" not in str(first.report)
    assert [(one.act, one.subject) for one in noted] == [("rescored", "fire/quiz")]


def test_what_cannot_be_decided_is_said_in_a_sentence(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    publish_lesson("fire", version="2", quiz=MENDED)
    for wrong, said in (
        ({"because": "  "}, "原因"),
        ({"quiz": "fire/none"}, "fire/quiz"),
        ({"item": "none"}, "first, take, gauge"),
        ({"action": "full"}, "哪道题"),
        ({"action": "lift", "item": "first"}, "key, full, drop"),
        ({"expected": "0" * 32}, "重新查看"),
    ):
        with pytest.raises(WeikeError, match=said):
            mend(store, **wrong)  # type: ignore[arg-type]
    assert scores(store)[pupils[0].id] == (4, 4, True)


def test_a_ranking_on_the_old_marks_gives_way_to_a_new_draft_and_stays_as_it_was(
    store: Store, pupils: list[Member], publish_lesson: Publish
) -> None:
    old = draft(store, period="2026-Q4", by="command", now=THEN)
    post(store, old, by="command", now=THEN, days=30)
    kept = find_ranking(store, old)
    assert kept is not None
    publish_lesson("fire", version="2", quiz=MENDED)
    assert mend(store, dry_run=True).rankings == ()
    [new] = mend(store).rankings
    after, fresh = find_ranking(store, old), find_ranking(store, new)
    assert after is not None
    assert fresh is not None
    assert (after.state, fresh.state) == ("superseded", "draft")
    assert (after.figures, after.hash) == (kept.figures, kept.hash)
    assert fresh.revision == kept.revision + 1
    assert fresh.until == kept.until
    # A wider key that nobody needed changes no ranking.
    publish_lesson("fire", version="3", quiz=MENDED.replace("[[绿色|绿]]", "[[绿色|绿|翠绿]]"))
    assert mend(store).rankings == ()

"""A person gives points for answers that no key can grade."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from weike.quizzes.errors import WeikeError
from weike.results.answering.attempts import Attempts
from weike.results.awarding import rankings
from weike.results.awarding.verification import verify
from weike.results.correcting.rescoring import rescore
from weike.results.marking.marks import MarkedMeanwhile, answer_to_mark, give_mark, read_points
from weike.results.marking.waiting import answers_of, pending_of, quizzes_to_mark
from weike.results.people import Member
from weike.results.store import Store
from weike.results.tables import grade, item_grade, mark, tally
from weike.results.upkeep.rebuild import rebuild

from .facts import NOW
from .school import School

QUIZ = """---
title: 事故反思
behaviour: test
pass: 60%
---

## 第一步？ {#r1 points=2}
- [x] 提起
- [ ] 压下

## 说说你们班组的隐患。 {#e1 type=essay points=8}

> 要写到人、机、环、管。
"""
EXAM = QUIZ.replace("behaviour: test", "behaviour: exam")
Publish = Callable[..., object]
AddMember = Callable[..., Member]
LATER = NOW + timedelta(days=1)


@pytest.fixture
def lecturer(add_member: AddMember) -> Member:
    return add_member("L1", branch=None, roles={"lecturer": None})


@pytest.fixture
def learner(add_member: AddMember, publish_lesson: Publish, school: School) -> Member:
    """Somebody who has answered both questions, the first one right."""
    publish_lesson("fire", quiz=QUIZ)
    member = add_member("A1")
    school.takes(member, {"r1": "提起", "e1": "照明不足，已报修。"})
    return member


def the_answer(store: Store, by: Member, quiz: str = "fire/quiz") -> Any:
    found = answers_of(store, quiz, by=by.id)
    assert len(found) == 1
    return answer_to_mark(store, found[0].attempt, found[0].item, by=by.id)


def gives(store: Store, by: Member, points: float, **more: Any) -> None:
    answer = the_answer(store, by) if "answer" not in more else more.pop("answer")
    more.setdefault("expected", answer.number)
    give_mark(store, answer.attempt, answer.item, points=points, by=by.id, now=LATER, **more)


def result(store: Store, member: Member, quiz: str = "fire/quiz") -> Any:
    opened = asyncio.run(Attempts(store).open(member, quiz, now=LATER))
    return opened["result"]


def grades(store: Store) -> tuple[Any, ...]:
    with store.read() as connection:
        return (
            connection.execute(select(*list(grade.c)[1:]).order_by(grade.c.attempt_id)).all(),
            connection.execute(select(item_grade).order_by(item_grade.c.attempt_id)).all(),
            connection.execute(select(tally.c.mark, tally.c.passed).order_by(tally.c.quiz)).all(),
        )


def test_until_it_is_marked_an_answer_counts_neither_for_nor_against(
    store: Store, learner: Member, lecturer: Member
) -> None:
    told = result(store, learner)
    assert (told["score"], told["max"], told["pending"]) == (2, 2, 1)
    assert told["items"][1]["feedback"]["pending"] is True
    assert pending_of(store, learner.id) == {"fire/quiz": 1}
    (quiz,) = quizzes_to_mark(store, by=lecturer.id)
    assert (quiz.ref, quiz.waiting, quiz.marked, quiz.own) == ("fire/quiz", 1, 0, 0)


def test_a_mark_gives_the_member_points_and_a_remark(
    store: Store, learner: Member, lecturer: Member
) -> None:
    gives(store, lecturer, 6, remark=" 再写一条管理措施。\r\n很好。 ")
    told = result(store, learner)
    assert (told["score"], told["max"], told["percent"], told["pending"]) == (8, 10, 80, 0)
    feedback = told["items"][1]["feedback"]
    assert (feedback["score"], feedback["max"], feedback["correct"]) == (6, 8, False)
    assert feedback["remark"] == "再写一条管理措施。\n很好。"
    assert "pending" not in feedback
    assert pending_of(store, learner.id) == {}
    assert answers_of(store, "fire/quiz", by=lecturer.id) == ()
    (quiz,) = quizzes_to_mark(store, by=lecturer.id)
    assert (quiz.waiting, quiz.marked) == (0, 1)


def test_grades_and_tallies_with_marks_are_those_of_a_rebuild(
    store: Store, learner: Member, lecturer: Member
) -> None:
    gives(store, lecturer, 3)
    before = grades(store)
    (row,), items, (tallied,) = before
    assert (row.score, row.max, row.passed, row.ungraded) == (5, 10, False, 0)
    assert tallied.mark == 5 * 10**14
    assert tallied.passed is None
    assert {one.item: one.score for one in items} == {"r1": 2, "e1": 3}
    assert rebuild(store, dry_run=True).changed == ()
    assert rebuild(store).changed == ()
    assert grades(store) == before


def test_a_later_mark_takes_the_place_of_the_first_and_both_are_kept(
    store: Store, learner: Member, lecturer: Member
) -> None:
    gives(store, lecturer, 3)
    (found,) = answers_of(store, "fire/quiz", by=lecturer.id, marked=True)
    again = answer_to_mark(store, found.attempt, found.item, by=lecturer.id)
    assert again.mark is not None
    assert again.mark.points == 3
    gives(store, lecturer, 7, answer=again)
    assert result(store, learner)["score"] == 9
    assert rebuild(store, dry_run=True).changed == ()
    with store.read() as connection:
        rows = connection.execute(select(mark.c.points).order_by(mark.c.id)).scalars().all()
    assert rows == [3, 7]


def test_the_same_mark_sent_twice_counts_once(
    store: Store, learner: Member, lecturer: Member
) -> None:
    answer = the_answer(store, lecturer)
    for _time in range(2):
        gives(store, lecturer, 4, answer=answer, remark="好")
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(mark)).scalar() == 1


def test_of_two_who_mark_at_once_the_second_is_told(
    store: Store, learner: Member, lecturer: Member, add_member: AddMember
) -> None:
    other = add_member("L2", branch=None, roles={"lecturer": None})
    answer = the_answer(store, lecturer)
    gives(store, other, 8)
    with pytest.raises(MarkedMeanwhile, match="8"):
        gives(store, lecturer, 1, answer=answer)
    assert result(store, learner)["score"] == 10


def test_nobody_marks_their_own_answers(store: Store, learner: Member, lecturer: Member) -> None:
    assert answers_of(store, "fire/quiz", by=learner.id) == ()
    (quiz,) = quizzes_to_mark(store, by=learner.id)
    assert (quiz.waiting, quiz.own) == (0, 1)
    (found,) = answers_of(store, "fire/quiz", by=lecturer.id)
    with pytest.raises(WeikeError):
        answer_to_mark(store, found.attempt, found.item, by=learner.id)
    with pytest.raises(WeikeError):
        give_mark(store, found.attempt, found.item, points=8, by=learner.id, now=LATER, expected=0)


def test_only_what_was_handed_in_and_answered_is_marked(
    store: Store,
    lecturer: Member,
    add_member: AddMember,
    publish_lesson: Publish,
    school: School,
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    silent, running = add_member("A1"), add_member("A2")
    school.takes(silent, {"r1": "提起"})
    opened = asyncio.run(Attempts(store).open(running, "fire/quiz", now=NOW))
    assert answers_of(store, "fire/quiz", by=lecturer.id) == ()
    # Not answered at all earns nothing, as with every other question.
    assert (result(store, silent)["score"], result(store, silent)["max"]) == (2, 10)
    with pytest.raises(WeikeError, match=r"handed in|还没有交"):
        answer_to_mark(store, opened["attempt"], "e1", by=lecturer.id)


def test_a_late_answer_is_never_the_one_that_is_marked(
    store: Store, lecturer: Member, add_member: AddMember, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ.replace("---\n\n## 第", "limit: 10 min\n---\n\n## 第"))
    member, attempts = add_member("A1"), Attempts(store)

    async def answer() -> str:
        opened = await attempts.open(member, "fire/quiz", now=NOW, new=True)
        for seq, (text, minutes) in enumerate((("及时", 5), ("迟到", 15)), start=1):
            at = NOW + timedelta(minutes=minutes)
            body = {"response": text, "event": f"event-{seq:08}", "seq": seq}
            body["answered_at"] = at.isoformat()
            await attempts.answer(member, opened["attempt"], "e1", body, now=at)
        await attempts.sweep(LATER)
        return str(opened["attempt"])

    asyncio.run(answer())
    assert the_answer(store, lecturer).text == "及时"


@pytest.mark.parametrize("points", [-1, 8.5, 3.333])
def test_points_are_those_that_the_question_has(
    store: Store, learner: Member, lecturer: Member, points: float
) -> None:
    with pytest.raises(WeikeError):
        gives(store, lecturer, points)


def test_points_may_be_typed_in_any_width(store: Store, learner: Member, lecturer: Member) -> None:
    question = the_answer(store, lecturer).question
    assert read_points(" ６．５ 分", question) == 6.5
    for wrong in ("", "好", "nan", "-0.5", "9", "1e1"):
        with pytest.raises(WeikeError, match="8"):
            read_points(wrong, question)


def test_a_remark_of_an_exam_waits_until_the_exam_tells_its_answers(
    store: Store,
    lecturer: Member,
    add_member: AddMember,
    publish_lesson: Publish,
    school: School,
) -> None:
    publish_lesson("fire", quiz=EXAM)
    member = add_member("A1")
    school.takes(member, {"r1": "提起", "e1": "照明不足"})
    gives(store, lecturer, 8, remark="说到要点")
    told = result(store, member)
    assert (told["score"], told["max"], told["pending"]) == (10, 10, 0)
    assert "说到要点" not in str(told)


def test_a_rescoring_leaves_marks_as_they_are(
    store: Store, learner: Member, lecturer: Member, publish_lesson: Publish
) -> None:
    gives(store, lecturer, 6)
    rescore(
        store, "fire/quiz", because="题目有误", by="command", now=LATER, item="r1", action="drop"
    )
    assert (result(store, learner)["score"], result(store, learner)["max"]) == (6, 8)
    rescore(store, "fire/quiz", because="都算对", by="command", now=LATER, item="e1", action="full")
    assert result(store, learner)["score"] == 8
    assert answers_of(store, "fire/quiz", by=lecturer.id) == ()
    assert rebuild(store, dry_run=True).changed == ()


def test_a_ranking_on_the_old_marks_makes_way_for_a_new_draft(
    store: Store, learner: Member, lecturer: Member
) -> None:
    at = datetime(2026, 10, 20, tzinfo=UTC)
    first = rankings.draft(store, period="2026-10", by="command", now=at)
    answer = the_answer(store, lecturer)
    give_mark(store, answer.attempt, answer.item, points=1, by=lecturer.id, now=at, expected=0)
    (live,) = [one for one in rankings.rankings(store) if one.state == "draft"]
    assert live.id != first
    assert verify(store, live.id).sound


def test_a_mark_is_seen_although_the_attempt_is_in_memory(
    store: Store, learner: Member, lecturer: Member, school: School
) -> None:
    attempts = school.attempts
    opened = asyncio.run(attempts.open(learner, "fire/quiz", now=LATER))
    assert opened["result"]["pending"] == 1
    gives(store, lecturer, 8)
    again = asyncio.run(attempts.open(learner, "fire/quiz", now=LATER))
    assert again["result"]["score"] == 10
    told = asyncio.run(attempts.submit(learner, opened["attempt"], now=LATER))
    assert told["score"] == 10


MATERIAL = """---
title: 材料
behaviour: test
---

## 阅读材料 {#m1}

某班组交接班时没有说明照明故障。

### 交接班要说明故障。
- [x] 正确
- [ ] 错误

### 第一步？
- [x] 开灯
- [ ] 作业

## 阅读材料二 {#m2}

再看一段。

### 说说原因。 {type=essay points=4}

### 要报告吗？
- [x] 要
- [ ] 不要
"""


def test_of_materials_only_those_with_an_essay_wait(
    store: Store, lecturer: Member, add_member: AddMember, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=MATERIAL)
    member, attempts = add_member("A1"), Attempts(store)

    async def answer() -> None:
        opened = await attempts.open(member, "fire/quiz", now=NOW)
        items = {one["item"]: one for one in opened["paper"]["items"]}
        pick = items["m2"]["questions"][1]["options"][0]["id"]
        for seq, (item, said) in enumerate(
            (("m1", [True, items["m1"]["questions"][1]["options"][0]["id"]]), ("m2", ["灯", pick])),
            start=1,
        ):
            body = {"response": said, "event": f"event-{seq:08}", "seq": seq}
            body["answered_at"] = NOW.isoformat()
            await attempts.answer(member, opened["attempt"], item, body, now=NOW)
        await attempts.submit(member, opened["attempt"], now=NOW)

    asyncio.run(answer())
    (found,) = answers_of(store, "fire/quiz", by=lecturer.id)
    assert found.item == "m2"
    assert "灯" in answer_to_mark(store, found.attempt, "m2", by=lecturer.id).text
    give_mark(store, found.attempt, "m2", points=3, by=lecturer.id, now=LATER, expected=0)
    assert pending_of(store, member.id) == {}
    assert rebuild(store, dry_run=True).changed == ()

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from weike.quizzes.errors import WeikeError
from weike.results.analysis.items import QuizItems, quiz_items
from weike.results.people import Member
from weike.results.store import Store

from .school import School

Publish = Callable[..., object]
AddMember = Callable[..., Member]
Answers = Mapping[str, Any]

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=10)
QUIZ = """---
title: 灭火器
behaviour: test
---

## 使用灭火器的**第一步**？ {#first topic="操作"}
- [x] 提起
- [ ] 拔掉
- [ ] 压下

## 哪些要带？ {#take points=2}
- [x] 安全帽
- [x] 手电
- [ ] 打火机

## 指针在 [[绿色|绿]] 区为正常。 {#gauge}

## 先断电。 {#power}
- [x] 正确
- [ ] 错误
"""
PRACTICE = QUIZ.replace("behaviour: test", "behaviour: practice")
TIMED = QUIZ.replace("behaviour: test", "behaviour: test\nlimit: 10 min")
RIGHT = {"first": "提起", "take": ["安全帽", "手电"], "gauge": "绿", "power": True}


def but(**changed: Any) -> Answers:
    """All right, but for these; None leaves a question out."""
    return {item: said for item, said in (RIGHT | changed).items() if said is not None}


@pytest.fixture
def add(add_member: AddMember) -> Callable[..., list[Member]]:
    def add(count: int, *, branch: str = "储运党支部", prefix: str = "A") -> list[Member]:
        return [add_member(f"{prefix}{n:03d}", branch=branch) for n in range(count)]

    return add


def only(found: QuizItems, item: str, table: str = "options") -> list[tuple[Any, ...]]:
    frame = getattr(found, table)
    rows = frame[frame["item"] == item].drop(columns="item")
    return [tuple(row) for row in rows.itertuples(index=False)]


def test_every_option_tells_who_picked_it_and_how_well_those_did(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    strong, weak, other, absent = add(4)
    school.takes(strong, RIGHT)
    school.takes(weak, but(first="拔掉", take=["打火机"], gauge="红", power=False))
    school.takes(other, but(first="拔掉", take=["安全帽"]))
    school.takes(absent, but(first=None, take=["手电", "安全帽"], power=False))
    found = quiz_items(store, "fire/quiz", now=LATER)
    assert (found.n, found.members, found.rule, found.title) == (4, 4, "first", "灭火器")
    assert only(found, "first") == [
        ("提起", True, 1, 0.25, 1.0),
        # The weak one has 0 of 4 other points, the other 2 of 4: all-or-nothing for one tick.
        ("拔掉", False, 2, 0.5, 0.25),
        ("压下", False, 0, 0.0, pytest.approx(float("nan"), nan_ok=True)),
    ]
    assert [(text, n) for text, _right, n, _share, _rest in only(found, "take")] == [
        ("安全帽", 3),
        ("手电", 2),
        ("打火机", 1),
    ]
    assert [(text, right, n) for text, right, n, *_ in only(found, "power")] == [
        ("正确", True, 2),
        ("错误", False, 2),
    ]
    assert only(found, "gauge", "answers") == [
        ("绿", True, 3, 0.75, pytest.approx((1 + 1 / 4 + 2 / 4) / 3)),
        ("红", False, 1, 0.25, 0.0),
    ]
    items = found.items
    assert list(items.index) == ["first", "take", "gauge", "power"]
    assert list(items["facility"]) == [0.25, 0.5, 0.75, 0.5]
    assert list(items["unanswered"]) == [1, 0, 0, 0]
    assert list(items["max"]) == [1, 2, 1, 1]
    assert items.loc["first", "stem"] == "使用灭火器的 第一步 ？"
    assert list(items["topic"]) == ["操作", "", "", ""]


def test_a_mark_is_what_was_known_before_any_feedback(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=PRACTICE)
    [one] = add(1)
    school.takes(one, but(first="压下"), {"first": "提起"})
    found = quiz_items(store, "fire/quiz", now=LATER)
    assert list(found.items["facility"]) == [0, 1, 1, 1]
    assert [n for *_, n, _share, _rest in only(found, "first")] == [0, 0, 1]


def test_in_a_test_the_last_response_counts(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    [one] = add(1)
    school.takes(one, but(first="压下"), {"first": "提起"})
    found = quiz_items(store, "fire/quiz", now=LATER)
    assert list(found.items["facility"]) == [1, 1, 1, 1]
    assert [n for *_, n, _share, _rest in only(found, "first")] == [1, 0, 0]


def test_the_attempts_that_count_are_chosen_by_rule(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    often, once = add(2)
    tries = [but(first="拔掉"), RIGHT, but(take=["打火机"])]
    for n, answers in enumerate(tries):
        school.takes(often, answers, at=NOW + timedelta(hours=n), new=n > 0)
    school.takes(once, RIGHT)

    def facilities(rule: str) -> list[float]:
        found = quiz_items(store, "fire", attempts=rule, now=LATER)
        assert found.n == (4 if rule == "all" else 2)
        return list(found.items["facility"][:2])

    assert facilities("first") == [0.5, 1]
    assert facilities("last") == [1, 0.5]
    assert facilities("best") == [1, 1]
    assert facilities("all") == [0.75, 0.75]


def test_a_period_and_a_subtree_narrow_the_attempts(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    here = add(3, branch="公司/甲", prefix="A")
    there = add(2, branch="公司/乙", prefix="B")
    for member in here:
        school.takes(member, RIGHT)
    for member in there:
        school.takes(member, but(power=False), at=NOW + timedelta(days=60))
    far = NOW + timedelta(days=90)
    assert quiz_items(store, "fire", now=far).n == 5
    assert quiz_items(store, "fire", period="2026-Q4", now=far).n == 5
    assert quiz_items(store, "fire", period="2026-10", now=far).n == 3
    assert quiz_items(store, "fire", now=NOW + timedelta(days=1)).n == 3
    other = quiz_items(store, "fire", branch="公司/乙", now=far)
    assert (other.n, other.branch) == (2, "公司/乙")
    assert other.items.loc["power", "facility"] == 0
    whole = quiz_items(store, "fire", branch="公司", now=far)
    rows = whole.branches[whole.branches["item"] == "power"]
    assert list(zip(rows["path"], rows["n"], rows["facility"], strict=True)) == [
        ("公司/乙", 2, 0.0),
        ("公司/甲", 3, 1.0),
    ]
    topics = whole.topics.set_index("topic")
    assert topics.loc["操作"].to_dict() == {"items": 1, "n": 5, "facility": 1.0}
    assert topics.loc[""].to_dict() == {"items": 3, "n": 15, "facility": pytest.approx(0.9)}


def test_indexes_and_flags_wait_for_enough_attempts(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    members = add(30)
    for n, member in enumerate(members[:9]):
        school.takes(member, but(first="提起" if n % 2 else "拔掉", gauge="红"))
    few = quiz_items(store, "fire", now=LATER).items
    assert set(few["confidence"]) == {"none"}
    assert few[["discrimination", "efficiency"]].isna().all(axis=None)
    assert set(few["flags"]) == {()}
    assert few.loc["first", "facility"] == pytest.approx(4 / 9)
    school.takes(members[9], but(first="拔掉"))
    some = quiz_items(store, "fire", now=LATER).items
    assert set(some["confidence"]) == {"low"}
    # The only one who knows the gauge got the first question wrong.
    assert some.loc["first", "discrimination"] < 0
    assert some.loc["first", "flags"] == ("weak", "unpicked")
    assert some.loc["gauge", "flags"] == ("weak", "hard")
    assert some.loc["take", "flags"] == ("easy", "unpicked")
    assert some.loc["power", "flags"] == ("easy", "unpicked")
    for member in members[10:]:
        school.takes(member, RIGHT)
    assert set(quiz_items(store, "fire", now=LATER).items["confidence"]) == {"ok"}


def test_response_times_are_told_only_where_the_log_can_tell_them(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ, timed=TIMED)
    slow, quick, offline = add(3)
    school.takes(slow, RIGHT, pace=40)
    school.takes(quick, RIGHT, pace=10)
    school.takes(offline, RIGHT, pace=0.2)  # a phone sends at once what waited
    times = quiz_items(store, "fire/quiz", now=LATER).items
    assert times.loc["first", "time_n"] == 0, "reading the lesson is not answering"
    assert list(times["time_n"]) == [0, 2, 2, 2]
    assert times.loc["take", ["time_q1", "time_median", "time_q3"]].to_list() == [17.5, 25, 32.5]
    school.takes(slow, RIGHT, quiz="fire/timed", pace=30, new=True)
    timed = quiz_items(store, "fire/timed", now=LATER).items
    assert list(timed["time_n"]) == [1, 1, 1, 1]
    assert timed.loc["first", "time_median"] == 30


def test_a_second_response_is_no_second_time(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=PRACTICE)
    [one] = add(1)
    school.takes(one, {"first": "压下"}, {"first": "提起"}, {"take": ["手电"]}, pace=15)
    times = quiz_items(store, "fire/quiz", now=LATER).items
    assert list(times["time_n"]) == [0, 1, 0, 0]
    assert times.loc["take", "time_median"] == 15, "since the response before it, a retry included"


def test_an_item_with_several_versions_is_told_by_version_too(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    before, after = add(2, prefix="A"), add(3, prefix="B")
    for member in before:
        school.takes(member, but(first="压下"))
    publish_lesson("fire", version="2", quiz=QUIZ.replace("] 压下", "] 先喊人"))
    for member in after:
        school.takes(member, RIGHT, at=NOW + timedelta(days=1))
    found = quiz_items(store, "fire", now=LATER)
    assert found.items.loc["first", "n"] == 5
    assert set(found.versions["item"]) == {"first"}
    assert sorted(zip(found.versions["n"], found.versions["facility"], strict=True)) == [
        (2, 0.0),
        (3, 1.0),
    ]
    assert [(text, n) for text, _right, n, *_ in only(found, "first")] == [
        ("提起", 3),
        ("拔掉", 0),
        ("先喊人", 0),
        ("压下", 2),
    ]


def test_a_question_taken_out_of_the_quiz_keeps_its_figures(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ)
    [one] = add(1)
    school.takes(one, RIGHT)
    publish_lesson("fire", version="2", quiz=QUIZ.partition("## 先断电")[0])
    found = quiz_items(store, "fire", now=LATER)
    assert list(found.items.index) == ["first", "take", "gauge", "power"]
    assert found.items.loc["power", "facility"] == 1


def test_a_drawn_paper_leaves_out_without_harm(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=QUIZ.replace("behaviour: test", "behaviour: test\ndraw: 2"))
    members = add(12)
    for member in members:
        opened = asyncio.run(school.attempts.open(member, "fire/quiz", now=NOW))
        drawn = {one["item"] for one in opened["paper"]["items"]}
        school.takes(member, {item: said for item, said in RIGHT.items() if item in drawn})
    found = quiz_items(store, "fire", now=LATER)
    assert found.n == 12
    assert found.items["n"].sum() == 24
    assert set(found.items["facility"]) == {1}
    assert found.statistics.cic is None


OTHERS = """---
behaviour: test
---

## 连一连 {#match}
- 红色 -> 禁止
- 黄色 -> 警告

## 先后 {#order}
1. 通风
2. 检测

## 觉得怎样？ {#poll}
- ( ) 太长
- ( ) 正好
"""


def test_pairs_orders_and_polls_are_told_too_and_a_poll_has_no_facility(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=OTHERS)
    for n, member in enumerate(add(3)):
        opened = asyncio.run(school.attempts.open(member, "fire/quiz", now=NOW))
        match, order, poll = opened["paper"]["items"]
        left = {one["html"]: one["id"] for one in match["left"]}
        right = {one["html"]: one["id"] for one in match["right"]}
        place = {one["html"]: one["id"] for one in order["options"]}
        first = "禁止" if n else "警告"
        said = {
            "match": [[left["红色"], right[first]], [left["黄色"], right["警告"]]],
            "order": [place[one] for one in (("通风", "检测") if n else ("检测", "通风"))],
            "poll": poll["options"][n == 0]["id"],
        }
        school.sends(member, opened, said)
    found = quiz_items(store, "fire", now=LATER)
    assert [(text, right, n) for text, right, n, *_ in only(found, "match")] == [
        ("红色 → 禁止", True, 2),
        ("黄色 → 警告", True, 3),
        ("红色 → 警告", False, 1),
    ]
    assert [(text, right, n) for text, right, n, *_ in only(found, "order", "answers")] == [
        ("通风 → 检测", True, 2),
        ("检测 → 通风", False, 1),
    ]
    assert sum(n for _text, _right, n, *_ in only(found, "poll")) == 3
    assert found.items["n"].to_dict() == {"match": 3, "order": 3, "poll": 0}
    assert found.items.loc["match", "facility"] == pytest.approx(5 / 6)


MATERIAL = """---
behaviour: test
---

## 读事故经过，回答问题。 {#fire}

### 直接原因是什么？
- [x] 没有清理
- [ ] 天气

### 动火前 [[30]] 分钟内检测。
"""


def test_the_questions_of_a_material_are_told_one_by_one(
    store: Store, school: School, add: Any, publish_lesson: Publish
) -> None:
    publish_lesson("fire", quiz=MATERIAL)
    for n, member in enumerate(add(3)):
        opened = asyncio.run(school.attempts.open(member, "fire/quiz", now=NOW))
        why = {
            one["html"]: one["id"] for one in opened["paper"]["items"][0]["questions"][0]["options"]
        }
        school.sends(
            member, opened, {"fire": [why["天气" if n else "没有清理"], None if n else ["30"]]}
        )
    found = quiz_items(store, "fire", now=LATER)
    assert [(text, right, n) for text, right, n, *_ in only(found, "fire")] == [
        ("(1) 没有清理", True, 1),
        ("(1) 天气", False, 2),
    ]
    [(text, right, n, *_)] = only(found, "fire", "answers")
    assert (text, right, n) == ("(2) 30", True, 1)
    assert found.items.loc["fire", "facility"] == pytest.approx(1 / 3)
    assert found.items.loc["fire", "max"] == 2


def test_nobody_has_answered_yet(store: Store, publish_lesson: Publish) -> None:
    publish_lesson("fire", quiz=QUIZ)
    found = quiz_items(store, "fire", now=LATER)
    assert (found.n, found.members, found.statistics.mean) == (0, 0, None)
    assert list(found.items["n"]) == [0, 0, 0, 0]
    assert found.items["facility"].isna().all()
    assert list(found.options["n"]) == [0] * 8
    assert len(found.answers) == len(found.versions) == len(found.branches) == 0


def test_a_quiz_that_there_is_not_is_answered_with_those_there_are(
    store: Store, publish_lesson: Publish
) -> None:
    with pytest.raises(WeikeError, match="还没有测验"):
        quiz_items(store, "fire", now=LATER)
    publish_lesson("fire", quiz=QUIZ, timed=TIMED)
    publish_lesson("dust", quiz=QUIZ)
    with pytest.raises(WeikeError, match="dust/quiz"):
        quiz_items(store, "nothing", now=LATER)
    with pytest.raises(WeikeError, match=r"fire/quiz, fire/timed$"):
        quiz_items(store, "fire", now=LATER)
    for wrong in ({"attempts": "second"}, {"branch": "没有"}, {"period": "soon"}):
        with pytest.raises(WeikeError):
            quiz_items(store, "dust", now=LATER, **wrong)  # type: ignore[arg-type]

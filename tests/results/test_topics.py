from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import uuid4

import pandas as pd
import pytest

from weike.quizzes.errors import WeikeError
from weike.results.analysis.topics import topic_scores, weakest
from weike.results.answering.attempts import Attempts
from weike.results.people import Member
from weike.results.scoring.withholding import withheld
from weike.results.store import Store
from weike.results.tables import assignment, excusal

from .courses import publish

AddMember = Callable[..., Member]

NOW = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=10)
FIRE = """---
behaviour: test
---

## 一？ {#f1}
- [x] 正确
- [ ] 错误

## 二？ {#f2 topic="电气"}
- [x] 正确
- [ ] 错误
"""
DUST = """## 三？ {#d1 points=2}
- [x] 正确
- [ ] 错误
"""


@pytest.fixture
def lessons(store: Store) -> None:
    for slug, topic, text in (("fire", "消防", FIRE), ("dust", "粉尘", DUST)):
        publish(store, slug, title=slug, topic=topic, quizzes={"quiz": text})


def answers(store: Store, member: Member, quiz: str, said: dict[str, bool], tries: int = 1) -> None:
    async def taking() -> None:
        attempts = Attempts(store)
        for n in range(tries):
            at = NOW + timedelta(hours=n)
            opened = await attempts.open(member, quiz, now=at, new=n > 0)
            for seq, (item, truth) in enumerate(said.items()):
                body = {
                    "response": truth or n > 0,
                    "event": uuid4().hex,
                    "seq": seq,
                    "answered_at": at.isoformat(),
                }
                await attempts.answer(member, opened["attempt"], item, body, now=at)
            await attempts.submit(member, opened["attempt"], now=at)

    asyncio.run(taking())


def told(frame: pd.DataFrame) -> dict[tuple[str, str], tuple[int, int, float]]:
    return {
        (row.path, row.topic): (row.n, row.answers, row.facility)
        for row in frame.itertuples(index=False)
    }


def test_a_branch_is_its_members_and_a_question_has_its_own_topic_or_its_lessons(
    store: Store, add_member: AddMember, lessons: None
) -> None:
    one, two = (add_member(code, branch="公司/甲") for code in "AB")
    three = add_member("C", branch="公司/乙")
    answers(store, one, "fire/quiz", {"f1": True, "f2": False})
    answers(store, two, "fire/quiz", {"f1": False})
    answers(store, three, "fire/quiz", {"f1": True, "f2": True})
    answers(store, three, "dust/quiz", {"d1": False}, tries=2)
    frame = topic_scores(store, period="2026-Q4", now=LATER)
    assert told(frame) == {
        ("公司", "消防"): (3, 3, 2 / 3),
        ("公司", "电气"): (3, 3, 1 / 3),
        ("公司", "粉尘"): (1, 1, 0.0),
        ("公司/甲", "消防"): (2, 2, 0.5),
        ("公司/甲", "电气"): (2, 2, 0.0),
        ("公司/乙", "消防"): (1, 1, 1.0),
        ("公司/乙", "电气"): (1, 1, 1.0),
        ("公司/乙", "粉尘"): (1, 1, 0.0),
    }
    assert list(frame["level"]) == [0, 0, 0, 1, 1, 1, 1, 1]
    here = topic_scores(store, period="2026-Q4", branch="公司/甲", now=LATER)
    assert set(here["path"]) == {"公司/甲"}
    assert told(here)["公司/甲", "消防"] == (2, 2, 0.5)
    with pytest.raises(WeikeError):
        topic_scores(store, period="2026-Q4", branch="没有", now=LATER)


def test_what_is_not_assigned_and_who_is_excused_do_not_count(
    store: Store, add_member: AddMember, lessons: None
) -> None:
    one, two = (add_member(code, branch="公司/甲") for code in "AB")
    for member in (one, two):
        answers(store, member, "fire/quiz", {"f1": member is one})
        answers(store, member, "dust/quiz", {"d1": True})
    span = {"first": date(2026, 10, 1), "after": date(2027, 1, 1)}
    made = {"created": NOW, "created_by": "command"}
    store.writer.run(
        lambda c: c.execute(assignment.insert().values(id="a" * 32, slug="fire", **span, **made))
    )
    assert set(topic_scores(store, period="2026-Q4", now=LATER)["topic"]) == {"消防", "电气"}
    store.writer.run(
        lambda c: c.execute(
            excusal.insert().values(id="e" * 32, member_id=two.id, reason="病假", **span, **made)
        )
    )
    left = told(topic_scores(store, period="2026-Q4", now=LATER))
    assert left["公司", "消防"] == (1, 1, 1.0)
    assert len(topic_scores(store, period="2026-Q3", now=LATER)) == 0, "the period was over"
    assert len(topic_scores(store, period="2027-Q1", now=LATER)) == 0, "it has not begun"


def test_the_weakest_topics_need_a_name_and_five_people(
    store: Store, add_member: AddMember, lessons: None
) -> None:
    members = [add_member(f"A{n}", branch="公司/甲") for n in range(5)]
    for n, member in enumerate(members):
        answers(store, member, "fire/quiz", {"f1": True, "f2": n > 2})
    answers(store, members[0], "dust/quiz", {"d1": False})
    frame = topic_scores(store, period="2026-Q4", now=LATER)
    top = str(frame.loc[frame["path"] == "公司", "branch"].iloc[0])
    assert list(weakest(frame, top)["topic"]) == ["电气", "消防"]
    assert list(weakest(frame, top, count=1)["facility"]) == [0.4]


def test_small_groups_are_hidden_from_those_without_a_duty(
    store: Store, add_member: AddMember, lessons: None
) -> None:
    sizes = {"公司/甲": 6, "公司/乙": 5, "公司/丙": 2}
    members = [
        add_member(f"{path[-1]}{n}", branch=path)
        for path, size in sizes.items()
        for n in range(size)
    ]
    for member in members:
        answers(store, member, "fire/quiz", {"f1": True})
    boss = add_member("Z", branch=None, roles={"organizer": "公司/丙"})

    def seen(viewer: Member) -> set[str]:
        frame = topic_scores(store, period="2026-Q4", now=LATER, viewer=viewer)
        assert frame.loc[frame["hidden"], ["facility", "answers"]].isna().all(axis=None)
        return set(frame.loc[~frame["hidden"], "path"])

    assert seen(members[0]) == {"公司", "公司/甲"}, "乙 would give 丙 away"
    assert seen(boss) == {"公司", "公司/甲", "公司/乙", "公司/丙"}
    assert seen(add_member("Y", branch=None, roles={"administrator": None})) == seen(boss)


# What may be shown


def test_one_hidden_group_hides_a_second_and_two_of_them_are_five_people() -> None:
    def hidden(*sizes: int, own: int = 0, known: Sequence[str] = ()) -> str:
        children = [(chr(97 + n), "top", size) for n, size in enumerate(sizes)]
        every = [("top", None, sum(sizes) + own), *children]
        return "".join(sorted(withheld(every, known=known)))

    assert hidden(9, 8, 7) == ""
    assert hidden(9, 3, 7) == "bc"
    assert hidden(9, 3, 2, 8) == "bc"
    assert hidden(9, 1, 2, 8) == "bcd", "three people in two groups"
    assert hidden(9, 3, 0) == "ab", "nobody is no group to hide behind"
    assert hidden(9, 3, own=4) == "b"
    assert hidden(9, 8, own=2) == "b", "the parent's own people are a group too"
    assert hidden(9, 8, own=6) == ""
    assert hidden(9, 3, 7, known="b") == ""
    assert hidden(9, 3, known="a") == "btop", "no other is left to hide"
    assert hidden(3) == "atop"


@pytest.mark.parametrize("seed", range(60))
def test_no_difference_of_shown_figures_is_a_small_group(seed: int) -> None:
    rng = Random(seed)
    groups: list[tuple[str, str | None, int]] = []

    def grow(id: str, parent: str | None, depth: int) -> int:
        place = len(groups)
        groups.append((id, parent, 0))
        own = rng.choice((0, 0, 1, 7)) if depth else 0
        children = range(rng.randint(1, 4)) if depth < 3 else ()
        n = own + sum(grow(f"{id}.{k}", id, depth + 1) for k in children)
        n += 0 if children else rng.randint(0, 12)
        groups[place] = (id, parent, n)
        return n

    grow("0", None, 0)
    hidden = withheld(groups)
    for id, _parent, n in groups:
        if id in hidden:
            continue
        assert n == 0 or n >= 5
        # Whatever shown groups beneath, not one inside another, are taken away from it.
        inside = [g for g in groups if g[0].startswith(f"{id}.")]
        direct = [g for g in inside if g[1] == id]
        away = sum(size for child, _p, size in direct if child not in hidden)
        assert n - away == 0 or n - away >= 5, (groups, hidden)

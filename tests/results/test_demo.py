from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from sqlalchemy import Connection, delete, func, select

from weike.quizzes.course import Course
from weike.quizzes.errors import AttemptRefused, WeikeError
from weike.results import tables
from weike.results.access.signin import link_owner, sign_in_with_link
from weike.results.people import branches
from weike.results.scores import branch_scores
from weike.results.store import Store
from weike.results.upkeep import demoactivity
from weike.results.upkeep.demo import ORGANIZER, demo_links, demo_members, demo_start, roster_csv
from weike.results.upkeep.demoactivity import demo_activity

from .courses import enrol

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
ROSTER = Path(__file__).parents[2] / "members.csv"
LEVELS = ("党委", "党总支", "支部")
QUIZ = """
## 先断电，还是先挂牌？
- [ ] 先挂牌
- [x] 先断电

## 以下哪些是劳保用品？
- [x] 安全帽
- [x] 防尘口罩
- [ ] 雨伞

## 锁具可以借给别人。
- [ ] 正确
- [x] 错误

## 灭火器指针在 [[绿色|绿]] 区为正常。

## 胸外按压每分钟多少次？
= 110 ± 10 次
"""
EXAM = """---
behaviour: test
limit: 10 min
attempts: 2
---
## 进入有限空间前先做什么？
- [x] 通风和检测
- [ ] 直接进入
"""


@pytest.fixture
def demo(store: Store, publish_lesson: Callable[..., Any], tmp_path: Path) -> Course:
    """The demo's roster, two lessons with a quiz, and one without."""
    enrol(store, ROSTER, since=demo_start(NOW, store.zone), now=NOW)
    publish_lesson("lockout", quiz=QUIZ)
    publish_lesson("confined", exam=EXAM)
    publish_lesson("story")
    return Course(root=tmp_path, demo=True)


def test_the_committed_roster_is_the_generated_one() -> None:
    assert ROSTER.read_text(encoding="utf-8") == roster_csv()


def test_the_roster_has_three_levels_twelve_branches_and_186_artificial_people() -> None:
    people = list(demo_members())
    sizes = Counter(one.branch for one in people)
    assert len(people) == 186
    assert len({one.code for one in people}) == 186
    assert len({one.name for one in people}) == 186
    assert len(sizes) == 12
    assert (min(sizes.values()), max(sizes.values())) == (4, 40)
    assert {len(branch.split("/")) for branch in sizes} == {3}
    assert len({branch.split("/")[1] for branch in sizes}) == 4
    assert sorted(one.role for one in people if one.role) == sorted(
        ["讲师", "审核人", "培训管理员", "系统管理员"]
    )
    assert all(one.name[0] in "甲乙丙丁戊己庚辛壬癸" for one in people)


def test_the_links_belong_to_a_member_a_lecturer_and_an_organizer(
    store: Store, demo: Course
) -> None:
    owners = [link_owner(store, token, NOW) for token in demo_links(store, NOW)]
    assert [owner and owner.roles - {"member"} for owner in owners] == [
        set(),
        {"lecturer"},
        {"organizer"},
    ]
    organizer = owners[2]
    assert organizer is not None
    assert organizer.code == ORGANIZER
    production = {one.id for one in branches(store) if "生产党总支" in one.path}
    assert organizer.duty == production


def test_new_links_replace_the_old_ones_and_sign_nobody_out(store: Store, demo: Course) -> None:
    old, *_others = demo_links(store, NOW)
    session = sign_in_with_link(store, old, NOW)
    new, *_others = demo_links(store, NOW)
    assert link_owner(store, old, NOW) is None
    assert link_owner(store, new, NOW) is not None
    with store.read() as connection:
        kept = connection.execute(select(func.count()).select_from(tables.session)).scalar_one()
    assert kept == 1
    assert session.member.code == "D0001"


def test_others_stand_in_where_a_demo_has_a_roster_of_its_own(
    store: Store, add_member: Callable[..., Any]
) -> None:
    with pytest.raises(WeikeError, match="member"):
        demo_links(store, NOW)
    add_member("X1")
    add_member("X2", roles={"lecturer": None})
    add_member("X3", roles={"organizer": "储运党支部"})
    owners = [link_owner(store, token, NOW) for token in demo_links(store, NOW)]
    assert [owner and owner.code for owner in owners] == ["X1", "X2", "X3"]


def test_a_course_that_is_no_demo_gets_no_made_up_answers(store: Store, demo: Course) -> None:
    with pytest.raises(WeikeError):
        demo_activity(store, replace(demo, demo=False), seed=1, now=NOW)
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(tables.attempt)).scalar() == 0


def test_a_demo_without_lessons_says_what_to_do_first(store: Store, tmp_path: Path) -> None:
    with pytest.raises(WeikeError, match="weike serve"):
        demo_activity(store, Course(root=tmp_path, demo=True), seed=1, now=NOW)


def test_a_quarter_of_activity_looks_like_people(store: Store, demo: Course) -> None:
    steps: list[int] = []
    made = demo_activity(store, demo, seed=7, now=NOW, progress=steps.append)
    assert 150 < made < 500
    assert sum(steps) == 183  # the three with links learn by themselves
    with store.read() as connection:
        attempts = connection.execute(select(tables.attempt)).all()
        submitted = connection.execute(select(tables.submission.c.attempt_id)).scalars().all()
        responses = connection.execute(select(tables.response)).all()
        done = connection.execute(select(func.count()).select_from(tables.finished)).scalar_one()
    assert len(attempts) == made
    assert len(submitted) < made  # some gave up
    assert done > 50
    start = demo_start(NOW, store.zone)
    assert all(start <= one.started.astimezone(store.zone).date() for one in attempts)
    assert all(one.started <= NOW for one in attempts)
    assert all(one.answered_at <= one.received_at <= NOW for one in responses)
    assert len({one.started.date() for one in attempts}) > 20
    frame = branch_scores(store, period="2026-Q4", now=NOW)
    below = frame[frame["level"] == 2]
    assert below["mean"].between(0.3, 1).all()
    assert below["mean"].std() > 0.02
    assert frame["completion"].between(0.2, 0.99).all()


def test_the_same_seed_gives_the_same_figures_and_a_second_run_adds_nothing(
    store: Store, demo: Course
) -> None:
    demo_activity(store, demo, seed=3, now=NOW)
    first = branch_scores(store, now=NOW).set_index("path")
    assert demo_activity(store, demo, seed=3, now=NOW) == 0
    derived = ("item_grade", "grade", "submission", "response", "attempt", "finished")
    with store.engine.execution_options(weike_write=True).begin() as connection:
        for name in derived:
            connection.execute(delete(tables.metadata.tables[name]))
    demo_activity(store, demo, seed=3, now=NOW)
    again = branch_scores(store, now=NOW).set_index("path")
    figures = ["attempted", "coverage", "completion", "mean", "adjusted", "pass_rate"]
    pd.testing.assert_frame_equal(first[figures], again[figures])


def test_what_a_member_has_answered_stays(store: Store, demo: Course) -> None:
    demo_activity(store, demo, seed=3, now=NOW)
    with store.read() as connection:
        before = set(connection.execute(select(tables.response.c.event)).scalars())
        begun = _attempts(connection)
    demo_activity(store, demo, seed=4, now=NOW)
    with store.read() as connection:
        after = set(connection.execute(select(tables.response.c.event)).scalars())
        assert begun <= _attempts(connection)
    assert before <= after


def test_attempts_that_a_running_server_has_ended_meanwhile_are_let_be(
    store: Store, demo: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ended(*_args: object, **_options: object) -> None:
        raise AttemptRefused("submitted")

    monkeypatch.setattr(demoactivity.Attempts, "answer", ended)
    assert demo_activity(store, demo, seed=3, now=NOW) > 100


def _attempts(connection: Connection) -> set[tuple[Any, ...]]:
    """Who tried what, in which number and under which id."""
    one = tables.attempt.c
    return set(map(tuple, connection.execute(select(one.id, one.member_id, one.quiz, one.number))))


def test_the_demo_begins_with_its_quarter_or_six_weeks_back() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert demo_start(NOW, zone).isoformat() == "2026-10-01"
    assert demo_start(datetime(2026, 10, 2, tzinfo=UTC), zone).isoformat() == "2026-08-21"

"""A small made-up store, for whoever opens a dashboard without one."""

from __future__ import annotations

from dataclasses import astuple
from datetime import datetime
from typing import Final

from weike.quizzes.course import Course
from weike.quizzes.formats import markdown
from weike.quizzes.quiz import QuizDefinition
from weike.results.catalogue import publish
from weike.results.enrolling.enrolment import plan_import
from weike.results.enrolling.importing import apply_import
from weike.results.enrolling.roster import read_roster
from weike.results.store import Store, open_store
from weike.results.upkeep.demo import demo_members, demo_start
from weike.results.upkeep.demoactivity import demo_activity
from weike.results.versions import LessonVersion, store_version

EVERY: Final = 2  # of the demo's people one in two is here, and everyone with a role
_HEADER: Final = "工号,姓名,支部,岗位,角色,管理范围"
_LESSONS: Final = (
    (
        "fire",
        "灭火器",
        "消防",
        """
## 使用灭火器的第一步是什么？
- [x] 提起灭火器
- [ ] 拔掉保险销
- [ ] 压下压把

## 指针在 [[绿色|绿]] 区为正常。

## 电气火灾可以用水扑灭。
- [ ] 正确
- [x] 错误

## 灭火器喷嘴应对准哪里？
- [x] 火焰根部
- [ ] 火焰顶部
- [ ] 浓烟
""",
    ),
    (
        "first-aid",
        "心肺复苏",
        "急救",
        """
## 胸外按压每分钟多少次？
= 110 ± 10 次

## 按压深度是多少厘米？
- [ ] 2 到 3
- [x] 5 到 6
- [ ] 8 到 9

## 发现有人倒地，先确认现场安全。
- [x] 正确
- [ ] 错误
""",
    ),
    (
        "locks",
        "停电挂牌",
        "电气安全",
        """
## 以下哪些必须做？
- [x] 断电
- [x] 验电
- [x] 挂牌上锁
- [ ] 借用他人的锁

## 锁具可以借给别人。
- [ ] 正确
- [x] 错误

## 谁可以取下锁？
- [x] 上锁的人
- [ ] 班组里的任何人
- [ ] 值班员
""",
    ),
)


def small_demo(course: Course, *, seed: int, now: datetime) -> Store:
    """The store of a demo course with half of the demo's people, three lessons, and what was done
    until `now`. The same arguments give the same figures."""
    store = open_store(course.results / "weike.db", course=course)
    people = [one for i, one in enumerate(demo_members()) if i % EVERY == 0 or one.role]
    text = "\n".join([_HEADER, *(",".join(astuple(one)) for one in people), ""])
    roster = course.root / course.roster
    roster.write_text(text, encoding="utf-8")
    since = demo_start(now, store.zone)
    plan = plan_import(store, read_roster(roster, levels=course.levels), since=since, today=since)
    apply_import(store, plan, now=now)
    for order, (slug, title, topic, bank) in enumerate(_LESSONS):
        read = markdown.loads(bank, source=f"{slug}.md")
        quiz = QuizDefinition(
            id="quiz", title=title, rules=read.rules, questions=tuple(read.questions)
        )
        version = LessonVersion(
            slug=slug,
            version="1",
            title=title,
            topic=topic,
            language="zh-CN",
            kind="light",
            body_html="",
            quizzes=(quiz,),
            order=order,
        )
        store_version(store, version, now=now)
        publish(store, slug, "1", "demo", now)
    demo_activity(store, course, seed=seed, now=now)
    return store

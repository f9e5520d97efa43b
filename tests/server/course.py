"""A small published course and its people, without running a notebook."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from weike.quizzes.course import Course, load_course
from weike.quizzes.formats import markdown
from weike.quizzes.quiz import QuizDefinition
from weike.results.catalogue import publish
from weike.results.enrolling.enrolment import plan_import
from weike.results.enrolling.importing import apply_import
from weike.results.enrolling.roster import read_roster
from weike.results.media import Media
from weike.results.people import Member, find_member
from weike.results.periods import local_date
from weike.results.store import Store
from weike.results.versions import LessonVersion, store_version

SETTINGS = """
title = "测试课程"
language = "zh-CN"
levels = ["党委", "党总支", "支部"]
"""

# Branches of 6, 5 and 3: the last one is too small for its marks to be shown.
PEOPLE = """工号,姓名,支部,角色,管理范围
M01,学员一,公司党委/生产党总支/储运党支部,,
M02,学员二,公司党委/生产党总支/储运党支部,,
M03,学员三,公司党委/生产党总支/储运党支部,,
M04,学员四,公司党委/生产党总支/储运党支部,,
M05,学员五,公司党委/生产党总支/储运党支部,,
L01,讲师一,公司党委/生产党总支/储运党支部,讲师,
O01,管理一,公司党委/机关党总支/综合党支部,培训管理员,公司党委/生产党总支
A01,系统一,公司党委/机关党总支/综合党支部,系统管理员,
M06,学员六,公司党委/机关党总支/综合党支部,,
M07,学员七,公司党委/机关党总支/综合党支部,,
M08,学员八,公司党委/机关党总支/综合党支部,,
M09,学员九,公司党委/机关党总支/财务党支部,,
M10,学员十,公司党委/机关党总支/财务党支部,,
M11,学员十一,公司党委/机关党总支/财务党支部,,
"""

QUIZ = """---
title: 灭火器小测
---

## 使用灭火器的第一步是什么？ {#first}
- [x] 提起灭火器
- [ ] 拔掉保险销

## 指针在 [[绿色|绿]] 区为正常。 {#gauge}
"""

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M1 1h7"/></svg>'
SOUND = bytes(range(256)) * 40

NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [
        {"id": "a", "cell_type": "markdown", "metadata": {}, "source": "## 先说几句"},
        {"id": "b", "cell_type": "markdown", "metadata": {}, "source": "## 拉一拉 $v^2$"},
        {
            "id": "c",
            "cell_type": "code",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": (
                "import os\n"
                "print('live', os.environ.get('WEIKE_LIVE'))\n"
                "print('secret', sorted(n for n in os.environ if n.startswith(('WEIKE_D', 'SEC'))))"
            ),
        },
    ],
}


@dataclass(frozen=True, slots=True)
class Pieces:
    """Names of the media in the published course."""

    picture: str
    sound: str


def make_course(root: Path, settings: str = "") -> Course:
    root.mkdir(parents=True, exist_ok=True)
    (root / "weike.toml").write_text(SETTINGS + settings, encoding="utf-8")
    (root / "members.csv").write_text(PEOPLE, encoding="utf-8")
    (root / "lessons").mkdir(exist_ok=True)
    return load_course(root)


def fill(course: Course, store: Store) -> Pieces:
    """Enrol the people and publish three lessons: with a quiz, without one, and a live one."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    day = local_date(now, store.zone)
    roster = read_roster(course.root / "members.csv", levels=course.levels)
    apply_import(store, plan_import(store, roster, since=day, today=day), now=now)
    bank = markdown.loads(QUIZ, source="fire.md")
    quiz = QuizDefinition(
        id="fire", title=bank.title or "", rules=bank.rules, questions=tuple(bank.questions)
    )
    picture, sound = _hash(PICTURE), _hash(SOUND)
    body = (
        '<p data-place="1">提起来。</p>\n'
        f'<figure class="weike-figure" data-place="2"><img src="../media/{picture}.svg" alt="线">'
        '</figure>\n<section class="weike-quiz" data-quiz="fire/fire" data-place="3"></section>\n'
    )
    media = {picture: Media("image/svg+xml", PICTURE), sound: Media("audio/mpeg", SOUND)}
    lessons = [
        LessonVersion(
            slug="fire", version="f1", title="灭火器", topic="消防", minutes=5, language="zh-CN",
            kind="light", body_html=body, quizzes=(quiz,), media=media, order=1,
        ),
        LessonVersion(
            slug="read", version="r1", title="Read this", topic="Dust", minutes=2, language="en",
            kind="light", body_html='<p data-place="1">Sweep.</p>', order=2,
        ),
        LessonVersion(
            slug="live", version="l1", title="皮带", topic="皮带机", minutes=5, language="zh-CN",
            kind="live", order=3, live_notebook=json.dumps(NOTEBOOK),
            body_html='<section class="weike-live" data-live="live" data-place="1"></section>',
        ),
    ]  # fmt: skip
    for lesson in lessons:
        store_version(store, lesson, now=now)
        publish(store, lesson.slug, lesson.version, "command", now)
    draft = LessonVersion(
        slug="draft",
        version="d1",
        title="草稿",
        language="zh-CN",
        kind="light",
        body_html="<p>?</p>",
    )
    store_version(store, draft, now=now)
    return Pieces(picture=f"{picture}.svg", sound=f"{sound}.mp3")


def person(store: Store, code: str) -> Member:
    found = find_member(store, code=code, now=datetime.now(UTC))
    assert found is not None
    return found


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]

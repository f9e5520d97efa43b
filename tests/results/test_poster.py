from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import update

from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import use_language
from weike.results import tables
from weike.results.reporting.poster import (
    HEIGHT,
    WIDTH,
    Poster,
    first_sentences,
    lesson_poster,
    week_poster,
)
from weike.results.reporting.printing import png
from weike.results.reporting.week import Week, week_lessons
from weike.results.store import Store

ADDRESS = "http://learn.example.org/weike/"
WEEK = Week.parse("2026-W42")  # from 12 October
NOW = datetime(2026, 10, 20, 1, tzinfo=UTC)
QUIZ = "## 先做什么？\n- [x] 断电\n- [ ] 开工\n\n## 几步？\n= 4\n"

Publish = Callable[..., object]


@pytest.fixture
def published(store: Store, publish_lesson: Publish) -> None:
    """消防 and 粉尘, published on the 12th of October."""
    publish_lesson("fire", quiz=QUIZ)
    publish_lesson("dust")
    store.writer.run(
        lambda c: c.execute(update(tables.lesson_version).values(minutes=5, topic="安全"))
    )


def poster(store: Store, slug: str = "fire") -> Poster:
    with use_language("zh-CN"):
        return lesson_poster(store, slug, address=ADDRESS, organisation="某某公司")


def week(store: Store, *slugs: str, of: Week = WEEK) -> Poster:
    with use_language("zh-CN"):
        return week_poster(
            store, of, address=ADDRESS, organisation="某某公司", slugs=slugs, now=NOW
        )


def seen_by_a_phone(made: Poster) -> tuple[tuple[int, int], list[str]]:
    data = png(made.html, width=WIDTH, height=HEIGHT)
    with Image.open(io.BytesIO(data)) as image:
        return image.size, [one.text for one in zxingcpp.read_barcodes(image.convert("L"))]


def test_a_poster_fills_a_phone_and_its_code_leads_to_the_lesson(
    store: Store, published: None
) -> None:
    size, codes = seen_by_a_phone(poster(store))
    assert size == (1080, 1920)
    assert codes == ["http://learn.example.org/weike/lessons/fire"]


def test_the_code_of_a_week_leads_to_the_course(store: Store, published: None) -> None:
    size, codes = seen_by_a_phone(week(store))
    assert size == (1080, 1920)
    assert codes == [ADDRESS]


def test_the_words_for_a_chat_group_say_what_how_long_and_where(
    store: Store, published: None
) -> None:
    assert poster(store).text.splitlines() == [
        "【微课】微课 fire",
        "5 分钟 · 2 题，手机打开就能学，不用安装：",
        "http://learn.example.org/weike/lessons/fire",
    ]
    assert week(store).text.splitlines() == [
        "本周微课｜2026 年第 42 周（10/12 至 10/18）",
        "1. 微课 dust（5 分钟）",
        "2. 微课 fire（5 分钟 · 2 题）",
        "手机打开就能学：",
        ADDRESS,
    ]


def test_a_poster_shows_title_topic_and_minutes_and_tells_no_answer(
    store: Store, published: None
) -> None:
    html = poster(store).html
    for words in ("微课 fire", "安全", "5 分钟 · 2 题", "某某公司"):
        assert words in html
    for key in ("断电", "开工"):
        assert key not in html


def test_a_title_is_text_whatever_it_holds(store: Store, published: None) -> None:
    store.writer.run(
        lambda c: c.execute(update(tables.lesson_version).values(title="<b>小心</b> & 慢"))
    )
    html = poster(store).html
    assert "&lt;b&gt;小心&lt;/b&gt; &amp; 慢" in html
    assert "<b>小心" not in html


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<h2>x</h2><p>火刚起来，<strong>先看</strong>。</p><p>再站。</p>", "火刚起来，先看。"),
        ("<p>第一句。第二句！" + "很长" * 60 + "。</p>", "第一句。第二句！"),
        (
            "<p>Coal burns at 3.5 m. It can burn at once.</p>",
            "Coal burns at 3.5 m. It can burn at once.",
        ),
        ("<p>没有句号</p>", "没有句号"),
        ("<p>a &amp; b</p>", "a & b"),
        ("<table></table>", ""),
    ],
)
def test_a_poster_begins_with_the_lessons_first_sentences(body: str, said: str) -> None:
    assert first_sentences(body) == said


def test_a_week_has_what_is_new_or_due_in_it_or_what_is_named(
    store: Store, published: None, facts: Any
) -> None:
    def slugs(of: str, *named: str) -> list[str]:
        return [one.slug for one in week_lessons(store, Week.parse(of), slugs=named)]

    assert slugs("2026-W42") == ["dust", "fire"]
    assert slugs("2026-W47", "dust") == ["dust"]
    assignment = facts.assign("fire")
    due = update(tables.assignment).values(due=date(2026, 11, 22))
    store.writer.run(lambda c: c.execute(due))
    assert slugs("2026-W47") == ["fire"]
    facts.undo(tables.assignment, assignment)
    with pytest.raises(WeikeError, match="2026 年第 47 周"):
        slugs("2026-W47")
    with pytest.raises(WeikeError, match="nothing-there"):
        slugs("2026-W47", "dust", "nothing-there")


def test_a_lesson_that_is_not_published_has_no_poster(store: Store, published: None) -> None:
    with pytest.raises(WeikeError, match="no-such-lesson"):
        poster(store, "no-such-lesson")


def test_weeks_are_those_of_the_calendar() -> None:
    assert str(Week.of(date(2026, 11, 22))) == "2026-W47"
    assert Week.of(date(2026, 11, 22)).first == date(2026, 11, 16)
    assert str(Week.of(date(2027, 1, 1))) == "2026-W53"
    assert date(2026, 11, 22) in Week.parse("2026-w47")
    assert date(2026, 11, 23) not in Week.parse("2026W47")
    for wrong in ("2026-W54", "2026-47", "soon", "2025-W53"):
        with pytest.raises(WeikeError, match="2026-W47"):
            Week.parse(wrong)

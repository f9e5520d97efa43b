"""A published lesson on paper: what stands on it, and what never does."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from pypdf import PdfReader

from weike.cli import weike
from weike.lessons.handouts.documents import Documents, read_number
from weike.lessons.handouts.pictures import page_pictures
from weike.lessons.publish import publish_changed
from weike.quizzes.errors import WeikeError
from weike.quizzes.formats import markdown
from weike.quizzes.question import Question
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.numeric import Numeric
from weike.quizzes.types.single import Single
from weike.results.catalogue import lesson, publish
from weike.results.reporting.printing import pdf
from weike.results.store import open_store
from weike.results.versions import find_version, store_version

KEY = "绝密的正确答案"
WHY = "绝密的解析"
QUIZ = f"""%%quiz own
---
title: 小测
---

## 第一步？
- [ ] 跑开
- [x] {KEY}

> {WHY}

## 指针在 [[绿色]] 区。

## 断电就是没电。
- [ ] 正确
- [x] 错误

## 多少次？
= 110 ± 10 次

## 连线
- 红色 -> 禁止
- 黄色 -> 警告

## 排序
1. 通风
2. 检测
3. 进入

## 长短？
- ( ) 太长
- ( ) 正好
"""
TEST = "%%quiz exam\n---\ntitle: 考试\nbehaviour: test\n---\n\n## 考题？\n- [x] 甲\n- [ ] 乙\n"
TEXT = "# 灭火器\n\n先看再用。\n\n## 先看\n\n![压力表在绿区](a.png)\n\n## 再用\n\n站上风。"


@pytest.fixture(scope="module")
def printed(make_folder: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Documents]:
    folder = make_folder("handouts")
    folder.write("lessons/fire/a.png", folder.picture())
    load = folder.code("%load_ext weike.widgets")
    cells = (TEXT, load, folder.code(QUIZ), folder.code(TEST))
    folder.lesson(*cells, title="灭火器", language="zh-CN")
    with open_store(tmp_path_factory.mktemp("store") / "weike.db") as store:
        assert publish_changed(folder.course, store).failed == ()
        found = lesson(store, "one")
        assert found is not None
        address = "http://10.0.0.5/"
        yield Documents(lesson=found, store=store, organisation="输煤中心", address=address)


def words(html: str) -> str:
    body = html.partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_nothing_on_paper_is_fetched_from_anywhere(printed: Documents) -> None:
    pages = [
        printed.outline(),
        printed.handout(key=True, every=True),
        printed.paper("own", key=True),
    ]
    for html in pages:
        assert re.findall(r'(?:src|href)="(?!data:image/)', html) == []
        assert "<script" not in html
    assert "data:image/png;base64," in pages[1]


def test_the_outline_has_every_heading_room_for_notes_and_the_way_to_the_lesson(
    printed: Documents,
) -> None:
    html = printed.outline()
    assert html.index("课前提纲") < html.index("先看") < html.index("再用")
    assert html.count('<div class="line">') == 6
    assert '<svg class="code"' in html or 'class="code"' in html
    assert KEY not in html
    assert 'class="code"' not in replace(printed, address=None).outline().partition("<body>")[2]


def test_a_handout_without_key_tells_no_answer(printed: Documents) -> None:
    html = printed.handout(key=False, every=True)
    text = words(html)
    assert "A. 跑开" in text
    assert f"B. {KEY}" in text, "the option itself is printed, like any other"
    assert WHY not in html
    assert "绿色" not in html
    assert "110" not in html
    assert 'class="keys"' not in html


def test_a_handout_with_key_has_the_answers_apart_at_the_end(printed: Documents) -> None:
    text = words(printed.handout(key=True, every=True))
    body, _sign, keys = text.rpartition("答案")
    assert WHY not in body
    assert re.findall(r"\d+ (\S+)", keys.partition("考试")[0])[:4] == ["B", "绿色", "错误", "110"]
    assert WHY in keys


def test_members_get_no_question_of_a_test_and_none_of_a_drawn_quiz(printed: Documents) -> None:
    text = words(printed.handout(key=False, every=False))
    assert "第一步？" in text
    assert "考题？" not in text
    assert "“考试”请在手机上作答。" in text
    rules = replace(printed.lesson.quizzes[0].rules, draw=2)
    drawn = replace(printed.lesson.quizzes[0], rules=rules)
    lesson = replace(printed.lesson, quizzes=(drawn, *printed.lesson.quizzes[1:]))
    assert "第一步？" not in words(replace(printed, lesson=lesson).handout(key=False, every=False))


def test_a_paper_is_grouped_by_type_and_numbered_through_with_its_answer_sheet(
    printed: Documents,
) -> None:
    html = printed.paper("own", key=False)
    text = words(html)
    assert re.findall(r"<h2>([^<]+)</h2>", html)[:6] == [
        "一、单选题（1 题，每题 1 分）",
        "二、判断题（1 题，每题 1 分）",
        "三、填空题（1 题，每题 1 分）",
        "四、数值题（1 题，每题 1 分）",
        "五、连线题（1 题，每题 1 分）",
        "六、排序题（1 题，每题 1 分）",
    ]
    assert "长短？" not in text, "a poll is no part of an exam"
    assert "答题卡" in text
    assert html.count('class="bubble"') == 4, "two options, and true or false"
    assert WHY not in html
    assert "共 6 分" in text


def test_the_key_of_a_paper_fits_its_own_order_of_options(printed: Documents) -> None:
    seen = set()
    for letter in "ABCDEFGH":
        html = printed.paper("own", key=True, variant=letter)
        assert html == printed.paper("own", key=True, variant=letter), "it can be printed again"
        (place,) = re.findall(rf"([AB])\. {KEY}", words(html))
        (key,) = re.findall(r"<dt>1</dt><dd><strong>([^<]+)</strong>", html)
        assert key == place
        (order,) = re.findall(r"<strong>(\w → \w → \w)</strong>", html)
        options = dict(re.findall(r"([ABC])\. (通风|检测|进入)", words(html)))
        assert [options[one] for one in order.split(" → ")] == ["通风", "检测", "进入"]
        seen.add(place)
    assert seen == {"A", "B"}


def test_a_quiz_is_named_where_there_are_several(printed: Documents) -> None:
    with pytest.raises(WeikeError, match="own, exam"):
        printed.paper(None, key=False)
    with pytest.raises(WeikeError, match="own, exam"):
        printed.paper("gone", key=False)


def test_text_of_a_question_stays_text(printed: Documents) -> None:
    evil = replace(printed.lesson, title="<script>alert(1)</script>", topic="{{ 7*7 }}")
    html = replace(printed, lesson=evil, organisation="<b>").handout(key=False, every=True)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7*7 }}" in html
    assert "<b>" not in html.partition("<h1>")[0]


def test_the_pdf_holds_chinese_letters_and_its_pages_become_pictures(printed: Documents) -> None:
    made = pdf(printed.handout(key=True, every=True), footer="输煤中心")
    reader = PdfReader(io.BytesIO(made))
    assert KEY in "".join(page.extract_text() for page in reader.pages)
    assert reader.pages[0].mediabox.width == pytest.approx(595, abs=1)
    phone = page_pictures(pdf(replace(printed, shape="phone").outline()))
    assert phone
    for one in phone:
        assert len(one) < 300_000, "a page is sent on by phone"
        width, height = Image.open(io.BytesIO(one)).size
        assert (width, height) == (1080, pytest.approx(1920, abs=5))


def test_the_command_writes_what_it_says(
    folder: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(folder.root)
    monkeypatch.delenv("WEIKE_DATABASE_URL", raising=False)
    folder.lesson("# 一", folder.code("%load_ext weike.widgets"), folder.code(TEST))
    with open_store(course=folder.course) as store:
        publish_changed(folder.course, store)
    for words in (
        ["paper", "one", "--variants", "2", "--key"],
        ["handout", "one"],
        ["outline", "one", "--pictures"],
    ):
        result = CliRunner().invoke(weike, ["export", *words, "--to", str(tmp_path)])
        assert result.exit_code == 0, result.output
    assert sorted(file.name for file in tmp_path.glob("*.p*")) == [
        "Exam_paper_with_answers-one-A.pdf",
        "Exam_paper_with_answers-one-B.pdf",
        "Handout-one.pdf",
        "Outline_before_class-one-1.png",
    ]
    gone = CliRunner().invoke(weike, ["export", "handout", "gone", "--to", str(tmp_path)])
    assert "no lesson gone is published" in str(gone.exception)


def turned(question: Question) -> Question:
    """The same question on paper, with another key."""
    if isinstance(question, Single):
        options = tuple(replace(one, right=not one.right) for one in question.options)
        return replace(question, options=options)
    return (
        replace(question, right=not question.right) if isinstance(question, Boolean) else question
    )


@pytest.mark.parametrize("document", ["handout", "paper"])
def test_another_key_of_the_same_questions_prints_the_very_same_page(
    printed: Documents, document: str
) -> None:
    own = printed.lesson.quizzes[0]
    kept = tuple(one for one in own.questions if isinstance(one, Single | Boolean | Numeric))
    still = replace(own, questions=kept, rules=replace(own.rules, shuffle="none"))
    other = replace(still, questions=tuple(map(turned, kept)))
    assert other.version != still.version

    def page(quiz: QuizDefinition, *, key: bool = False) -> str:
        one = replace(
            printed, lesson=replace(printed.lesson, quizzes=(quiz, *printed.lesson.quizzes[1:]))
        )
        if document == "paper":
            return one.paper("own", key=key)
        return one.handout(key=key, every=True)

    assert page(still) == page(other)
    assert page(still, key=True) != page(other, key=True)


def test_the_right_order_cannot_be_computed_from_a_handout_and_this_code(
    printed: Documents,
) -> None:
    """The order on paper hangs on words that are never printed without the key."""
    own = printed.lesson.quizzes[0]
    found = set()
    for letter in "甲乙丙丁戊己庚辛":
        questions = (replace(own.questions[0], explanation=letter), *own.questions[1:])
        quiz = replace(own, questions=questions)
        one = replace(
            printed, lesson=replace(printed.lesson, quizzes=(quiz, *printed.lesson.quizzes[1:]))
        )
        html = words(one.handout(key=False, every=True))
        found.add(tuple(re.findall(r"[ABC]\. (通风|检测|进入)", html)))
    assert len(found) > 1


def test_what_opens_later_is_not_in_a_members_handout_before(printed: Documents) -> None:
    opens = datetime(2026, 12, 1, tzinfo=UTC)
    own = printed.lesson.quizzes[0]
    later = replace(own, rules=replace(own.rules, open=opens))
    one = replace(
        printed, lesson=replace(printed.lesson, quizzes=(later, *printed.lesson.quizzes[1:]))
    )
    before = one.handout(key=False, every=False, now=opens - timedelta(seconds=1))
    assert "第一步？" not in words(before)
    assert "第一步？" in words(one.handout(key=False, every=False, now=opens))


def test_questions_have_room_for_their_answers_and_the_key_names_every_synonym(
    printed: Documents,
) -> None:
    bank = markdown.loads(
        "## 颜色是[[绿色|绿]] {#a}\n\n## 多高？ {#b}\n= 3 m\n\n## 说说 {#c type=essay}\n\n"
        "## 材料 {#d}\n\n### 甲\n- [x] 一\n- [ ] 二\n\n### 乙[[丙]]\n\n###\n\n> 材料的解析\n",
        source="test",
    )
    quiz = replace(printed.lesson.quizzes[0], questions=bank.questions)
    one = replace(
        printed, lesson=replace(printed.lesson, quizzes=(quiz, *printed.lesson.quizzes[1:]))
    )
    html = one.handout(key=False, every=True)
    assert html.count('class="line"') == 6
    assert html.count('class="box"') == 2 + 2, "the exam of the lesson has two options as well"
    assert "</span> m</div>" in html
    assert "材料的解析" not in html
    told = words(one.handout(key=True, every=True))
    assert "绿色 / 绿" in told
    assert "材料的解析" in told


@pytest.mark.parametrize("wrong", ["", "A", "a-1a2b3c4d", "A-../x", "AB-1a2b3c4d"])
def test_what_is_no_number_of_a_paper_is_refused(wrong: str) -> None:
    with pytest.raises(WeikeError):
        read_number(wrong)


def test_the_number_on_a_sheet_prints_the_paper_again_after_the_lesson_has_changed(
    printed: Documents,
) -> None:
    old = printed.paper("own", key=True, variant="B")
    (number,) = set(re.findall(r"试卷 (B-[0-9a-f]{8})", old))
    new = replace(printed.lesson, version="f" * 32, quizzes=printed.lesson.quizzes[1:], media={})
    store_version(printed.store, new)
    publish(printed.store, "one", new.version, "command")
    variant, version = read_number(number)
    found = find_version(printed.store, "one", version)
    assert found is not None
    assert replace(printed, lesson=found).paper("own", key=True, variant=variant) == old

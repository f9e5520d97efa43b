"""A published lesson on paper: what stands on it, and what never does."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from PIL import Image
from pypdf import PdfReader

from weike.cli import weike
from weike.lessons.handouts.documents import Documents
from weike.lessons.handouts.pictures import page_pictures
from weike.lessons.publish import publish_changed
from weike.quizzes.errors import WeikeError
from weike.results.catalogue import lesson
from weike.results.reporting.printing import pdf
from weike.results.store import open_store

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
    for one in phone:
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

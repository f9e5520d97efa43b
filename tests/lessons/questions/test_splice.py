"""One question of a bank's file changed, the rest left as it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from weike.lessons.questions.splice import with_question, without_question
from weike.quizzes.bank import Bank
from weike.quizzes.errors import WeikeError
from weike.quizzes.formats import json as json_form
from weike.quizzes.formats import markdown

TEXT = """---
title: 消防
pass: 80%
---

## 第一步？ {#r1}
* [x] 提起
* [ ] 拔掉


## 第二步？   {#r2}
- [x] 拔掉
- [ ] 压下

> 解析。

## 第三步？ {#r3}
- [x] 握住
- [ ] 压下
"""


def bank() -> Bank:
    return markdown.loads(TEXT)


@pytest.mark.parametrize("item", ["r1", "r2", "r3"])
def test_the_other_questions_stay_as_they_were_written(item: str) -> None:
    before = bank()
    old = next(one for one in before.questions if one.id == item)
    new = replace(old, stem=f"{old.stem}\n\n再想想。", explanation="新的解析")
    text, after = with_question(TEXT, before, new, form="markdown", old=item)
    read = markdown.loads(text)
    assert read == after
    assert read.lines == after.lines
    for other in ({"r1": "* [x] 提起\n* [ ] 拔掉", "r3": "## 第三步？ {#r3}\n"}).items():
        if other[0] != item:
            assert other[1] in text
    assert text.count("新的解析") == 1
    assert text.startswith("---\ntitle: 消防\npass: 80%\n---\n\n## ")


def test_a_new_question_comes_at_the_end() -> None:
    new = markdown.loads("## 第四步？ {#r4}\n- [x] 压\n- [ ] 提\n").questions[0]
    text, after = with_question(TEXT, bank(), new, form="markdown")
    assert text.startswith(TEXT)
    read = markdown.loads(text)
    assert (read, read.lines) == (after, after.lines)
    with pytest.raises(WeikeError):
        with_question(text, after, new, form="markdown")


def test_a_question_can_be_taken_out_but_not_the_last() -> None:
    text, after = without_question(TEXT, bank(), "r2", form="markdown")
    read = markdown.loads(text)
    assert (read, read.lines) == (after, after.lines)
    assert [one.id for one in read] == ["r1", "r3"]
    assert "解析" not in text
    text, after = without_question(text, after, "r3", form="markdown")
    with pytest.raises(WeikeError):
        without_question(text, after, "r1", form="markdown")
    drawn = bank()
    drawn = replace(drawn, rules=replace(drawn.rules, draw=3))
    with pytest.raises(WeikeError):
        without_question(TEXT, drawn, "r1", form="markdown")


def test_line_ends_of_windows_stay() -> None:
    text = TEXT.replace("\n", "\r\n")
    before = markdown.loads(text)
    new = replace(before.questions[0], stem="第零步？")
    made, after = with_question(text, before, new, form="markdown", old="r1")
    assert "\r\n" in made
    assert "\n" not in made.replace("\r\n", "")
    assert markdown.loads(made).lines == after.lines


def test_a_bank_in_json_is_written_in_json() -> None:
    text = json_form.dumps(bank())
    new = replace(bank().questions[1], stem="新的第二步？")
    made, after = with_question(text, json_form.loads(text), new, form="json", old="r2")
    assert json_form.loads(made) == after
    assert [one.stem for one in after] == ["第一步？", "新的第二步？", "第三步？"]

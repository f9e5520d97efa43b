"""Questions as the fields of a form, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from weike.lessons.questions.form import Form, fields_of, question_of, read_form
from weike.quizzes.formats import markdown
from weike.quizzes.question import Question

BANK = """
## 第一步？ {#r1 difficulty=2 topic="操作" tags="新员工,消防" points=2}
- [x] 提起
  > 对。
- [ ] 拔掉
- [ ] 压下

> 提、拔、握、压。

## 哪些要带？ {#r2}
- [x] 安全帽
- [x] 手电 {weight=0.5}
- [ ] 打火机 {weight=-0.5}

## 先断电。 {#r3}
- [x] 正确
  > 是的。
- [ ] 错误
  > 想一想。

## 指针在 [[绿色|绿|青 {weight=0.5}]] 区为 [[正常]]。 {#r4}

## 每分钟多少次？ {#r5}
= 110 ± 10 次
= 90..95 次 {weight=0.5}
  > 慢了。

## 安全色表示什么？ {#r6}
- 红色 -> 禁止
- 黄色 -> 警告
- -> 提示

## 按先后排序。 {#r7}
1. 通风
2. 检测
3. 作业

## 说说隐患。 {#r8 type=essay}

> 人、机、环、管。

## 这一课怎么样？ {#r9}
- ( ) 太长
- ( ) 正好

## 这里只是说明。 {#r10 type=note}
"""
QUESTIONS = {one.id: one for one in markdown.loads(BANK).questions}


def sent(form: Form) -> Mapping[str, Sequence[str]]:
    """What a browser sends of a form as it is shown."""
    found: dict[str, list[str]] = {name: [text] for name, text in form.values.items()}
    for n, row in enumerate(form.rows):
        for name in ("text", "feedback", "left"):
            found.setdefault(name, []).append(row.get(name, ""))
        if row.get("right"):
            found.setdefault("tick", []).append(str(n))
    found["more"] = form.more
    return found


def read(kind: str, data: Mapping[str, Sequence[str]]) -> Form:
    return read_form(kind, lambda name: data.get(name, ()))


@pytest.mark.parametrize("item", QUESTIONS)
def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(item: str) -> None:
    question = QUESTIONS[item]
    shown = fields_of(question)
    form = read(shown.type, sent(shown))
    made = question_of(form, old=question)
    assert form.errors == {}
    assert made is not None
    assert made.to_json() == question.to_json()


def changed(item: str, **values: Sequence[str]) -> tuple[Form, Question | None]:
    shown = fields_of(QUESTIONS[item])
    form = read(shown.type, {**sent(shown), **values})
    return form, question_of(form, old=QUESTIONS[item])


def test_what_is_wrong_is_said_at_its_field() -> None:
    form, made = changed("r1", tick=[], difficulty=["9"], points=["两"])
    assert made is None
    assert set(form.errors) == {"points"}
    form, made = changed("r1", difficulty=["9"])
    assert made is None
    assert set(form.errors) == {"difficulty"}
    form, made = changed("r1", stem=[""])
    assert set(form.errors) == {"stem"}
    form, made = changed("r1", tick=[])
    assert set(form.errors) == {"answers"}
    form, made = changed("r4", stem=["指针在哪个区？"])
    assert set(form.errors) == {"stem"}
    form, made = changed("r5", text=["很多", "90..95 次"])
    assert set(form.errors) == {"text0"}


def test_the_id_stays_when_the_words_change() -> None:
    question = markdown.loads("## 旧的问法？\n- [x] 甲\n- [ ] 乙\n").questions[0]
    shown = fields_of(question)
    form = read("single", {**sent(shown), "stem": ["新的问法？"]})
    made = question_of(form, old=question)
    assert made is not None
    assert made.id == question.id
    assert made.stem == "新的问法？"


def test_blanks_may_be_typed_as_people_write_them() -> None:
    form = read(
        "blank",
        {"stem": ["指针在（　）区为 __ 。"], "text": ["绿色；绿", "正常\n正常工作"]},
    )
    made = question_of(form)
    assert made is not None, form.errors
    assert made.body() == {"blanks": [["绿色", "绿"], ["正常", "正常工作"]]}


def test_what_has_no_fields_is_edited_as_text() -> None:
    form = read("source", {"source": ["## 甲还是乙？ {#x}\n- [x] 甲\n- [ ] 乙"]})
    made = question_of(form)
    assert made is not None
    assert (made.id, made.type) == ("x", "single")
    form = read("source", {"source": ["## 甲还是乙？\n- [ ] 甲\n- [ ] 乙"]})
    assert question_of(form) is None
    assert set(form.errors) == {"source"}

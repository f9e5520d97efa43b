"""Moodle XML that we write: it comes back the same, or says what it lost."""

from __future__ import annotations

from hypothesis import given

from weike.quizzes import Bank
from weike.quizzes.formats import markdown, moodle
from weike.quizzes.loss import export

from .generated import WILD, banks
from .moodlexml import PNG

EVERY = f"""\
## 第一步？ {{#first points=2 topic="消防/灭火器" tags="班组,新员工"}}
- [x] **提起**
  > 对
- [ ] 拔掉 {{weight=0.5}}
- [ ] 压下 $x^2$

> 口诀：$a_1$ 和 ![图](data:image/png;base64,{PNG})

## 哪些？ {{topic="消防/灭火器"}}
- [x] 甲 {{weight=0.75}}
- [x] 乙 {{weight=0.25}}
- [ ] 丙

## 对吗？
- [x] 正确
  > 好
- [ ] 错误
  > 不

## 指针在 [[绿色|绿*|浅绿 {{weight=0.5 feedback="差不多"}}]] 区。

## [[绿}}~]] 区正常，[[红|赤#]] 区送修。

## 几次？
= 110 ± 10 次
= 3..5 次 {{weight=0.5 feedback="近"}}

## 连线
- 红 -> 禁止
- 黄 -> 警告
- -> 提示

## 排序
1. 通风
2. 检测

## 说说。 {{type=essay}}

> 要点

## 看图 {{type=note}}
"""


def test_what_moodle_can_hold_comes_back_the_same() -> None:
    bank = markdown.loads(EVERY)
    made = export(bank, moodle)
    assert made.losses == ()
    assert moodle.loads(made.data).questions == bank.questions
    assert b"@@PLUGINFILE@@/picture-1.png" in made.data
    assert b"\\\\(x^2\\\\)" in made.data


def test_what_moodle_cannot_hold_is_named() -> None:
    bank = markdown.loads(
        "---\ntitle: 题\n---\n## 一 {#a difficulty=3}\n= 5\n## 二 {#b}\n- ( ) 甲\n- ( ) 乙\n"
        "## 三 {#c}\n= 3.. m\n## 四 {#d}\n### 子一\n= 1\n### 子二\n= 2\n"
    )
    made = export(bank, moodle)
    assert {str(loss) for loss in made.losses if not loss.left_out} == {
        "title is lost",
        "a: difficulty is changed",
    }
    assert {loss.item for loss in made.losses if loss.left_out} == {"b", "c", "d"}
    assert made.written == 1


@given(banks(WILD))
def test_an_export_never_changes_a_key_in_silence(bank: Bank) -> None:
    made = export(bank, moodle)
    changed = {loss.item for loss in made.losses}
    kept = {q.id: q for q in bank if q.id not in {one.item for one in made.losses if one.left_out}}
    if kept:
        for before, after in zip(kept.values(), moodle.loads(made.data), strict=True):
            assert before == after or before.id in changed

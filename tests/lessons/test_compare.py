"""The difference of two versions names every changed word and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weike.lessons.compare import Row, compare, rows, version_lines, words
from weike.lessons.places import places
from weike.quizzes.formats import markdown
from weike.quizzes.quiz import QuizDefinition
from weike.results.versions import LessonVersion

QUIZ = """---
title: 小测
---

## 第一步是什么？ {#first}
- [x] 提起
- [ ] 拔掉
  > 这是第二步。

> 口诀：提、拔。

## 指针在 [[绿色|绿]] 区。 {#gauge}

## 排序 {#order}
1. 通风
2. 检测
"""
LINES = st.lists(st.text(alphabet="灭火器ab 12", max_size=12), max_size=8)


def version(text: str, quiz: str = QUIZ, minutes: int = 5) -> LessonVersion:
    bank = markdown.loads(quiz, source="q")
    return LessonVersion(
        slug="fire",
        version="v",
        title="灭火器",
        minutes=minutes,
        language="zh-CN",
        kind="light",
        body_html=f'<p data-place="1">{text}</p>\n'
        '<figure data-place="2"><img src="../media/abcdef0123456789.png" alt="压力表"></figure>'
        '<section class="weike-quiz" data-quiz="fire/q" data-place="3"></section>',
        quizzes=(
            QuizDefinition(
                id="q", title=bank.title or "", rules=bank.rules, questions=tuple(bank.questions)
            ),
        ),
    )


def changed(found: list[Row]) -> list[tuple[str, str]]:
    return [
        (
            "".join(one.text for one in row.old if one.changed),
            "".join(one.text for one in row.new if one.changed),
        )
        for row in found
        if row.kind != "same"
    ]


def test_a_changed_letter_of_a_chinese_sentence_is_the_only_thing_marked() -> None:
    found = compare(version("先提起灭火器。"), version("先拿起灭火器。"))
    assert changed(found) == [("提", "拿")]


def test_a_changed_key_rule_or_picture_is_a_difference() -> None:
    old = version("文")
    key = version("文", QUIZ.replace("[x] 提起", "[ ] 提起").replace("[ ] 拔掉", "[x] 拔掉"))
    assert changed(compare(old, key)) == [("x", " "), (" ", "x")]
    assert changed(compare(old, version("文", minutes=8))) == [("5", "8")]
    rule = version("文", QUIZ.replace("title: 小测", "title: 小测\npass: 80%"))
    assert any("80" in new for _old, new in changed(compare(old, rule)))


def test_without_an_earlier_version_everything_is_new() -> None:
    new = version("文")
    assert [row.kind for row in compare(None, new)] == ["added"] * len(version_lines(new))


def test_places_are_named_once_and_show_the_keys() -> None:
    found = {one.key: one for one in places(version("文"))}
    assert list(found) == ["b1", "b2", "q:q", "q:q/first", "q:q/gauge", "q:q/order"]
    first = found["q:q/first"]
    assert [line.kind for line in first.answers] == ["right", "wrong", "said"]
    assert "口诀" in first.explanation
    assert "<mark>绿色 / 绿</mark>" in found["q:q/gauge"].html
    assert found["b1"].quote == "文"
    assert [one.kind for one in found["q:q/order"].answers] == ["plain", "plain"]


@given(LINES, LINES)
def test_each_side_can_be_read_back_from_the_rows(old: list[str], new: list[str]) -> None:
    found = list(rows(old, new))
    left = ["".join(one.text for one in row.old) for row in found if row.kind != "added"]
    right = ["".join(one.text for one in row.new) for row in found if row.kind != "removed"]
    assert (left, right) == (old, new)
    assert not any(one.changed for row in found if row.kind == "same" for one in row.old)


def test_two_long_lines_are_not_compared_word_by_word() -> None:
    assert words("灭火" * 3000, "火灭" * 3000) is None

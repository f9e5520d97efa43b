"""Whether two versions of a question ask the same, and what each takes for right."""

from __future__ import annotations

import pytest

from weike.quizzes.formats import markdown
from weike.quizzes.question import Question
from weike.results.correcting.rekeyed import asks_the_same, key_text, same_key


def question(text: str) -> Question:
    return markdown.loads(f"## {text}", source="q").questions[0]


@pytest.mark.parametrize(
    ("one", "other", "same", "key", "words"),
    [
        ("先？\n- [x] 甲\n- [ ] 乙", "先？\n- [ ] 甲\n- [x] 乙", True, False, "乙"),
        ("先？\n- [x] 甲\n- [ ] 乙", "先？\n- [x] 甲\n  > 对\n- [ ] 乙", True, True, "甲"),
        ("先？\n- [x] 甲\n- [ ] 乙", "先？\n- [ ] 乙\n- [x] 甲", False, False, "甲"),
        ("先？\n- [x] 甲\n- [ ] 乙", "后？\n- [x] 甲\n- [ ] 乙", False, True, "甲"),
        ("先？\n- [x] 甲\n- [ ] 乙", "先？\n- [x] 甲\n- [x] 乙", False, False, "甲 + 乙"),
        ("对？\n- [x] 正确\n- [ ] 错误", "对？\n- [ ] 正确\n- [x] 错误", True, False, "错误"),
        ("几？\n= 3", "几？\n= 3 ± 1", True, False, "3 ± 1"),
        ("几？\n= 3", "几？\n= 3 m", False, False, "3 m"),
        ("是[[绿]]。", "是[[绿|翠]]。", True, False, "绿 / 翠"),
        (
            "读\n### 一\n= 3\n### 二\n- [x] 甲\n- [ ] 乙",
            "读\n### 一\n= 3\n### 二 {topic=x}\n- [ ] 甲\n- [x] 乙\n\n> 见第一段",
            True,
            False,
            "(1) 3; (2) 乙",
        ),
        (
            "读\n### 一\n= 3\n### 二\n= 4",
            "读\n### 一\n= 3\n### 二 {topic=x}\n= 4\n\n> 见第一段",
            True,
            True,
            "(1) 3; (2) 4",
        ),
    ],
)
def test_a_key_is_apart_from_what_people_saw(
    one: str, other: str, same: bool, key: bool, words: str
) -> None:
    old, new = question(one), question(other)
    assert asks_the_same(old, new) is same
    assert same_key(old, new) is key
    assert key_text(new) == words

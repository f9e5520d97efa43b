"""Copies of a question are found; two questions that only begin alike are not."""

from __future__ import annotations

import pytest

from weike.lessons.checking.repeated import likeness
from weike.quizzes.formats.markdown import loads

ALARM = "- [x] Alarm\n- [ ] Fight\n- [ ] Run"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (ALARM, ALARM, "same"),
        (ALARM, "- [ ] run。\n- [x] ＡLARM\n- [ ] fight", "same"),
        (ALARM, "- [x] Alarm\n- [ ] Hide\n- [ ] Wait", "same"),
        (ALARM, "- [ ] Alarm\n- [x] Fight\n- [ ] Run", "contradicts"),
        (ALARM, "- [ ] a\n- [x] b\n- [ ] c", None),
        ("= 3", "= 3", "same"),
        ("= 3", "= 4", "contradicts"),
        ("- [x] true\n- [ ] false", "- [ ] true\n- [x] false", "contradicts"),
        ("- ( ) a\n- ( ) b", "- ( ) b\n- ( ) a", "same"),
        ("1. a\n2. b", "1. b\n2. a", "contradicts"),
    ],
)
def test_questions_of_one_stem_are_compared_by_what_they_ask(
    one: str, other: str, expected: str | None
) -> None:
    first, second = (loads(f"## What?\n{body}\n").questions[0] for body in (one, other))
    assert likeness(first, second) == expected
    assert likeness(second, first) == expected

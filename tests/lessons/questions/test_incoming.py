"""Of what somebody brings, what could not be taken can be mended on the page."""

from __future__ import annotations

import pytest

from weike.lessons.questions import incoming as module
from weike.lessons.questions.incoming import Incoming, read_apart, to_mend
from weike.quizzes.bank import formats


def brought(text: str, form: str = "chinese") -> Incoming:
    chosen = formats()[form]
    return Incoming(name="a", module=chosen, data=text, reading=read_apart(chosen, text, "a"))


TEXT = "1. 第一步？\nA. 提起\nB. 压下\n答案：C\n\n2. 第二步？\nA. 提起\nB. 压下\n答案：D\n"


def test_what_was_rejected_can_be_mended_as_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    text, form = to_mend(brought(TEXT)) or ("", "")
    assert form == "chinese"
    assert "第一步" in text
    assert "第二步" in text
    monkeypatch.setattr(module, "MENDED", 1)
    assert to_mend(brought(TEXT)) is None, "so many are mended in the file"


def test_where_all_was_taken_there_is_nothing_to_mend() -> None:
    assert to_mend(brought(TEXT.replace("C\n", "A\n").replace("D\n", "B\n"))) is None

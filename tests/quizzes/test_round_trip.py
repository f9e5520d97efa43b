"""What is written in one form is read back the same."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weike.quizzes import Bank, BankError, writing
from weike.quizzes.choice import Option
from weike.quizzes.formats import chinese, markdown
from weike.quizzes.formats import json as json_form
from weike.quizzes.loss import export
from weike.quizzes.schema import bank_schema
from weike.quizzes.types.boolean import Boolean
from weike.quizzes.types.numeric import Answer, Numeric
from weike.quizzes.types.single import Single

from .generated import LINES, TEXTS, WILD, banks

SCHEMA = jsonschema.Draft202012Validator(dict(bank_schema()))


@given(banks(TEXTS))
def test_a_bank_of_ordinary_texts_survives_markdown(bank: Bank) -> None:
    assert markdown.loads(markdown.dumps(bank)) == bank


@settings(max_examples=60)
@given(banks(WILD) | banks(TEXTS))
def test_a_choice_without_a_doubt_is_written_as_with_the_long_look(bank: Bank) -> None:
    quick = markdown.dumps(bank)
    with patch.object(writing, "_is_common_choice", lambda _question, _written: False):
        assert markdown.dumps(bank) == quick


@given(banks(WILD))
def test_any_bank_survives_json(bank: Bank) -> None:
    text = json_form.dumps(bank)
    assert json_form.loads(text) == bank
    SCHEMA.validate(json.loads(text))


@pytest.mark.parametrize("form", [markdown, chinese])
@given(bank=banks(WILD))
def test_what_a_text_cannot_hold_is_named_and_never_changes_a_key(form: Any, bank: Bank) -> None:
    made = export(bank, form)
    out = {loss.item for loss in made.losses if loss.left_out}
    changed = {loss.item for loss in made.losses}
    kept = [question for question in bank if question.id not in out]
    if not kept:
        return
    read = form.loads(made.data)
    assert [question.type for question in read] == [question.type for question in kept]
    for before, after in zip(kept, read, strict=True):
        assert before == after or before.id in changed
    assert read.rules == bank.rules or None in changed


ANSWERS = st.sampled_from(
    [
        "- [x] 甲\n- [ ] 乙",
        "* [x] 甲\n  > 对\n* [x] 乙",
        "- [x] 对\n- [ ] 错",
        "= 5 ± 1 mm",
        "= 3..5\n= 7 {weight=0.5}",
        "在 [[绿色|绿]] 区",
        "- 红 -> 禁止\n- 黄 → 警告\n- -> 指令",
        "1. 通风\n2. 检测",
        "- ( ) 太长\n  > 谢谢\n- （ ） 正好",
    ]
)
INNER = st.builds("### {}\n{}\n\n{}".format, LINES, ANSWERS, st.sampled_from(["", "> 解析\n"]))
MATERIALS = st.builds(
    "{}\n\n{}\n\n{}".format,
    WILD,
    st.lists(INNER, min_size=1, max_size=3).map("\n".join),
    st.sampled_from(["", "###\n"]),
)
SECTIONS = st.builds(
    "## {}\n{}\n{}\n{}".format,
    LINES,
    st.just("") | WILD,
    ANSWERS | MATERIALS,
    st.sampled_from(["", "> 解析"]),
)


@given(st.lists(SECTIONS, min_size=1, max_size=3).map("\n".join))
def test_what_was_read_once_is_written_and_read_the_same(text: str) -> None:
    try:
        bank = markdown.loads(text)
    except BankError:
        return
    assert markdown.loads(markdown.dumps(bank)) == bank
    assert export(bank, markdown).losses == ()


@given(st.text())
def test_no_text_crashes_a_reader(text: str) -> None:
    for module in (markdown, json_form):
        for written in (text, f"## 问\n{text}", f"---\n{text}\n---\n## 问\n= 1\n"):
            with suppress(BankError):
                module.loads(written)


@pytest.mark.parametrize(
    "stem",
    [
        "第一行\n第二行",
        "- 甲\n- 乙",
        "```\n码\n```",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "![图](a.svg)",
        "> 引文\n\n问",
        "说法：\n\n- 甲\n- 乙",
        "说法：\n\n1. 甲\n2. 乙",
        "C#",
        "集合 {x=1}",
        "$$\nx^2\n$$",
        "### 背景\n\n问",
        "[参见][r]\n\n[r]: a.html",
    ],
)
def test_a_stem_of_any_shape_survives_markdown(stem: str) -> None:
    option = Option(text="甲", right=True)
    for question in (
        Single(stem=stem, options=(option, Option(text="乙 {x=1}", feedback="一\n\n- 二"))),
        Boolean(stem=stem, right=True),
        Numeric(stem=stem, answers=(Answer(value=5),)),
    ):
        bank = Bank(questions=(question,))
        assert markdown.loads(markdown.dumps(bank)) == bank

"""Cutting Markdown into blocks: the quick way finds what the parser finds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from weike.quizzes import blocks

_LINES = (
    "## 问题 {#a}|## A|##|# 题|### 背景|## 尾 #|- [x] 甲|- [ ] 乙|- [x]  宽|- [ ]|- 甲|* [x] 丙|"
    "1. 一"
    "|119 是火警|119. 一|（注）|文字|Text *a*|> 解析|> 二|>|>x|  > 反馈|  缩进|= 5 ± 1|===|---|```"
    "|```x|<div>|</div>|<!-- a|-->|[a]: b|[[绿|甲 -> 乙|a \\|\\\\|# 题 \\#|"
    "\t制表|- [x] a\tb|\u3000|****|"
)
LINES = st.sampled_from([*_LINES.split("|"), "| a | b |", "|---|---|", ""])
TEXTS = st.lists(LINES, max_size=9).map("\n".join)


@settings(max_examples=400)
@given(TEXTS)
def test_the_quick_way_finds_what_the_parser_finds(text: str) -> None:
    lines = text.split("\n")
    parsed = blocks._parsed(lines, 1)
    assert blocks.blocks(text) == parsed
    assert blocks.common_blocks(lines, 1) in (None, parsed)


@given(st.lists(st.sampled_from(["- [x] 甲", "- [ ]  乙 > 丙", "- [x] [a](b)", "- [ ] (x)"])))
def test_the_items_of_a_plain_list_are_those_the_parser_finds(lines: list[str]) -> None:
    for block in blocks.blocks("\n".join(lines)):
        quick = blocks.items(block)
        spaced = blocks.blocks("\n".join(f" {line}" for line in lines))  # never quick
        assert [blocks.items(one) for one in spaced] == [quick]


def test_questions_of_the_usual_shape_need_no_parser() -> None:
    text = "## 第一步？ {difficulty=2}\n- [x] 提起\n- [ ] 拔销\n\n> 口诀。"
    found = blocks.common_blocks(text.split("\n"), 1)
    assert found is not None
    assert [block.kind for block in found] == ["heading", "bullet_list", "blockquote"]

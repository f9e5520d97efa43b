"""Every message of the Markdown form, with the line it names and the repair it suggests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file

import weike.quizzes.errors
from weike.quizzes.errors import BankError
from weike.quizzes.formats import markdown

PART = Path(weike.quizzes.errors.__file__).parent
OK = "## 一加一？\n= 2\n"

# what is written → the line, the message, the repair
CASES: dict[str, list[tuple[int, str, str]]] = {
    # options
    "## 问\n- [ ] 甲\n- [ ] 乙\n": [(1, "no right answer", "mark one with [x]")],
    "## 问\n- [x] 甲\n- [y] 乙\n": [
        (3, "[y] is no mark", "write [x] for a right option, [ ] for a wrong one")
    ],
    "## 问\n- [√] 甲\n- [x] 乙\n": [
        (
            3,
            "√ and x stand in one list, and x may mean wrong",
            "write [x] for a right option, [ ] for a wrong one",
        )
    ],
    "## 问\n- [x] 甲\n- 乙\n": [
        (3, "an option without a mark", "begin it with [x] if it is right, with [ ] if it is wrong")
    ],
    "## 问\n- [x] 甲\n- [ ]\n": [(3, "an empty option", "write its text or delete the line")],
    "## 问\n- [x] 甲\n": [(2, "there is only one option", "write two or more")],
    "## 问\n- [x] 甲\n- [ ] 乙\n- [ ] 甲\n": [
        (4, "the option 甲 stands there twice", "line 2 has it already; change or delete one")
    ],
    "## 问\n- [x] 甲 {weight=7}\n- [ ] 乙\n": [
        (2, "weight=7 does not fit", "write a number from -1 to 1")
    ],
    "## 问\n- [x] 甲\n- [ ] 乙\n\n解析：因为。\n": [
        (5, "text behind the options", "begin it with > to make it the explanation, or move it up")
    ],
    "## 问\n- [x] 甲\n > 反馈\n- [ ] 乙\n": [
        (
            3,
            "a quote between the options",
            "indent it by two spaces to make it feedback of the option above",
        )
    ],
    "## 问\n- [x] 甲\n* [ ] 乙\n": [
        (3, "two lists of options", "begin every option with the same sign, -")
    ],
    "## 问\n-[x] 甲\n-[ ] 乙\n": [
        (
            2,
            "-[x] 甲 is no option",
            "write it as - [ ] at the beginning of its line, with half-width signs and spaces",
        )
    ],
    "## 问\n- 【x】甲\n- 【 】乙\n": [
        (
            2,
            "- 【x】甲 is no option",
            "write it as - [ ] at the beginning of its line, with half-width signs and spaces",
        )
    ],
    "## 问\n- (x) 甲\n- ( ) 乙\n": [
        (
            2,
            "- (x) 甲 is no option",
            "write it as - [ ] at the beginning of its line, with half-width signs and spaces",
        )
    ],
    "## 问\n[x] 甲\n[ ] 乙\n": [
        (
            2,
            "[x] 甲 is no option",
            "write it as - [ ] at the beginning of its line, with half-width signs and spaces",
        )
    ],
    # these two would have been read as text of the option above
    "## 问\n- [x] 甲\n- [ ] 乙\n-[ ] 丙\n": [
        (
            4,
            "-[ ] 丙 is no option",
            "write it as - [ ] at the beginning of its line, with half-width signs and spaces",
        )
    ],
    "## 问\n- [x] 甲\n    - [ ] 乙\n": [
        (
            3,
            "- [ ] 乙 is no option",
            "write it as - [ ] at the beginning of its line, with half-width signs and spaces",
        )
    ],
    "## 问 {type=single}\n- [x] 甲\n- [x] 乙\n": [
        (1, "a single choice with several right answers", "")
    ],
    # true or false
    "## 问\n- [x] 正确\n- [x] 错误\n": [
        (1, "both true and false are marked as right", "leave one [x]")
    ],
    "## 问 {type=boolean}\n- [x] 甲\n- [ ] 乙\n": [
        (
            1,
            "a true/false question has other options than these two",
            "write 正确 and 错误, or true and false",
        )
    ],
    # blanks
    "## 指针在 [[]] 区。\n": [
        (
            1,
            "the blank [[]] has no right answer",
            "write it between the brackets: [[answer|synonym]]",
        )
    ],
    "## 填空\n\n一 [[甲]]\n二 ____ 。\n": [
        (
            4,
            "the blank ____ has no right answer",
            "write it between the brackets: [[answer|synonym]]",
        )
    ],
    "## 填空\n\n一 [[甲 {weight=0.5}]]\n": [
        (
            3,
            "the blank [[甲 {weight=0.5}]] has no right answer",
            "write it between the brackets: [[answer|synonym]]",
        )
    ],
    "## 指针在 [[绿色 区。\n": [
        (1, "a blank without an end", "write it as [[answer]] on one line")
    ],
    "## 问 {type=blank}\n文\n": [(1, "no blanks", "write the answer as [[answer|synonym]]")],
    # numbers
    "## 多少？\n= 很多\n": [
        (
            2,
            "很多 is no number",
            "write = 110, = 110 ± 10, = 3..5 or = 12%, and a unit behind it",
        )
    ],
    "## 多少？\n\n约\n= 5..3\n": [(4, "the range 5..3 is empty", "write the smaller number first")],
    "## 多少？\n= 5 {weight=0.5}\n": [(1, "no right answer", "give one answer its full weight")],
    "## 多少？ {type=numeric}\n约五\n": [(1, "no right answer", "write it as = 110 ± 10")],
    # questions
    "##\n= 5\n": [(1, "the question has no text", "write it behind ##")],
    "## 问\n没有答案\n": [
        (
            1,
            "the question has no answers",
            "add options such as - [x] …, a blank [[…]], or a number = …",
        )
    ],
    "## 问 [[甲]]\n- [x] 乙\n- [ ] 丙\n": [
        (
            1,
            "two kinds of answer in one question: blank, single",
            "leave one; write \\[[ where brackets are text",
        )
    ],
    "## 问 {colour=red}\n= 5\n": [
        (
            1,
            "unknown attribute colour",
            "known ones are: id, points, difficulty, topic, tags, type;"
            " write \\{ if the brace is text",
        )
    ],
    "## 问 {difficulty=9}\n= 5\n": [(1, "difficulty=9 does not fit", "write a number from 1 to 5")],
    "## 问 {points=两}\n= 5\n": [(1, "points=两 does not fit", "write a number from 0 to 1000")],
    "## 问 {#第一题}\n= 5\n": [
        (1, "第一题 is no id", "use letters A-Z, digits, - and _, 64 at most")
    ],
    "## 读材料\n### 一\n= 5\n### 二\n- 甲\n- 乙\n### 三\n= 7\n": [
        (
            4,
            "the question has no answers",
            "add options such as - [x] …, a blank [[…]], or a number = …",
        ),
    ],
    "## 读材料 {points=3}\n\n### 一\n= 5\n### 二\n= 七\n": [
        (
            1,
            "a material has the points of its questions",
            "write points= behind the ### of a question",
        ),
        (6, "七 is no number", "write = 110, = 110 ± 10, = 3..5 or = 12%, and a unit behind it"),
    ],
    "## 读材料 {type=material}\n= 5\n": [
        (1, "a material without a question", "begin each question about it with ###"),
    ],
    "## 读材料\n### 一\n= 5\n### 二 {type=note}\n### 三 {type=material}\n": [
        (
            4,
            "a material holds only questions that can be answered",
            "begin it with ## to make it one of its own",
        ),
        (
            5,
            "a material holds only questions that can be answered",
            "begin it with ## to make it one of its own",
        ),
    ],
    "## 读材料\n### 一 {#a}\n= 5\n### 二 {#a}\n= 6\n": [
        (1, "question 1: the id a stands there twice", ""),
        (1, "question 2: the id a stands there twice", ""),
    ],
    "## 问 {type=sudoku}\n= 5\n": [
        (
            1,
            "the type sudoku is not known here",
            "known ones are: blank, boolean, essay, matching, material, multiple, note, numeric,"
            " ordering, poll, single",
        )
    ],
    "## 甲 {#a}\n= 5\n## 乙 {#a}\n= 6\n": [
        (
            3,
            "the id a stands there twice",
            "line 1 has it already; give this one an id of its own: {#some-id}",
        )
    ],
    "## 甲？\n= 5\n## 甲\n= 6\n": [
        (
            3,
            "the same question stands there twice",
            "line 1 has it already; give this one an id of its own: {#some-id}",
        )
    ],
    # matching, ordering, polls
    "## 按先后排序\n1. 通风\n": [
        (
            1,
            "there is nothing to bring into order",
            "write two or more lines that begin with 1. 2. 3.",
        )
    ],
    "## 排序\n1. 通风\n   > 先\n2. 检测\n": [
        (
            2,
            "a quote under one of the things to order",
            "put it at the end of the question, as the explanation",
        )
    ],
    "## 连线\n- 红色 -> 禁止\n- 黄色 ->\n- 蓝色 -> 指令\n": [
        (
            3,
            "a pair without two sides",
            "write it as - left -> right; without a left side it belongs to nothing",
        )
    ],
    "## 连线\n- 红色 -> 禁止\n- -> 警告\n": [
        (1, "there is nothing to match", "write two or more pairs: - a -> b")
    ],
    "## 连线\n- 红色 -> 禁止\n  > 注意\n- 黄色 -> 警告\n": [
        (2, "a quote under a pair", "put it at the end of the question, as the explanation")
    ],
    "## 建议\n- ( ) 太长\n- 正好\n": [
        (3, "an option of a poll without its mark", "begin every one with ( )")
    ],
    # the bank
    "灭火器\n\n" + OK: [
        (
            1,
            "text before the first question",
            "begin a question with ##, or delete the text",
        )
    ],
    OK + "# 第二部分\n": [(3, "a heading with one #", "begin a question with ##")],
    OK + "##二加二？\n= 4\n": [
        (3, "##二加二？ is no heading", "write ## and a space before the question")
    ],
    "\n": [(2, "no questions", "add one; in a text, each begins with ##")],
    "---\ntitle: 甲\n---\n# 乙\n" + OK: [
        (4, "the bank has two titles", "leave the one in the front matter")
    ],
    "---\ntitle: 甲\n" + OK: [
        (1, "the front matter does not end", "write --- on a line of its own below it")
    ],
    "---\ntitle: 甲\ndraw: 5\n---\n" + OK: [
        (3, "draw: 5 of 1 questions", "add questions or draw fewer")
    ],
    # the front matter
    "---\ntitle: 甲\ncolour: red\n---\n" + OK: [
        (
            3,
            "unknown key colour",
            "known ones are: title, topic, language, bank, pass, behaviour, partial, attempts,"
            " wait, limit, open, close, draw, shuffle, counts",
        )
    ],
    "---\ntitle: [甲]\n---\n" + OK: [(2, "title: ['甲'] does not fit", "write a text")],
    "---\nlanguage: fr\n---\n" + OK: [(2, "language: fr does not fit", "choose one of zh-CN, en")],
    "---\ntitle: 甲\ntitle: 乙\n---\n" + OK: [
        (3, "the key title stands there twice", "line 2 has it already; change or delete one")
    ],
    "---\n- 甲\n---\n" + OK: [
        (
            2,
            "the front matter is no list of keys and values",
            "write lines such as title: 灭火器",
        )
    ],
    "---\ntopic: 消防\ntitle: 甲: 乙\n---\n" + OK: [
        (
            3,
            "the front matter cannot be read: mapping values are not allowed here",
            'write lines such as title: 灭火器; put quotes around a text with ": "',
        )
    ],
    "---\npass: 高\n---\n" + OK: [(2, "pass: 高 does not fit", "write a share such as 80%")],
    "---\nbehaviour: fun\n---\n" + OK: [
        (2, "behaviour: fun does not fit", "write practice, test or exam")
    ],
    "---\npartial: half\n---\n" + OK: [
        (
            2,
            "partial: half does not fit",
            "write all-or-nothing, missed-half or per-option",
        )
    ],
    "---\nattempts: 0\n---\n" + OK: [
        (2, "attempts: 0 does not fit", "write a number from 1, or unlimited")
    ],
    "---\nwait: soon\n---\n" + OK: [
        (2, "wait: soon does not fit", "write a length such as 10 min, 1 h or 90 s")
    ],
    "---\nlimit: -5\n---\n" + OK: [
        (2, "limit: -5 does not fit", "write a length such as 10 min, 1 h or 90 s")
    ],
    "---\nopen: 明天\n---\n" + OK: [
        (2, "open: 明天 does not fit", "write a time such as 2026-10-01 08:00")
    ],
    "---\nopen: 2026-10-02\nclose: 2026-10-01\n---\n" + OK: [
        (3, "the quiz closes before it opens", "write a later close")
    ],
    "---\ndraw: all\n---\n" + OK: [
        (
            2,
            "draw: all does not fit",
            "write a number from 1, or numbers by topic such as {操作: 2, 原理: 3}",
        )
    ],
    "---\nshuffle: maybe\n---\n" + OK: [
        (
            2,
            "shuffle: maybe does not fit",
            "write options, questions, true (both) or false",
        )
    ],
    "---\ncounts: worst\n---\n" + OK: [
        (2, "counts: worst does not fit", "write first, last, best or mean")
    ],
}


def problems_of(text: str, **more: int) -> list[tuple[int | None, str, str]]:
    with pytest.raises(BankError) as caught:
        markdown.loads(text, source="fire.md", **more)
    return [(p.line, p.message, p.repair) for p in caught.value.problems]


@pytest.mark.parametrize(("text", "expected"), CASES.items(), ids=[e[0][1] for e in CASES.values()])
def test_a_problem_names_its_line_and_its_repair(
    text: str, expected: list[tuple[int, str, str]]
) -> None:
    assert problems_of(text) == expected


def test_no_message_of_the_reader_is_missing_from_these_cases() -> None:
    shown = [text for case in CASES.values() for _line, *texts in case for text in texts]
    parts = (PART / "draft.py", PART / "front.py", PART / "formats" / "markdown.py")
    for file in parts:
        for _line, message, _comments, _context in extract_from_file("python", str(file)):
            if message == "the quiz":
                continue
            pattern = re.sub(r"\\{[a-z]+\\}", ".*", re.escape(str(message)))
            pattern = pattern.replace("\\{\\{", "\\{").replace("\\}\\}", "\\}")
            assert any(re.fullmatch(pattern, text) for text in shown), f"{file.name}: {message}"


def test_all_problems_are_told_at_once_in_the_order_of_their_lines() -> None:
    text = "---\npass: 高\n---\n## 甲\n- [ ] 子\n- [ ] 丑\n## 乙\n= 多\n## 丙\n"
    assert [line for line, *_rest in problems_of(text)] == [2, 4, 8, 9]


def test_lines_count_from_where_the_cell_begins() -> None:
    text = "## 甲\n- [ ] 子\n- [ ] 丑\n"
    assert [line for line, *_rest in problems_of(text, first_line=2)] == [2]
    assert [line for line, *_rest in problems_of("\n\n" + text, first_line=2)] == [4]


def test_the_error_reads_as_one_sentence_per_problem() -> None:
    with pytest.raises(BankError) as caught:
        markdown.loads("## 甲\n- [ ] 子\n- [ ] 丑\n## 乙\n= 多\n", source="fire.md")
    assert str(caught.value).splitlines() == [
        "fire.md has 2 problems:",
        "  line 1: no right answer; mark one with [x]",
        "  line 5: 多 is no number; write = 110, = 110 ± 10, = 3..5 or = 12%, and a unit behind it",
    ]


def test_a_bomb_of_aliases_in_the_front_matter_stays_small() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for name, before in zip("bcdefghijk", "abcdefghij", strict=True):
        bomb += f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
    found = problems_of(f"---\n{bomb}pass: *k\ntitle: *k\n---\n{OK}")
    assert all(len(message) < 400 for _line, message, _repair in found)

"""`weike bank export`: from the course into one file, with every loss named."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from weike.quizzes import load_bank
from weike.quizzes.errors import WeikeError

FIRE = """---
title: Fire
topic: 消防
pass: 80%
---
## One? {#a}
- [x] yes
- [ ] no

## Two {#b}
= 2
"""
DUST = "---\ntopic: 粉尘\n---\n\n## Other? {#a}\n= 7\n\n## 三 {#c topic=健康}\n[[尘]]\n"


@pytest.fixture
def typed(typed: Any) -> Any:
    return partial(typed, "bank", "export")


@pytest.fixture
def banks(folder: Any) -> Path:
    folder.write("quizzes/fire.md", FIRE)
    folder.write("quizzes/mine/dust.md", DUST)
    root: Path = folder.root
    return root


def test_one_bank_is_written_whole(banks: Path, typed: Any) -> None:
    for name in ("fire", "fire.md", "quizzes/fire.md"):
        said = typed(name, "-o", "out/fire.json").output
        assert said == "fire.json: 2 questions written; nothing was lost\n"
        assert load_bank(banks / "out/fire.json") == load_bank(banks / "quizzes/fire.md")


def test_without_a_name_all_questions_are_written_with_the_topics_of_their_banks(
    banks: Path, typed: Any
) -> None:
    result = typed()
    printed = json.loads(result.stdout)
    assert [(q["id"], q["topic"]) for q in printed["questions"]] == [
        ("a", "消防"),
        ("b", "消防"),
        ("c", "健康"),
    ]
    assert result.stderr.splitlines() == [
        "json: 3 questions written; this was lost:",
        "  fire.md: title is lost",
        "  fire.md: rules is lost",
        "  a: left out of mine/dust.md, another question has its name",
    ]


def test_a_question_of_two_banks_is_there_once_and_nothing_is_lost_of_it(
    banks: Path, folder: Any, typed: Any
) -> None:
    folder.write("quizzes/again.md", FIRE.rpartition("---\n")[2])
    said = typed("fire", "again", "-o", "both.json").output
    assert said.splitlines()[0] == "both.json: 2 questions written; this was lost:"
    assert "left out" not in said


def test_pictures_that_the_file_does_not_hold_are_told(folder: Any, typed: Any) -> None:
    picture = "![sign](https://example.org/a.png) ![door](pics/door.png)"
    folder.write("quizzes/fire.md", f"## Which? {{#a}}\n- [x] yes {picture}\n- [ ] no\n")
    for target in ("x.json", "x.gift", "x.xml"):
        assert (
            "  a: its pictures stay beside the bank: pics/door.png\n"
            in typed("fire", "-o", target).output
        )
    assert "a: pictures is lost" in typed("fire", "-o", "x.zip").output


def test_the_report_can_be_read_by_a_program(banks: Path, typed: Any) -> None:
    report = json.loads(typed("fire", "mine/dust", "-o", "x.xlsx", "--json").output)
    assert report["written"] == 3
    assert len(load_bank(banks / "x.xlsx")) == 3


def test_a_bank_that_is_not_there_and_a_file_that_is_not_named_are_told(
    banks: Path, folder: Any, typed: Any
) -> None:
    with pytest.raises(WeikeError, match=r"called sand; there are fire\.md, mine/dust\.md"):
        typed("sand")
    with pytest.raises(WeikeError, match="say with -o"):
        typed("fire", "--format", "excel")
    with pytest.raises(WeikeError, match=r"no format pdf; known ones are .*, qti, word"):
        typed("fire", "--format", "pdf")
    (banks / "quizzes/fire.md").unlink()
    (banks / "quizzes/mine/dust.md").unlink()
    with pytest.raises(WeikeError, match="no question bank in"):
        typed()

"""Every sentence a person reads is there in Chinese."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

import weike.quizzes.errors

PART = Path(weike.quizzes.errors.__file__).parent


def sentences() -> set[str]:
    commands = PART.parents[2] / "lessons" / "weike" / "commands" / "bank.py"
    keywords = {"_": None, "N_": None}
    return {
        str(message)
        for file in (*PART.rglob("*.py"), commands)
        for _line, message, _comments, _context in extract_from_file(
            "python", str(file), keywords=keywords
        )
    }


def translations() -> dict[str, str]:
    with (PART / "locale" / "zh-CN.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id}


def test_every_sentence_has_a_translation_and_no_translation_is_left_over() -> None:
    assert sentences() == set(translations())


def fields(text: str) -> set[str] | None:
    try:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
    except ValueError:
        return None


@pytest.mark.parametrize(("english", "chinese"), sorted(translations().items()))
def test_a_translation_keeps_the_placeholders(english: str, chinese: str) -> None:
    assert chinese
    assert fields(chinese) == fields(english)

"""Texts that do not say their encoding, as programs of every decade saved them."""

from __future__ import annotations

from pathlib import Path

import pytest

from weike.quizzes import load_bank
from weike.quizzes.encoding import decoded
from weike.quizzes.formats import moodle

FRENCH = "Où fut signé le traité ? Été, forêt, élève, garçon… à gauche"
CHINESE = "灭火器压力表指针在绿色区，A. 正确 B. 错误（90°）"


@pytest.mark.parametrize("text", [FRENCH, "Größe über alles", "¿Qué año? España", "été"])
def test_western_accents_are_not_read_as_chinese(text: str) -> None:
    assert decoded(text.encode("cp1252")) == text
    assert decoded(text.encode()) == text


@pytest.mark.parametrize("text", [CHINESE, "绿", "ABC 镕 堃 𠮷", "一、单选题"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_chinese_is_read_in_each_of_its_encodings(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text


def test_what_is_no_text_stays_none() -> None:
    assert decoded(b"\x80\xff\x00") is None
    assert decoded(b"\xff\xfea") is None


def test_banks_of_other_countries_keep_their_letters(tmp_path: Path) -> None:
    path = tmp_path / "a.gift"
    path.write_bytes(f"{FRENCH} {{=Vérité ~Erreur}}\r\n".encode("cp1252"))
    (question,) = load_bank(path)
    assert question.to_json()["options"][0]["text"] == "Vérité"
    wrongly_declared = (
        '<?xml version="1.0" encoding="UTF-8"?><quiz><question type="truefalse"><questiontext>'
        f"<text>{FRENCH}</text></questiontext><answer fraction='100'><text>true</text></answer>"
        "<answer fraction='0'><text>false</text></answer></question></quiz>"
    )
    assert moodle.loads(wrongly_declared.encode("cp1252")).questions[0].stem == FRENCH

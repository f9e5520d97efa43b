"""`weike bank import`: from a lecturer's file into the course, with nothing lost."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from weike.lessons.check import check_course
from weike.quizzes import load_bank
from weike.quizzes.errors import WeikeError

GIFT = "Good {T}\n\nBad {=a\n\nAlso good {=a ~b}\n"


@pytest.fixture
def typed(typed: Any) -> Any:
    return partial(typed, "bank")


def test_a_good_file_becomes_a_bank_of_the_course(folder: Any, typed: Any) -> None:
    folder.write("fire.gift", "Good {T}\n\nAlso good {=a ~b}\n")
    result = typed("import", "fire.gift")
    assert result.exit_code == 0
    assert "2 questions are in" in result.output
    assert len(load_bank(folder.root / "quizzes/fire.md")) == 2


def test_one_bad_question_keeps_all_out_unless_the_good_ones_are_asked_for(
    folder: Any, typed: Any
) -> None:
    folder.write("fire.gift", GIFT)
    result = typed("import", "fire.gift")
    assert result.exit_code == 1
    assert "line 3: the answers have only one brace" in result.output
    assert result.output.rstrip().endswith("say --keep-good to take the good ones")
    assert not (folder.root / "quizzes/fire.md").exists()

    result = typed("import", "fire.gift", "--keep-good")
    assert result.exit_code == 0
    assert len(load_bank(folder.root / "quizzes/fire.md")) == 2
    back = (folder.root / "fire-rejected.gift").read_text(encoding="utf-8")
    assert back.startswith("// ")
    assert "Bad {=a" in back


def test_what_moodle_s_file_could_not_give_comes_back_as_such_a_file(
    folder: Any, typed: Any
) -> None:
    question = "<question type='{}'><questiontext><text>{}</text></questiontext>{}</question>"
    good = question.format("truefalse", "A", "<answer fraction='100'><text>true</text></answer>")
    folder.write("fire.xml", f"<quiz>{good}{question.format('random', 'B', '')}</quiz>")
    result = typed("import", "fire.xml", "--keep-good")
    assert result.exit_code == 0
    assert "a question of the type random cannot be taken" in result.output
    assert len(load_bank(folder.root / "quizzes/fire.md")) == 1
    back = (folder.root / "fire-rejected.xml").read_text(encoding="utf-8")
    assert back.startswith("<?xml")
    assert "<!-- line 1: a question of the type random" in back
    assert typed("import", "fire-rejected.xml").exit_code == 1


def test_seventeen_of_twenty_rows_go_in_and_three_come_back(folder: Any, typed: Any) -> None:
    typed("template", "fire.xlsx")
    book = openpyxl.load_workbook(folder.root / "fire.xlsx")
    sheet = book["题库"]
    answer = [cell.value for cell in sheet[1]].index("答案*") + 1
    for n in range(20):
        sheet.cell(n + 2, 2, "判断")
        sheet.cell(n + 2, 3, f"第 {n} 题")
        sheet.cell(n + 2, answer, "也许" if n in (3, 9, 19) else "对")
    book.save(folder.root / "fire.xlsx")
    result = typed("import", "fire.xlsx", "--keep-good", "--json")
    report = json.loads(result.output)
    assert (report["imported"], report["rejected"]) == (17, 3)
    assert [(p["line"], p["column"]) for p in report["problems"]] == [
        (5, "Answer"),
        (11, "Answer"),
        (21, "Answer"),
    ]
    back = openpyxl.load_workbook(report["rejects"])["题库"]
    assert back.max_row == 4
    assert [back.cell(n, 3).value for n in (2, 3, 4)] == ["第 3 题", "第 9 题", "第 19 题"]


def test_a_dry_run_writes_nothing(folder: Any, typed: Any) -> None:
    folder.write("fire.gift", GIFT)
    result = typed("import", "fire.gift", "--dry-run", "--keep-good")
    assert "nothing is written, as asked" in result.output
    assert [path.name for path in Path(folder.root).iterdir() if "rejected" in path.name] == []
    assert not (folder.root / "quizzes/fire.md").exists()


def test_a_bank_of_that_name_is_not_written_over(folder: Any, typed: Any) -> None:
    folder.write("fire.gift", "Good {T}\n")
    folder.write("quizzes/fire.md", "## Kept\n= 1\n")
    with pytest.raises(WeikeError, match="is there already"):
        typed("import", "fire.gift")
    assert typed("import", "fire.gift", "--into", "other").exit_code == 0
    assert typed("import", "fire.gift", "--replace").exit_code == 0
    assert load_bank(folder.root / "quizzes/fire.md").questions[0].stem == "Good"


def test_nothing_imported_is_never_success(folder: Any, typed: Any) -> None:
    folder.write("fire.gift", "Bad {=a\n")
    result = typed("import", "fire.gift", "--keep-good")
    assert result.exit_code == 1
    assert "0 imported" in result.output


def test_a_paper_typed_in_word_comes_in_with_its_pictures(
    folder: Any, typed: Any, word: Any
) -> None:
    picture = folder.picture()
    word.paragraph("1、看图", word.picture(picture, alt="红"), "（A）").paragraph("A.甲 B.乙")
    word.paragraph("2、没有答案（ ）").paragraph("A.甲 B.乙")
    folder.write("fire.docx", word.data())
    report = json.loads(typed("import", "fire.docx", "--keep-good", "--json").output)
    assert (report["imported"], report["rejected"]) == (1, 1)
    assert Path(report["rejects"]).name == "fire-rejected.docx"
    (shown,) = (folder.root / "quizzes/media").iterdir()
    assert shown.read_bytes() == picture
    (question,) = load_bank(folder.root / "quizzes/fire.md")
    assert f"![红](media/{shown.name})" in question.stem
    assert check_course(folder.course, run=False).ok


def test_what_the_course_asks_already_is_named_and_can_be_left_out(folder: Any, typed: Any) -> None:
    folder.write(
        "quizzes/old.md", "## Good?\n- [x] a\n- [ ] b\n\n## Which is right?\n- [x] c\n- [ ] d\n"
    )
    folder.write("new.gift", "Good?{=a ~b}\n\nWhich is right?{=e ~f}\n\nNew{T}\n")
    report = json.loads(typed("import", "new.gift", "--dry-run", "--json").output)
    assert [one["file"] for one in report["duplicates"]] == ["quizzes/old.md"]
    said = typed("import", "new.gift", "--new-only").output
    assert "1 are asked in the course already, and left out:\n  Good? –" in said
    taken = load_bank(folder.root / "quizzes/new.md")
    assert [one.stem for one in taken] == ["Which is right?", "New"]
    assert typed("import", "new.gift", "--new-only", "--replace").exit_code == 0
    assert len(load_bank(folder.root / "quizzes/new.md")) == 2


def test_nothing_new_is_no_success(folder: Any, typed: Any) -> None:
    folder.write("quizzes/old.md", "## Good\n- [x] true\n- [ ] false\n")
    folder.write("new.gift", "Good{T}\n")
    result = typed("import", "new.gift", "--new-only")
    assert result.exit_code == 1
    assert result.output.endswith("0 imported; the course asks all of them already\n")
    assert not (folder.root / "quizzes/new.md").exists()


def test_names_that_two_files_share_do_not_make_one_question_of_two(
    folder: Any, typed: Any
) -> None:
    for name, stem in (("one", "First"), ("two", "Second")):
        folder.write(f"{name}.gift", f"::Q1::{stem}{{T}}\n")
        assert typed("import", f"{name}.gift").exit_code == 0
    (first,) = load_bank(folder.root / "quizzes/one.md")
    (second,) = load_bank(folder.root / "quizzes/two.md")
    assert first.id == "Q1"
    assert second.id != "Q1"

"""`weike check`, `weike publish`, `weike unpublish`: what a lecturer types and reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from weike.lessons.check import check_course
from weike.quizzes.errors import WeikeError

from .drawing import DRAWING

QUIZ = "%%quiz fire-1\n## What comes first? {#first}\n- [x] Alarm\n- [ ] Fight\n"
LOAD = "%load_ext weike.widgets"
BROKEN = "# T\n\n![x](gone.png)\n\n![](a.svg)"


def test_every_problem_is_listed_under_its_file_and_the_status_is_1(
    folder: Any, typed: Any
) -> None:
    folder.write("lessons/fire/a.svg", DRAWING)
    folder.lesson(BROKEN, name="lessons/fire/a.ipynb")
    folder.lesson("# B", name="lessons/fire/b.ipynb", minutes="five")
    folder.write("quizzes/fire.md", "## One?\n- [ ] a\n- [ ] b\n")
    result = typed("check", "--no-run")
    assert result.exit_code == 1
    assert result.output.splitlines()[:3] == [
        "lessons/fire/a.ipynb",
        "  error  cell 1, line 3: there is no file gone.png; put the file there, or correct the "
        "path",
        "  warning  cell 1, line 5: the picture a.svg has no description; say in a few words "
        "what it shows, in the field below it or between the square brackets: "
        "![a red fire extinguisher](…)",
    ]
    assert "quizzes/fire.md\n  error  line 1: no right answer" in result.output
    assert result.output.endswith("2 lessons and 1 banks: 3 errors, 2 warnings\n")


def test_an_exam_that_shares_questions_with_a_practice_is_warned_of(folder: Any) -> None:
    folder.write("quizzes/fire.md", "## What comes first? {#first}\n- [x] Alarm\n- [ ] Fight\n")
    exam = "%%quiz exam\n---\nbehaviour: exam\nbank: fire.md\n---\n"
    folder.lesson(
        "# A", folder.code(LOAD), folder.code(QUIZ), name="lessons/fire/a.ipynb", slug="a"
    )
    folder.lesson(
        "# B", folder.code(LOAD), folder.code(exam), name="lessons/fire/b.ipynb", slug="b"
    )
    copied, found = check_course(folder.course, run=False).findings
    assert "is also asked in quizzes/fire.md" in copied.message
    assert (found.severity, found.file, found.cell) == ("warning", "lessons/fire/b.ipynb", 3)
    assert (
        found.message == "1 questions of this exam are also asked in lessons/fire/a.ipynb, cell 3"
    )
    folder.write("quizzes/fire.md", "## And then? {#then}\n- [x] Alarm\n- [ ] Fight\n")
    assert check_course(folder.course, run=False).findings == ()


def test_warnings_alone_do_not_fail(folder: Any, typed: Any) -> None:
    folder.write("lessons/fire/a.svg", DRAWING)
    folder.lesson("# T\n\n![](a.svg)")
    assert typed("check").exit_code == 0


def test_findings_come_as_json_for_scripts(folder: Any, typed: Any) -> None:
    folder.lesson(BROKEN)
    result = typed("check", "--json", "lessons/fire/one.ipynb")
    body = json.loads(result.output)
    assert (result.exit_code, body["ok"], body["lessons"], body["banks"]) == (1, False, 1, 0)
    assert body["findings"][0] == {
        "severity": "error",
        "file": "lessons/fire/one.ipynb",
        "cell": 1,
        "line": 3,
        "column": None,
        "sheet": None,
        "message": "there is no file gone.png",
        "repair": "put the file there, or correct the path",
    }


def test_only_the_files_that_are_named_are_reported(folder: Any, typed: Any) -> None:
    folder.lesson(BROKEN, name="lessons/fire/a.ipynb")
    folder.lesson("# B", name="lessons/dust/b.ipynb")
    assert "1 lessons and 0 banks: 0 errors" in typed("check", "lessons/dust").output
    assert typed("check", "--no-run", "lessons/fire/a.ipynb").exit_code == 1


def test_a_file_that_is_no_lesson_is_an_error(folder: Any) -> None:
    with pytest.raises(WeikeError, match="neither a lesson nor a question bank"):
        check_course(folder.course, files=[folder.root / "weike.toml"])


def test_several_courses_are_checked_each_in_its_own_settings(
    folder: Any, typed: Any, make_folder: Any
) -> None:
    other = make_folder("other")
    folder.lesson("# A", name="lessons/fire/a.ipynb")
    broken = other.lesson(BROKEN, name="lessons/dust/b.ipynb")
    result = typed("check", "--no-run", "--json", "lessons", str(broken))
    body = json.loads(result.output)
    assert (result.exit_code, body["lessons"]) == (1, 2)
    assert {one["file"] for one in body["findings"]} == {"lessons/dust/b.ipynb"}


@pytest.mark.parametrize(
    "words", [("nowhere",), ("weike.toml",), ("--colour",), ("..",), ("--json", "nowhere")]
)
def test_the_status_is_2_where_nothing_could_be_checked(typed: Any, words: tuple[str]) -> None:
    result = typed("check", *words)
    assert result.exit_code == 2
    assert result.stderr.strip()
    assert result.stdout == ""


def test_a_lesson_that_fails_when_run_is_found_unless_it_is_not_run(
    folder: Any, typed: Any
) -> None:
    folder.lesson("# T", folder.code("1 / 0"))
    result = typed("check")
    assert result.exit_code == 1
    assert "cell 2, line 1: the cell fails: ZeroDivisionError: division by zero" in result.output
    assert typed("check", "--no-run").exit_code == 0


def test_one_id_for_two_questions_is_found_across_lessons_and_banks(folder: Any) -> None:
    load = folder.code("%load_ext weike.widgets")
    folder.write("quizzes/fire.md", "## Another question? {#first}\n- [x] a\n- [ ] b\n")
    folder.lesson("# A", load, folder.code(QUIZ), name="lessons/fire/a.ipynb")
    folder.lesson("# B", load, folder.code(QUIZ), name="lessons/fire/b.ipynb")
    report = check_course(folder.course, run=False)
    assert [(one.file, one.cell, one.line, one.message) for one in report.findings] == [
        (
            f"lessons/fire/{name}.ipynb",
            3,
            2,
            "the id first belongs to another question in quizzes/fire.md, line 1",
        )
        for name in "ab"
    ]
    assert report.findings[0].repair == "give this question an id of its own: {#some-id}"


def test_the_same_words_over_other_options_ask_for_an_id_of_their_own(folder: Any) -> None:
    folder.write("quizzes/a.md", "## Which is right?\n- [x] a\n- [ ] b\n")
    folder.write("quizzes/b.md", "## Which is right?\n- [x] c\n- [ ] d\n")
    folder.write("quizzes/c.md", "## Which is right? {#own}\n- [x] e\n- [ ] f\n")
    (found,) = check_course(folder.course, run=False).findings
    assert (found.severity, found.file, found.line) == ("warning", "quizzes/b.md", 1)
    assert found.message.endswith("belongs to another question in quizzes/a.md, line 1")
    assert found.repair == "give this question an id of its own: {#some-id}"


def test_the_same_question_in_two_places_is_a_warning_that_names_the_first(folder: Any) -> None:
    load = folder.code("%load_ext weike.widgets")
    folder.write("quizzes/fire.md", "## What comes first?\n- [x] Alarm\n- [ ] Fight\n")
    folder.lesson("# A", load, folder.code(QUIZ), name="lessons/fire/a.ipynb")
    (found,) = check_course(folder.course, run=False).findings
    assert (found.severity, found.file, found.cell, found.line) == (
        "warning",
        "lessons/fire/a.ipynb",
        3,
        2,
    )
    assert found.message == "“What comes first?” is also asked in quizzes/fire.md, line 1"
    assert found.repair.endswith("with bank:")


def test_a_bank_of_several_sheets_is_checked_with_the_sheet_in_the_place(folder: Any) -> None:
    book = openpyxl.Workbook()
    for name, *rows in (
        ("判断题", ("题干", "答案"), ("火警是 119。", "对")),
        (
            "单选题",
            ("题干", "A", "B", "答案", "格式"),
            ("![图](x.png)", "甲", "乙", "A", "markdown"),
        ),
        ("排班", ("姓名",)),
    ):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    folder.write("quizzes/fire.md", "## 火警是 119。\n- [ ] 正确\n- [x] 错误\n")
    book.save(folder.root / "quizzes/more.xlsx")
    report = check_course(folder.course, run=False)
    assert [(one.severity, one.place, one.message) for one in report.findings[:2]] == [
        (
            "warning",
            "",
            "the sheet “排班” is not read, because it lacks the columns 题型, 题干, 答案",
        ),
        (
            "warning",
            "“判断题” line 2",
            "“火警是 119。” has another answer in quizzes/fire.md, line 1",
        ),
    ]
    assert {one.place for one in report.findings[2:]} == {"“单选题” line 2"}
    assert any("x.png" in one.message for one in report.findings[2:])


def test_publishing_says_what_became_of_each_lesson(folder: Any, typed: Any) -> None:
    path: Path = folder.lesson("# A", name="lessons/fire/a.ipynb")
    folder.lesson(BROKEN, name="lessons/fire/b.ipynb")
    result = typed("publish")
    assert result.exit_code == 1
    assert "published: a\n" in result.output
    assert "not published, an older version stays if there is one: b\n" in result.output
    assert "cell 1, line 3: there is no file gone.png" in result.output
    assert typed("unpublish", "a").output == "a is no longer shown to members\n"
    assert "name them to publish them: a" in typed("publish").output
    result = typed("publish", "a")
    assert (result.exit_code, "published: a" in result.output) == (0, True)
    path.unlink()
    folder.lesson("# B", name="lessons/fire/b.ipynb")
    result = typed("publish")
    assert result.exit_code == 0
    assert "withdrawn, because the notebook is gone: a\n" in result.output


def test_with_review_the_command_says_how_to_approve(folder: Any, typed: Any) -> None:
    folder.write("weike.toml", 'language = "en"\nreview = true\n')
    folder.lesson("# A")
    assert typed("publish").output == (
        "waiting for approval (weike review); weike publish with their names approves them: one\n"
    )


def test_an_empty_course_says_how_to_begin(typed: Any) -> None:
    assert typed("publish").output == "there are no lessons here; make one with: weike author\n"

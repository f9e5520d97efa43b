"""What is refused or warned of without running a lesson: with its cell, line and repair."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from weike.lessons.finding import Finding
from weike.lessons.lint import lint

from .drawing import DRAWING

QUIZ = "%%quiz fire-1\n## What comes first?\n- [x] Alarm\n- [ ] Fight\n"
LOAD = "%load_ext weike.widgets"


def findings(folder: Any, *cells: Any, **said: Any) -> list[Finding]:
    found = lint(folder.read(*cells, **said), root=folder.root)
    assert {finding.file for finding in found} <= {"lessons/fire/one.ipynb"}
    return found


def only(folder: Any, *cells: Any, **said: Any) -> Finding:
    (finding,) = findings(folder, *cells, **said)
    assert finding.repair, "a finding without a repair helps nobody"
    return finding


def test_a_sound_lesson_has_no_findings(folder: Any) -> None:
    folder.write("lessons/fire/a.svg", DRAWING)
    text = "# One\n\n![a gauge in the green](a.svg)\n\n[what it is](#one) $x^2$"
    assert findings(folder, text, folder.code(LOAD), folder.code(QUIZ)) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("![gauge](gauge.png)", "there is no file gauge.png"),
        ("![gauge](Gauge.SVG)", "there is no file Gauge.SVG"),
        ("![压力表](图/压力表.png)", "there is no file 图/压力表.png"),
        ("![x](../../../../etc/passwd.png)", "../../../../etc/passwd.png leads out of the course"),
        ("![x](..%2F..%2F..%2Fx.png)", "../../../x.png leads out of the course folder"),
        ("![x](/etc/x.png)", "/etc/x.png leads out of the course folder"),
        ("![x](outside.svg)", "outside.svg leads out of the course folder"),
        ("<img alt='x' src='file:///etc/x.png'>", "file:///etc/x.png lies on another computer"),
        ("![x](media%5Cx.png)", "media\\x.png is written with backslashes"),
        ("![x](notes.docx)", "notes.docx is of a kind that pages cannot show"),
        ("![x](https://a.example/x.png)", "https://a.example/x.png lies on another computer"),
        ("![x](//a.example/x.png)", "//a.example/x.png lies on another computer"),
        ('<img alt="x" src="http://a.example/x.png">', "http://a.example/x.png lies on another"),
        ('<video src="http://a.example/x.mp4"></video>', "http://a.example/x.mp4 lies on another"),
        ('<img alt="x" src="gauge.svg" srcset="b.png 2x">', "srcset is not supported"),
        ("![x](broken.png)", "broken.png: this is not a PNG picture"),
        ("![x](active.svg)", "active.svg: the drawing holds <script>"),
        ("<script>alert(1)</script>", "a lesson cannot run scripts"),
        ("[x](<javascript:alert(1)>) <a href='javascript:x()'>x</a>", "a lesson cannot run"),
        ('<b onclick="x()">x</b>', "a lesson cannot run scripts: onclick is set on <b>"),
        ('<iframe src="https://a.example"></iframe>', "a lesson cannot hold <iframe>"),
        ("<form><input></form>", "a lesson cannot hold <form>"),
        ("<object data='x.swf'></object>", "a lesson cannot hold <object>"),
        ('<link rel="stylesheet" href="x.css">', "a lesson cannot hold <link>"),
        ("[next](two.ipynb)", "the link to two.ipynb leads nowhere for a member"),
        ("[notes](notes.docx)", "the link to notes.docx leads nowhere for a member"),
        ("[form](form.pdf)", "there is no file form.pdf"),
        ('<video src="film.avi"></video>', "film.avi is no film or sound that phones can play"),
    ],
)
def test_what_a_page_cannot_have_is_refused_with_its_cell_line_and_repair(
    folder: Any, text: str, message: str
) -> None:
    folder.write("lessons/fire/gauge.svg", DRAWING)
    folder.write("lessons/fire/notes.docx", b"PK")
    folder.write("lessons/fire/broken.png", b"GIF89a not at all")
    folder.write("lessons/fire/active.svg", "<svg><script/></svg>")
    outside = folder.root.parent / "outside.svg"
    outside.write_text(DRAWING)
    (folder.root / "lessons/fire/outside.svg").symlink_to(outside)
    found = findings(folder, "# One", f"First line.\n\n{text}")
    errors = [one for one in found if one.severity == "error"]
    assert message in errors[0].message
    assert (errors[0].cell, errors[0].line) == (2, 3)
    assert errors[0].repair


def test_a_name_that_differs_in_capitals_is_recognised(folder: Any) -> None:
    folder.write("lessons/fire/Gauge.svg", DRAWING)
    finding = only(folder, "![gauge](gauge.svg)")
    assert finding.repair == "the file is called Gauge.svg; small and capital letters differ"


def test_a_picture_without_a_description_is_a_warning(folder: Any) -> None:
    folder.write("lessons/fire/a.svg", DRAWING)
    finding = only(folder, "Text.\n\n![](a.svg)")
    assert (finding.severity, finding.line) == ("warning", 3)
    assert finding.message == "the picture a.svg has no description"


def test_colours_set_in_the_text_are_a_warning(folder: Any) -> None:
    finding = only(folder, 'Text.\n<span style="color: red">x</span>')
    assert (finding.severity, finding.line) == ("warning", 2)


def test_a_table_that_aligns_its_columns_is_no_finding(folder: Any) -> None:
    assert findings(folder, "| a | b |\n|---|--:|\n| 1 | 2 |") == []


def test_a_large_picture_is_a_warning_and_a_huge_one_an_error(folder: Any) -> None:
    folder.write("lessons/fire/a.png", folder.picture() + bytes(1_200_000))
    finding = only(folder, "![x](a.png)")
    assert finding.severity == "warning"
    assert finding.message == "a.png has 1.2 MB: members on a phone will wait for it"
    folder.write("lessons/fire/a.png", folder.picture() + bytes(10_500_000))
    finding = only(folder, "![x](a.png)")
    assert (finding.severity, finding.message) == ("error", "a.png is larger than 10 MB")


def test_a_film_has_captions_or_words_to_read(folder: Any) -> None:
    folder.write("lessons/fire/a.mp4", b"\0" * 2000)
    finding = only(folder, "![how it is done](a.mp4)")
    assert finding.severity == "warning"
    assert finding.repair == "put a.vtt or a.transcript.md beside it"
    folder.write("lessons/fire/a.vtt", "no captions")
    assert only(folder, "![how it is done](a.mp4)").message == "a.vtt holds no captions"
    folder.write("lessons/fire/a.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n")
    assert findings(folder, "![how it is done](a.mp4)") == []


def test_a_narration_that_is_missing_or_no_sound_is_refused(folder: Any) -> None:
    assert only(folder, "# One", narration="a.mp3").message == "there is no file a.mp3"
    assert only(folder, "# One", narration="a.txt").message == "the narration a.txt is no sound"


def test_an_attachment_that_is_no_picture_is_refused(folder: Any) -> None:
    cell = {
        "cell_type": "markdown",
        "metadata": {},
        "source": "![a dot](attachment:a.png)",
        "attachments": {"a.png": {"image/png": base64.b64encode(b"GIF89a").decode()}},
    }
    assert only(folder, cell).message == "this is not a PNG picture"


# Quizzes


@pytest.mark.parametrize(
    ("cell", "message", "line"),
    [
        ("%%quiz a\n## What?\n- [ ] One\n- [ ] Two", "no right answer", 2),
        ("\n%%quiz a\n\n## What?\n- [ ] One\n- [ ] Two", "no right answer", 4),
        ("%%quiz a\n---\npass: 800%\n---\n## What?\n- [x] One\n- [ ] Two", "", 3),
        ("%%quiz\n## What?\n- [x] One\n- [ ] Two", "the quiz has no name", 1),
        ("%%quiz ä!\n## What?\n- [x] One\n- [ ] Two", "“ä!” cannot be the name of a quiz", 1),
        ("%%quiz a\n---\nbank: none.md\n---\n", "there is no question bank none.md", 3),
        ("%%quiz a\n## What? ![x](x.png)\n- [x] One\n- [ ] Two", "there is no file x.png", 2),
    ],
)
def test_a_quiz_that_cannot_be_read_is_named_by_cell_and_line(
    folder: Any, cell: str, message: str, line: int
) -> None:
    finding = only(folder, "# One", folder.code(LOAD), folder.code(cell))
    assert finding.severity == "error"
    assert message in finding.message
    assert (finding.cell, finding.line) == (3, line)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("![x](https://a.example/x.png)", "https://a.example/x.png lies on another computer"),
        ("<script>x</script> One", "a lesson cannot run scripts"),
        ("<video src='a.mp4'></video>", "a question cannot hold a film or a sound"),
    ],
)
def test_the_texts_of_a_question_are_held_to_the_same(
    folder: Any, option: str, message: str
) -> None:
    cell = f"%%quiz a\n## First?\n- [x] a\n- [ ] b\n\n## What?\n- [x] {option}\n- [ ] Two"
    finding = only(folder, folder.code(LOAD), folder.code(cell))
    assert (finding.severity, finding.message) == ("error", message)
    assert (finding.cell, finding.line) == (2, 6)


def test_every_problem_of_a_quiz_is_named_at_once(folder: Any) -> None:
    cell = "%%quiz a\n## One?\n- [ ] x\n- [ ] y\n\n## Two?\n- [ ] x\n- [ ] y\n"
    found = findings(folder, folder.code(LOAD), folder.code(cell))
    assert [finding.line for finding in found] == [2, 6]


def test_two_quizzes_of_one_name_are_refused(folder: Any) -> None:
    other = folder.code('from weike.widgets import Quiz\nQuiz("fire-1", bank="fire.md")')
    finding = only(folder, folder.code(LOAD), folder.code(QUIZ), other)
    assert finding.message == "the lesson has two quizzes named fire-1; the first is in cell 2"
    assert finding.cell == 3


def test_a_quiz_needs_the_extension_first(folder: Any) -> None:
    finding = only(folder, "# One", folder.code(QUIZ), folder.code(LOAD))
    assert finding.message == "%%quiz is not known yet in this cell"
    assert finding.repair == "make a first code cell with the line: %load_ext weike.widgets"
    assert (finding.cell, finding.line) == (2, 1)


def test_a_bank_is_looked_for_in_the_courses_quizzes_and_beside_the_lesson(folder: Any) -> None:
    cells = (folder.code(LOAD), folder.code("%%quiz a\n---\nbank: fire.md\n---\n"))
    bank = "## What?\n- [x] One\n- [ ] Two\n"
    for place in ("quizzes/fire.md", "lessons/fire/fire.md"):
        file: Path = folder.write(place, bank)
        assert findings(folder, *cells) == []
        file.unlink()
    folder.write("quizzes/fire.md", bank)
    whole = folder.code("%%quiz a\n---\nbank: quizzes/fire.md\n---\n")
    assert findings(folder, cells[0], whole) == []


# Length


def test_a_lesson_that_takes_much_longer_than_it_says_is_a_warning(folder: Any) -> None:
    finding = only(folder, "## One\n\n" + "火" * 3500, minutes=5)
    assert finding.severity == "warning"
    assert finding.message == "the lesson says 5 minutes; reading and answering takes about 10"
    assert findings(folder, "## One\n\n" + "火" * 3500, minutes=8) == []


def test_an_empty_lesson_is_refused(folder: Any) -> None:
    assert only(folder, "", folder.code(" ")).message == "the lesson is empty"


def test_a_limit_of_seconds_is_questioned_where_minutes_are_meant(folder: Any) -> None:
    quiz = QUIZ.replace("\n", "\n---\nlimit: 10\n---\n", 1)
    found = only(folder, "# One", folder.code(LOAD), folder.code(quiz))
    assert (found.severity, found.cell, found.line) == ("warning", 3, 3)
    assert found.message == "the time limit is 10 seconds"
    assert found.repair == "for minutes, write the unit: limit: 10 min"
    minutes = quiz.replace("limit: 10", "limit: 10 min")
    assert findings(folder, "# One", folder.code(LOAD), folder.code(minutes)) == []

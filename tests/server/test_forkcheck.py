"""A live lesson whose process cannot be copied is named, with the cell and the repair."""

from __future__ import annotations

import json
import sys

import nbformat
import pytest
from click.testing import CliRunner

from weike.cli import weike
from weike.quizzes.course import Course, load_course
from weike.quizzes.i18n import use_language
from weike.results.versions import LessonVersion
from weike.server.forkcheck import copying

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
LOAD = "%load_ext weike.widgets"
QUIZ = "%%quiz one\n## 一加一？\n- [x] 2\n- [ ] 3"
BEGIN = """\
import threading
def begin():
    threading.Thread(target=threading.Event().wait, daemon=True).start()
"""
SLIDER = "import ipywidgets\nipywidgets.IntSlider()"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("course")
    (root / "weike.toml").write_text('title = "T"\nlanguage = "en"\n', encoding="utf-8")
    (root / "quizzes").mkdir()
    (root / "lessons").mkdir()
    nbformat.write(  # type: ignore[no-untyped-call]
        notebook(LOAD, BEGIN, QUIZ, "begin()", SLIDER), root / "lessons" / "threads.ipynb"
    )
    return load_course(root)


def notebook(*sources: str) -> nbformat.NotebookNode:
    new = nbformat.v4
    cells = [new.new_code_cell(one) for one in sources]  # type: ignore[no-untyped-call]
    title = new.new_markdown_cell("# T")  # type: ignore[no-untyped-call]
    return new.new_notebook(cells=[title, *cells])  # type: ignore[no-untyped-call]


def version(*sources: str, body: str = '<section data-models="{}">') -> LessonVersion:
    def text(*cells: str) -> str:
        return json.dumps(notebook(*cells))

    return LessonVersion(
        slug="one",
        version="1",
        title="T",
        language="en",
        kind="live",
        body_html=body,
        notebook=text(*sources),
        live_notebook=text(*(one for one in sources if not one.startswith("%%quiz"))),
    )


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("begin()", "threads begin"),
        ("kept = __builtins__.open('log.txt', 'a')", "/log.txt"),
        ("undefined", "NameError: name 'undefined' is not defined"),
    ],
)
def test_the_cell_that_stands_in_the_way_is_found_as_the_lecturer_counts(
    course: Course, code: str, word: str
) -> None:
    with use_language("en"):
        found = copying(course, version(BEGIN, QUIZ, code, SLIDER), file="one.ipynb")
    assert found is not None
    assert (found.severity, found.file, found.cell) == ("warning", "one.ipynb", 4)
    assert word in found.message
    assert found.repair


def test_a_lesson_that_can_be_copied_is_fine(course: Course) -> None:
    assert copying(course, version(BEGIN, QUIZ, SLIDER), file="one.ipynb") is None


def test_a_lesson_whose_cells_run_for_each_member_anyway_is_not_tried(course: Course) -> None:
    apart = version("undefined", SLIDER, body="<section data-live='one'>")
    assert copying(course, apart, file="one.ipynb") is None


@pytest.fixture
def typed(course: Course, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(course.root)
    return CliRunner()


def test_weike_check_and_weike_doctor_say_so(course: Course, typed: CliRunner) -> None:
    result = typed.invoke(weike, ["check", "--json"])
    said = [one for one in json.loads(result.stdout)["findings"] if "threads" in one["message"]]
    assert [(one["cell"], one["severity"]) for one in said] == [(5, "warning")]
    assert "after_fork" in said[0]["repair"]
    assert typed.invoke(weike, ["publish", "threads"]).exit_code == 0
    result = typed.invoke(weike, ["doctor", "--json"])
    [live] = [one for one in json.loads(result.stdout)["checks"] if one["name"] == "live"]
    assert not live["healthy"]
    assert live["text"].startswith("threads has 1 problem: cell 5: here threads begin")
    assert "after_fork" in live["repair"]

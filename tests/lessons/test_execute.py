"""Lessons run in real kernels: what comes out, and what a lesson cannot reach or break."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from weike.lessons.catalogue import read_lessons
from weike.lessons.execute import Executed, open_room, run_lesson
from weike.lessons.failure import ExecutionError
from weike.lessons.finding import Finding
from weike.lessons.live import live_notebook
from weike.lessons.publish import build_all
from weike.lessons.render import Rendered, render_lesson
from weike.quizzes.errors import WeikeError
from weike.results import folders

from .drawing import DRAWING

SECRET = "postgresql://weike:hunter2@db/weike"
QUIZ = """%%quiz fire-1
---
title: Fire
---
## What is this? ![a drawing](media/a.svg)
- [x] Gauge
- [ ] Pin
"""
SPY = """import os, json
history = get_ipython().history_manager.enabled
print(json.dumps({"env": dict(os.environ), "cwd": os.getcwd(), "history": history}))"""
PLOT = """#| alt: a line
import warnings
import matplotlib.pyplot as plt
%config InlineBackend.figure_formats = ["svg"]
fig, ax = plt.subplots(); ax.plot([1, 2, 3])"""
FRAME = """import pandas as pd
import helper
from pathlib import Path
Path("written.txt").write_text("x")
pd.read_csv("dust.csv").set_index("dust")"""


class Lesson:
    """One lesson that was run: source, executed, and rendered."""

    def __init__(self, folder: Any, *cells: Any) -> None:
        self.root: Path = folder.root.resolve()
        self.source = folder.read(*cells)
        with open_room(folder.course) as room:
            self.executed: Executed = run_lesson(self.source, room)
        self.rendered: Rendered = render_lesson(self.source, self.executed, root=folder.root)

    def printed(self, cell: int) -> str:
        return "".join(output.get("text", "") for output in self.executed.outputs[cell])


@pytest.fixture(scope="module")
def light(make_folder: Callable[[str], Any]) -> Iterator[Lesson]:
    folder = make_folder("light")
    folder.write("lessons/fire/media/a.svg", DRAWING)
    folder.write("lessons/fire/dust.csv", "dust,limit\ncoal,60\n")
    folder.write("lessons/fire/helper.py", "x = 1\n")
    folder.write("quizzes/fire.md", "## One?\n- [x] a\n- [ ] b\n")
    os.environ["WEIKE_DATABASE_URL"] = SECRET
    try:
        yield Lesson(
            folder,
            "# Fire\n\nText.",
            folder.code("%load_ext weike.widgets"),
            folder.code(QUIZ),
            folder.code("%%quiz bank-1\n---\nbank: fire.md\n---\n"),
            folder.code(SPY, "spy"),
            folder.code(PLOT),
            folder.code(FRAME),
            folder.code("from weike.widgets import Quiz\nmade = Quiz('hidden', bank='fire.md')"),
        )
    finally:
        del os.environ["WEIKE_DATABASE_URL"]


@pytest.fixture(scope="module")
def live(make_folder: Callable[[str], Any]) -> Lesson:
    folder = make_folder("live")
    folder.write("lessons/fire/media/a.svg", DRAWING)
    return Lesson(
        folder,
        folder.code("%load_ext weike.widgets"),
        folder.code(
            "from ipywidgets import IntSlider, VBox, interact\nfrom weike.widgets import Quiz"
        ),
        folder.code("IntSlider(3)"),
        folder.code(QUIZ),
        folder.code("interact(lambda n: print(n), n=(0, 5));"),
        folder.code("Quiz('made', questions='## A?\\n- [x] a\\n- [ ] b')"),
    )


def test_a_lesson_that_shows_only_our_quizzes_is_light(light: Lesson) -> None:
    assert light.rendered.kind == "light"
    assert [one.message for one in light.rendered.findings] == [
        "the quiz hidden is made and never shown, so members do not get it"
    ]


def test_a_quiz_is_a_place_in_the_page_and_its_definition_stays_out(light: Lesson) -> None:
    page = light.rendered.body_html
    assert (
        '<section class="weike-quiz" data-quiz="one/fire-1" aria-label="Fire" data-place="2">'
        "</section>" in page
    )
    assert "Gauge" not in page
    assert [quiz.id for quiz in light.rendered.quizzes] == ["fire-1", "bank-1"]


def test_the_pictures_of_a_quiz_are_media_of_the_lesson(light: Lesson) -> None:
    (name,) = (
        n for n, media in light.rendered.shelf.files.items() if media.content == DRAWING.encode()
    )
    assert f"](../media/{name}.svg)" in light.rendered.quizzes[0].questions[0].stem


def test_no_key_is_in_any_output_or_widget_state(light: Lesson) -> None:
    everything = repr(light.executed.outputs) + repr(light.executed.models)
    assert "Gauge" not in everything


def test_a_lesson_learns_nothing_of_the_servers_environment(light: Lesson) -> None:
    seen = json.loads(light.printed(5))
    assert "hunter2" not in light.printed(5)
    assert "WEIKE_DATABASE_URL" not in seen["env"]
    assert seen["env"]["HOME"] != os.environ.get("HOME")
    assert not [name for name in seen["env"] if "TOKEN" in name or "SECRET" in name]
    assert seen["history"] is False


def test_a_lesson_runs_in_its_own_folder(light: Lesson) -> None:
    assert json.loads(light.printed(5))["cwd"] == str(light.root / "lessons/fire")


def test_a_plot_is_a_file_that_is_the_same_every_time(light: Lesson, folder: Any) -> None:
    again = Lesson(folder, folder.code(PLOT))
    names = [
        name for name, media in again.rendered.shelf.files.items() if media.type == "image/svg+xml"
    ]
    assert len(names) == 1
    assert names[0] in light.rendered.shelf.files
    assert "<svg" not in light.rendered.body_html
    assert 'alt="a line"' in light.rendered.body_html
    assert "Line2D" not in light.rendered.body_html


def test_a_table_is_shown_with_its_headers(light: Lesson) -> None:
    assert '<th scope="row">coal</th>' in light.rendered.body_html


def test_the_files_that_a_lesson_read_are_known(light: Lesson) -> None:
    names = {file.relative_to(light.root).as_posix() for file in light.executed.files}
    assert names == {
        "lessons/fire/dust.csv",
        "lessons/fire/helper.py",
        "lessons/fire/media/a.svg",
        "quizzes/fire.md",
        "weike.toml",
    }


def test_any_other_widget_makes_a_lesson_live_and_stands_where_its_cell_stood(
    live: Lesson,
) -> None:
    assert live.rendered.kind == "live"
    assert live.rendered.findings == ()
    sections = re.findall(r"<section [^>]*>", live.rendered.body_html)
    assert [re.findall(r'data-(?:quiz|cell)="([^"]*)"', one) for one in sections] == [
        ["3"],
        ["one/fire-1"],
        ["4"],
        ["one/made"],
    ]
    models = json.loads(unescape(re.findall(r'data-models="([^"]*)"', sections[0])[0]))
    [slider] = models.values()
    assert (slider["_model_name"], slider["value"], slider["max"]) == ("IntSliderModel", 3, 100)


def test_the_live_notebook_has_every_cell_but_those_that_show_a_quiz(live: Lesson) -> None:
    notebook = live_notebook(live.source, live.rendered.quiz_cells)
    assert "IntSlider(3)" in notebook
    assert "interact(" in notebook
    assert "Gauge" not in notebook
    assert "'made'" not in notebook


def refused(folder: Any, *cells: Any, seconds: float = 60) -> Finding:
    source = folder.read(*cells)
    with open_room(folder.course, seconds=seconds) as room, pytest.raises(ExecutionError) as raised:
        run_lesson(source, room)
    (finding,) = raised.value.problems
    assert isinstance(finding, Finding)
    assert (finding.severity, finding.file) == ("error", "lessons/fire/one.ipynb")
    return finding


@pytest.mark.skipif(os.name == "nt", reason="no such sockets there")
def test_where_sockets_find_no_room_the_repair_is_a_shorter_place(
    folder: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    source = folder.read(folder.code("print(6 * 7)"))
    with open_room(folder.course) as room:
        assert not room.home.is_relative_to(long)
        assert run_lesson(source, room).outputs[1][0]["text"] == "42\n"
    monkeypatch.setattr(folders, "SHORT", ())
    found = refused(folder, folder.code("print(6 * 7)"))
    assert found.message.startswith("Python for lessons does not start: File name too long")
    assert found.repair == "set TMPDIR to a folder with a shorter name, such as /tmp"


def test_a_failing_cell_is_named_with_its_line_and_the_last_line_of_the_traceback(
    folder: Any,
) -> None:
    cells = ("# T", folder.code("a = 1"), folder.code("b = 2\n\nb / (a - 1)"))
    finding = refused(folder, *cells)
    assert (finding.cell, finding.line) == (3, 3)
    assert finding.message == "the cell fails: ZeroDivisionError: division by zero"
    assert "Restart Kernel and Run All Cells" in finding.repair


def test_a_missing_package_is_named_with_the_repair(folder: Any) -> None:
    finding = refused(folder, folder.code("import nosuchpackage"))
    assert finding.repair == "install nosuchpackage beside Weike, or do without it"


def test_a_lesson_that_asks_for_input_hears_that_nobody_types(folder: Any) -> None:
    finding = refused(folder, folder.code("input('name?')"))
    assert finding.message == "the cell fails: input()"
    assert "ask with a quiz" in finding.repair


def test_a_lesson_that_does_not_end_is_ended(folder: Any) -> None:
    finding = refused(folder, folder.code("x = 1"), folder.code("while True: pass"), seconds=4)
    assert finding.cell == 2
    assert finding.message == "the lesson was still running after 4 seconds"


def test_a_cell_that_floods_us_with_output_is_ended(folder: Any) -> None:
    finding = refused(folder, folder.code("while True: print('x' * 100_000)"))
    assert (finding.cell, finding.message) == (1, "the cell prints more than 20 MB")


def test_a_cell_that_ends_python_is_named(folder: Any) -> None:
    finding = refused(folder, folder.code("import os\nos._exit(3)"))
    assert (finding.cell, finding.message) == (1, "the cell ended Python itself")


def test_a_cell_that_wants_all_memory_gets_an_error_of_its_own(folder: Any) -> None:
    finding = refused(folder, folder.code("x = bytearray(3 * 1024**3)"))
    assert finding.message.startswith("the cell fails: MemoryError")
    assert finding.repair == "work with less data; a lesson has 2 GB of memory"


def test_a_quiz_inside_another_widget_or_beside_one_is_refused(folder: Any) -> None:
    lesson = Lesson(
        folder,
        folder.code(
            "from ipywidgets import IntSlider, VBox\nfrom IPython.display import display\n"
            "from weike.widgets import Quiz\nbank = '## A?\\n- [x] a\\n- [ ] b'\n"
            "one, two, three = (Quiz(name, questions=bank) for name in ('one', 'two', 'three'))"
        ),
        folder.code("VBox([one, IntSlider()])"),
        folder.code("display(two, IntSlider())"),
        folder.code("three"),
        folder.code("three"),
    )
    found = [
        (f.cell, f.message, f.repair) for f in lesson.rendered.findings if f.severity == "error"
    ]
    assert found == [
        (2, "a quiz stands inside another widget", "show the quiz by itself, in a cell of its own"),
        (
            3,
            "the cell shows both a quiz and another widget",
            "split it into two cells, one for the quiz and one for the widget",
        ),
        (
            5,
            "the quiz three is shown twice, first in cell 4",
            "show it once, or give the second one another name",
        ),
    ]


def test_a_lesson_without_code_needs_no_kernel(
    folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asyncio.run", lambda _never: pytest.fail("a kernel was started"))
    assert "Text." in Lesson(folder, "# T\n\nText.", folder.code("  ")).rendered.body_html


def test_an_unknown_kernel_user_is_an_error_with_its_name(folder: Any) -> None:
    course = replace(folder.course, kernel_user="nobody-of-that-name")
    with pytest.raises(WeikeError, match="nobody-of-that-name"), open_room(course):
        pass


def test_running_without_a_kernel_user_is_said_once_at_publishing(
    folder: Any, caplog: pytest.LogCaptureFixture
) -> None:
    course = replace(folder.course, title="A course of its own")
    for _time in range(2):
        with open_room(course):
            pass
    (record,) = caplog.records
    assert "is trusted like an administrator" in record.getMessage()


@pytest.mark.usefixtures("nobody")
def test_a_server_that_is_root_runs_lessons_as_another_user(
    make_folder: Callable[[str], Any],
) -> None:
    where = Path(tempfile.mkdtemp())
    try:
        where.chmod(0o755)
        folder = type(make_folder("unused"))(where / "course")
        course = replace(folder.course, kernel_user="nobody")
        secret = folder.write("results/weike.db", "people")
        secret.chmod(0o600)
        source = folder.read(
            folder.code("import os\nprint(os.getuid(), os.getgroups())"),
            folder.code(f"open({str(secret)!r})", "raises-exception"),
        )
        with open_room(course) as room:
            executed = run_lesson(source, room)
        nobody = pwd.getpwnam("nobody")
        assert executed.outputs[1][0]["text"] == f"{nobody.pw_uid} []\n"
        assert executed.outputs[2][0]["ename"] == "PermissionError"
    finally:
        shutil.rmtree(where)


def test_stopping_does_not_wait_for_a_lesson_that_runs(make_folder: Callable[[str], Any]) -> None:
    folder = make_folder("stopped")
    folder.lesson("# Quick\n\nText.", name="lessons/fire/a.ipynb")
    folder.lesson(folder.code("import time; time.sleep(100)"), name="lessons/fire/b.ipynb")
    catalogue = read_lessons(folder.course)
    builds = build_all(folder.course, catalogue, catalogue.lessons)
    assert next(builds).source.slug == "a"
    began = monotonic()
    builds.close()  # as Ctrl-C does
    assert monotonic() - began < 50

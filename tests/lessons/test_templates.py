"""The templates that JupyterLab's launcher offers: sound lessons, in the course's language."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import Any

import pytest

from weike.lessons.authoring.launcher import HERE, NAME, launcher_extension, templates
from weike.lessons.check import check_course
from weike.quizzes.i18n import use_language


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_lesson_made_of_a_template_passes_the_check(folder: Any, language: str) -> None:
    course = replace(folder.course, language=language)
    (folder.root / "lessons/fire").mkdir()
    for template in templates(course):
        shutil.copyfile(template.file, folder.root / f"lessons/fire/{template.stem}.ipynb")
    report = check_course(course)
    assert (report.lessons, report.findings) == (3, ())


def test_the_extension_holds_what_its_script_asks_for(folder: Any) -> None:
    with use_language("zh-CN"), launcher_extension(replace(folder.course, language="zh-CN")) as lab:
        package = json.loads((lab / NAME / "package.json").read_text(encoding="utf-8"))
        assert package["name"] == NAME
        assert (lab / NAME / package["jupyterlab"]["_build"]["load"]).is_file()
        listed = json.loads((lab / NAME / "static/templates.json").read_text(encoding="utf-8"))
        assert [one["title"] for one in listed] == ["图文微课", "动手微课", "只有测验"]
        for one in listed:
            assert json.loads((lab / NAME / "static" / one["file"]).read_text(encoding="utf-8"))
    assert not lab.exists()


def test_a_course_offers_templates_of_its_own_which_are_no_lessons(folder: Any) -> None:
    folder.lesson("# Toolbox talk", name="lessons/_templates/talk.ipynb")
    folder.write("lessons/_templates/broken.ipynb", "{")
    own = [(one.title, one.stem) for one in templates(folder.course)[3:]]
    assert own == [("broken", "broken"), ("Toolbox talk", "talk")]
    assert check_course(folder.course, run=False).lessons == 0


def test_the_script_names_no_other_host() -> None:
    script = (HERE / "launcher/static/launcher.js").read_text(encoding="utf-8")
    assert "http" not in script

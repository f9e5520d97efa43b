"""Lesson templates for JupyterLab's launcher, as a prebuilt extension in a folder of its own.

The extension is one script, written by hand and shipped as it is: no build step, no npm, nothing
installed into the environment. `weike author` names the folder as `extra_labextensions_path`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from weike.lessons.catalogue import first_heading
from weike.lessons.notebook import NotebookError, read_notebook
from weike.quizzes.course import Course
from weike.quizzes.i18n import _
from weike.results.folders import Folders, clear_stale

HERE = Path(__file__).parent
NAME = "weike-author"
OWN = "_templates"  # in lessons/; a folder that begins with _ holds no lessons
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect x="5" y="2" width="14"'
    ' height="20" rx="2.5" fill="none" stroke="#b3261e" stroke-width="1.8"/>'
    '<path d="{path}" fill="none" stroke="#b3261e" stroke-width="1.8" stroke-linecap="round"/>'
    "</svg>"
)
_LINES = "M8.5 7h7M8.5 11h7M8.5 15h4"
_SLIDER = "M8.5 8h7M8.5 14h7M11 6.5v3M13.5 12.5v3"
_TICKS = "M8.5 8l1.2 1.2L12 7M14 8h2M8.5 14l1.2 1.2L12 13M14 14h2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A notebook to begin a lesson with. `stem` names the new file, and so its address."""

    file: Path
    title: str
    caption: str
    stem: str
    drawing: str = _LINES

    def to_json(self) -> dict[str, str]:
        return {
            "file": f"{self.stem}.ipynb",
            "title": self.title,
            "caption": self.caption,
            "stem": self.stem,
            "icon": "data:image/svg+xml," + quote(_ICON.format(path=self.drawing)),
        }


def templates(course: Course) -> list[Template]:
    """The shipped templates in the course's language, and the course's own after them."""
    folder = HERE / "templates" / course.language
    shipped = [
        Template(
            file=folder / "new-lesson.ipynb",
            title=_("Illustrated lesson"),
            caption=_("Text, a picture, a table and a quiz"),
            stem="new-lesson",
        ),
        Template(
            file=folder / "new-live-lesson.ipynb",
            title=_("Live lesson"),
            caption=_("A slider that members move, and a quiz"),
            stem="new-live-lesson",
            drawing=_SLIDER,
        ),
        Template(
            file=folder / "new-quiz.ipynb",
            title=_("Quiz only"),
            caption=_("One question of each type, as a test"),
            stem="new-quiz",
            drawing=_TICKS,
        ),
    ]
    own = sorted((course.lessons / OWN).glob("*.ipynb"))
    return [*shipped, *(_own(file) for file in own if file.stem not in {t.stem for t in shipped})]


def _own(file: Path) -> Template:
    try:
        title = first_heading(read_notebook(file, file.name))
    except NotebookError:  # JupyterLab says so when it is opened
        title = None
    return Template(
        file=file, title=title or file.stem, caption=_("A template of this course"), stem=file.stem
    )


@contextmanager
def launcher_extension(course: Course) -> Iterator[Path]:
    """A folder of extensions for JupyterLab that holds this one, as long as it runs."""
    clear_stale()
    with Folders("lab") as folders:
        folder = folders.make()
        shutil.copytree(HERE / "launcher", Path(folder, NAME))
        static = Path(folder, NAME, "static")
        offered = templates(course)
        listing = json.dumps([template.to_json() for template in offered], ensure_ascii=False)
        (static / "templates.json").write_text(listing, encoding="utf-8")
        words = json.dumps(
            {
                "phone": _("Preview on a phone"),
                "caption": _("Save, and show this lesson on a phone as members will see it"),
            },
            ensure_ascii=False,
        )
        (static / "words.json").write_text(words, encoding="utf-8")
        for template in offered:
            shutil.copyfile(template.file, static / f"{template.stem}.ipynb")
        yield folder

"""A lesson as members will see it, drawn while it is being written: no kernel is started.

Text, pictures and quizzes go through the code that publishes them. What only a run can show is
shown as the notebook keeps it, or by a sentence that says so.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from weike.lessons.bankfile import find_bank
from weike.lessons.catalogue import LessonSource
from weike.lessons.execute import Executed
from weike.lessons.finding import Finding
from weike.lessons.media import Kept, Shelf
from weike.lessons.notebook import Cell
from weike.lessons.picture import Size
from weike.lessons.quizcell import LOADS, QuizCell, read_quiz_cells
from weike.lessons.render import render_lesson
from weike.lessons.views import OURS, VIEW
from weike.quizzes.bank import load_bank
from weike.quizzes.course import Course
from weike.quizzes.errors import WeikeError
from weike.quizzes.i18n import _, use_language
from weike.quizzes.quiz import QuizDefinition
from weike.quizzes.rules import Rules
from weike.results.media import Media

Output = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The page's body; its media are at `files/<path in the course>`."""

    body_html: str
    quizzes: tuple[QuizDefinition, ...]
    findings: tuple[Finding, ...]


class _Files(Shelf):
    """Media where they lie in the course, not as copies with a hash for a name."""

    def _keep(
        self, media: Media, name: str, suffix: str, source: Path | None, size: Size | None = None
    ) -> Kept:
        if source is not None:
            path = source.relative_to(self.root.resolve()).as_posix()
            url = f"files/{quote(path)}"
        else:
            assert media.content is not None, "only a file can be without bytes"
            url = f"data:{media.type};base64,{base64.b64encode(media.content).decode()}"
        return Kept(url=url, suffix=suffix, bytes=media.size, size=size, source=source)


def preview_lesson(source: LessonSource, course: Course) -> Preview:
    """Never raises for what a lesson holds: what cannot be shown is said at its place."""
    with use_language(source.language):
        cells, _findings = read_quiz_cells(source, course.zone)
        outputs: dict[int, list[Output]] = {}
        models: dict[str, Mapping[str, Any]] = {}
        quizzes: dict[str, tuple[QuizDefinition, Path]] = {}
        for quiz in cells:
            found = define(quiz, source, course)
            if found is None or quiz.id in quizzes:
                outputs[quiz.cell.number] = [_said(_("Here stands a quiz without questions yet."))]
                continue
            model = f"quiz{quiz.cell.number}"
            quizzes[quiz.id] = found
            models[model] = {"_anywidget_id": OURS, "quiz_id": quiz.id}
            outputs[quiz.cell.number] = [
                {"output_type": "display_data", "data": {VIEW: {"model_id": model}}}
            ]
        for cell, data in zip(source.notebook.cells, source.notebook.data["cells"], strict=True):
            if cell.type == "code" and cell.number not in outputs:
                outputs[cell.number] = _kept_outputs(cell, data)
    executed = Executed(outputs=outputs, models=models, quizzes=quizzes, files=())
    rendered = render_lesson(source, executed, root=course.root, shelf=_Files(root=course.root))
    return Preview(
        body_html=rendered.body_html, quizzes=rendered.quizzes, findings=rendered.findings
    )


def define(
    quiz: QuizCell, source: LessonSource, course: Course
) -> tuple[QuizDefinition, Path] | None:
    """The quiz of a cell, with the questions of the bank that it may name; None without any.

    The path is the folder that pictures are relative to.
    """
    bank = quiz.bank
    if bank is None or not quiz.id:
        return None
    rules, questions, title, folder = bank.rules, bank.questions, bank.title, source.folder
    if bank.bank:
        path = find_bank(bank.bank, source.folder, course.root)
        if path is None or not path.resolve().is_relative_to(course.root.resolve()):
            return None
        try:
            origin = load_bank(path, zone=course.zone)
            both = origin.rules.to_front_matter() | bank.rules.to_front_matter()
            rules = Rules.from_front_matter(both, zone=course.zone)
        except WeikeError:
            return None
        questions, folder, title = origin.questions, path.parent, title or origin.title
    if not questions or (rules.draw is not None and rules.draw > len(questions)):
        return None
    title = title or _("Quiz")
    return QuizDefinition(id=quiz.id, title=title, rules=rules, questions=questions), folder


def _kept_outputs(cell: Cell, data: Mapping[str, Any]) -> list[Output]:
    """What the cell showed when it was run last, as far as a page can show it."""
    if not cell.source.strip() or LOADS.fullmatch(cell.source.strip()):
        return []
    kept = [one for one in data.get("outputs", ()) if _can_show(one)]
    return kept or [_said(_("This part is shown when the lesson is published."))]


def _can_show(output: object) -> bool:
    if not isinstance(output, dict):
        return False
    match output.get("output_type"):
        case "stream":
            return output.get("name") == "stdout" and isinstance(output.get("text"), str | list)
        case "display_data" | "execute_result":
            shown = output.get("data")
            return isinstance(shown, dict) and bool(shown) and VIEW not in shown
    return False


def _said(words: str) -> Output:
    return {"output_type": "display_data", "data": {"text/markdown": f"> {words}"}}

"""What each cell shows of widgets, and the notebook that is left for a kernel of one's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from weike.lessons.catalogue import LessonSource
from weike.lessons.execute import Executed
from weike.lessons.page import Page, Spot
from weike.lessons.views import inside, quiz_of, shown_models
from weike.quizzes.i18n import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The widgets that one cell shows: ids of quizzes, and whether anything else is among them."""

    quizzes: tuple[str, ...]
    live: bool


def split(source: LessonSource, executed: Executed, page: Page) -> dict[int, Part]:
    """What every code cell shows, by its number. What cannot be shown is refused on the page."""
    parts: dict[int, Part] = {}
    first: dict[str, int] = {}
    for number, outputs in executed.outputs.items():
        spot = Spot(number, source.notebook.cells[number - 1].source)
        shown = shown_models(outputs)
        ids = [quiz_of(model, executed.models) for model in shown]
        others = [model for model, quiz in zip(shown, ids, strict=True) if quiz is None]
        quizzes = []
        for quiz in filter(None, ids):
            if quiz not in executed.quizzes:
                page.refuse(
                    spot,
                    _("the quiz {quiz} has no questions to ask").format(quiz=quiz),
                    _("make it with %%quiz, or with Quiz(id=…) of weike.widgets"),
                )
            elif quiz in first:
                page.refuse(
                    spot,
                    _("the quiz {quiz} is shown twice, first in cell {n}").format(
                        quiz=quiz, n=first[quiz]
                    ),
                    _("show it once, or give the second one another name"),
                )
            else:
                first[quiz] = number
                quizzes.append(quiz)
        if any(quiz_of(m, executed.models) for one in others for m in inside(one, executed.models)):
            page.refuse(
                spot,
                _("a quiz stands inside another widget"),
                _("show the quiz by itself, in a cell of its own"),
            )
        elif quizzes and others:
            page.refuse(
                spot,
                _("the cell shows both a quiz and another widget"),
                _("split it into two cells, one for the quiz and one for the widget"),
            )
        parts[number] = Part(quizzes=tuple(quizzes), live=bool(others))
    for quiz in executed.quizzes.keys() - first.keys():
        page.warn(
            Spot(0),
            _("the quiz {quiz} is made and never shown, so members do not get it").format(
                quiz=quiz
            ),
            _("end a cell with it"),
        )
    return parts


def live_notebook(source: LessonSource, quiz_cells: frozenset[int]) -> str:
    """The lesson for a kernel of one's own: quizzes are answered on the page around it."""
    notebook: dict[str, Any] = source.notebook.without_outputs()
    notebook["cells"] = [
        cell
        for number, cell in enumerate(notebook["cells"], 1)
        if not is_quiz_cell(number, cell["source"], quiz_cells)
    ]
    return json.dumps(notebook, ensure_ascii=False, sort_keys=True, indent=1)


def is_quiz_cell(number: int, source: str, quiz_cells: frozenset[int]) -> bool:
    """Whether a cell is left out for a kernel of one's own."""
    return number in quiz_cells or source.lstrip().startswith("%%quiz")

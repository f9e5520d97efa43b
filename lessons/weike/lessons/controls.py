"""The controls of a live lesson that stand on its page itself, as they were when it was published.

The page draws these kinds without Jupyter's own scripts, which weigh a hundred times as much. A
lesson that shows any other kind keeps its live part on a page of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from weike.lessons.catalogue import LessonSource
from weike.lessons.execute import Executed
from weike.lessons.live import Part, is_quiz_cell
from weike.lessons.page import Page
from weike.lessons.tree import Element
from weike.lessons.views import VIEW, inside, shown_models

# As in static/live/controls.js.
CONTROLS = frozenset(
    f"{name}Model"
    for name in (
        "Accordion", "BoundedFloatText", "BoundedIntText", "Box", "Button", "Checkbox",
        "Dropdown", "FloatProgress", "FloatSlider", "FloatText", "HBox", "HTML", "IntProgress",
        "IntSlider", "IntText", "Label", "Output", "RadioButtons", "Select", "SelectionSlider",
        "Tab", "Text", "Textarea", "ToggleButton", "ToggleButtons", "VBox",
    )
)  # fmt: skip
# What the page does without: colours, and widths that were meant for a desk.
_PASSED_OVER = frozenset(
    f"{name}Model"
    for name in (
        "ButtonStyle", "CheckboxStyle", "DescriptionStyle", "HTMLStyle", "LabelStyle", "Layout",
        "ProgressStyle", "SliderStyle", "TextStyle", "ToggleButtonStyle", "ToggleButtonsStyle",
    )
)  # fmt: skip
_LINKS = ("LinkModel", "DirectionalLinkModel")
_OURS = "@jupyter-widgets/"
_MIME = ("text/html", "text/plain", "image/png", "image/jpeg", "image/svg+xml", VIEW)
_NOT_KEPT = frozenset({"style", "tabbable", "tooltip", "description_allow_html"})


def portable(executed: Executed, parts: Mapping[int, Part]) -> bool:
    """Whether the page itself can draw everything that the live cells show."""
    if any(state.get("_model_name") in _LINKS for state in executed.models.values()):
        return False  # a link between two widgets works in the browser, and is shown nowhere
    return all(
        _drawn(executed.models.get(model, {}))
        for number, part in parts.items()
        if part.live
        for shown in shown_models(executed.outputs[number])
        for model in inside(shown, executed.models)
    )


def add_live(
    page: Page,
    source: LessonSource,
    executed: Executed,
    number: int,
    parts: Mapping[int, Part],
    *,
    first: bool,
) -> None:
    """The live part of one cell; where the page cannot draw all, one mark for the first of them."""
    attributes = {"class": "weike-live", "data-live": source.slug}
    if portable(executed, parts):
        views = shown_models(executed.outputs[number])
        models = {
            model: kept(executed.models[model])
            for view in views
            for model in inside(view, executed.models)
            if executed.models[model]["_model_name"] in CONTROLS
        }
        attributes |= {
            "data-cell": str(_place(source, parts, number)),
            "data-views": _json(views),
            "data-models": _json(models),
        }
    elif not first:
        return
    page.add(Element("section", attributes))


def kept(state: Mapping[str, Any]) -> dict[str, Any]:
    """What a browser needs of a model's state."""
    return {
        name: value
        for name, value in state.items()
        if value is not None
        and name not in _NOT_KEPT
        and (not name.startswith("_") or name in ("_model_name", "_options_labels"))
    }


def _drawn(state: Mapping[str, Any]) -> bool:
    name, module = state.get("_model_name"), str(state.get("_model_module", ""))
    if not module.startswith(_OURS):
        return False
    if name == "OutputModel":
        return all(
            output["output_type"] in ("stream", "error") or set(_MIME) & set(output["data"])
            for output in state.get("outputs", ())
        )
    return name in CONTROLS or name in _PASSED_OVER


def _place(source: LessonSource, parts: Mapping[int, Part], number: int) -> int:
    """The cell's number among the code cells of the live notebook, counted from 1."""
    quizzes = frozenset(n for n, part in parts.items() if part.quizzes)
    return sum(
        cell.type == "code"
        and cell.number <= number
        and not is_quiz_cell(cell.number, cell.source, quizzes)
        for cell in source.notebook.cells
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

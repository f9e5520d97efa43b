"""Which widgets a lesson shows: our own quizzes, or something that needs a kernel of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"
OURS = "weike.widgets.quiz.Quiz"
REFERENCE = re.compile(r"IPY_MODEL_([0-9a-f]+)")

Models = Mapping[str, Mapping[str, Any]]


def shown_models(outputs: list[dict[str, Any]]) -> list[str]:
    """The ids of the widget models whose views a cell shows, in order."""
    return [
        output["data"][VIEW]["model_id"]
        for output in outputs
        if output["output_type"] in ("display_data", "execute_result") and VIEW in output["data"]
    ]


def quiz_of(model: str, models: Models) -> str | None:
    """The id of the quiz that a model is, or None for any other widget."""
    state = models.get(model, {})
    if state.get("_anywidget_id") != OURS:
        return None
    return str(state.get("quiz_id"))


def inside(model: str, models: Models) -> Iterator[str]:
    """Every model that a model holds, itself among them."""
    waiting, seen = [model], {model}
    while waiting:
        current = waiting.pop()
        yield current
        for name in REFERENCE.findall(str(dict(models.get(current, {})))):
            if name not in seen:
                seen.add(name)
                waiting.append(name)

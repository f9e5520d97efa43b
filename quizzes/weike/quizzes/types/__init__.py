"""The types of question. Each is one module here; a further type is a further module."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from weike.quizzes.question import Question


@cache
def known() -> Mapping[str, type[Question]]:
    """Every type by its name in JSON, alphabetically."""
    found: dict[str, type[Question]] = {}
    for module in pkgutil.iter_modules(__path__):
        contents = vars(importlib.import_module(f"{__name__}.{module.name}"))
        for value in contents.values():
            if (
                isinstance(value, type)
                and issubclass(value, Question)
                and value.__module__ == f"{__name__}.{module.name}"
            ):
                found[value.type] = value
    return found

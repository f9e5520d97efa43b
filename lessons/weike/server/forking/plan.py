"""What a template is made ready with, and how a learner's copy of it is bounded."""

from __future__ import annotations

import ast
import hashlib
import json
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

# How a copy ends that has overstepped a bound, as its process's exit code.
TOO_LONG: Final = -getattr(signal, "SIGVTALRM", 26)
TOO_MUCH_PRINTED: Final = 91
TOO_MUCH_MEMORY: Final = 92
IMPORTS = ("ipywidgets", "IPython.extensions.storemagic")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Modules to import, and a lesson's code cells (number, source) to run after them.

    `name` is for logs. `hidden`: copies keep their memory to themselves and serve the process that
    asked for them alone. Of the bounds, 0 is none.
    """

    name: str = "python"
    imports: tuple[str, ...] = IMPORTS
    cells: tuple[tuple[int, str], ...] = ()
    hidden: bool = False
    memory: int = 0  # bytes that a copy may take on top of its template's
    seconds: int = 0  # of processor time for one message
    output: int = 0  # characters printed for one message
    file: int = 0  # bytes of one file that a copy may write

    @property
    def key(self) -> str:
        """Equal plans share a template."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Plan:
        return cls(
            **data
            | {
                "imports": tuple(data["imports"]),
                "cells": tuple((number, source) for number, source in data["cells"]),
            }
        )


def imported(sources: Iterable[str]) -> tuple[str, ...]:
    """The modules that some cells import, by their names; cells that are not plain Python none."""
    names: dict[str, None] = {}
    for source in sources:
        try:
            tree = ast.parse(source)
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names.update(dict.fromkeys(alias.name for alias in node.names))
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names[node.module] = None
    return tuple(names)

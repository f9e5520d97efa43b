"""What a template is made ready with, and how a learner's copy of it is bounded."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

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

"""How a lesson is made ready to be copied, and what one learner's copy may do to the others."""

from __future__ import annotations

import json
from typing import Any as Anything

from weike.server.forking.plan import (
    IMPORTS,
    TOO_LONG,
    TOO_MUCH_MEMORY,
    TOO_MUCH_PRINTED,
    Plan,
    imported,
)

# What one learner's copy may do to the others.
BOUNDS: dict[str, Anything] = {
    "hidden": True,
    "memory": 320 << 20,  # some 60 of them are the stacks of its threads
    "seconds": 20,
    "output": 1_000_000,
    "file": 16 << 20,
}
ENDS = {
    TOO_LONG: f"ran for {BOUNDS['seconds']} s without a pause; look for a loop in what it observes",
    TOO_MUCH_PRINTED: f"printed {BOUNDS['output']} characters at once; look for print in a loop",
    TOO_MUCH_MEMORY: f"took more than {BOUNDS['memory'] >> 20} MiB; look for lists that only grow",
    -9: "was killed from outside; look for memory that ran out (dmesg)",
}


def plan_of(name: str, notebook: str, *, run: bool) -> Plan:
    """What a lesson's template is made ready with: its imports, and where `run`, all its cells."""
    code = [cell for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
    sources = ["".join(cell["source"]) for cell in code]
    return Plan(
        name=name,
        imports=tuple(dict.fromkeys((*IMPORTS, *imported(sources)))),
        cells=tuple(enumerate(sources, 1)) if run else (),
        **BOUNDS,
    )

"""A kernel that is started and not forked, with the same plan: where forking is impossible.

Run as `python -P -m weike.server.forking.alone PLAN SHOWN -f CONNECTION_FILE …`. SHOWN is empty
where nobody asks what the cells show.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path

from weike.lessons.hidden import hide
from weike.server.forking import prepare
from weike.server.forking.plan import Plan


def show(outputs: object, file: str) -> None:
    """All at once, so that whoever waits for the file finds it whole; it takes the file's place."""
    whole = Path(f"{file}.part")
    whole.write_text(json.dumps(outputs), encoding="utf-8")
    whole.replace(file)


def main() -> None:
    # Before the lesson may go elsewhere.
    place, connection_file = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[4])
    shown = sys.argv[2] and os.path.abspath(sys.argv[2])
    plan = Plan.from_json(json.loads(Path(place).read_text("utf-8")))
    prepare.blas_alone()
    memory = 0
    if sys.platform != "win32":
        from weike.server.forking import system

        memory = system.limit(memory=plan.memory, file=plan.file)
    if plan.hidden:
        hide()
        logging.disable()
    shell = prepare.make_shell()
    prepare.load(plan.imports)
    sys.path.insert(0, "")
    outputs = prepare.run_cells(shell, plan.cells)
    if shown:
        show(outputs, shown)
    prepare.settle_loop()

    from weike.server.forking.kernel import make_app

    clients = [os.getppid()] if plan.hidden else []
    request = {"connection_file": connection_file, "arguments": sys.argv[5:], "clients": clients}
    make_app(request, plan, shell, memory=memory).start()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()

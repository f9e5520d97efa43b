"""The template process: made ready once, then copied for every learner.

Started as `python -P -m weike.server.forking.template CONTROL PARENT PLAN SHOWN`: the number of the
control socket, the server's process, the file of the plan, and the file for what the cells show.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

from weike.lessons.hidden import hide
from weike.server.forking import prepare, randomness, system, wire
from weike.server.forking.plan import Plan
from weike.server.forking.unsafe import NotSafeError, Watch
from weike.widgets import afterfork

LOG = logging.getLogger("weike.forking")


class Template:
    """`ran` tells whether the plan's cells have run here; otherwise each copy runs them."""

    def __init__(self, control: socket.socket, plan: Plan, shown: Path) -> None:
        self.control = control
        self.plan = plan
        self.shown = shown
        self.ran = False
        self.shell: Any = None
        self._copies: dict[int, tuple[str, int]] = {}  # pidfd: kernel id, process

    def make_ready(self, *, run: bool) -> None:
        """Raises `NotSafeError` where copies would share what they must not."""
        prepare.blas_alone()
        randomness.remember_seeds()
        afterfork.hold()
        self.shell = prepare.make_shell()
        prepare.load(self.plan.imports)
        watch = Watch()
        if run and self.plan.cells:
            try:
                outputs = prepare.run_cells(self.shell, self.plan.cells, after=watch.after)
            except prepare.CellError as failure:
                raise NotSafeError(
                    failure.why, kind="failed", cell=failure.cell, what=failure.why
                ) from failure
            except Exception as failure:
                raise NotSafeError(str(failure), kind="failed", what=str(failure)) from failure
            self.shown.write_text(json.dumps(outputs), encoding="utf-8")
            self.ran = True
            waiting = prepare.settle_loop()
            if waiting:
                raise NotSafeError(waiting, kind="tasks")
        watch.check()
        sys.path.insert(0, "")
        gc.collect()
        gc.freeze()

    def serve(self) -> None:
        """Copy and reap until the server is gone."""
        poll = select.poll()
        poll.register(self.control, select.POLLIN)
        while True:
            for file, _event in poll.poll():
                if file == self.control.fileno():
                    heard = wire.hear(self.control)
                    if heard is None:
                        return
                    copy = self._fork(heard[0])
                    if copy is not None:
                        poll.register(copy, select.POLLIN)
                else:
                    poll.unregister(file)
                    self._reap(file)

    def _fork(self, request: dict[str, Any]) -> int | None:
        if system.threads() != 1:
            why = f"there are {system.threads()} threads where there must be one"
            wire.say(self.control, {"said": "failed", "id": request["id"], "why": why})
            return None
        began = time.perf_counter()
        parent = os.getpid()
        process = os.fork()
        if process == 0:
            self._become(request, parent)
        took = time.perf_counter() - began
        watch = os.pidfd_open(process)
        self._copies[watch] = request["id"], process
        told = {"said": "forked", "id": request["id"], "process": process, "seconds": took}
        wire.say(self.control, told, [watch])
        return watch

    def _become(self, request: dict[str, Any], parent: int) -> NoReturn:
        """In the copy: nothing of the template's own is left, then a kernel. Never returns."""
        status = 1
        try:
            from weike.server.forking.child import Child

            for file in self._copies:
                os.close(file)
            Child(request, self.plan, self.shell, self.control).run(parent, ran=self.ran)
            status = 0
        except BaseException as failure:
            try:
                why = f"{type(failure).__name__}: {failure}"
                wire.say(self.control, {"said": "failed", "id": request["id"], "why": why[:2000]})
            except OSError:
                pass  # it was closed when the kernel was up, or nobody listens
        finally:
            # Not sys.exit: what the template registered for its own end is not a copy's to do.
            os._exit(status)

    def _reap(self, watch: int) -> None:
        kernel, process = self._copies.pop(watch)
        os.close(watch)
        system.end_group(process)
        _process, status = os.waitpid(process, 0)
        system.end_orphans({copy for _kernel, copy in self._copies.values()})
        code = os.waitstatus_to_exitcode(status)
        wire.say(self.control, {"said": "ended", "id": kernel, "code": code})


def main() -> None:
    control = socket.socket(fileno=int(sys.argv[1]))
    system.die_with_parent(int(sys.argv[2]))
    given = json.loads(Path(sys.argv[3]).read_text("utf-8"))
    plan = Plan.from_json(given["plan"])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at the server is not meant for lessons
    system.limit(memory=plan.memory, file=plan.file)
    system.adopt_orphans()
    if plan.hidden:
        hide()
        logging.disable()
    template = Template(control, plan, Path(sys.argv[4]).absolute())
    began = time.perf_counter()
    try:
        template.make_ready(run=given["run"])
    except NotSafeError as failure:
        said = {"why": str(failure)[:2000], "kind": failure.kind, "what": failure.what[:500]}
        wire.say(control, {"said": "unsafe", "cell": failure.cell, **said})
        return
    wire.say(control, {"said": "ready", "seconds": time.perf_counter() - began})
    template.serve()


if __name__ == "__main__":
    main()

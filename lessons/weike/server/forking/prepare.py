"""Making a process ready: the shell, the imports, the lesson's cells; no kernel yet."""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import sys
from collections.abc import Callable
from typing import Any

LOG = logging.getLogger("weike.forking")


ONE_THREAD = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "BLIS_NUM_THREADS",
)


def blas_alone() -> None:
    """Linear algebra makes threads at import unless told otherwise, and threads do not fork."""
    for name in ONE_THREAD:
        os.environ.setdefault(name, "1")


def make_shell() -> Any:
    """The one shell, as a kernel would make it, without history and its thread."""
    # A forked kernel has no debugger: it would cost every copy some megabytes.
    missing = object()
    kept = sys.modules.get("debugpy", missing)
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    try:
        importlib.import_module("ipykernel.debugger")
    finally:
        if kept is missing:
            del sys.modules["debugpy"]
        else:
            sys.modules["debugpy"] = kept  # type: ignore[assignment]
    # The first makes comms the kernel's kind; the others are what every copy begins with.
    for name in ("ipykernel.ipkernel", "ipykernel.kernelapp", "weike.server.forking.kernel"):
        importlib.import_module(name)
    from ipykernel.compiler import XCachingCompiler
    from ipykernel.zmqshell import ZMQInteractiveShell
    from traitlets.config import Config

    shell = ZMQInteractiveShell.instance(
        config=Config({"HistoryManager": {"enabled": False}}), compiler_class=XCachingCompiler
    )
    # As a kernel does when it starts; matplotlib looks when it is imported.
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    return shell


def load(names: tuple[str, ...] | list[str]) -> list[str]:
    """Import what can be imported; what cannot, the lesson may not need. Returns the missing."""
    missing = []
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as failure:
            missing.append(name)
            LOG.warning("%s is not prepared for kernels: %s", name, failure)
    widgets = sys.modules.get("ipywidgets")
    if widgets is not None:
        widgets.register_comm_target()
    return missing


class CellError(Exception):
    """A cell of the lesson failed; the message says which and how."""

    def __init__(self, cell: int, why: str) -> None:
        super().__init__(f"cell {cell}: {why}")
        self.cell, self.why = cell, why


def run_cells(
    shell: Any, cells: tuple[tuple[int, str], ...], *, after: Callable[[int], None] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Run a lesson's cells; what they show, by cell number. Raises `CellError`.

    `after` is called with the number of each cell that has run.
    """
    from weike.server.forking.capture import Outputs, captured

    outputs = Outputs()
    with captured(shell, outputs):
        for number, source in cells:
            outputs.current = number
            result = shell.run_cell(source, store_history=True)
            error = result.error_before_exec or result.error_in_exec
            if error is not None:
                raise CellError(number, f"{type(error).__name__}: {error}")
            if after is not None:
                after(number)
    return outputs.plain()


def settle_loop() -> str | None:
    """Close the event loop that `await` in a cell has made; why that cannot be, if so."""
    import asyncio

    from IPython.core import async_helpers

    loop = async_helpers._asyncio_event_loop
    async_helpers._asyncio_event_loop = None
    if loop is None or loop.is_closed():
        return None
    waiting = asyncio.all_tasks(loop)
    if waiting:
        return f"the lesson leaves {len(waiting)} asyncio tasks running"
    loop.close()
    with contextlib.suppress(RuntimeError):
        asyncio.set_event_loop(None)
    return None

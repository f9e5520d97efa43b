"""The kernel inside a copy: IPython's own, bounded, made around a shell that is there already."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any, Final

import ipykernel.ipkernel
from ipykernel.comm.comm import BaseComm
from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel

from weike.lessons.secluded import SecludedApp
from weike.server.forking import system
from weike.server.forking.plan import TOO_MUCH_MEMORY, TOO_MUCH_PRINTED, Plan

_NEARLY: Final = 0.95  # of the memory; whoever is here will not work again


class _System:
    """`sys` without modules: the kernel looks at every module for a debugger that is not there,
    and each look would make a page of memory this copy's own."""

    modules: dict[str, Any] = {}  # noqa: RUF012

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)


class ForkedKernel(IPythonKernel):
    """Each message may take so much processor time and print so much; who goes on is ended."""

    seconds = 0
    memory = 0

    def __init__(self, **options: Any) -> None:
        ipykernel.ipkernel.sys = _System()  # type: ignore[assignment,attr-defined]
        try:
            super().__init__(**options)  # type: ignore[no-untyped-call]
        finally:
            ipykernel.ipkernel.sys = sys  # type: ignore[attr-defined]

    def pre_handler_hook(self) -> None:
        super().pre_handler_hook()  # type: ignore[no-untyped-call]
        BoundedStream.printed = 0
        if self.seconds:
            signal.setitimer(signal.ITIMER_VIRTUAL, self.seconds)

    def post_handler_hook(self) -> None:
        try:
            super().post_handler_hook()  # type: ignore[no-untyped-call]
            full = bool(self.memory) and system.data_bytes() > _NEARLY * self.memory
        except MemoryError:  # ipykernel would go on as if nothing had happened
            full = True
        if full:
            os._exit(TOO_MUCH_MEMORY)


class BoundedStream(OutStream):
    printed = 0
    most = 0

    def write(self, string: str) -> int:
        if BoundedStream.most:
            BoundedStream.printed += len(string)
            if BoundedStream.printed > BoundedStream.most:
                os._exit(TOO_MUCH_PRINTED)
        return super().write(string) or 0


def make_app(request: dict[str, Any], plan: Plan, shell: Any, *, memory: int) -> SecludedApp:
    """A kernel whose sockets are bound; `start` serves them. `memory` is its RLIMIT_DATA."""
    BoundedStream.most = plan.output
    ForkedKernel.seconds, ForkedKernel.memory = plan.seconds, memory
    if plan.seconds:
        signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_VIRTUAL, plan.seconds)
    app: SecludedApp = SecludedApp.instance(
        connection_file=request["connection_file"],
        parent_handle=1,  # no poll for the parent, no word about Ctrl-C: see system.die_with_parent
        capture_fd_output=False,
        outstream_class=f"{__name__}.BoundedStream",
        kernel_class=ForkedKernel,
    )
    app.clients = tuple(request["clients"])
    app.initialize(request["arguments"])  # type: ignore[no-untyped-call]
    shell.kernel = BaseComm.kernel = app.kernel
    widgets = sys.modules.get("ipywidgets")
    if widgets is not None:
        widgets.register_comm_target()
    return app

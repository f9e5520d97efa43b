"""The processes behind live lessons, as many as a computer can hold."""

from __future__ import annotations

import pytest
import zmq

from weike.server import kernels as module
from weike.server.kernels import SOCKETS, USUAL_SOCKETS, Kernels, OnePython


@pytest.mark.parametrize(
    ("most", "sockets"), [(4, USUAL_SOCKETS), (400, 400 * SOCKETS), (100_000, 65_535)]
)
def test_there_are_sockets_for_every_kernel_and_never_fewer_than_usual(
    most: int, sockets: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", most)
    kernels = Kernels(kernel_spec_manager=OnePython())
    try:
        assert kernels.context.get(zmq.MAX_SOCKETS) == sockets
    finally:
        kernels.context.destroy()

"""One port, several processes: what a worker shares with the others.

Pages and answers come from any of them. Kernels live in the first one only; the others pass on
what belongs to a kernel, through a Unix socket that nobody else can open.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

from tornado.netutil import Resolver


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """`number` counts the processes from 0, the one that holds the kernels and listens at `hub`."""

    number: int
    sockets: tuple[socket.socket, ...]
    hub: Path

    @property
    def holds_kernels(self) -> bool:
        return self.number == 0


class ToHub(Resolver):
    """Whatever the name, the address is the socket of the process with the kernels."""

    def initialize(self, hub: Path) -> None:
        self._hub = hub

    async def resolve(
        self, host: str, port: int, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[tuple[int, str]]:
        return [(socket.AF_UNIX, str(self._hub))]


def from_hub_socket(connection: object) -> bool:
    """Whether a request came through the Unix socket, so from another of our processes."""
    context = getattr(connection, "context", None)
    return getattr(context, "address_family", None) == getattr(socket, "AF_UNIX", object())

"""Taking a port, or saying in a sentence why it cannot be had."""

from __future__ import annotations

import errno
import os
import socket

from weike.quizzes.errors import WeikeError, why
from weike.quizzes.i18n import _

BACKLOG = 1024  # a whole plant opens the same link at eight o'clock


def bind(ip: str, port: int) -> list[socket.socket]:
    """Listening sockets, one for each address that `ip` stands for; port 0 is any free one."""
    bound: list[socket.socket] = []
    try:
        for family, kind, protocol, _name, address in socket.getaddrinfo(
            ip or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        ):
            bound.append(socket.socket(family, kind, protocol))
            _listen(bound[-1], family, address)
    except OSError as error:
        for one in bound:
            one.close()
        raise WeikeError(_why_not(ip, port, error)) from error
    return bound


def _listen(server: socket.socket, family: int, address: tuple[object, ...]) -> None:
    if os.name != "nt":
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    server.bind(address)
    server.listen(BACKLOG)
    server.setblocking(False)


def _why_not(ip: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return _("port {port} is already in use; choose another with --port").format(port=port)
    if error.errno == errno.EACCES:
        return _("this user may not listen on port {port}; choose one above 1023").format(port=port)
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return _("{ip} is no address of this computer; --ip 0.0.0.0 means all it has").format(ip=ip)
    return _("cannot listen on {ip}, port {port}: {reason}").format(
        ip=ip, port=port, reason=why(error)
    )
